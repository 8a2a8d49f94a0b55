import Dates
import Plans
import Randomness
import Scheduler
import Support
import Testing

@testable import Diagnostics

/// Tests the tables of the contract's section 1, row by row, in both languages.
@Suite("Phrases")
struct PhraseTests {
    // MARK: Accepted phrases

    @Test(
        "Every spelling of the contract's `when` table means its canonical phrase",
        arguments: [
            ("28/6", "28/6"), ("28 June", "28/6"), ("28 Jun", "28/6"), ("ngày 28/6", "28/6"), ("28 tháng 6", "28/6"),
            ("28 tháng Sáu", "28/6"), ("ngày 28 tháng Sáu", "28/6"), ("01/06", "1/6"), ("09/5", "9/5"), ("1 tháng Năm", "1/5"),
            ("1/6 - 30/6", "1/6 - 30/6"), ("1/6-30/6", "1/6 - 30/6"), ("từ 1/6 đến 30/6", "1/6 - 30/6"),
            ("từ ngày 15/11 đến ngày 15/12", "15/11 - 15/12"), ("ngày 15/11 đến 15/12", "15/11 - 15/12"),
            ("15/11 to 15/12", "15/11 - 15/12"), ("15/11 – 15/12", "15/11 - 15/12"), ("15/11–15/12", "15/11 - 15/12"),
            ("from 15/11 to 15/12", "15/11 - 15/12"), ("1 June - 30 June", "1/6 - 30/6"), ("15/11 - 15/1", "15/11 - 15/1"),
            ("15 tháng 11 - 15 tháng Mười Hai", "15/11 - 15/12"),
            ("June", "June"), ("month 6", "June"), ("tháng 6", "June"), ("tháng Sáu", "June"), ("jun", "June"), ("May", "May"),
            ("tháng Tư", "April"), ("tháng năm", "May"), ("tháng Mười Một", "November"), ("THÁNG MƯỜI HAI", "December"),
            ("Q2", "Q2"), ("q2", "Q2"), ("quý 2", "Q2"), ("quý II", "Q2"), ("quí 2", "Q2"), ("quý IV", "Q4"), ("quý i", "Q1"),
            ("early Q2", "early Q2"), ("mid Q2", "mid Q2"), ("late Q2", "late Q2"), ("đầu quý 2", "early Q2"),
            ("giữa quý 2", "mid Q2"), ("cuối quý 2", "late Q2"), ("Đầu Quý II", "early Q2"),
            ("early June", "early June"), ("mid June", "mid June"), ("late June", "late June"), ("đầu tháng 6", "early June"),
            ("giữa tháng 6", "mid June"), ("cuối tháng 6", "late June"), ("cuối tháng Sáu", "late June"),
            ("last day of June", "last day of June"), ("ngày cuối tháng 6", "last day of June"),
            ("ngày cuối cùng của tháng 6", "last day of June"),
            ("lunar 15/8", "lunar 15/8"), ("âm lịch 15/8", "lunar 15/8"), ("15/8 âm lịch", "lunar 15/8"),
            ("rằm tháng 8", "lunar 15/8"), ("rằm tháng Tám", "lunar 15/8"), ("rằm tháng Giêng", "lunar 15/1"),
            ("ngày 15 tháng 8 âm lịch", "lunar 15/8"), ("mùng 1 tháng Giêng", "lunar 1/1"), ("mồng 1 tháng Giêng", "lunar 1/1"),
            ("mùng 5 tháng 5 âm lịch", "lunar 5/5"), ("âm lịch mùng 8 tháng 3", "lunar 8/3"), ("mùng 10/3 âm lịch", "lunar 10/3"),
            ("23 tháng Chạp", "lunar 23/12"), ("lunar last day of 12", "lunar last day of 12"),
            ("ngày cuối tháng Chạp", "lunar last day of 12"), ("âm lịch ngày cuối tháng 6", "lunar last day of 6"),
            ("lunar 15/6 leap", "lunar 15/6 leap"), ("âm lịch 15/6 nhuận", "lunar 15/6 leap"),
            ("15/6 nhuận âm lịch", "lunar 15/6 leap"), ("rằm tháng 6 nhuận", "lunar 15/6 leap"),
            ("lunar 23/12 - 7/1", "lunar 23/12 - 7/1"), ("âm lịch 23/12 - 7/1", "lunar 23/12 - 7/1"),
            ("23/12 - 7/1 âm lịch", "lunar 23/12 - 7/1"), ("âm lịch từ 23/12 đến 7/1", "lunar 23/12 - 7/1"),
            ("từ 23 tháng Chạp đến mùng 7 tháng Giêng", "lunar 23/12 - 7/1"),
            ("lunar 1/6 - last day of 6", "lunar 1/6 - last day of 6"),
            ("first Monday of September", "first Monday of September"),
            ("last Friday of May", "last Friday of May"), ("thứ hai đầu tiên của tháng 9", "first Monday of September"),
            ("thứ sáu cuối cùng của tháng 5", "last Friday of May"),
            ("thứ hai thứ hai của tháng 9", "second Monday of September"),
            ("thứ tư thứ tư của tháng 9", "fourth Wednesday of September"), ("thứ 2 thứ ba tháng 9", "third Monday of September"),
            ("thứ năm thứ hai của tháng 9", "second Thursday of September"),
            ("chủ nhật đầu tiên của tháng Năm", "first Sunday of May"),
            ("first working day of April", "first working day of April"),
            ("last working day of June", "last working day of June"),
            ("ngày làm việc đầu tiên của tháng 4", "first working day of April"),
            ("ngày làm việc cuối cùng của tháng 6", "last working day of June"),
            ("day 25 of every month", "day 25 of every month"), ("ngày 25 hằng tháng", "day 25 of every month"),
            ("ngày 25 hàng tháng", "day 25 of every month"), ("last day of every month", "last day of every month"),
            ("ngày cuối hằng tháng", "last day of every month"), ("first day of every month", "first day of every month"),
            ("last working day of every quarter", "last working day of every quarter"),
            ("ngày làm việc cuối cùng hằng quý", "last working day of every quarter"),
            ("ngày đầu tiên hằng quý", "first day of every quarter"), ("ngày cuối hàng quí", "last day of every quarter"),
            ("ngày làm việc đầu tiên hằng tháng", "first working day of every month"),
            ("every 2 weeks from 2026-01-05", "every 2 weeks from 2026-01-05"),
            ("2 tuần một lần từ 2026-01-05", "every 2 weeks from 2026-01-05"),
            ("10 ngày một lần từ ngày 5/1/2026", "every 10 days from 2026-01-05"),
            ("3 tháng một lần từ 2026-01-05", "every 3 months from 2026-01-05"),
            ("every month from 2026-01-05", "every 1 month from 2026-01-05"),
            ("2026-04-15", "2026-04-15"), ("15/4/2026", "2026-04-15"), ("ngày 15 tháng 4 năm 2026", "2026-04-15"),
            ("15 April 2026", "2026-04-15"), ("15 tháng Tư năm 2026", "2026-04-15"), ("15/4 năm 2026", "2026-04-15"),
            ("2026-04-15 - 2026-04-30", "2026-04-15 - 2026-04-30"), ("15/4/2026 - 30/4/2026", "2026-04-15 - 2026-04-30"),
            ("từ ngày 15/4/2026 đến ngày 30/4/2026", "2026-04-15 - 2026-04-30"), ("29/2/2028", "2028-02-29"),
            ("2026-04-15 - 2026-04-15", "2026-04-15"),
            ("29/2 or 28/2", "29/2 or 28/2"), ("29/2 or 1/3", "29/2 or 1/3"), ("29/2 leap years only", "29/2 leap years only"),
            ("29/2 hoặc 28/2", "29/2 or 28/2"), ("29/2 hoặc 1/3", "29/2 or 1/3"), ("29/2 chỉ năm nhuận", "29/2 leap years only"),
            ("rrule FREQ=YEARLY;BYMONTH=9;BYDAY=1MO from 2026-01-01", "rrule FREQ=YEARLY;BYMONTH=9;BYDAY=1MO from 2026-01-01"),
            ("RRULE freq=yearly;byday=1mo;bymonth=9 từ 1/1/2026", "rrule FREQ=YEARLY;BYMONTH=9;BYDAY=1MO from 2026-01-01"),
            ("rrule RRULE:FREQ=DAILY from 2026-01-01", "rrule FREQ=DAILY from 2026-01-01"),
            ("  early \t q2 ", "early Q2"), ("LAST DAY OF june", "last day of June"),
        ] as [(String, String)])
    func whenTable(phrase: String, canonical: String) throws {
        let recurrence = try Recurrence(phrase: phrase)
        #expect(recurrence.phrase == canonical)
        #expect(try Recurrence(phrase: canonical) == recurrence)
        #expect(try Recurrence(phrase: recurrence.vietnamesePhrase) == recurrence)
    }

    @Test("Composed and decomposed accents mean the same phrase")
    func decomposed() throws {
        #expect(try Recurrence(phrase: "ra\u{306}\u{300}m tha\u{301}ng 8").phrase == "lunar 15/8")
        #expect(try LeadPhrase(phrase: "\u{111}u\u{301}ng nga\u{300}y").phrase == "on the day")
    }

    @Test(
        "`vietnamesePhrase` is the first Vietnamese spelling of each row",
        arguments: [
            ("28/6", "ngày 28/6"), ("1/6 - 30/6", "từ 1/6 đến 30/6"), ("June", "tháng 6"), ("Q2", "quý 2"),
            ("early Q2", "đầu quý 2"), ("late June", "cuối tháng 6"), ("last day of June", "ngày cuối tháng 6"),
            ("lunar 15/8", "âm lịch 15/8"), ("lunar 15/6 leap", "âm lịch 15/6 nhuận"),
            ("lunar last day of 12", "âm lịch ngày cuối tháng 12"), ("lunar 23/12 - 7/1", "âm lịch 23/12 - 7/1"),
            ("first Monday of September", "thứ hai đầu tiên của tháng 9"),
            ("last Sunday of May", "chủ nhật cuối cùng của tháng 5"),
            ("first working day of April", "ngày làm việc đầu tiên của tháng 4"), ("day 25 of every month", "ngày 25 hằng tháng"),
            ("last day of every month", "ngày cuối hằng tháng"), ("first day of every quarter", "ngày đầu tiên hằng quý"),
            ("last working day of every quarter", "ngày làm việc cuối cùng hằng quý"),
            ("every 2 weeks from 2026-01-05", "2 tuần một lần từ 2026-01-05"), ("2026-04-15", "ngày 15 tháng 4 năm 2026"),
            ("2026-04-15 - 2026-04-30", "từ 15/4/2026 đến 30/4/2026"), ("29/2 or 1/3", "29/2 hoặc 1/3"),
        ])
    func vietnamese(phrase: String, vietnamese: String) throws {
        #expect(try Recurrence(phrase: phrase).vietnamesePhrase == vietnamese)
    }

    @Test("Six thousand random recurrences read back equal from their phrases in both languages")
    func printsAndReads() throws {
        var dice = RandomSource(seed: 3)
        for _ in 0..<6_000 {
            let recurrence = dice.recurrence()
            #expect(try Recurrence(phrase: recurrence.phrase) == recurrence)
            #expect(try Recurrence(phrase: recurrence.vietnamesePhrase) == recurrence)
            #expect(try Recurrence(phrase: recurrence.vietnamesePhrase.uppercased()) == recurrence)
        }
    }

    @Test(
        "Every spelling of the contract's `remind` list means its canonical phrase",
        arguments: [
            ("30 days before", "30 days before"), ("1 day before", "1 day before"), ("1 days before", "1 day before"),
            ("2 weeks before", "2 weeks before"), ("1 month before", "1 month before"),
            ("5 working days before", "5 working days before"), ("on the day", "on the day"),
            ("3 days before the end", "3 days before the end"), ("on the last day", "on the last day"),
            ("10 days after the end", "10 days after the end"), ("every Monday during", "every Monday during"),
            ("30 ngày trước", "30 days before"), ("2 tuần trước", "2 weeks before"), ("1 tháng trước", "1 month before"),
            ("5 ngày làm việc trước", "5 working days before"), ("đúng ngày", "on the day"),
            ("3 ngày trước khi kết thúc", "3 days before the end"), ("trước khi kết thúc 3 ngày", "3 days before the end"),
            ("ngày cuối", "on the last day"), ("10 ngày sau khi kết thúc", "10 days after the end"),
            ("sau khi kết thúc 10 ngày", "10 days after the end"), ("thứ hai hằng tuần trong đợt", "every Monday during"),
            ("thứ 2 hàng tuần trong đợt", "every Monday during"), ("chủ nhật hằng tuần trong đợt", "every Sunday during"),
            ("5 working days before at 07:30", "5 working days before at 07:30"), ("đúng ngày lúc 07:30", "on the day at 07:30"),
            ("ngày cuối lúc 7:30", "on the last day at 07:30"), ("30 Days  BEFORE AT 00:00", "30 days before at 00:00"),
            ("730 days before", "730 days before"), ("104 weeks before", "104 weeks before"),
            ("hôm trước", "1 day before"), ("nửa tháng trước", "15 days before"), ("quá hạn 1 ngày", "1 day after the end"),
            ("quá hạn 2 tuần lúc 8:00", "2 weeks after the end at 08:00"), ("ngày đầu", "on the day"),
            ("ngày đầu tiên", "on the day"), ("on the first day", "on the day"),
            ("every day from 5 days before", "every day from 5 days before"),
            ("hằng ngày từ 5 ngày trước lúc 07:30", "every day from 5 days before at 07:30"),
            ("hàng ngày từ 1 tuần trước", "every day from 7 days before"),
            ("24 months before", "24 months before"), ("500 working days before the end", "500 working days before the end"),
        ])
    func leadTable(phrase: String, canonical: String) throws {
        let lead = try LeadPhrase(phrase: phrase)
        #expect(lead.phrase == canonical)
        #expect(try LeadPhrase(phrase: lead.phrase) == lead)
        #expect(try LeadPhrase(phrase: lead.vietnamesePhrase) == lead)
    }

    @Test("A thousand random leads read back equal from their phrases in both languages")
    func leadsPrintAndRead() throws {
        var dice = RandomSource(seed: 5)
        for _ in 0..<1_000 {
            let lead = dice.lead()
            #expect(try LeadPhrase(phrase: lead.phrase) == lead)
            #expect(try LeadPhrase(phrase: lead.vietnamesePhrase) == lead)
        }
    }

    // MARK: `years`, `except` and the nearest spelling

    @Test(
        "`years` is a range, an open range or one year",
        arguments: [
            ("2024-2030", 2024...2030), ("2024-", 2024...2199), ("2026", 2026...2026), ("2024 – 2030", 2024...2030),
            ("2024 đến 2030", 2024...2030), ("1970-2199", 1970...2199),
        ])
    func years(phrase: String, years: ClosedRange<Int>) throws {
        #expect(try YearsPhrase(phrase: phrase).years == years)
    }

    @Test(
        "Other spellings of `years` are refused",
        arguments: [
            Refused("2030-2024", "these years end before they begin", ["2024-2030"], 0),
            Refused("-2030", "years are written 2024-2030, 2024- or 2026", ["1970-2030"], 0),
            Refused("2200-", "years are 1970 to 2199, in four digits", [], 0),
            Refused("2024-30", "years are 1970 to 2199, in four digits", [], 5),
            Refused("from 2024", "years are written 2024-2030, 2024- or 2026", ["2024-"], 0),
            Refused("always", "years are written 2024-2030, 2024- or 2026", [], 0),
            Refused("", "years are written 2024-2030, 2024- or 2026", [], 0),
        ])
    func otherYears(row: Refused) {
        #expect(throws: PhraseRefusal(row.message, hints: row.hints, offset: row.offset)) {
            try YearsPhrase(phrase: row.phrase)
        }
    }

    @Test("An exception is none, a day or a dated window")
    func exceptions() throws {
        let may = Day.clamped(2026, 4, 10)...Day.clamped(2026, 5, 10)
        #expect(try ExceptionPhrase(phrase: "2026-04-10 - 2026-05-10").dates == may)
        #expect(try ExceptionPhrase(phrase: "từ 10/4/2026 đến 10/5/2026").dates == may)
        #expect(try ExceptionPhrase(phrase: "ngày 10 tháng 4 năm 2026").dates == may.lowerBound...may.lowerBound)
        #expect(try ExceptionPhrase(phrase: "none").dates == nil)
        #expect(try ExceptionPhrase(phrase: "None").dates == nil)
        let form = "an exception is `none`, a day or a window, with years"
        #expect(throws: PhraseRefusal(form, hints: ["2026-04-10 - 2026-05-10"])) {
            try ExceptionPhrase(phrase: "10/4 - 10/5", year: 2026)
        }
        #expect(throws: PhraseRefusal(form, hints: ["none"])) { try ExceptionPhrase(phrase: "nnone") }
        #expect(throws: PhraseRefusal(form, hints: ["none"])) { try ExceptionPhrase(phrase: "hủy") }
        #expect(try ExceptionPhrase(phrase: "không").dates == nil)
        #expect(try ExceptionPhrase(phrase: "Không").dates == nil)
    }

    @Test(
        "An `except` key selects one occurrence, a pair or all occurrences of a year",
        arguments: [
            ("28/6", "2026", ExceptionKey.occurrence("2026")), ("lunar 23/12", "2027", .occurrence("2026")),
            (
                "lunar 15/11", "2026",
                .pair(
                    OccurrenceDates(name: "2025", start: Day(2026, 1, 3)!, end: Day(2026, 1, 3)!),
                    OccurrenceDates(name: "2026", start: Day(2026, 12, 23)!, end: Day(2026, 12, 23)!))
            ),
            ("first working day of April", "2026", .occurrence("2026")),
            ("2026-04-15", "once", .occurrence("once")), ("day 25 of every month", "2026-04", .occurrence("2026-04")),
            ("day 25 of every month", "2026", .wholeYear(2026)),
            ("first working day of every quarter", "2026-Q2", .occurrence("2026-Q2")),
            ("every 2 weeks from 2026-01-05", "2026-01-19", .occurrence("2026-01-19")),
            ("every 2 weeks from 2026-01-05", "2026", .wholeYear(2026)), ("lunar 15/6 leap", "2036", .occurrence("2036")),
        ])
    func keys(phrase: String, key: String, expected: ExceptionKey) throws {
        #expect(try Recurrence(phrase: phrase).exceptionKey(key) == expected)
    }

    @Test(
        "An `except` key without an occurrence is refused, with a valid key as the hint if there is one",
        arguments: [
            ("28/6", "2026-06", "its occurrences are named by a year, such as 2026", "2026"),
            ("28/6", "2300", "years are 1970 to 2199", ""),
            ("lunar 15/6 leap", "2026", "nothing starts in 2026", "2036"),
            ("29/2 leap years only", "2026", "nothing starts in 2026", "2028"),
            ("lunar 23/12", "2027-01", "its occurrences are named by a year, such as 2026", "2027"),
            ("2026-04-15", "2026", "an occurrence that comes once is named `once`", "once"),
            ("day 25 of every month", "2026-13", "its occurrences are named by a month, such as 2026-04", "2026-01"),
            ("last day of every quarter", "2026-04", "its occurrences are named by a quarter, such as 2026-Q2", "2026-Q1"),
            ("every 2 weeks from 2026-01-05", "2026-01-06", "nothing comes under the name 2026-01-06", "2026-01-19"),
            (
                "every 2 weeks from 2026-01-05", "soon",
                "its occurrences are named by a day on which it starts, such as 2026-01-05", ""
            ),
        ])
    func otherKeys(phrase: String, key: String, message: String, hint: String) throws {
        let recurrence = try Recurrence(phrase: phrase)
        #expect(throws: PhraseRefusal(message, hints: hint.isEmpty ? [] : [hint])) { try recurrence.exceptionKey(key) }
    }

    @Test(
        "The nearest spelling is found despite typos, case and accents, and a distant one is not",
        arguments: [
            ("tilte", "title"), ("TITLE", "title"), ("campaings", "campaigns"), ("notfy", "notify"), ("thang", "tháng"),
            ("rest-days", "rest_days"), ("colour", ""), ("", ""), ("xy", ""),
        ])
    func nearest(text: String, expected: String) {
        let known = ["title", "campaigns", "notify", "rest_days", "when", "tháng", "id"]
        #expect(Spelling.nearest(to: text, among: known) == (expected.isEmpty ? nil : expected))
    }
}

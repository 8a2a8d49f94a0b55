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

    // MARK: Refused phrases

    @Test(
        "A refusal has the reason, the position and the hints (faults 48, 49; inputs 23, 25, 26, 38)",
        arguments: Refused.when)
    func refusals(row: Refused) {
        #expect(throws: PhraseRefusal(row.message, hints: row.hints, offset: row.offset)) {
            try Recurrence(phrase: row.phrase)
        }
        for hint in row.hints {
            #expect(throws: Never.self, "the hint \(hint)") { try Recurrence(phrase: hint) }
        }
    }

    @Test("The refusal of a lead has the reason, the position and the hints", arguments: Refused.leads)
    func leadRefusals(row: Refused) {
        #expect(throws: PhraseRefusal(row.message, hints: row.hints, offset: row.offset)) {
            try LeadPhrase(phrase: row.phrase)
        }
        for hint in row.hints {
            #expect(throws: Never.self, "the hint \(hint)") { try LeadPhrase(phrase: hint) }
        }
    }

    @Test("`LeadRule(phrase:)` refuses a time of day")
    func ruleAlone() {
        #expect(throws: PhraseRefusal("the time of day has a place of its own", hints: ["1 day before"])) {
            try LeadRule(phrase: "1 day before at 07:30")
        }
    }

    @Test(
        "A refusal of any text takes less than 100 ms",
        arguments: [
            String(repeating: "thang ", count: 24), String(repeating: "a", count: 2_000), String(repeating: "1/", count: 900),
            String(repeating: "thu hai nam sau ", count: 6), String(repeating: "/", count: 24),
            String(repeating: "9", count: 1_999),
            "rrule " + String(repeating: "BYHOUR=1;", count: 200) + " from 2026-01-01",
            "rrule " + String(repeating: ";", count: 1_900) + " from 2026-01-01", "\u{202E}28/6", "28/6\u{0}", "🎉", "ngày",
            "first last every of from to lunar leap before after during at Q quý tháng ngày thứ năm 1 2 3",
        ])
    func refusalsAreQuick(phrase: String) {
        let clock = ContinuousClock()
        let spent = clock.measure {
            #expect(throws: PhraseRefusal.self) { try Recurrence(phrase: phrase) }
            #expect(throws: PhraseRefusal.self) { try LeadPhrase(phrase: phrase) }
        }
        // The limit is for a debug build that runs in parallel with other tests. A release build
        // takes a tenth of this time.
        #expect(spent < .milliseconds(1_000))
    }

    @Test("Three hundred garbled phrases are read or refused, and every hint is a valid phrase")
    func garbled() throws {
        var dice = RandomSource(seed: 11)
        for _ in 0..<300 {
            var letters = Array(dice.one(of: [dice.recurrence().phrase, dice.recurrence().vietnamesePhrase]).unicodeScalars)
            for _ in 0..<dice.number(1...3) {
                let place = dice.number(0...(letters.count - 1))
                switch dice.number(0...2) {
                case 0: letters.remove(at: place)
                case 1: letters.insert(dice.one(of: Array("aeđ1/- tớ".unicodeScalars)), at: place)
                default: letters.swapAt(place, dice.number(0...(letters.count - 1)))
                }
                if letters.isEmpty { letters = ["?"] }
            }
            var garbled = ""
            garbled.unicodeScalars.append(contentsOf: letters)
            do throws(PhraseRefusal) {
                let recurrence = try Recurrence(phrase: garbled)
                #expect(try Recurrence(phrase: recurrence.phrase) == recurrence)
            } catch {
                #expect((0...letters.count).contains(error.offset), "\(garbled)")
                for hint in error.hints { #expect(throws: Never.self, "\(garbled): \(hint)") { try Recurrence(phrase: hint) } }
            }
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

/// A phrase that is refused, with the message, the hints and the offset of the refusal.
struct Refused: Sendable, CustomTestStringConvertible {
    let phrase: String
    let message: String
    let hints: [String]
    let offset: Int
    var testDescription: String { phrase }

    /// A refusal whose message ends with examples, because they lose a part of the phrase.
    static func example(_ phrase: String, _ message: String, _ examples: [String], _ offset: Int) -> Refused {
        let shown = examples.map { "\"\($0)\"" }.joined(separator: " or ")
        return Refused(phrase, "\(message); for example \(shown)", [], offset)
    }

    init(_ phrase: String, _ message: String, _ hints: [String], _ offset: Int) {
        self.phrase = phrase
        self.message = message
        self.hints = hints
        self.offset = offset
    }

    private static let leapDay = "29 February is missing in most years"
    private static let fullYears = "years are 1970 to 2199, in four digits"
    private static let slash = "day and month are joined by \"/\""
    private static let mung = "\"mùng\" is used for lunar and for solar days"
    private static let onlyDates = "only dates and windows of dates can be lunar"

    static let when: [Refused] = dates + lunar + rules + slips

    private static let dates: [Refused] = [
        Refused("12/25", "dates here are day/month, and there is no month 25", ["25/12"], 0),
        Refused("12/25/2026", "dates here are day/month, and there is no month 25", ["25/12/2026"], 0),
        Refused("12/1 - 12/25", "dates here are day/month, and there is no month 25", ["1/12 - 25/12"], 7),
        Refused("2026-25-12", "dates here are day/month, and there is no month 25", ["2026-12-25"], 0),
        Refused("28/13", "dates here are day/month, and there is no month 13", [], 0),
        Refused("tháng 13", "there is no month 13", [], 6),
        Refused("5/0", "there is no month 0", [], 0),
        Refused("0/6", "days count from 1", [], 0),
        Refused("15-11", slash, ["15/11"], 2),
        Refused("15-11 - 15-12", slash, ["15/11 - 15/12"], 2),
        Refused("15.11", slash, ["15/11"], 2),
        Refused("6/2026", "a month with its year needs a word", ["June 2026"], 0),
        Refused(
            "first working day of April 2026",
            "this takes no year; write `years: 2026` beside it for one year; for example \"first working day of April\"", [], 27),
        Refused("2026", "a whole year needs a word", ["year 2026"], 0),
        Refused("29/2", leapDay + "; say what happens then", ["29/2 or 28/2", "29/2 or 1/3", "29/2 leap years only"], 0),
        Refused(
            "ngày 29 tháng 2", leapDay + "; say what happens then", ["29/2 hoặc 28/2", "29/2 hoặc 1/3", "29/2 chỉ năm nhuận"], 0),
        .example(
            "29/2 or 27/2", leapDay + "; say what happens then", ["29/2 or 28/2", "29/2 or 1/3", "29/2 leap years only"], 0),
        Refused("28/6 or 29/6", "a phrase names one day or one window; take two campaigns", [], 5),
        .example("cuối năm", "a part of the year is a quarter or a month", ["quý 4", "tháng 12"], 0),
        Refused("day 25", "the month is missing", ["day 25 of every month"], 6),
        Refused("ngày 25", "the month is missing", ["ngày 25 hằng tháng"], 7),
        .example("1/2 - 29/2", leapDay, ["1/2 - 28/2", "1/2 - 1/3"], 6),
        .example("29/2/2026", "February 2026 has 28 days", ["28/2/2026", "1/3/2026"], 0),
        .example("2026-02-29", "February 2026 has 28 days", ["2026-02-28", "2026-03-01"], 0),
        .example("30/2", "February has at most 29 days", ["last day of February", "28/2", "1/3"], 0),
        .example("31/4", "April has 30 days", ["30/4"], 0),
        .example("1/4 - 31/4", "April has 30 days", ["1/4 - 30/4"], 6),
        .example("31/4/2026", "April has 30 days", ["30/4/2026"], 0),
        Refused("15/4/26", fullYears, ["15/4/2026"], 0),
        Refused("15/4/0", fullYears, ["15/4/2000"], 0),
        Refused("15/4/1969", fullYears, [], 0),
        Refused("15/4/2200", fullYears, [], 0),
        Refused("15/4/10000", fullYears, [], 0),
        Refused("15/4/2026 - 30/4", "this window has a year on one side only", ["15/4/2026 - 30/4/2026"], 0),
        Refused("30/4/2026 - 15/4/2026", "this window ends before it starts", ["15/4/2026 - 30/4/2026"], 12),
        Refused("2026-04-15-2026-04-30", "the hyphen between two dates needs spaces here", ["2026-04-15 - 2026-04-30"], 10),
        Refused("2026/04/15", "dates are written 2026-04-15 or 15/4/2026", ["2026-04-15"], 0),
        Refused("2026-4-5", "dates are written 2026-04-05 or 5/4/2026", ["2026-04-05"], 0),
        Refused("June 28", "the day comes before the month", ["28 June"], 0),
        Refused("June 28, 2026", "the day comes before the month", ["28 June 2026"], 0),
        .example("first day of June", "the first day of one month is written as its date", ["1/6"], 0),
        .example("last day of Q2", "the last day of one quarter is named by its month", ["last day of June"], 12),
    ]

    private static let lunar: [Refused] = [
        Refused("mùng 8 tháng 3", mung, ["8/3", "âm lịch 8/3"], 0),
        Refused("mồng 8/3", mung, ["8/3", "âm lịch 8/3"], 0),
        Refused("mùng 1/3 - mùng 5/3", mung, ["1/3 - 5/3", "âm lịch 1/3 - 5/3"], 0),
        Refused("mùng 15 tháng Giêng", "\"mùng\" is used for the days 1 to 10", ["15 tháng Giêng"], 0),
        Refused(
            "tháng Giêng", "a whole lunar month is written as a window",
            ["âm lịch 1/1 - ngày cuối tháng 1", "mùng 1 tháng Giêng"], 0),
        Refused("âm lịch tháng 8", "a whole lunar month is written as a window", ["âm lịch 1/8 - ngày cuối tháng 8"], 8),
        .example("lunar 30/6", "half of the lunar months have no day 30", ["lunar last day of 6"], 6),
        .example("âm lịch 30/6", "half of the lunar months have no day 30", ["âm lịch ngày cuối tháng 6"], 8),
        .example("30/6 âm lịch", "half of the lunar months have no day 30", ["ngày cuối tháng 6 âm lịch"], 0),
        .example("30 tháng Chạp", "half of the lunar months have no day 30", ["ngày cuối tháng Chạp"], 0),
        .example("lunar 1/6 - 30/6", "half of the lunar months have no day 30", ["lunar 1/6 - last day of 6"], 12),
        Refused("lunar 8/15", "dates here are day/month, and there is no month 15", ["lunar 15/8"], 6),
        Refused("lunar 15 August", "lunar months are numbers", ["lunar 15/8"], 6),
        .example("lunar Q2", onlyDates, ["Q2"], 0),
        .example("đầu tháng Giêng", onlyDates, ["âm lịch 1/1 - 10/1"], 0),
        Refused(
            "15/6 nhuận", "only lunar months have a leap month, and this date is not marked as lunar", ["âm lịch 15/6 nhuận"], 0),
        Refused(
            "23/12 - mùng 7 tháng Giêng", "one side of this window is lunar, the other is not marked",
            ["âm lịch 23/12 - mùng 7 tháng Giêng"], 0),
        Refused("lunar 15/12 leap", "this names no day from 1970 to 2199", [], 0),
    ]

    private static let rules: [Refused] = [
        Refused(
            "thứ hai của tháng 9", "which Monday of the month is not said: first, second, third, fourth or last",
            ["thứ hai đầu tiên của tháng 9", "thứ hai cuối cùng của tháng 9"], 0),
        Refused(
            "Monday of September", "which Monday of the month is not said: first, second, third, fourth or last",
            ["first Monday of September", "last Monday of September"], 0),
        .example("fifth Monday of June", "not every month has a fifth one", ["last Monday of June"], 0),
        .example("thứ hai thứ năm của tháng 6", "not every month has a fifth one", ["thứ hai cuối cùng của tháng 6"], 0),
        .example("day 31 of every month", "not every month has a day 31", ["last day of every month"], 4),
        .example("day 29 of every month", "not every month has a day 29", ["last day of every month"], 4),
        .example("ngày 30 hằng tháng", "not every month has a day 30", ["ngày cuối hằng tháng"], 5),
        .example("day 32 of every month", "there is no day 32 of a month", ["last day of every month"], 4),
        Refused("day 0 of every month", "there is no day 0 of a month", [], 4),
        Refused("Q5", "quarters are 1 to 4", [], 1),
        Refused("every 2 weeks", "a step needs the day it starts from", ["every 2 weeks from 2026-01-05"], 13),
        Refused("every 0 days from 2026-01-05", "a step is 1 to 36525 days", [], 0),
        Refused("every 9999999 weeks from 2026-01-05", "a step is 1 to 5218 weeks", [], 0),
        Refused(
            "every 2 weeks from 5/1", "a step starts from one dated day, such as 2026-01-05", ["every 2 weeks from 2026-01-05"],
            19),
        Refused(
            "rrule FREQ=YEARLY;BYMONTH=9;BYDAY=1MO", "a rule needs the day it starts from",
            ["rrule FREQ=YEARLY;BYMONTH=9;BYDAY=1MO from 2026-01-01"], 37),
        .example(
            "rrule FREQ=HOURLY from 2026-01-01", "remindd plans whole days: FREQ is DAILY, WEEKLY, MONTHLY or YEARLY",
            ["rrule FREQ=DAILY from 2026-01-01"], 6),
        .example(
            "rrule FREQ=DAILY;BYHOUR=8 from 2026-01-01",
            "remindd plans whole days: no BYHOUR; the time of day belongs to the leads", ["rrule FREQ=DAILY from 2026-01-01"], 17),
        Refused(
            "rrule FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30 from 2026-01-01", "this rule names no day from its start to 2199", [], 6),
        Refused("rrule FREQ=DAILY from 2026-02-30", "February 2026 has 28 days", [], 22),
        Refused("rrule FREQ=DAILY from now", "a rule starts from one dated day, such as 2026-01-01", [], 22),
    ]

    private static let slips: [Refused] = [
        Refused("thang 6", "\"thang\" is written without its accents", ["tháng 6"], 0),
        Refused("dau quy 2", "\"dau\" is written without its accents", ["đầu quý 2"], 0),
        Refused("ram thang 8", "\"ram\" is written without its accents", ["rằm tháng 8"], 0),
        Refused("28 thang sau", "\"thang\" is written without its accents", ["28 tháng sáu"], 3),
        Refused("tu 1/6 den 30/6", "\"tu\" is written without its accents", ["từ 1/6 đến 30/6"], 0),
        Refused("thu hai dau tien cua thang 9", "\"dau\" is written without its accents", ["thứ hai đầu tiên của tháng 9"], 8),
        Refused("mung 8 thang 3", mung, ["8/3", "âm lịch 8/3"], 0),
        .example("ngay 31 hang thang", "not every month has a day 31", ["ngày cuối hằng tháng"], 8),
        Refused("frist Monday of June", "\"frist\" has no place in such a phrase", ["first Monday of June"], 0),
        Refused("earley Q2", "\"earley\" has no place in such a phrase", ["early Q2"], 0),
        Refused("28 Jnue", "\"Jnue\" has no place in such a phrase", ["28 June"], 3),
        Refused("28th June", "\"th\" has no place in such a phrase", ["28/6"], 2),
        Refused("lunar leap 15/6", "\"leap\" does not fit here", ["lunar 15/6 leap"], 6),
        Refused("beginning of June", "\"beginning\" has no place in such a phrase", ["early June"], 0),
        Refused("end of June", "\"end\" has no place in such a phrase", ["last day of June", "late June"], 0),
        Refused("mỗi 2 tuần từ 2026-01-05", "\"mỗi\" has no place in such a phrase", ["2 tuần một lần từ 2026-01-05"], 0),
        Refused("28 Jun.", "\".\" has no place in such a phrase", ["28/6"], 6),
        Refused("10/3 âm", "\"âm\" has no place in such a phrase", ["âm lịch 10/3"], 5),
        Refused("first business day of April", "\"business\" has no place in such a phrase", ["first working day of April"], 6),
        Refused("\u{201C}28/6\u{201D}", "\"\u{201C}\" has no place in such a phrase", ["28/6"], 0),
        Refused("\u{202E}28/6", "\"U+202E\" has no place in such a phrase", ["28/6"], 0),
        Refused("quý hai", "\"hai\" has no place in such a phrase", ["quý 2"], 4),
        Refused("", "the phrase is empty", [], 0),
        Refused("whenever", "\"whenever\" has no place in such a phrase", [], 0),
    ]

    static let leads: [Refused] = [
        Refused("731 days before", "a lead is at most 730 days", [], 0),
        Refused("105 weeks before", "a lead is at most 104 weeks", [], 0),
        Refused("25 months before", "a lead is at most 24 months", [], 0),
        Refused("501 working days before", "a lead is at most 500 working days", [], 0),
        Refused("trước 731 ngày", "a lead is at most 730 days", [], 6),
        Refused("400 years before", "a lead is at most 24 months", [], 0),
        Refused("1 year before", "leads are counted in days, weeks, months or working days", ["12 months before"], 0),
        Refused("0 days before", "a lead counts from 1", ["on the day"], 0),
        Refused("-1 day before", "\"-\" does not fit here", ["1 day before"], 0),
        Refused("30 days", "a lead says what it counts from", ["30 days before"], 7),
        Refused("30 ngày", "a lead says what it counts from", ["30 ngày trước"], 7),
        Refused("30 days after", "leads after an occurrence count from its end", ["30 days after the end"], 0),
        Refused("10 ngày sau", "leads after an occurrence count from its end", ["10 ngày sau khi kết thúc"], 0),
        Refused("every Monday", "a weekly lead counts the days of the occurrence", ["every Monday during"], 12),
        Refused("thứ hai hằng tuần", "a weekly lead counts the days of the occurrence", ["thứ hai hằng tuần trong đợt"], 17),
        Refused("5 days before at 24:00", "times of day are 00:00 to 23:59", [], 17),
        Refused("5 days before at 7.30", "times of day are written 07:30", ["5 days before at 07:30"], 17),
        Refused("5 days before at 8 pm", "times of day are written 07:30", ["5 days before at 20:00"], 17),
        Refused("5 days before at 7:30 pm", "times of day are written 07:30", ["5 days before at 19:30"], 17),
        Refused("5 days before at 12 am", "times of day are written 07:30", ["5 days before at 00:00"], 17),
        Refused("5 ngày trước lúc 7 giờ 30 tối", "times of day are written 07:30", ["5 ngày trước lúc 19:30"], 17),
        Refused("5 days before at 15:00 am", "times of day are written 07:30", [], 17),
        Refused("5 days before at 07:30 at 08:00", "a lead has at most one time", ["5 days before at 07:30"], 23),
        Refused("at 07:30 5 days before", "the time stands at the end", ["5 days before at 07:30"], 0),
        Refused("30 day befor", "\"befor\" has no place in such a phrase", ["30 days before"], 7),
        Refused("truoc 30 ngay", "\"truoc\" is written without its accents", ["30 ngày trước"], 0),
        Refused("30 ngay truoc", "\"ngay\" is written without its accents", ["30 ngày trước"], 3),
        Refused("dung ngay", "\"dung\" is written without its accents", ["đúng ngày"], 0),
        Refused("ngay cuoi luc 07:30", "\"ngay\" is written without its accents", ["ngày cuối lúc 07:30"], 0),
        Refused("a week before", "\"a\" has no place in such a phrase", ["1 week before"], 0),
        Refused("hai tuần trước", "\"hai\" has no place in such a phrase", ["2 tuần trước"], 0),
        Refused("5 business days before", "\"business\" has no place in such a phrase", ["5 working days before"], 2),
        Refused("5 days before the start", "before counts from the start by itself", ["5 days before"], 0),
        Refused("1 tuần trước khi bắt đầu", "before counts from the start by itself", ["1 tuần trước"], 0),
        Refused("on the dya", "\"the\" has no place in such a phrase", ["on the day"], 3),
        Refused("", "the phrase is empty", [], 0),
    ]
}

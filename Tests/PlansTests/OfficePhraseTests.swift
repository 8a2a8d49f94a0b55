import Support
import Testing

@testable import Dates
@testable import Plans
@testable import Scheduler

/// The rows of the contract's `when` table since 0.2.0, in both languages.
@Suite("Phrases of offices")
struct OfficePhraseTests {
    @Test(
        "Words around a date, brackets, dots and repeated numbers do not change its meaning",
        arguments: [
            ("trong tháng 6", "June"), ("vào ngày 28/6", "28/6"), ("ngay trong đầu quý 2", "early Q2"),
            ("thời gian từ ngày 1/6 đến 30/6", "1/6 - 30/6"), ("kể từ ngày 15/11", "15/11"),
            ("kể từ ngày 15/11 đến ngày 15/12", "15/11 - 15/12"), ("ngày 1/1 dương lịch", "1/1"), ("on 28 June", "28/6"),
            ("in June", "June"), ("during June", "June"), ("(28/6)", "28/6"), ("(từ 1/6 đến 30/6)", "1/6 - 30/6"),
            ("28/6 every year", "28/6"), ("ngày 25 tháng 11 hằng năm", "25/11"), ("tháng 5 hàng năm", "May"),
            ("rằm tháng 8 hằng năm", "lunar 15/8"), ("ngày 06 (sáu) tháng 11 (mười một)", "6/11"),
            ("ngày 25 (hai mươi lăm) tháng 4 (tư)", "25/4"), ("ngày 21 (hai mươi mốt)/6", "21/6"),
            ("từ 1/6 đến hết ngày 30/6", "1/6 - 30/6"), ("15/8 AL", "lunar 15/8"), ("ngày 10/3 (ÂL)", "lunar 10/3"),
            ("15/8 (âm lịch)", "lunar 15/8"), ("28.7.2027", "2027-07-28"), ("28-6-2027", "2027-06-28"),
            ("28-6 năm 2027", "2027-06-28"), ("ngày 1-6", "1/6"), ("10-3 âm lịch", "lunar 10/3"),
            ("từ ngày 15-11 đến 15-12-2018", "2018-11-15 - 2018-12-15"), ("từ ngày 1 đến 10-6", "1/6 - 10/6"),
            ("thứ Hai, ngày 15/11/2027", "2027-11-15"), ("Monday, 15 November 2027", "2027-11-15"),
            ("ngày 15/11/2027 (thứ Hai)", "2027-11-15"), ("15/11/2027, thứ 2", "2027-11-15"),
            ("ngày 15/9/2027 (tức ngày 15/8 âm lịch)", "2027-09-15"), ("15/9/2027 (tức rằm tháng 8)", "2027-09-15"),
            ("ngày 14/2/2026 (tức 27 tháng Chạp, năm Ất Tỵ)", "2026-02-14"), ("June 2026", "2026-06-01 - 2026-06-30"),
            ("28 June, 2026", "2026-06-28"),
        ])
    func words(phrase: String, canonical: String) throws { try check(phrase, canonical) }

    @Test(
        "A month, a quarter, a half or a lunar day with a year comes once",
        arguments: [
            ("tháng 6/2026", "2026-06-01 - 2026-06-30"), ("tháng 6-2026", "2026-06-01 - 2026-06-30"),
            ("tháng 6 năm 2026", "2026-06-01 - 2026-06-30"), ("early Q2 2026", "2026-04-01 - 2026-04-30"),
            ("đầu quý II/2026", "2026-04-01 - 2026-04-30"), ("cuối quí III năm 2027", "2027-09-01 - 2027-09-30"),
            ("giữa tháng 6/2027", "2027-06-11 - 2027-06-20"), ("last day of June 2026", "2026-06-30"),
            ("first Monday of September 2026", "2026-09-07"), ("April - September", "April - September"),
            ("từ tháng 4 đến tháng 9", "April - September"), ("tháng 4-9", "April - September"),
            ("từ tháng 11 đến tháng 2", "November - February"), ("từ tháng 4 đến tháng 9/2027", "2027-04-01 - 2027-09-30"),
            ("từ tháng 11 đến tháng 2/2027", "2026-11-01 - 2027-02-28"), ("June - August", "June - August"),
            ("tháng 8/2018 đến hết tháng 11/2018", "2018-08-01 - 2018-11-30"),
            ("first half of the year", "first half of the year"), ("6 tháng cuối năm", "second half of the year"),
            ("6 tháng đầu năm 2027", "2027-01-01 - 2027-06-30"), ("năm 2027", "2027-01-01 - 2027-12-31"),
            ("year 2027", "2027-01-01 - 2027-12-31"), ("thượng tuần tháng 6", "early June"), ("hạ tuần tháng 2", "late February"),
            ("trung tuần tháng 6 năm 2027", "2027-06-11 - 2027-06-20"), ("15/11 - 15/12/2026", "2026-11-15 - 2026-12-15"),
            ("từ 15/12 đến 15/1/2027", "2026-12-15 - 2027-01-15"), ("1-30/6/2017", "2017-06-01 - 2017-06-30"),
            ("1 - 30/6", "1/6 - 30/6"), ("từ mùng 1 đến mùng 5 tháng Giêng", "lunar 1/1 - 5/1"),
            ("lunar 15/8 2027", "2027-09-15"), ("rằm tháng 8 năm 2027", "2027-09-15"), ("Trung thu năm 2025", "2025-10-06"),
        ])
    func years(phrase: String, canonical: String) throws { try check(phrase, canonical) }

    @Test(
        "A feast is named by its name",
        arguments: [
            ("Tết", "1/1"), ("Tết Nguyên đán", "1/1"), ("Lunar New Year", "1/1"), ("giao thừa", "last day of 12"),
            ("mùng 3 Tết", "3/1"), ("Tết Nguyên tiêu", "15/1"), ("Giỗ Tổ Hùng Vương", "10/3"), ("Phật đản", "15/4"),
            ("Tết Đoan ngọ", "5/5"), ("Vu lan", "15/7"), ("Tết Trung thu", "15/8"), ("Trung thu", "15/8"), ("Mid-Autumn", "15/8"),
            ("mid-autumn festival", "15/8"), ("ông Công ông Táo", "23/12"), ("ngày Tết Trung thu", "15/8"),
        ])
    func feasts(phrase: String, date: String) throws { try check(phrase, "lunar " + date) }

    @Test(
        "Weekly series, days of every month and quarter, and lists",
        arguments: [
            ("every Monday", "every Monday"), ("thứ hai hằng tuần", "every Monday"),
            ("every Saturday and Wednesday", "every Wednesday and Saturday"),
            ("thứ tư và thứ bảy hàng tuần, bắt đầu từ ngày 27/6/2026", "every Wednesday and Saturday from 2026-06-27"),
            ("thứ hai, thứ tư và chủ nhật hằng tuần", "every Monday, Wednesday and Sunday"),
            ("thứ hai hằng tuần đến ngày 30/9/2026", "every Monday until 2026-09-30"),
            ("every Monday from 2026-06-27 until 2026-09-30", "every Monday from 2026-06-27 until 2026-09-30"),
            ("thứ hai hằng tuần kể từ ngày 27/6/2026", "every Monday from 2026-06-27"),
            ("first Friday of every month", "first Friday of every month"),
            ("thứ sáu đầu tiên hằng tháng", "first Friday of every month"),
            ("last Monday of every quarter", "last Monday of every quarter"),
            ("thứ hai cuối cùng hằng quý", "last Monday of every quarter"),
            ("ngày 1 và 15 hằng tháng", "day 1 and 15 of every month"), ("ngày 15, 1 hằng tháng", "day 1 and 15 of every month"),
            ("ngày 1 và ngày 15 hằng tháng", "day 1 and 15 of every month"),
            ("day 1, 10 and 20 of every month", "day 1, 10 and 20 of every month"),
            ("day 20 of the last month of every quarter", "day 20 of the last month of every quarter"),
            ("ngày 20 tháng cuối quý", "day 20 of the last month of every quarter"),
            ("ngày 20 của tháng cuối quý", "day 20 of the last month of every quarter"),
            ("ngày 10 tháng giữa quý", "day 10 of the second month of every quarter"),
            ("ngày 15 hằng quý", "day 15 of every quarter"), ("ngày 20 tháng cuối quý II", "20/6"),
            ("5th working day of every month", "5th working day of every month"),
            ("ngày làm việc thứ 5 hằng tháng", "5th working day of every month"),
            ("ngày làm việc thứ 12 hằng tháng", "12th working day of every month"),
            ("third working day of every month", "3rd working day of every month"),
            ("2024-09-17, 2025-10-06, 2026-09-25 - 2026-09-27", "2024-09-17, 2025-10-06, 2026-09-25 - 2026-09-27"),
            ("20/4/2026, 15/4/2026", "2026-04-15, 2026-04-20"),
            ("RRULE:FREQ=DAILY from 2026-01-01", "rrule FREQ=DAILY from 2026-01-01"),
        ])
    func series(phrase: String, canonical: String) throws { try check(phrase, canonical) }

    @Test(
        "A deadline is the day itself or its eve",
        arguments: [
            ("by 15/11", "by 15/11"), ("chậm nhất ngày 15/11", "by 15/11"), ("chậm nhất là ngày 15/11", "by 15/11"),
            ("chậm nhất vào ngày 20 hằng tháng", "by day 20 of every month"), ("hạn 15/11", "by 15/11"),
            ("hạn cuối ngày 15/11/2027", "by 2027-11-15"), ("đến hết ngày 15/11", "by 15/11"), ("đến ngày 30-9", "by 30/9"),
            ("hết tháng 6", "by last day of June"), ("trước tháng 6", "before 1/6"),
            ("trước ngày 10/7/2026", "before 2026-07-10"),
            ("before 10/7/2026", "before 2026-07-10"), ("đến hết quý II/2027", "by 2027-06-30"),
            ("trước quý II", "before 1/4"), ("trước đầu tháng 6", "before 1/6"), ("hết 6 tháng đầu năm", "by last day of June"),
            ("trước ngày 25 tháng cuối quý", "before day 25 of the last month of every quarter"),
            ("trước Tết", "before lunar 1/1"), ("chậm nhất âm lịch 15/8", "by lunar 15/8"),
            ("(trước ngày 05 tháng 12)", "before 5/12"),
            ("trước thứ sáu hằng tuần", "before every Friday"),
        ])
    func deadlines(phrase: String, canonical: String) throws { try check(phrase, canonical) }

    private func check(_ phrase: String, _ canonical: String) throws {
        let recurrence = try Recurrence(phrase: phrase)
        #expect(recurrence.phrase == canonical)
        #expect(try Recurrence(phrase: canonical) == recurrence)
        #expect(try Recurrence(phrase: recurrence.vietnamesePhrase) == recurrence)
    }

    @Test(
        "A wrong weekday, lunar date or number beside a date is refused with the right one",
        arguments: [
            Refused("thứ Ba, ngày 15/11/2027", "15/11/2027 is a Monday, not a Tuesday", [], 0),
            Refused("2027-11-15 (thứ Ba)", "2027-11-15 is a Monday, not a Tuesday", [], 12),
            Refused("15/9/2027 (tức ngày 14/8 âm lịch)", "15/9/2027 is the lunar 15/8", [], 15),
            Refused("14/2/2026 (tức 27 tháng Chạp, năm Bính Ngọ)", "14/2/2026 is in another lunar year", [], 30),
            Refused("thứ Ba, ngày 15/11", "only a solar date with its year can be checked", [], 0),
            Refused("ngày 06 (bảy) tháng 11", "the number in brackets is another one", [], 8),
            Refused("15/4/2026 hằng năm", "this does not come once every year", [], 10),
            Refused("thứ hai hằng tuần hằng năm", "this does not come once every year", [], 18),
        ])
    func checks(row: Refused) {
        #expect(throws: PhraseRefusal(row.message, hints: row.hints, offset: row.offset)) { try Recurrence(phrase: row.phrase) }
    }

    @Test(
        "Solar terms, ambiguous lunar years and several dates are refused with the reason",
        arguments: [
            Refused(
                "Tết Thanh minh",
                "\"Tết Thanh minh\" goes by the sun, and its date differs from year to year; write its date with the year", [], 0),
            .example("Tết Dương lịch", "\"Tết Dương lịch\" is 1 January", ["1/1"], 0),
            .example(
                "23 tháng Chạp năm 2026", "2026 may be the lunar or the civil year here; write the solar date",
                ["10/2/2026", "30/1/2027"], 0),
            Refused("lunar 23/12 - 7/1/2027", "a lunar window takes no year; write `years: 2027` beside it for one year", [], 14),
            Refused("1/6/2027 đến 30/6", "this window has a year on one side only", ["1/6/2027 - 30/6/2027"], 0),
            Refused("đợt 1: 15/6", "\"đợt\" has no place in such a phrase", [], 0),
            Refused("rằm tháng 8 dương lịch", "a date is either lunar or solar", [], 0),
            Refused("15/8 dương lịch (âm lịch)", "a date is either lunar or solar", [], 0),
            Refused("28/6 và 29/6", "a phrase names one day or one window; take two campaigns", [], 5),
            Refused("by 1/6 - 30/6", "a deadline is one day, a month or a quarter", [], 3),
            Refused("20/4/2026, 19/4/2026 - 21/4/2026", "two dates of this list share a day", [], 0),
            Refused("20/4/2026, tháng 6/2026, quý 2", "\",\" has no place in such a phrase", [], 9),
            Refused("20/4/2026, 31/4/2026", "April has 30 days", [], 11),
            Refused("ngày 29 tháng giữa quý", "not every quarter has such a day", [], 5),
            Refused("24th working day of every month", "a month has at most 23 working days", [], 0),
        ])
    func reasons(row: Refused) {
        #expect(throws: PhraseRefusal(row.message, hints: row.hints, offset: row.offset)) { try Recurrence(phrase: row.phrase) }
    }
}

import Testing

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
        Refused("day 25", "the month is missing; for example \"day 25 of every month\"", [], 6),
        Refused("ngày 25", "the month is missing; for example \"ngày 25 hằng tháng\"", [], 7),
        .example("1/2 - 29/2", leapDay, ["1/2 - 28/2", "1/2 - 1/3"], 6),
        .example("29/2/2026", "February 2026 has 28 days", ["28/2/2026", "1/3/2026"], 0),
        .example("2026-02-29", "February 2026 has 28 days", ["2026-02-28", "2026-03-01"], 0),
        .example("30/2", "February has at most 29 days", ["last day of February", "28/2", "1/3"], 0),
        .example("31/4", "April has 30 days", ["30/4"], 0),
        .example("1/4 - 31/4", "April has 30 days", ["1/4 - 30/4"], 6),
        .example("31/4/2026", "April has 30 days", ["30/4/2026"], 0),
        Refused("15/4/26", fullYears, ["15/4/2026"], 0),
        Refused("15/4/0", fullYears, ["15/4/2000"], 0),
        Refused(
            "15/4/1969", "the year 1969 is before 1970; for the same day in every year, for example \"15/4\"", [], 0),
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

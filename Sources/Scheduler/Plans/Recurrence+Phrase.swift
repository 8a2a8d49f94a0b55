import Dates

/// Writes recurrences as phrases.
///
/// For every recurrence `r` that a phrase can describe, `Recurrence(phrase: r.phrase) == r`. This
/// also holds for `vietnamesePhrase`.
extension Recurrence {
    /// The canonical phrase in English.
    ///
    /// It is the first English spelling for the recurrence in `docs/man/remindd-plan.5.md`.
    public var phrase: String {
        switch self {
        case .day(let date): date.phrase
        case .window(let from, let to): "\(from.phrase) - \(to.phrase)"
        case .month(let month): Self.english(month)
        case .months(let from, let to): "\(Self.english(from)) - \(Self.english(to))"
        case .half(let half): "\(half == .first ? "first" : "second") half of the year"
        case .quarter(let quarter, let part): (part.map { $0.english + " " } ?? "") + "Q\(quarter)"
        case .partOfMonth(let month, let part): "\(part.english) \(Self.english(month))"
        case .lastDay(let month): "last day of \(Self.english(month))"
        case .lunar(let date): "lunar \(date.phrase)"
        case .lunarWindow(let from, let to): "lunar \(from.phrase) - \(to.phrase)"
        case .weekday(let ordinal, let weekday, let month):
            "\(ordinal.english) \(weekday.english) of \(Self.english(month))"
        case .workingDay(let edge, let month): "\(edge.english) working day of \(Self.english(month))"
        case .everyMonth(let day): "day \(day) of every month"
        case .everyMonthDays(let days): "day \(Self.list(days.map(String.init), "and")) of every month"
        case .everyQuarter(let day, 1): "day \(day) of every quarter"
        case .everyQuarter(let day, let month):
            "day \(day) of the \(month == 2 ? "second" : "last") month of every quarter"
        case .workingDayOfEveryMonth(let number): "\(Self.numeral(number)) working day of every month"
        case .weekdayOfEvery(let ordinal, let weekday, let period):
            "\(ordinal.english) \(weekday.english) of every \(period.english)"
        case .weekly(let weekdays, let from, let until):
            "every \(Self.list(weekdays.map(\.english), "and"))" + (from.map { " from \($0)" } ?? "")
                + (until.map { " until \($0)" } ?? "")
        case .everyPeriod(let edge, let working, let period):
            "\(edge.english) \(working ? "working " : "")day of every \(period.english)"
        case .every(let count, let unit, let start): "every \(count) \(unit.english(count)) from \(start)"
        case .once(let from, let to): (from...to).phrase
        case .listed(let dates): dates.map(\.phrase).joined(separator: ", ")
        case .deadline(let days, .by): "by \(days.phrase)"
        case .deadline(let days, .before): "before \(days.phrase)"
        case .leapDay(let policy): policy.english
        case .rrule(let rule, let start, let days):
            "rrule \(rule.text) from \(start)" + (days == 1 ? "" : " for \(days) days")
        }
    }

    /// The canonical phrase in Vietnamese.
    ///
    /// It is the first Vietnamese spelling for the recurrence in `docs/man/vi/remindd-plan.5.md`.
    public var vietnamesePhrase: String {
        switch self {
        case .day(let date): "ngày \(date.phrase)"
        case .window(let from, let to): "từ \(from.phrase) đến \(to.phrase)"
        case .month(let month): "tháng \(month)"
        case .months(let from, let to): "từ tháng \(from) đến tháng \(to)"
        case .half(let half): "6 tháng \(half == .first ? "đầu" : "cuối") năm"
        case .quarter(let quarter, let part): (part.map { $0.vietnamese + " " } ?? "") + "quý \(quarter)"
        case .partOfMonth(let month, let part): "\(part.vietnamese) tháng \(month)"
        case .lastDay(let month): "ngày cuối tháng \(month)"
        case .lunar(let date): "âm lịch \(date.vietnamesePhrase)"
        case .lunarWindow(let from, let to): "âm lịch \(from.vietnamesePhrase) - \(to.vietnamesePhrase)"
        case .weekday(let ordinal, let weekday, let month):
            "\(weekday.vietnamese) \(ordinal.vietnamese) của tháng \(month)"
        case .workingDay(let edge, let month): "ngày làm việc \(edge.vietnamese) của tháng \(month)"
        case .everyMonth(let day): "ngày \(day) hằng tháng"
        case .everyMonthDays(let days): "ngày \(Self.list(days.map(String.init), "và")) hằng tháng"
        case .everyQuarter(let day, 1): "ngày \(day) hằng quý"
        case .everyQuarter(let day, let month): "ngày \(day) tháng \(month == 2 ? "giữa" : "cuối") quý"
        case .workingDayOfEveryMonth(let number): "ngày làm việc thứ \(number) hằng tháng"
        case .weekdayOfEvery(let ordinal, let weekday, let period):
            "\(weekday.vietnamese) \(ordinal.vietnamese) hằng \(period.vietnamese)"
        case .weekly(let weekdays, let from, let until):
            "\(Self.list(weekdays.map(\.vietnamese), "và")) hằng tuần"
                + (from.map { " bắt đầu từ ngày \($0.slashed)" } ?? "") + (until.map { " đến ngày \($0.slashed)" } ?? "")
        case .everyPeriod(.last, false, let period): "ngày cuối hằng \(period.vietnamese)"
        case .everyPeriod(let edge, let working, let period):
            "ngày \(working ? "làm việc " : "")\(edge.vietnamese) hằng \(period.vietnamese)"
        case .every(let count, let unit, let start): "\(count) \(unit.vietnamese) một lần từ \(start)"
        case .once(let from, let to):
            from == to ? from.vietnamesePhrase : "từ \(from.slashed) đến \(to.slashed)"
        case .listed(let dates): dates.map(\.slashed).joined(separator: ", ")
        case .deadline(let days, .by): "chậm nhất \(days.vietnamesePhrase)"
        case .deadline(let days, .before): "trước \(days.vietnamesePhrase)"
        case .leapDay(let policy): policy.vietnamese
        case .rrule: phrase
        }
    }

    /// `1, 2 and 3`.
    private static func list(_ words: [String], _ and: String) -> String {
        words.count < 2 ? words.joined() : words.dropLast().joined(separator: ", ") + " \(and) " + (words.last ?? "")
    }

    /// `2nd`, `11th`, `23rd`.
    private static func numeral(_ number: Int) -> String {
        let endings = [1: "st", 2: "nd", 3: "rd"]
        return "\(number)" + ((11...13).contains(number) ? "th" : endings[number % 10] ?? "th")
    }

    static func english(_ month: Int) -> String { Vocabulary.englishMonths[month - 1] }
}

extension MonthDay {
    /// The date as a phrase, such as `28/6`, in both languages.
    var phrase: String { "\(day)/\(month)" }
}

extension Day {
    /// The day in the form `15/4/2026`.
    var slashed: String {
        let (year, month, day) = fields
        return "\(day)/\(month)/\(year)"
    }

    fileprivate var vietnamesePhrase: String {
        let (year, month, day) = fields
        return "ngày \(day) tháng \(month) năm \(year)"
    }
}

extension ClosedRange<Day> {
    /// `2026-04-15`, or `2026-04-15 - 2026-04-30` for several days.
    var phrase: String { lowerBound == upperBound ? "\(lowerBound)" : "\(lowerBound) - \(upperBound)" }

    /// `15/4/2026`, or `15/4/2026 - 30/4/2026` for several days.
    var slashed: String {
        lowerBound == upperBound ? lowerBound.slashed : "\(lowerBound.slashed) - \(upperBound.slashed)"
    }
}

extension LunarMonthDay {
    var phrase: String { (day.map { "\($0)/\(month)" } ?? "last day of \(month)") + (isLeap ? " leap" : "") }

    var vietnamesePhrase: String {
        (day.map { "\($0)/\(month)" } ?? "ngày cuối tháng \(month)") + (isLeap ? " nhuận" : "")
    }
}

extension Recurrence.Part {
    fileprivate var english: String {
        switch self {
        case .early: "early"
        case .mid: "mid"
        case .late: "late"
        }
    }

    fileprivate var vietnamese: String {
        switch self {
        case .early: "đầu"
        case .mid: "giữa"
        case .late: "cuối"
        }
    }
}

extension Recurrence.Ordinal {
    fileprivate var english: String {
        switch self {
        case .first: "first"
        case .second: "second"
        case .third: "third"
        case .fourth: "fourth"
        case .last: "last"
        }
    }

    fileprivate var vietnamese: String {
        switch self {
        case .first: "đầu tiên"
        case .second: "thứ hai"
        case .third: "thứ ba"
        case .fourth: "thứ tư"
        case .last: "cuối cùng"
        }
    }
}

extension Recurrence.Edge {
    var ordinal: Recurrence.Ordinal {
        switch self {
        case .first: .first
        case .last: .last
        }
    }

    fileprivate var english: String { ordinal.english }
    fileprivate var vietnamese: String { ordinal.vietnamese }
}

extension Recurrence.Period {
    fileprivate var english: String {
        switch self {
        case .month: "month"
        case .quarter: "quarter"
        }
    }

    fileprivate var vietnamese: String {
        switch self {
        case .month: "tháng"
        case .quarter: "quý"
        }
    }
}

extension Recurrence.StepUnit {
    /// The maximum count of a step, equal to a hundred years.
    ///
    /// The longest steps in real plans are terms of office of five years.
    var limit: Int {
        switch self {
        case .days: 36_525
        case .weeks: 5_218
        case .months: 1_200
        }
    }

    func english(_ count: Int) -> String {
        let plural = count == 1 ? "" : "s"
        return switch self {
        case .days: "day" + plural
        case .weeks: "week" + plural
        case .months: "month" + plural
        }
    }

    var vietnamese: String {
        switch self {
        case .days: "ngày"
        case .weeks: "tuần"
        case .months: "tháng"
        }
    }
}

extension Recurrence.LeapDayPolicy {
    fileprivate var english: String {
        switch self {
        case .or28February: "29/2 or 28/2"
        case .or1March: "29/2 or 1/3"
        case .leapYearsOnly: "29/2 leap years only"
        }
    }

    fileprivate var vietnamese: String {
        switch self {
        case .or28February: "29/2 hoặc 28/2"
        case .or1March: "29/2 hoặc 1/3"
        case .leapYearsOnly: "29/2 chỉ năm nhuận"
        }
    }
}

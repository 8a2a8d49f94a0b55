import Dates
import Plans
import Scheduler

// Days and times of day in words. Vietnamese follows Decree 30/2020/NĐ-CP, appendix II: weekdays
// have a small first word (`thứ Hai`), and hours stand before days (`08 giờ 00, thứ Hai, ngày …`).

extension Phrasebook {
    /// Returns a date such as `01/04/2027` or `1 April 2027`.
    public func date(_ day: Day) -> String {
        let (year, month, dayOfMonth) = day.fields
        return switch language {
        case .vi: "\(twoDigits(dayOfMonth))/\(twoDigits(month))/\(year)"
        case .en: "\(dayOfMonth) \(Self.englishMonths[month - 1]) \(year)"
        }
    }

    /// Returns a date without its year if that is the year of `today`.
    func shortDate(_ day: Day, today: Day) -> String {
        let (year, month, dayOfMonth) = day.fields
        guard year == today.fields.year else { return date(day) }
        return switch language {
        case .vi: "\(twoDigits(dayOfMonth))/\(twoDigits(month))"
        case .en: "\(dayOfMonth) \(Self.englishMonths[month - 1])"
        }
    }

    private static let englishMonths = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
    ]

    /// Returns a date with its weekday, such as `thứ Năm, ngày 01/04/2027`.
    public func dateWithWeekday(_ day: Day) -> String {
        language == .vi ? "\(weekday(day)), ngày \(date(day))" : "\(weekday(day)), \(date(day))"
    }

    func weekday(_ day: Day) -> String {
        let names =
            switch language {
            case .vi: ["thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật"]
            case .en: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
            }
        return names[day.weekday.rawValue - 1]
    }

    /// Returns the weekday of the day to which a progress counts, such as `thứ Năm`.
    ///
    /// If that is the last day of an occurrence that has begun, the result is `đến thứ Năm`.
    func weekday(_ progress: Progress) -> String {
        switch progress.phase {
        case .underWay, .lastDay: "\(language == .vi ? "đến" : "until") \(weekday(progress.day))"
        case .ahead, .soon, .today, .firstDay, .over: weekday(progress.day)
        }
    }

    /// Returns a month with its year, such as `tháng 4/2027` or `April 2027`.
    func month(_ day: Day) -> String {
        let (year, month, _) = day.fields
        return language == .vi ? "tháng \(month)/\(year)" : "\(Self.englishMonths[month - 1]) \(year)"
    }

    /// Returns the days of an occurrence with their weekdays.
    public func span(_ start: Day, _ end: Day) -> String {
        if start == end { return dateWithWeekday(start) }
        let days = end - start + 1
        return switch language {
        case .vi: "từ \(dateWithWeekday(start)) đến \(dateWithWeekday(end)) (\(days) ngày)"
        case .en: "from \(dateWithWeekday(start)) to \(dateWithWeekday(end)) (\(days) days)"
        }
    }

    /// Returns the days and hours of an occurrence.
    ///
    /// On several days, the first hour belongs to the first day and the second to the last day. The
    /// words of a deadline `before` a day have both that day and the last day of the deadline.
    func span(_ start: Day, _ end: Day, _ time: EventTime?, _ part: PartOfDay?, _ when: Recurrence) -> String {
        guard let time else {
            guard case .deadline(_, .before) = when else { return span(start, end, part) }
            return switch language {
            case .vi: "trước ngày \(date(end + 1)), hạn cuối \(dateWithWeekday(end))"
            case .en: "before \(date(end + 1)); the last day is \(dateWithWeekday(end))"
            }
        }
        let (first, last, days) = (dateWithWeekday(start), dateWithWeekday(end), end - start + 1)
        let (from, to) = (clock(time.start), time.end.map { "\(clock($0)), " } ?? "")
        switch (language, start == end) {
        case (.vi, true): return (time.end.map { "từ \(from) đến \(clock($0))" } ?? from) + ", \(first)"
        case (.vi, false): return "từ \(from), \(first) đến \(to)\(last) (\(days) ngày)"
        case (.en, true): return (time.end.map { "\(from) to \(clock($0))" } ?? from) + ", \(first)"
        case (.en, false): return "from \(from), \(first) to \(to)\(last) (\(days) days)"
        }
    }

    /// Returns the days of an occurrence, after the part of the day if the plan names one.
    private func span(_ start: Day, _ end: Day, _ part: PartOfDay?) -> String {
        let days = span(start, end)
        guard let part else { return days }
        return language == .vi ? "\(part.vietnamese) \(days)" : "\(part.english) of \(days)"
    }

    /// Returns a time with its date, such as `08 giờ 00, thứ Hai, ngày 01/03/2027`.
    public func moment(_ instant: Instant, in zone: Zone) -> String {
        let civil = zone.civil(at: instant)
        let (hour, minute) = (civil.secondOfDay / 3_600, civil.secondOfDay / 60 % 60)
        guard let time = TimeOfDay(hour: hour, minute: minute) else { preconditionFailure("a day has 24 hours") }
        return "\(clock(time)), \(dateWithWeekday(civil.day))"
    }

    private func clock(_ time: TimeOfDay) -> String {
        language == .vi ? "\(twoDigits(time.hour)) giờ \(twoDigits(time.minute))" : time.description
    }
}

// The lunar calendar.

extension Phrasebook {
    /// Returns the lunar dates of an occurrence; nil if the recurrence is not lunar.
    public func lunar(_ when: Recurrence, _ start: Day, _ end: Day) -> String? {
        switch when {
        case .lunar, .lunarWindow: break
        case .deadline(let days, _): return lunar(days, start, end)
        default: return nil
        }
        guard let first = LunarCalendar.lunarDay(of: start), let last = LunarCalendar.lunarDay(of: end) else { return nil }
        let (one, other) = (lunarDate(first), lunarDate(last))
        switch (language, start == end, first.year == last.year) {
        case (.vi, true, _): return "\(one) năm \(yearName(first))"
        case (.vi, false, true): return "từ \(one) đến \(other) năm \(yearName(first))"
        case (.vi, false, false): return "từ \(one) năm \(yearName(first)) đến \(other) năm \(yearName(last))"
        case (.en, true, _): return "\(one), year \(yearName(first))"
        case (.en, false, true): return "\(one) to \(other), year \(yearName(first))"
        case (.en, false, false): return "\(one), year \(yearName(first)), to \(other), year \(yearName(last))"
        }
    }

    /// Returns a lunar day as people say it, such as `rằm tháng Tám`, `mùng 3 tháng Giêng` or `23
    /// tháng Chạp`.
    private func lunarDate(_ day: LunarDay) -> String {
        guard language == .vi else { return "\(day.day)/\(day.month)\(day.isLeap ? " leap" : "")" }
        let months = [
            "Giêng", "Hai", "Ba", "Tư", "Năm", "Sáu", "Bảy", "Tám", "Chín", "Mười", "Mười Một", "Chạp",
        ]
        let number = day.day == 15 ? "rằm" : day.day <= 10 ? "mùng \(day.day)" : "\(day.day)"
        return "\(number) tháng \(months[day.month - 1])\(day.isLeap ? " nhuận" : "")"
    }

    /// Returns the name of a lunar year in the cycle of sixty years. The name of 2027 is Đinh Mùi.
    private func yearName(_ day: LunarDay) -> String {
        let stems = ["Canh", "Tân", "Nhâm", "Quý", "Giáp", "Ất", "Bính", "Đinh", "Mậu", "Kỷ"]
        let branches = ["Thân", "Dậu", "Tuất", "Hợi", "Tý", "Sửu", "Dần", "Mão", "Thìn", "Tỵ", "Ngọ", "Mùi"]
        return "\(stems[day.year % 10]) \(branches[day.year % 12])"
    }
}

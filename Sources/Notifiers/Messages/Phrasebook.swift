import Dates
import Plans
import Scheduler

/// The words of a message that depend on numbers and dates, in one language.
///
/// Templates contain the other words of the message. Dates are in the form day/month/year in both
/// languages, as in the official documents.
public struct Phrasebook: Sendable {
    public let language: Language

    public init(language: Language) {
        self.language = language
    }

    // MARK: The subject

    func prefix(_ kind: ReminderContent.Kind, late: Bool) -> String {
        switch (language, kind, late) {
        case (.vi, .moved, _): "[Đổi lịch]"
        case (.en, .moved, _): "[Rescheduled]"
        case (.vi, .gone, _): "[Đã hủy]"
        case (.en, .gone, _): "[Cancelled]"
        case (.vi, .test, _): "[Thử]"
        case (.vi, .reminder, true): "[Nhắc muộn]"
        case (.vi, .reminder, false): "[Nhắc việc]"
        case (.en, .test, _): "[Test]"
        case (.en, .reminder, true): "[Late reminder]"
        case (.en, .reminder, false): "[Reminder]"
        }
    }

    /// Returns how far away the start or end is, in words, and the day that the words refer to.
    func countdown(start: Day, end: Day, today: Day) -> (words: String, day: Day) {
        if today < start { return (left(start - today), start) }
        if today > end { return (ended(today - end), end) }
        if today == start { return (language == .vi ? "hôm nay" : "today", start) }
        switch (language, end - today) {
        case (.vi, 0): return ("đang diễn ra, ngày cuối", end)
        case (.en, 0): return ("under way, last day", end)
        case (.vi, let days): return ("đang diễn ra, \(left(days))", end)
        case (.en, let days): return ("under way, \(left(days))", end)
        }
    }

    private func left(_ days: Int) -> String {
        switch language {
        case .vi: "còn \(days) ngày"
        case .en: "\(days) \(days == 1 ? "day" : "days") left"
        }
    }

    private func ended(_ days: Int) -> String {
        switch language {
        case .vi: "đã kết thúc \(days) ngày"
        case .en: "ended \(days) \(days == 1 ? "day" : "days") ago"
        }
    }

    // MARK: Days

    public func date(_ day: Day) -> String {
        let (year, month, dayOfMonth) = day.fields
        return "\(twoDigits(dayOfMonth))/\(twoDigits(month))/\(year)"
    }

    /// Returns a date with its weekday, such as `Thứ Năm, 01/04/2027`.
    public func dateWithWeekday(_ day: Day) -> String {
        "\(weekday(day.weekday)), \(date(day))"
    }

    public func span(_ start: Day, _ end: Day) -> String {
        if start == end { return dateWithWeekday(start) }
        let days = end - start + 1
        return switch language {
        case .vi: "từ \(dateWithWeekday(start)) đến \(dateWithWeekday(end)) (\(days) ngày)"
        case .en: "from \(dateWithWeekday(start)) to \(dateWithWeekday(end)) (\(days) days)"
        }
    }

    /// Returns a time with its date, such as `08:00, Thứ Hai, 01/03/2027`.
    public func moment(_ instant: Instant, in zone: Zone) -> String {
        let civil = zone.civil(at: instant)
        return "\(twoDigits(civil.secondOfDay / 3_600)):\(twoDigits(civil.secondOfDay / 60 % 60)), \(dateWithWeekday(civil.day))"
    }

    private func weekday(_ weekday: Weekday) -> String {
        let names =
            switch language {
            case .vi: ["Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật"]
            case .en: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
            }
        return names[weekday.rawValue - 1]
    }

    // MARK: The phrase and its dates

    /// Returns the lunar dates of an occurrence; nil if the recurrence is not lunar.
    public func lunar(_ when: Recurrence, _ start: Day, _ end: Day) -> String? {
        switch when {
        case .lunar, .lunarWindow: break
        case .deadline(let days, _): return lunar(days, start, end)
        default: return nil
        }
        guard let first = LunarCalendar.lunarDay(of: start), let last = LunarCalendar.lunarDay(of: end) else { return nil }
        if start == end {
            return switch language {
            case .vi: "\(short(first)) âm lịch, năm \(yearName(first))"
            case .en: "lunar \(short(first)), year \(yearName(first))"
            }
        }
        let years = first.year == last.year ? yearName(first) : "\(yearName(first)) – \(yearName(last))"
        return switch language {
        case .vi: "từ \(short(first)) đến \(short(last)) âm lịch, năm \(years)"
        case .en: "lunar \(short(first)) to \(short(last)), year \(years)"
        }
    }

    private func short(_ day: LunarDay) -> String {
        "\(day.day)/\(day.month)" + (day.isLeap ? (language == .vi ? " nhuận" : " leap") : "")
    }

    /// Returns the name of a lunar year in the cycle of sixty years. The name of 2027 is Đinh Mùi.
    private func yearName(_ day: LunarDay) -> String {
        let stems = ["Canh", "Tân", "Nhâm", "Quý", "Giáp", "Ất", "Bính", "Đinh", "Mậu", "Kỷ"]
        let branches = ["Thân", "Dậu", "Tuất", "Hợi", "Tý", "Sửu", "Dần", "Mão", "Thìn", "Tỵ", "Ngọ", "Mùi"]
        return "\(stems[day.year % 10]) \(branches[day.year % 12])"
    }

    /// Returns the phrase and its dates, such as `đầu quý 2: từ 01/04/2027 đến 30/04/2027`.
    ///
    /// The result is nil if the phrase itself contains the dates, or if the phrase is a recurrence
    /// rule that cannot be said in words.
    public func understood(_ when: Recurrence, _ start: Day, _ end: Day) -> String? {
        switch when {
        case .day, .window, .lunar, .lunarWindow, .once, .listed: return nil
        case .deadline(.day, .by), .deadline(.lunar, .by), .deadline(.once, .by): return nil
        case .month, .months, .half, .quarter, .partOfMonth, .lastDay, .weekday, .workingDay, .everyMonth, .everyMonthDays,
            .everyQuarter, .everyPeriod, .weekdayOfEvery, .workingDayOfEveryMonth, .weekly, .every, .deadline, .leapDay, .rrule:
            break
        }
        guard let phrase = words(when) else { return nil }
        let dates: String =
            switch (language, start == end) {
            case (_, true): date(start)
            case (.vi, false): "từ \(date(start)) đến \(date(end))"
            case (.en, false): "from \(date(start)) to \(date(end))"
            }
        // The plan's `except:` may have changed the dates of this occurrence.
        if let usual = Self.usualDates(of: when, year: start.year), usual != start...end {
            return language == .vi ? "\(phrase); riêng lần này: \(dates)" : "\(phrase); this time: \(dates)"
        }
        return "\(phrase): \(dates)"
    }

    /// Returns the phrase of a recurrence; nil for a recurrence rule that no phrase describes.
    public func words(_ when: Recurrence) -> String? {
        when.inWords.map { language == .vi ? $0.vietnamesePhrase : $0.phrase }
    }

    /// Returns the dates that a phrase has if it names a month, a quarter or a month's last day.
    ///
    /// The result is nil for other phrases.
    private static func usualDates(of when: Recurrence, year: Int) -> ClosedRange<Day>? {
        func month(_ month: Int) -> ClosedRange<Day> {
            Day.first(ofMonth: month, year: year)...Day.last(ofMonth: month, year: year)
        }
        switch when {
        case .month(let number):
            return month(number)
        case .quarter(let number, nil):
            return Day.first(ofMonth: number * 3 - 2, year: year)...Day.last(ofMonth: number * 3, year: year)
        case .quarter(let number, let part?):
            return month(number * 3 - 2 + part.rawValue)
        case .lastDay(let number):
            return month(number).upperBound...month(number).upperBound
        default:
            return nil
        }
    }

    // MARK: The source, and the reason for sending

    /// Returns the source document, such as `Văn bản số 240/LĐTBXH-TE&BĐG ngày 24/01/2024 của …`.
    ///
    /// The result is nil if the plan names no document.
    public func source(_ source: Plan.Source) -> String? {
        if source.isEmpty { return nil }
        var words: [String]
        switch language {
        case .vi:
            words = [source.number.map { "Văn bản số \($0)" } ?? "Văn bản"]
            if let date = source.date { words.append("ngày \(self.date(date))") }
            if let issuer = source.issuer { words.append("của \(issuer)") }
        case .en:
            words = [source.number.map { "Document no. \($0)" } ?? "Document"]
            if let date = source.date { words.append("of \(self.date(date))") }
            if let issuer = source.issuer { words.append("issued by \(issuer)") }
        }
        return words.joined(separator: " ")
    }

    /// Returns the reason why a recipient gets the message: the groups, or a direct mention in the
    /// plan.
    func reason(groups: [String], plan: String) -> String {
        switch (language, groups.isEmpty) {
        case (.vi, true): "có tên trong danh sách nhận của kế hoạch “\(plan)”"
        case (.vi, false): "thuộc nhóm \(groups.joined(separator: ", ")) của kế hoạch “\(plan)”"
        case (.en, true): "you are named in the plan “\(plan)”"
        case (.en, false):
            "you are in the \(groups.count == 1 ? "group" : "groups") \(groups.joined(separator: ", ")) of the plan “\(plan)”"
        }
    }

    /// The sentence at the beginning of every message text that a rehearsal sends.
    var rehearsal: String {
        switch language {
        case .vi: "DIỄN TẬP: tin này do đồng hồ diễn tập gửi, không phải lời nhắc thật."
        case .en: "REHEARSAL: this was sent by a rehearsal clock; it is not a real reminder."
        }
    }
}

package func twoDigits(_ number: Int) -> String {
    number < 10 ? "0\(number)" : "\(number)"
}

import Dates
import Plans
import Scheduler

// The beginning of the subject, and the first line of the text.

extension Phrasebook {
    /// Returns how far away an occurrence is, with its date, such as `Còn 30 ngày (01/04)`.
    ///
    /// - Parameter isDated: whether a day that is today has its date too. A text needs it, and a
    ///   subject does not.
    func headline(_ progress: Progress, isDated: Bool = false) -> String {
        let words = state(progress)
        let day = shortDate(progress.day, today: progress.today)
        let until = "\(language == .vi ? "đến" : "until") \(shortDate(progress.end, today: progress.today))"
        switch progress.phase {
        case .soon: return "\(words) (\(clock(progress)))"
        case .ahead, .lastDay, .over: return "\(words) (\(day))"
        case .today: return isDated ? "\(words) (\(day))" : words
        case .firstDay: return isDated ? "\(words) (\(day)), \(until)" : "\(words), \(until)"
        case .underWay: return progress.isDeadline ? "\(words) (\(day))" : "\(words) (\(until))"
        }
    }

    /// Returns how far away an occurrence is, without its date, such as `Còn 30 ngày`.
    func state(_ progress: Progress) -> String {
        if progress.isDeadline { return deadlineState(progress) }
        let hour = progress.time.map { language == .vi ? " lúc \($0.start)" : " at \($0.start)" } ?? ""
        switch (language, progress.phase) {
        case (.vi, .ahead(let days)): return "Còn \(days) ngày"
        case (.en, .ahead(let days)): return "\(counted(days, "day")) left"
        case (.vi, .soon(let minutes)): return "Còn \(span(minutes: minutes))"
        case (.en, .soon(let minutes)): return "\(span(minutes: minutes)) left"
        case (.vi, .today): return "Hôm nay\(hour)"
        case (.en, .today): return "Today\(hour)"
        case (.vi, .firstDay): return "Bắt đầu hôm nay"
        case (.en, .firstDay): return "Starts today"
        case (.vi, .underWay(let days)): return "Đang diễn ra, còn \(days) ngày"
        case (.en, .underWay(let days)): return "Under way, \(counted(days, "day")) left"
        case (.vi, .lastDay): return "Ngày cuối"
        case (.en, .lastDay): return "Last day"
        case (.vi, .over(let days)): return "Đã kết thúc \(days) ngày"
        case (.en, .over(let days)): return "Ended \(counted(days, "day")) ago"
        }
    }

    private func deadlineState(_ progress: Progress) -> String {
        let hour = progress.time.map { language == .vi ? " lúc \($0.start)" : " at \($0.start)" } ?? ""
        switch (language, progress.phase) {
        case (.vi, .ahead(let days)), (.vi, .underWay(let days)): return "Còn \(days) ngày đến hạn"
        case (.en, .ahead(let days)), (.en, .underWay(let days)): return "\(counted(days, "day")) to the deadline"
        case (.vi, .soon(let minutes)): return "Còn \(span(minutes: minutes)) đến hạn"
        case (.en, .soon(let minutes)): return "\(span(minutes: minutes)) to the deadline"
        case (.vi, .over(let days)): return "Quá hạn \(days) ngày"
        case (.en, .over(let days)): return "\(counted(days, "day")) overdue"
        case (.vi, .today), (.vi, .firstDay), (.vi, .lastDay): return "Hạn hôm nay\(hour)"
        case (.en, .today), (.en, .firstDay), (.en, .lastDay): return "Due today\(hour)"
        }
    }

    /// Returns the state of a message of this kind, for a reader who sees the date beside it.
    ///
    /// - Parameter isReturn: whether the message says that a cancelled occurrence takes place.
    func state(_ kind: ReminderContent.Kind, _ progress: Progress, isReturn: Bool = false) -> String {
        let state = state(progress)
        return switch (language, kind) {
        case (_, .moved) where isReturn: "\(stillOn(progress)), \(lowercased(state))"
        case (.vi, .gone): "Đã hủy"
        case (.en, .gone): "Cancelled"
        case (.vi, .moved): "Đổi lịch, \(lowercased(state))"
        case (.en, .moved): "Rescheduled, \(lowercased(state))"
        case (_, .reminder), (_, .test): progress.phase == .firstDay ? headline(progress) : state
        }
    }

    /// Returns the words for an occurrence that takes place although it was cancelled before.
    func stillOn(_ progress: Progress) -> String {
        switch (language, progress.isDeadline) {
        case (.vi, false): "Vẫn diễn ra"
        case (.vi, true): "Vẫn giữ hạn"
        case (.en, false): "Still on"
        case (.en, true): "Still due"
        }
    }

    func lowercased(_ text: String) -> String { text.prefix(1).lowercased() + text.dropFirst() }

    /// Returns the hour at which an occurrence begins, with its day unless that is today.
    private func clock(_ progress: Progress) -> String {
        let hour = progress.time?.start.description ?? ""
        return progress.start == progress.today ? hour : "\(hour), \(shortDate(progress.start, today: progress.today))"
    }

    private func span(minutes: Int) -> String {
        let (hours, rest) = (minutes / 60, minutes % 60)
        let words =
            switch language {
            case .vi: [hours > 0 ? "\(hours) giờ" : "", rest > 0 ? "\(rest) phút" : ""]
            case .en: [hours > 0 ? counted(hours, "hour") : "", rest > 0 ? counted(rest, "minute") : ""]
            }
        return words.filter { !$0.isEmpty }.joined(separator: " ")
    }

    private func counted(_ count: Int, _ unit: String) -> String { "\(count) \(unit)\(count == 1 ? "" : "s")" }

    /// Returns the change of an occurrence, such as `Từ 01/04 sang 08/04`.
    func headline(_ move: Move, _ progress: Progress) -> String {
        let today = progress.today
        let after = shortSpan(move.after, today: today)
        guard let before = move.before else { return language == .vi ? "Lịch mới: \(after)" : "New date: \(after)" }
        if move.isOfTime { return timeHeadline(move, after) }
        if move.isReturn { return "\(stillOn(progress))\(language == .vi ? "" : ":") \(after)" }
        let old = shortSpan(before, today: today)
        return language == .vi ? "Từ \(old) sang \(after)" : "From \(old) to \(after)"
    }

    /// Returns the change of a time of day, such as `Từ 08:00 sang 14:00, 01/04`.
    private func timeHeadline(_ move: Move, _ days: String) -> String {
        // The ends are left out unless only they differ.
        let isOfEnd = move.timeBefore?.start == move.time?.start
        func words(_ time: EventTime?) -> String? {
            time.map { time in
                guard isOfEnd, let end = time.end else { return time.start.description }
                return "\(time.start) – \(end)"
            }
        }
        switch (language, words(move.timeBefore), words(move.time)) {
        case (.vi, nil, let new?): return "Vào lúc \(new), \(days)"
        case (.en, nil, let new?): return "At \(new), \(days)"
        case (.vi, let old?, let new?): return "Từ \(old) sang \(new), \(days)"
        case (.en, let old?, let new?): return "From \(old) to \(new), \(days)"
        case (.vi, let old, nil): return "Từ \(old ?? "") sang cả ngày, \(days)"
        case (.en, let old, nil): return "From \(old ?? "") to the whole day, \(days)"
        }
    }

    /// Returns one day or a window, such as `01/04` or `01/06 – 30/06`.
    private func shortSpan(_ days: ClosedRange<Day>, today: Day) -> String {
        let first = shortDate(days.lowerBound, today: today)
        return days.lowerBound == days.upperBound ? first : "\(first) – \(shortDate(days.upperBound, today: today))"
    }

    /// Returns the first line of a text: when, how long is left, and what to do.
    ///
    /// - Parameters:
    ///   - move: the change that a change notice announces; nil for other messages.
    ///   - action: what to do.
    func opening(_ kind: ReminderContent.Kind, _ progress: Progress, _ move: Move?, title: String, action: String) -> String {
        switch kind {
        case .reminder, .test: return "\(headline(progress, isDated: true)): \(action)"
        case .moved:
            guard let move else { return "\(headline(progress, isDated: true)): \(title)" }
            return "\(headline(move, progress)), \(lowercased(state(progress))): \(title)"
        case .gone:
            switch (language, progress.start == progress.end) {
            case (.vi, true): return "Đã hủy (trước đây dự kiến ngày \(date(progress.start))): \(title)"
            case (.vi, false):
                return "Đã hủy (trước đây dự kiến từ \(date(progress.start)) đến \(date(progress.end))): \(title)"
            case (.en, true): return "Cancelled (it was planned for \(date(progress.start))): \(title)"
            case (.en, false): return "Cancelled (it was planned from \(date(progress.start)) to \(date(progress.end))): \(title)"
            }
        }
    }
}

import Dates
import Diagnostics
import Messages
import Scheduler

/// The weekly summary: what was sent, what failed and for whom, and what comes next.
extension AlertTexts {
    func weekly(_ week: WeeklySummary) -> (subject: String, opening: String, facts: [OperatorMessage.Fact]) {
        (
            say("[remindd] Tuần này: vẫn chạy", "[remindd] This week: still running"),
            say(
                "Chương trình nhắc việc remindd trên máy \(AlertTexts.host) vẫn chạy.",
                "The reminder service remindd on \(AlertTexts.host) is still running."),
            past(week.past) + [coming(week.coming)]
        )
    }

    // MARK: the last week

    private func past(_ past: WeeklySummary.Past?) -> [OperatorMessage.Fact] {
        guard let past else {
            return [OperatorMessage.Fact(kind: "failed", text: say("Không đọc được sổ ghi.", "The ledger cannot be read."))]
        }
        let counts = past.counts
        let sent = say(
            "Bảy ngày qua: \(counts.delivered) tin được máy chủ nhận, \(counts.waiting) đang chờ.",
            "The last seven days: \(counts.delivered) messages accepted by their servers, \(counts.waiting) waiting.")
        let failed = say(
            "Không gửi được: \(counts.dead). Không rõ: \(counts.unknown). Đã hủy: \(counts.cancelled). Lỡ: \(counts.missed).",
            "Failed: \(counts.dead). Unknown: \(counts.unknown). Cancelled: \(counts.cancelled). Missed: \(counts.missed).")
        return [
            OperatorMessage.Fact(kind: "sent", text: sent),
            OperatorMessage.Fact(kind: "failed", text: ([failed] + failures(past)).joined(separator: "\n")),
        ]
    }

    /// Returns a line for each failure, and one that says what to do about them.
    private func failures(_ past: WeeklySummary.Past) -> [String] {
        let total = past.counts.dead + past.counts.unknown + past.counts.missed
        guard total > 0 else { return [] }
        let more = total - past.failures.count
        let rest = more > 0 ? [say("và \(more) trường hợp nữa", "and \(more) more")] : []
        let hint = say(
            "Xem và gửi lại: remindd failed; lời nhắc lỡ: remindd missed",
            "To see them and send them again: remindd failed; missed reminders: remindd missed")
        return past.failures.map(failure) + rest + [hint]
    }

    private func failure(_ failure: FailedDelivery) -> String {
        let reminder = name(Alert.Reminder(failure.stored))
        guard let recipient = failure.recipient, let channel = failure.channel else {
            return say("Lỡ: \(reminder)", "Missed: \(reminder)")
        }
        let person = shown(names?.person(recipient, channels: [channel]) ?? recipient)
        if failure.state == DeliveryState.unknown.rawValue {
            return say(
                "Không rõ đã đến chưa: \(reminder) → \(person), kênh \(channel)",
                "May not have arrived: \(reminder) → \(person), channel \(channel)")
        }
        return say(
            "Không gửi được: \(reminder) → \(person), kênh \(channel)",
            "Not delivered: \(reminder) → \(person), channel \(channel)")
    }

    // MARK: the next two weeks

    private func coming(_ coming: [WeeklySummary.Coming]) -> OperatorMessage.Fact {
        guard !coming.isEmpty else {
            let none = say("Mười bốn ngày tới không có lời nhắc nào.", "No reminders in the next fourteen days.")
            return OperatorMessage.Fact(kind: "coming", text: none)
        }
        var lines = [say("Mười bốn ngày tới:", "The next fourteen days:")]
        var day: Day?
        for reminder in coming.prefix(WeeklySummary.listed) {
            let (civil, time) = local(reminder.due)
            if civil != day { lines.append(weekday(civil, beginsLine: true) + ", " + date(civil)) }
            day = civil
            lines.append("\(time)  “\(shown(reminder.title))”: \(countdown(reminder)) → \(recipients(reminder))")
        }
        let rest = coming.count - min(coming.count, WeeklySummary.listed)
        if rest > 0 { lines.append(say("và \(rest) lần nhắc nữa", "and \(rest) more")) }
        return OperatorMessage.Fact(kind: "coming", text: lines.joined(separator: "\n"))
    }

    private func recipients(_ reminder: WeeklySummary.Coming) -> String {
        let rest = reminder.recipients - reminder.names.count
        let names = reminder.names.map(shown).joined(separator: ", ")
        return names + (rest > 0 ? say(" và \(rest) người nữa", " and \(rest) more") : "")
    }

    /// Returns how far away the occurrence is on the day of the reminder, with its date.
    private func countdown(_ reminder: WeeklySummary.Coming) -> String {
        let (start, end, today) = (reminder.start, reminder.end, reminder.day)
        func days(_ count: Int) -> String { say("\(count) ngày", count == 1 ? "1 day" : "\(count) days") }
        func full(_ day: Day) -> String { "\(weekday(day)), \(date(day))" }
        if today < start {
            let left = say("còn \(days(start - today))", "\(days(start - today)) left")
            let whole = start == end ? full(start) : say("\(full(start)) đến \(date(end))", "\(full(start)) to \(date(end))")
            return reminder.isDeadline
                ? say("\(left) đến hạn (\(whole))", "\(days(start - today)) to the deadline (\(whole))") : "\(left) (\(whole))"
        }
        if today > end {
            let past = days(today - end)
            return reminder.isDeadline
                ? say("quá hạn \(past) (\(date(end)))", "overdue by \(past) (\(date(end)))")
                : say("đã kết thúc \(past) (\(date(end)))", "ended \(past) ago (\(date(end)))")
        }
        if start == end {
            return reminder.isDeadline ? say("hạn trong ngày", "the deadline is that day") : say("đúng ngày", "on the day")
        }
        if today == start { return say("bắt đầu, đến \(date(end))", "begins, until \(date(end))") }
        if today == end { return say("ngày cuối", "last day") }
        return say(
            "đang diễn ra, còn \(days(end - today)) (đến \(date(end)))",
            "under way, \(days(end - today)) left (until \(date(end)))")
    }

    // MARK: dates

    /// Returns the day and the time of an instant in the configuration's zone.
    private func local(_ instant: Instant) -> (day: Day, time: String) {
        let civil = zone.civil(at: instant)
        return (civil.day, "\(twoDigits(civil.secondOfDay / 3_600)):\(twoDigits(civil.secondOfDay / 60 % 60))")
    }

    private func date(_ day: Day) -> String {
        let (year, month, dayOfMonth) = day.fields
        return "\(twoDigits(dayOfMonth))/\(twoDigits(month))/\(year)"
    }

    /// Returns a weekday in the spelling of Decree 30/2020, such as `thứ Hai`.
    private func weekday(_ day: Day, beginsLine: Bool = false) -> String {
        let vietnamese = ["thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật"]
        let english = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
        let name = (language == .vi ? vietnamese : english)[day.weekday.rawValue - 1]
        return beginsLine ? name.prefix(1).uppercased() + name.dropFirst() : name
    }
}

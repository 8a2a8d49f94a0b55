import Dates
import Diagnostics
import Foundation
import Plans
import Scheduler
import Transport

/// Writes the texts of alerts and of the weekly summary in Vietnamese or English.
///
/// The texts are for people who know the plan but not the program.
package struct AlertTexts {
    let language: Language
    let zone: Zone
    /// The names to show; nil to show ids instead, as in `status`.
    var names: AlertNames?
    /// The places of the reminders' campaigns in the plan files, from `AlertNames.places`.
    var places: [Alert.Reminder: String] = [:]

    package init(language: Language, zone: Zone, names: AlertNames? = nil, places: [Alert.Reminder: String] = [:]) {
        self.language = language
        self.zone = zone
        self.names = names
        self.places = places
    }

    /// Maximum number of recipients that a text names, so that they fit on a screen.
    static let peopleShown = 20

    private func say(_ vi: String, _ en: String) -> String { language == .vi ? vi : en }

    // MARK: alerts

    func subject(_ lines: [AlertDeduplicator.Line]) -> String {
        let bad = lines.filter { !$0.isOver }.count
        guard let first = lines.first(where: { !$0.isOver }) ?? lines.first else { return "[remindd]" }
        let head = "[remindd] \(heading(first.alert, isOver: first.isOver))"
        let others = (bad == 0 ? lines.count : bad) - 1
        return others > 0 ? head + say(" và \(others) việc khác", " and \(others) more") : head
    }

    var opening: String {
        say(
            "Chương trình nhắc việc remindd trên máy \(AlertTexts.host) báo:",
            "The reminder service remindd on \(AlertTexts.host) reports:")
    }

    var closing: String {
        say(
            "Xem thêm: remindd status; journalctl -u remindd. Việc nào đã báo thì trong 24 giờ không báo lại.",
            "More: remindd status; journalctl -u remindd. An alert is not repeated within 24 hours.")
    }

    func fact(_ line: AlertDeduplicator.Line) -> OperatorMessage.Fact {
        var text = heading(line.alert, isOver: line.isOver)
        if line.comesAndGoes {
            text += "\n" + say("Lúc được lúc không: \(line.count) lần", "It fails now and then, \(line.count) times")
        }
        if !line.isOver {
            let rest = people(line) + details(line.alert)
            if !rest.isEmpty { text += "\n" + rest.joined(separator: "\n") }
            if line.count > 1, !line.comesAndGoes, line.people.count < 2, !isCounted(line.alert) {
                text += "\n" + say("(\(line.count) lần)", "(\(line.count) times)")
            }
        }
        return OperatorMessage.Fact(kind: line.isOver ? "over" : line.alert.kind, text: text)
    }

    /// Returns whether the text of the alert itself already contains the number of cases.
    private func isCounted(_ alert: Alert) -> Bool {
        if case .withdrawn = alert { true } else { false }
    }

    /// Returns the names of the affected recipients, and the command that retries their deliveries.
    private func people(_ line: AlertDeduplicator.Line) -> [String] {
        guard let first = line.people.first else { return [] }
        let listed = line.people.prefix(AlertTexts.peopleShown).map { shown(names?.person($0.recipient) ?? $0.recipient) }
        // A line keeps at most `peopleLimit` recipients. If it is full, `count` includes those it
        // dropped.
        let more = max(line.people.count, line.people.count == AlertDeduplicator.peopleLimit ? line.count : 0) - listed.count
        let rest = more > 0 ? say(", và \(more) người nữa: remindd failed", ", and \(more) more: remindd failed") : ""
        let list =
            say("Người nhận: ", line.people.count == 1 ? "Recipient: " : "Recipients: ") + listed.joined(separator: ", ") + rest
        if case .unreachable = line.alert { return [list] }
        if line.people.count == 1, !first.delivery.isEmpty {
            return [list, retry("remindd failed retry \(first.delivery)", line.alert)]
        }
        let campaign = line.alert.reminder.map { "remindd failed retry --campaign \($0.plan)/\($0.campaign)" }
        return [list, retry(campaign ?? "remindd failed", line.alert)]
    }

    private func retry(_ command: String, _ alert: Alert) -> String {
        if case .unknown = alert {
            return say(
                "Xin hỏi người nhận; nếu chưa có, gửi lại: \(command)", "Please ask; if it did not arrive: \(command)")
        }
        return say("Gửi lại: \(command)", "To send it again: \(command)")
    }

    /// Returns the title of a reminder's campaign and its dates, such as “Ngày hội” (28/6/2027).
    private func name(_ reminder: Alert.Reminder) -> String {
        let title = shown(names?.title(of: reminder) ?? (reminder.title.isEmpty ? reminder.campaign : reminder.title))
        let dates = reminder.start == reminder.end ? day(reminder.start) : "\(day(reminder.start)) – \(day(reminder.end))"
        return "“\(title)” (\(dates))"
    }

    private func day(_ day: Day) -> String { "\(day.dayOfMonth)/\(day.month)/\(day.year)" }

    /// Returns a line with the lead and the campaign's place in the plan file.
    ///
    /// Returns no line if the texts show ids instead of names.
    private func place(_ reminder: Alert.Reminder) -> [String] {
        guard names != nil else { return [] }
        let place = places[reminder] ?? "\(reminder.plan)/\(reminder.campaign)"
        return [say("Trong kế hoạch: ", "In the plan: ") + shown("\(place), “\(reminder.lead)”")]
    }

    /// Returns the alert on one line, for `status`.
    package func inOneLine(_ alert: Alert) -> String {
        ([heading(alert, isOver: false)] + details(alert).prefix(1)).joined(separator: ". ")
    }

    private static var host: String { ProcessInfo.processInfo.hostName }

    private func heading(_ alert: Alert, isOver: Bool) -> String {
        isOver ? over(alert) : happening(alert)
    }

    private func happening(_ alert: Alert) -> String {
        switch alert {
        case .dead(let reminder, let channel, _, _):
            say(
                "Không gửi được lời nhắc \(name(reminder)) qua kênh \(channel)",
                "Reminder \(name(reminder)) could not be delivered by channel \(channel)")
        case .unknown(let reminder, let channel, _):
            say(
                "Không rõ thư nhắc \(name(reminder)) đã đến chưa (kênh \(channel))",
                "Reminder \(name(reminder)) may or may not have arrived (channel \(channel))")
        case .unreachable(let reminder, _, _):
            say("Không kênh nào gửi được lời nhắc \(name(reminder))", "No channel could deliver reminder \(name(reminder))")
        case .channelFails(let channel, _):
            say("Kênh \(channel) không gửi được, tạm ngừng", "Channel \(channel) fails and is paused for a while")
        case .refusesUs(let channel, _):
            say("Máy chủ của kênh \(channel) từ chối remindd", "The server of channel \(channel) refuses remindd")
        case .silentChannel(let channel, _):
            say(
                "Kênh \(channel) không gửi được gì hơn một giờ nay",
                "Nothing got through channel \(channel) for more than an hour")
        case .endpointGone(let channel, _):
            say(
                "Địa chỉ của kênh \(channel) không còn, ngừng gửi qua kênh này",
                "The endpoint of channel \(channel) is gone; nothing more is sent there")
        case .missed(let reminder, _):
            say("Lỡ lời nhắc \(name(reminder))", "Reminder \(name(reminder)) was missed")
        case .namesNobody(let reminder):
            say(
                "Lời nhắc \(name(reminder)) đến hạn mà không có người nhận",
                "Reminder \(name(reminder)) fell due but has no recipients")
        case .unrenderable(let reminder, _):
            say(
                "Mẫu thư có lỗi, lời nhắc \(name(reminder)) gửi bằng mẫu có sẵn",
                "A template failed; reminder \(name(reminder)) was sent in the built-in wording")
        case .clockHeld:
            say("Đồng hồ của máy không đáng tin, tạm ngừng gửi", "The machine's clock cannot be trusted; nothing is sent")
        case .ledgerHeld:
            say(
                "Sổ ghi là bản sao cũ được khôi phục, tạm giữ một số lời nhắc",
                "The ledger was restored from a copy; some reminders are held")
        case .ledgerFull:
            say("Đĩa chứa sổ ghi đã đầy, tạm ngừng gửi", "The ledger's disk is full; nothing is sent")
        case .reloadRefused:
            say("Không nạp được tệp mới, vẫn dùng bản cũ", "The changed files were refused; the old state stays")
        case .acceptedCopyRuns:
            say(
                "Tệp cấu hình hoặc kế hoạch có lỗi, đang chạy theo bản đã nhận lần trước",
                "The files cannot be used; the last accepted state stays in use")
        case .withdrawn(let withdrawal):
            say(
                "Đã hủy \(withdrawal.deliveries) lượt gửi đang chờ\(mostly(withdrawal)): \(reason(withdrawal.why))",
                "\(withdrawal.deliveries) waiting deliveries\(mostly(withdrawal)) were cancelled: \(reason(withdrawal.why))")
        case .alreadyRecorded(let reminder):
            say(
                "Lời nhắc \(name(reminder)) trùng với một lời nhắc đã ghi trong sổ, không gửi",
                "Reminder \(name(reminder)) has the same identity as one in the ledger; it was not sent")
        case .emptyGroup(let group):
            say("Nhóm \(group) không còn ai", "Group \(group) has no members any more")
        case .noControlSocket:
            say("Không mở được cổng lệnh (socket) của remindd", "remindd has no control socket")
        case .stopped:
            say("remindd đã tự dừng", "remindd stopped by itself")
        }
    }

    private func details(_ alert: Alert) -> [String] {
        switch alert {
        case .dead(let reminder, _, _, let why): [say("Lý do: ", "Reason: ") + shown(why)] + place(reminder)
        case .unknown(let reminder, _, _): place(reminder)
        case .unreachable(let reminder, _, let channels):
            [say("Đã thử: ", "Tried: ") + channels.joined(separator: ", ")] + place(reminder)
        case .endpointGone(_, let why):
            [
                say("Trả lời: ", "Answer: ") + shown(why),
                say(
                    "Ai có kênh otherwise được gửi qua kênh đó. Xin sửa url của kênh rồi chạy: remindd reload",
                    "Recipients with an otherwise channel get their reminders there. Please correct the channel's url, then: remindd reload"
                ),
            ]
        case .channelFails(_, let why), .silentChannel(_, let why): [say("Lần cuối: ", "Last answer: ") + shown(why)]
        case .refusesUs(let channel, let why):
            [
                say("Trả lời: ", "Answer: ") + shown(why),
                say(
                    "Xin xem tên đăng nhập, mật khẩu, chứng chỉ và địa chỉ của kênh này; thử: remindd send-test NGƯỜI --via \(channel)",
                    "Please check this channel's login, certificate and address; try: remindd send-test RECIPIENT --via \(channel)"
                ),
            ]
        case .missed(let reminder, let due):
            [say("Đáng lẽ gửi lúc \(local(due)). Xem: remindd missed", "It was due at \(local(due)). See: remindd missed")]
                + place(reminder)
        case .namesNobody(let reminder):
            [say("Xin xem mục notify của kế hoạch: remindd check", "Please check the plan's notify: remindd check")]
                + place(reminder)
        case .unrenderable(let reminder, let why): [shown(why)] + place(reminder)
        case .clockHeld(.beforeRelease):
            [shown("\(ClockComplaint.beforeRelease)"), say("Chỉnh đồng hồ cho đúng.", "Set the clock right.")]
        case .clockHeld(let why):
            [
                shown("\(why)"),
                say(
                    "Chỉnh đồng hồ cho đúng, hoặc: remindd release --send|--drop",
                    "Set the clock right, or: remindd release --send|--drop"),
            ]
        case .ledgerHeld(let from, let until):
            [
                say("Từ \(local(from)) đến \(local(until)).", "From \(local(from)) to \(local(until))."),
                say("Trả lời bằng: remindd release --send hoặc --drop", "Answer with: remindd release --send or --drop"),
            ]
        case .ledgerFull:
            [say("Có chỗ trống là remindd gửi tiếp.", "Sending continues as soon as there is space.")]
        case .reloadRefused(let problems), .acceptedCopyRuns(let problems):
            problems.prefix(10).map { shown($0) }
                + (problems.count > 10 ? [say("và \(problems.count - 10) lỗi khác", "and \(problems.count - 10) more")] : [])
                + [say("Sửa rồi chạy: remindd check; remindd reload", "Fix them, then: remindd check; remindd reload")]
        case .withdrawn(let withdrawal):
            subjects(withdrawal) + [
                say(
                    "Nếu sửa nhầm, hãy sửa lại tệp rồi chạy remindd reload: những người này sẽ nhận được lời nhắc.",
                    "If the edit was a mistake, undo it and run remindd reload: the recipients then get the reminder."),
                say("Xem: remindd history", "See: remindd history"),
            ]
        case .alreadyRecorded(let reminder):
            [say("Xem hai campaign có cùng ngày: remindd check", "Look for two occurrences on one day: remindd check")]
                + place(reminder)
        case .emptyGroup:
            [say("Ai chỉ được nhắc qua nhóm này sẽ không nhận gì.", "Recipients who belong only to this group get no reminders.")]
        case .noControlSocket(let path, let why): noControlSocket(path, why)
        case .stopped(let why): [shown(why)]
        }
    }

    private func noControlSocket(_ path: String, _ why: String) -> [String] {
        [
            shown("\(path): \(why)"),
            say(
                "Việc gửi vẫn tiếp tục, nhưng các lệnh remindd không hỏi được dịch vụ. Cứ 5 giây remindd thử mở lại một lần.",
                "Sending continues, but commands and monitoring cannot reach the service. remindd tries again every 5 s."),
        ]
    }

    private func over(_ alert: Alert) -> String {
        switch alert {
        case .channelFails(let channel, _), .refusesUs(let channel, _), .silentChannel(let channel, _),
            .endpointGone(let channel, _):
            say("Kênh \(channel) đã gửi lại được", "Channel \(channel) works again")
        case .clockHeld: say("Đồng hồ của máy đã đúng, gửi tiếp", "The clock is trusted again; sending continues")
        case .ledgerHeld: say("Đã quyết định về các lời nhắc bị giữ", "The held reminders were released or dropped")
        case .ledgerFull: say("Đĩa đã có chỗ trống, gửi tiếp", "The disk has space again; sending continues")
        case .acceptedCopyRuns: say("Tệp đã được sửa, đang chạy theo bản mới", "The files are fixed and in use")
        case .noControlSocket: say("Đã mở lại được cổng lệnh (socket) của remindd", "The control socket is open again")
        default: say("Đã xong: ", "Over: ") + happening(alert)
        }
    }

    /// Returns the end of a subject line: the first campaign or channel, and the number of others.
    private func mostly(_ withdrawal: Alert.Withdrawal) -> String {
        guard let first = withdrawal.subjects.first.map(name) else { return "" }
        let others = withdrawal.subjects.count - 1 + withdrawal.moreSubjects
        return say(" của ", " of ") + first + (others == 0 ? "" : say(" và \(others) việc khác", " and \(others) more"))
    }

    private func subjects(_ withdrawal: Alert.Withdrawal) -> [String] {
        guard withdrawal.subjects.count > 1 else { return [] }
        let more = withdrawal.moreSubjects
        let rest = more == 0 ? "" : say(", và \(more) việc nữa", ", and \(more) more")
        return [say("Gồm: ", "These are: ") + withdrawal.subjects.map(name).joined(separator: ", ") + rest]
    }

    private func name(_ subject: Alert.Withdrawal.Subject) -> String {
        switch subject {
        case .channel(let channel): say("kênh \(channel)", "channel \(channel)")
        case .campaign(let plan, let campaign, let fired):
            "“\(shown(names?.title(of: campaign, plan: plan, fired: fired) ?? (fired.isEmpty ? campaign : fired)))”"
        }
    }

    private func reason(_ why: WithdrawalReason) -> String {
        switch why {
        case .changed: say("ngày đã thay đổi", "the dates have changed")
        case .gone: say("không còn trong kế hoạch", "no longer planned")
        case .recipientGone: say("người nhận không còn trong danh sách", "the recipients are no longer configured")
        case .channelGone: say("kênh không còn trong cấu hình", "the channel is no longer configured")
        case .viaChanged: say("người nhận đã đổi kênh", "the recipients have other channels")
        case .failedOver: say("đã chuyển sang kênh dự phòng", "other channels took over")
        case .dropped: say("theo lệnh release --drop", "by release --drop")
        case .laterLead: say("đã có lời nhắc mới hơn", "a later reminder took their place")
        }
    }

    // MARK: the weekly summary

    func weekly(_ week: WeeklySummary) -> (subject: String, opening: String, facts: [OperatorMessage.Fact]) {
        func fact(_ kind: String, _ vi: String, _ en: String) -> OperatorMessage.Fact { .init(kind: kind, text: say(vi, en)) }
        var facts: [OperatorMessage.Fact] = []
        if let counts = week.counts {
            facts.append(
                fact(
                    "sent", "Bảy ngày qua: \(counts.delivered) tin được máy chủ nhận, \(counts.waiting) đang chờ.",
                    "The last seven days: \(counts.delivered) messages accepted by their servers, \(counts.waiting) waiting."))
            facts.append(
                fact(
                    "failed",
                    "Không gửi được: \(counts.dead). Không rõ: \(counts.unknown). Đã hủy: \(counts.cancelled). Lỡ: \(counts.missed).",
                    "Failed: \(counts.dead). Unknown: \(counts.unknown). Cancelled: \(counts.cancelled). Missed: \(counts.missed)."
                ))
        } else {
            facts.append(fact("failed", "Không đọc được sổ ghi.", "The ledger cannot be read."))
        }
        if week.coming.isEmpty {
            facts.append(fact("coming", "Mười bốn ngày tới không có lời nhắc nào.", "No reminders in the next fourteen days."))
        } else {
            let lines = week.coming.prefix(WeeklySummary.listed).map { coming in
                "\(local(coming.due))  \(shown(coming.title))  → \(coming.recipients) \(say("người", coming.recipients == 1 ? "person" : "people"))"
            }
            let rest = week.coming.count - lines.count
            let more = rest > 0 ? [say("và \(rest) lần nhắc nữa", "and \(rest) more")] : []
            facts.append(
                OperatorMessage.Fact(
                    kind: "coming",
                    text: ([say("Mười bốn ngày tới:", "The next fourteen days:")] + lines + more).joined(separator: "\n")))
        }
        return (
            say("[remindd] Tuần này: vẫn chạy", "[remindd] This week: still running"),
            say(
                "Chương trình nhắc việc remindd trên máy \(AlertTexts.host) vẫn chạy.",
                "The reminder service remindd on \(AlertTexts.host) is still running."), facts
        )
    }

    private func local(_ instant: Instant) -> String {
        let civil = zone.civil(at: instant)
        let minute = civil.secondOfDay / 60
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(two(minute / 60)):\(two(minute % 60)) \(two(civil.day.dayOfMonth))/\(two(civil.day.month))/\(civil.day.year)"
    }

    /// Returns a server's reply or the content of a file in a form that is safe to display.
    private func shown(_ text: String) -> String { printable(text, limit: 512) }
}

import Dates
import Diagnostics
import Scheduler

/// The lines below the heading of an alert: why it was raised, and what to do.
extension AlertTexts {
    func details(_ line: AlertDeduplicator.Line) -> [String] {
        switch line.alert {
        case .dead(_, _, _, let why): [say("Lý do: ", "Reason: ") + words(why)] + places(line)
        case .unknown(let reminder, _, _): place(reminder)
        case .unreachable(let reminder, _, let channels):
            [say("Đã thử: ", "Tried: ") + channels.joined(separator: ", ")] + place(reminder)
        case .endpointGone(_, let why):
            [
                say("Trả lời: ", "Answer: ") + words(why),
                say(
                    "Ai có kênh otherwise được gửi qua kênh đó. Xin sửa url của kênh rồi chạy: remindd reload",
                    "Recipients with an otherwise channel get their reminders there. Please correct the channel's url, then: remindd reload"
                ),
            ]
        case .channelFails(_, let why), .silentChannel(_, let why): [say("Lần cuối: ", "Last answer: ") + words(why)]
        case .refusesUs(let channel, let why):
            [
                say("Trả lời: ", "Answer: ") + words(why),
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
        case .unrenderable(let reminder, let why): [words(ofTemplate: why)] + place(reminder)
        case .clockHeld(.beforeRelease):
            [words(ClockComplaint.beforeRelease), say("Chỉnh đồng hồ cho đúng.", "Set the clock right.")]
        case .clockHeld(let why):
            [
                words(why),
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
        case .stopped(let why): [say("Lý do: ", "Reason: ") + shown(why)]
        }
    }

    private func noControlSocket(_ path: String, _ why: String) -> [String] {
        [
            say("Đường dẫn: ", "Path: ") + shown("\(path): \(why)"),
            say(
                "Việc gửi vẫn tiếp tục, nhưng các lệnh remindd không hỏi được dịch vụ. Cứ 5 giây remindd thử mở lại một lần.",
                "Sending continues, but commands and monitoring cannot reach the service. remindd tries again every 5 s."),
        ]
    }

    /// Returns the end of a subject line: the first campaign or channel, and the number of others.
    func mostly(_ withdrawal: Alert.Withdrawal) -> String {
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

    func reason(_ why: WithdrawalReason) -> String {
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
}

import Diagnostics
import Scheduler

/// The lines about recipients whom a message did not reach, and about the cause.
extension AlertTexts {
    /// Returns the affected recipients, and the command that retries their deliveries.
    func people(_ line: AlertDeduplicator.Line) -> [String] {
        guard let first = line.people.first else { return [] }
        let listed = line.people.prefix(AlertTexts.peopleShown).map { name($0, line.alert) }
        // A line keeps at most `peopleLimit` recipients. If it is full, `count` includes those it
        // dropped.
        let more = max(line.people.count, line.people.count == AlertDeduplicator.peopleLimit ? line.count : 0) - listed.count
        let rest = more > 0 ? say(", và \(more) người nữa: remindd failed", ", and \(more) more: remindd failed") : ""
        let list =
            say("Người nhận: ", line.people.count == 1 ? "Recipient: " : "Recipients: ") + listed.joined(separator: ", ") + rest
        if case .unreachable = line.alert { return [list] }
        return [list, retry(line, first)]
    }

    /// Returns the name, the id and the address of a recipient.
    private func name(_ person: Alert.Person, _ alert: Alert) -> String {
        let channels = if case .unreachable(_, _, let tried) = alert { tried } else { alert.channel.map { [$0] } ?? [] }
        return shown(names?.person(person.recipient, channels: channels) ?? person.recipient)
    }

    private func retry(_ line: AlertDeduplicator.Line, _ first: Alert.Person) -> String {
        guard line.reminders.count < 2 else {
            return say(
                "Gửi lại: remindd failed liệt kê mã của từng lượt gửi, rồi remindd failed retry MÃ…",
                "To send them again: remindd failed lists the id of each, then remindd failed retry ID…")
        }
        let isOne = line.people.count == 1 && !first.delivery.isEmpty
        let campaign = line.alert.reminder.map { "remindd failed retry --campaign \($0.plan)/\($0.campaign)" }
        let command = isOne ? "remindd failed retry \(first.delivery)" : campaign ?? "remindd failed"
        if case .unknown = line.alert {
            return say(
                "Xin hỏi người nhận; nếu chưa có, gửi lại: \(command)", "Please ask; if it did not arrive: \(command)")
        }
        return say("Gửi lại: \(command)", "To send it again: \(command)")
    }

    /// Returns the heading of an alert about several reminders to refused addresses.
    func severalReminders(_ line: AlertDeduplicator.Line) -> String {
        let (count, channel) = (max(line.reminders.count, line.people.count == 1 ? line.count : 0), line.alert.channel ?? "")
        let whom: String
        if let person = line.people.first, line.people.count == 1 {
            whom = name(person, line.alert)
        } else {
            whom = say("\(line.people.count) người", "\(line.people.count) recipients")
        }
        return say(
            "Không gửi được \(count) lời nhắc đến \(whom) qua kênh \(channel)",
            "\(count) reminders to \(whom) could not be delivered by channel \(channel)")
    }

    /// Returns lines with the reminders and with the places to look at.
    ///
    /// A single reminder is in the heading. Several reminders are listed with their titles.
    func places(_ line: AlertDeduplicator.Line) -> [String] {
        let address = address(line)
        guard line.reminders.count > 1 else { return address + (line.allReminders.first.map(place) ?? []) }
        let listed = line.reminders.map { "\(name($0))\(placeInBrackets($0))" }
        let more = line.people.count == 1 ? line.count - listed.count : 0
        let rest = more > 0 ? say(", và \(more) lời nhắc nữa", ", and \(more) more") : ""
        return [say("Gồm: ", "These are: ") + listed.joined(separator: ", ") + rest] + address
    }

    private func placeInBrackets(_ reminder: Alert.Reminder) -> String {
        places[reminder].map { " [\(shown($0))]" } ?? ""
    }

    /// Returns a line that says where the address of a single recipient can be corrected.
    private func address(_ line: AlertDeduplicator.Line) -> [String] {
        guard line.alert.isAboutAddress, let names, let person = line.people.first, line.people.count == 1 else { return [] }
        let place = names.place(ofRecipient: person.recipient).map { say(" tại ", " in ") + shown($0) } ?? ""
        return [
            say(
                "Xin sửa địa chỉ của người này\(place), rồi chạy: remindd reload",
                "Please correct the address of this recipient\(place), then: remindd reload")
        ]
    }

    // MARK: causes

    /// Returns the cause of a failure. The server's own reply keeps its language.
    func words(_ cause: Alert.Cause) -> String {
        switch cause {
        case .addressRefused(let code, let reply): words(.refusedForGood, code, reply)
        case .answer(let outcome, let code, let reply): words(outcome, code, reply)
        case .crashes: say("remindd bị ngắt mỗi lần đang gửi thư này", "in flight at every crash")
        case .deadline: say("quá hạn mà chưa máy chủ nào nhận", "not accepted before its deadline")
        }
    }

    private func words(_ outcome: Outcome, _ code: Int?, _ reply: String) -> String {
        let vietnamese =
            switch outcome {
            case .delivered: "đã nhận"
            case .refusedForNow: "máy chủ tạm từ chối"
            case .refusedForGood: "máy chủ từ chối hẳn"
            case .notSent: "không gửi đi được"
            case .unknown: "không rõ máy chủ đã nhận chưa"
            }
        let number = code.map { say(", mã \($0)", " \($0)") } ?? ""
        return say(vietnamese, outcome.rawValue) + number + (reply.isEmpty ? "" : ": " + shown(reply))
    }

    func words(_ complaint: ClockComplaint) -> String {
        let vietnamese =
            switch complaint {
            case .beforeRelease: "Đồng hồ đang chỉ một ngày sớm hơn ngày phát hành phiên bản này."
            case .behind: "Đồng hồ chậm hơn lần xét kế hoạch gần nhất quá một ngày."
            case .ahead: "Đồng hồ nhanh hơn lần xét kế hoạch gần nhất quá 100 ngày."
            case .setAhead: "Đồng hồ bị chỉnh nhanh lên quá một ngày trong một lần."
            }
        return say(vietnamese, "\(complaint)")
    }

    /// Returns the failure of a template, such as `template vi/subject comes out empty`.
    func words(ofTemplate why: String) -> String {
        let words = why.split(separator: " ")
        guard language == .vi, words.count == 5, words[0] == "template", why.hasSuffix(" comes out empty") else {
            return say("Xin xem mẫu thư: remindd check. Lỗi: ", "") + shown(why)
        }
        return "Mẫu \(shown(String(words[1]))) không cho ra chữ nào. Xin xem: remindd check"
    }
}

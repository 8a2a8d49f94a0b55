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

    func say(_ vi: String, _ en: String) -> String { language == .vi ? vi : en }

    // MARK: alerts

    func subject(_ lines: [AlertDeduplicator.Line]) -> String {
        let bad = lines.filter { !$0.isOver }.count
        guard let first = lines.first(where: { !$0.isOver }) ?? lines.first else { return "[remindd]" }
        let head = "[remindd] \(heading(first))"
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
        var text = heading(line)
        if line.comesAndGoes {
            text += "\n" + say("Lúc được lúc không: \(line.count) lần", "It fails now and then, \(line.count) times")
        }
        if !line.isOver {
            let rest = people(line) + details(line)
            if !rest.isEmpty { text += "\n" + rest.joined(separator: "\n") }
            if line.count > 1, !line.comesAndGoes, line.people.count < 2, !isCounted(line.alert) {
                text += "\n" + say("(\(line.count) lần)", "(\(line.count) times)")
            }
        }
        return OperatorMessage.Fact(kind: line.isOver ? "over" : line.alert.kind, text: text)
    }

    /// Returns whether the text of the alert itself already contains the number of cases.
    private func isCounted(_ alert: Alert) -> Bool {
        if case .withdrawn = alert { true } else { alert.isAboutAddress }
    }

    /// Returns the title of a reminder's campaign and its dates, such as “Ngày hội” (28/6/2027).
    func name(_ reminder: Alert.Reminder) -> String {
        let title = shown(names?.title(of: reminder) ?? (reminder.title.isEmpty ? reminder.campaign : reminder.title))
        let dates = reminder.start == reminder.end ? day(reminder.start) : "\(day(reminder.start)) – \(day(reminder.end))"
        return "“\(title)” (\(dates))"
    }

    private func day(_ day: Day) -> String { "\(day.dayOfMonth)/\(day.month)/\(day.year)" }

    /// Returns a line with the lead and the campaign's place in the plan file.
    ///
    /// Returns no line if the texts show ids instead of names.
    func place(_ reminder: Alert.Reminder) -> [String] {
        guard let names else { return [] }
        let place = places[reminder] ?? "\(reminder.plan)/\(reminder.campaign)"
        return [say("Trong kế hoạch: ", "In the plan: ") + shown("\(place), “\(names.lead(of: reminder, in: language))”")]
    }

    /// Returns the alert on one line, for `status`.
    package func inOneLine(_ alert: Alert) -> String {
        let line = AlertDeduplicator.Line(alert: alert, count: 1)
        return ([heading(line)] + details(line).prefix(1)).joined(separator: ". ")
    }

    static var host: String { ProcessInfo.processInfo.hostName }

    private func heading(_ line: AlertDeduplicator.Line) -> String {
        line.isOver ? over(line.alert) : line.reminders.count > 1 ? severalReminders(line) : happening(line.alert)
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

    func local(_ instant: Instant) -> String {
        let civil = zone.civil(at: instant)
        let minute = civil.secondOfDay / 60
        let day = civil.day
        let date = "\(padded(day.dayOfMonth, 2))/\(padded(day.month, 2))/\(day.year)"
        return "\(padded(minute / 60, 2)):\(padded(minute % 60, 2)) \(date)"
    }

    /// Returns a server's reply or the content of a file in a form that is safe to display.
    func shown(_ text: String) -> String { printable(text, limit: 512) }
}

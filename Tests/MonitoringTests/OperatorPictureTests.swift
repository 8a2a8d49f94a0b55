import Dates
import Foundation
import ProgramHarness
import Support
import Testing

@testable import Config
@testable import Monitoring
@testable import Notifiers
@testable import Plans
@testable import Scheduler

/// The HTML of the mails to operators: an alert and the weekly summary.
///
/// If the environment variable `PICTURES` names a folder, the test writes the pages there.
/// `packaging/pictures.py` draws them.
struct OperatorPictureTests {
    private static let plan = """
        plan: nu-cong
        title: Kế hoạch công tác nữ công năm 2027
        language: vi
        notify: [lan, van-phong]
        campaigns:
          - {id: quoc-te-phu-nu, title: Kỷ niệm ngày Quốc tế Phụ nữ 8/3, when: 8/3, remind: [7 ngày trước, đúng ngày]}
          - {id: bao-cao-quy, title: Báo cáo quý, when: hạn 10/3, remind: [3 ngày làm việc trước, quá hạn 1 ngày]}
        """
    private static let recipients = """
          - {id: lan, name: Nguyễn Thị Lan, email: lan@example.vn, via: [mail]}
          - {id: van-phong, name: Văn phòng, email: vanphong@example.vn, via: [mail]}
        """

    private let loaded: Loaded
    private let now: Instant

    init() throws {
        let office = try Office.small(
            plan: Self.plan, channels: Office.plainChannels(smtp: 2_525, http: 8_088), recipients: Self.recipients,
            more: "plans: plans/\n")
        loaded = try #require(Loader().load(configuration: office.configuration))
        now = try #require(Instant(rfc3339: "2027-03-01T08:00:00+07:00"))
    }

    /// The texts do not name the places of recipients, because the files are in a temporary folder.
    private var words: AlertTexts {
        AlertTexts(language: .vi, zone: loaded.configuration.timezone, names: AlertNames(loaded, read: { _ in nil }))
    }

    /// Creates a message that does not depend on the name of the machine.
    private func message(
        _ kind: OperatorMessage.Kind, _ subject: String, _ opening: String, _ facts: [OperatorMessage.Fact], closing: String
    ) -> OperatorMessage {
        OperatorMessage(
            kind: kind, id: "b", at: now, zone: loaded.configuration.timezone, language: .vi, subject: subject,
            opening: opening.replacing(AlertTexts.host, with: "nhac-viec"), facts: facts, closing: closing)
    }

    private func reminder() throws -> Reminder {
        let day = try #require(Day(2_027, 3, 8))
        return Reminder(
            key: ReminderKey(plan: "nu-cong", campaign: "quoc-te-phu-nu", lead: "7 days before", anchor: day),
            occurrence: "2027", start: day, end: day, due: now, deadline: now + .days(8))
    }

    private func alert() throws -> OperatorMessage {
        let about = Alert.Reminder(StoredReminder(reminder: try reminder(), firedAt: now, late: false))
        let person = Alert.Person(recipient: "lan", delivery: "7c1f0a52e9d84b6f")
        let reply = "550 5.1.1 <lan@example.vn>: Recipient address rejected: User unknown in virtual mailbox table"
        let lines = [
            AlertDeduplicator.Line(
                alert: .dead(about, channel: "mail", person, why: .addressRefused(code: 550, reply: reply)), count: 1,
                people: [person]),
            AlertDeduplicator.Line(
                alert: .channelFails("hub", why: .answer(.refusedForNow, code: 503, reply: "Service Unavailable")), count: 1),
        ]
        return message(.alert, words.subject(lines), words.opening, lines.map(words.fact), closing: words.closing)
    }

    private func weekly() throws -> OperatorMessage {
        let stored = StoredReminder(reminder: try reminder(), firedAt: now, late: false)
        var counts = FiringTally()
        (counts.delivered, counts.dead, counts.missed) = (42, 1, 1)
        let failed = [
            FailedDelivery(stored: stored, delivery: DeliveryID(stored: "d"), recipient: "lan", channel: "mail", state: "dead"),
            FailedDelivery(stored: stored, delivery: nil, recipient: nil, channel: nil, state: "missed"),
        ]
        let week = WeeklySummary(
            past: .init(counts: counts, failures: failed), accepted: loaded.accepted, now: now,
            zone: loaded.configuration.timezone)
        let (subject, opening, facts) = words.weekly(week)
        return message(.weekly, subject, opening, facts, closing: "")
    }

    @Test("The HTML of a mail to operators has its opening and an item for each fact")
    func pages() throws {
        let folder = ProcessInfo.processInfo.environment["PICTURES"]
        for (name, message) in [("alert", try alert()), ("weekly", try weekly())] {
            let html = EmailChannel.html(message)
            #expect(html.contains("<p>\(message.opening)</p>"), "\(name)")
            #expect(message.facts.count >= 2 && html.components(separatedBy: "<li ").count - 1 == message.facts.count, "\(name)")
            guard let folder else { continue }
            try html.write(toFile: "\(folder)/\(name).html", atomically: true, encoding: .utf8)
        }
    }
}

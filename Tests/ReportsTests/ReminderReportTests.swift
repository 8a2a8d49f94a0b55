import Config
import Dates
import Foundation
import Notifiers
import Plans
import Reports
import Scheduler
import Testing

@testable import Messages

@Suite("Simulated reminders and rendered messages")
struct ReminderReportTests {
    private static let plan = """
        plan: trial
        title: Trial
        timezone: Asia/Ho_Chi_Minh
        language: en
        notify: [everybody]
        remind: [7 days before]
        campaigns:
          - {id: winter, title: Winter fair, when: 1/3, notify: [chi]}
          - {id: spring, title: Spring fair, when: 1/3-15/3}
          - {id: autumn, title: Autumn fair, when: 1/9}

        """
    private static let recipients = """
          - {id: chi, email: chi@example.vn, via: [mail]}
          - {id: binh, email: binh@example.vn, language: vi, via: [mail, hub]}
          - {id: an, email: an@example.vn, language: en, via: [mail]}
        groups: {everybody: [an, binh, chi]}
        """

    private static func files() throws -> Loaded {
        try Files(plan: plan, channels: "hub: {webhook: {url: \"https://hub.example.vn/\"}}", recipients: recipients).loaded
    }

    private static func reports(_ loaded: Loaded) -> [ReminderReport] {
        var found: [ReminderReport] = []
        var reports = ReminderReports(accepted: loaded.accepted, wording: Wording())
        reports.simulate(from: Day("2027-01-01")!, to: Day("2027-12-31")!) { found.append($0) }
        return found
    }

    @Test("A report has the dates, and the deliveries in the order of recipients and channels")
    func report() throws {
        let reports = Self.reports(try Self.files())
        // Reminders with equal due times are in the order of their identities.
        #expect(reports.map(\.campaign) == ["spring", "winter", "autumn"])
        let spring = reports[0]
        #expect((spring.plan, spring.title, spring.occurrence) == ("trial", "Spring fair", "2027"))
        #expect((spring.lead, spring.anchor) == ("7 days before", Day("2027-03-01")!))
        #expect((spring.start, spring.end) == (Day("2027-03-01")!, Day("2027-03-15")!))
        #expect(spring.due.rfc3339 == "2027-02-22T08:00:00+07:00")
        let rows = spring.deliveries.map { "\($0.recipient) \($0.channel) \($0.language?.rawValue ?? "-")" }
        #expect(rows == ["an mail en", "binh hub vi", "binh mail vi", "chi mail -"])
    }

    @Test("A report has one subject for each language of its recipients")
    func subjects() throws {
        let reports = Self.reports(try Self.files())
        let (spring, winter) = (reports[0], reports[1])
        #expect(spring.subjects.map(\.language) == [.vi, .en])
        #expect(spring.subject(in: .vi)?.text(for: "").contains("Còn 7 ngày") == true, "\(spring.subjects)")
        #expect(spring.subject(in: nil) == spring.subject(in: .en))
        #expect(winter.subjects.map(\.language) == [.en] && winter.subject(in: .vi) == nil)
        #expect(winter.subject(in: nil)?.text(for: "").contains("Winter fair") == true)
    }

    @Test("A subject with the recipient's name has the name of each recipient, also after it was decoded")
    func names() throws {
        let loaded = try Self.files()
        let (wording, problems) = Wording.reading([
            "en/subject": "{{recipient}}: {{title}}", "en/text": "{{title}}", "en/html": "{{title}}",
        ])
        #expect(problems.isEmpty, "\(problems)")
        var reports = ReminderReports(accepted: loaded.accepted, wording: wording)
        var found: [ReminderReport] = []
        reports.simulate(from: Day("2027-08-01")!, to: Day("2027-08-31")!) { found.append($0) }
        let autumn = try #require(found.first)
        for report in [autumn, try JSONDecoder().decode(ReminderReport.self, from: JSONEncoder().encode(autumn))] {
            let subjects = report.deliveries.indices.filter { report.deliveries[$0].language != .vi }.map { index in
                report.subject(in: report.deliveries[index].language)?.text(for: report.deliveries.recipient(index).name)
            }
            #expect(subjects == ["an: Autumn fair", "chi: Autumn fair"])
        }
    }

    @Test("Reminders to the same recipients share one list of deliveries")
    func sharing() throws {
        let reports = Self.reports(try Self.files())
        #expect(reports[0].deliveries === reports[2].deliveries)
        #expect(reports[0].deliveries !== reports[1].deliveries)
    }

    @Test("A report is the same after it was encoded and decoded")
    func coding() throws {
        for report in Self.reports(try Self.files()) {
            let copy = try JSONDecoder().decode(ReminderReport.self, from: JSONEncoder().encode(report))
            #expect(Array(copy.deliveries) == Array(report.deliveries) && copy.subjects == report.subjects)
            #expect((copy.due, copy.start, copy.end) == (report.due, report.start, report.end))
        }
    }

    @Test("A reminder without deliveries has no subject, and no entry in the result of a check")
    func nobody() throws {
        let loaded = try Self.files()
        var reports = ReminderReports(accepted: loaded.accepted, wording: Wording())
        let scheduled = try #require(loaded.accepted.simulate(from: Day("2027-02-22")!, to: Day("2027-02-22")!).last)
        let report = reports.report(on: .init(scheduled: scheduled.scheduled, recipients: []))
        #expect(report.subjects.isEmpty && report.deliveries.isEmpty)
        #expect(CheckResult.Reminder(report) == nil)
        let entry = try #require(CheckResult.Reminder(reports.report(on: scheduled)))
        #expect(entry.deliveries == 4 && entry.first.map(\.recipient) == ["an", "binh", "binh"])
    }

    @Test("A rendered message has the delivery's id, recipient, channel and the bytes of its channel")
    func rendered() throws {
        let loaded = try Self.files()
        let scheduled = try #require(loaded.accepted.simulate(from: Day("2027-02-22")!, to: Day("2027-02-22")!).last).scheduled
        let recipient = try #require(loaded.accepted.directory.recipient("binh"))
        let message = try RenderedMessage(of: scheduled, to: recipient, by: EchoChannel(), in: loaded.accepted, Wording())
        let id = DeliveryID(reminder: scheduled.reminder.key, recipient: "binh", channel: "mail", rehearsal: false)
        #expect((message.delivery, message.recipient, message.channel) == (id.text, "binh", "mail"))
        #expect(String(decoding: message.bytes, as: UTF8.self) == "\(id.text) true binh [\"everybody\"]")
    }
}

/// A channel whose preview consists of values from the message.
private final class EchoChannel: Channel {
    let name = "mail"
    let policy = ChannelPolicy(onUnknown: .hold, refusesForAll: false, loadHoldsChannel: false)
    let concurrency = 1

    func deliver(_ message: Message, report: @escaping @Sendable (Receipt) -> Void) {}
    func subject(_ message: Message) throws(RenderFailure) -> String { "" }
    func stop(grace: TimeSpan) {}

    func preview(_ message: Message) throws(RenderFailure) -> [UInt8] {
        Array("\(message.delivery) \(message.at == message.notice.reminder.due) \(message.recipient.id) \(message.groups)".utf8)
    }
}

import Foundation
import Logging
import ProgramHarness
import Support
import Synchronization
import Testing

@testable import Clocks
@testable import Config
@testable import Dates
@testable import Monitoring
@testable import Plans
@testable import Scheduler

/// Tests the alerter with clocks and replies of channels that the test controls.
@Suite("Alerter")
struct AlertDeskTests {
    private final class Quiet: Journal {
        func write(_ entry: Entry) {}
    }

    private let wall = ManualClock(Instant(rfc3339: "2027-03-01T10:00:00+07:00")!)
    private let steady = ManualClock(Instant(seconds: 1_000))
    private let mail = DeskChannel("mail")
    private let hub = DeskChannel("hub")
    private let gates = ChannelGates()
    private let desk: Alerter
    private let journal: AlertingJournal
    private let office: Office

    init() throws {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        desk = Alerter(logger: logger, gates: gates, clock: wall, steadyClock: steady) {}
        journal = AlertingJournal(Quiet(), desk: desk, steadyClock: steady)
        office = try Office.small(
            plan: AlertDeskTests.plan(1...30), channels: Office.plainChannels(smtp: 2_525, http: 8_088),
            recipients: "  - {id: admin, email: admin@example.vn, via: [mail, hub]}", more: "plans: plans/\n")
        accept(try #require(Loader().load(configuration: office.configuration)))
    }

    private static func plan(_ campaigns: ClosedRange<Int>) -> String {
        "plan: trial\ntitle: Kế hoạch\nnotify: [admin]\nremind: [on the day]\ncampaigns:\n"
            + campaigns.map { "  - {id: viec-\($0), title: Việc số \($0), when: 2/9}\n" }.joined()
    }

    private func accept(_ loaded: Loaded, names: AlertNames? = nil, weekly: Configuration.Alerts.Weekly? = nil) {
        desk.accept(
            Alerter.Settings(
                to: loaded.accepted.directory.recipients.filter { $0.id == "admin" }, weekly: weekly,
                zone: loaded.configuration.timezone, language: .vi, channels: ["mail": mail, "hub": hub],
                names: names ?? AlertNames(loaded)))
    }

    /// Advances both clocks by `span`, and steps the alerter whenever it requests a step.
    private func pass(_ span: TimeSpan) {
        let until = steady.now() + span
        while true {
            let wake = desk.step() - wall.now()
            let left = until - steady.now()
            // Steps once more, because the alerter asks for it if a channel postpones an alert.
            _ = desk.step()
            guard left > .zero else { return }
            let rest = min(left, max(wake, TimeSpan(milliseconds: 100)))
            steady.advance(by: rest)
            wall.advance(by: rest)
        }
    }

    private var told: [String] { (mail.accepted + hub.accepted).map(\.subject) }

    private func reminder(_ number: Int) -> Reminder {
        let day = Day(2027, 9, 2)!
        return Reminder(
            key: ReminderKey(plan: "trial", campaign: "viec-\(number)", lead: "on the day", anchor: day), occurrence: "2027",
            start: day, end: day, due: wall.now(), deadline: wall.now() + .days(1))
    }

    // MARK: choice of channel

    @Test("If the other channel's endpoint is gone, a temporary failure of mail delays an alert by a minute and not by days")
    func onePassingFailure() throws {
        gates.ended(
            "hub", Receipt(.refusedForGood, about: .endpointGone, code: 410, reply: "gone"), policy: .webhook,
            began: steady.now(),
            now: steady.now())
        mail.answers(Receipt(.notSent, reply: "connection reset"))
        desk.note(.ledgerFull)
        pass(.seconds(15))
        #expect(told.isEmpty)
        mail.answers(DeskChannel.accepts)
        pass(.seconds(70))
        #expect(mail.accepted.count == 1)
    }

    @Test("A reload that repairs the only channel sends the waiting alerts at once")
    func reloadTriesAgain() throws {
        let gone = Receipt(.refusedForGood, about: .endpointGone, code: 410, reply: "gone")
        for name in ["mail", "hub"] { gates.ended(name, gone, policy: .webhook, began: steady.now(), now: steady.now()) }
        desk.note(.ledgerFull)
        pass(.hours(1))
        #expect(told.isEmpty)
        gates.reload("hub", isSame: true, isReload: true, now: steady.now())
        desk.tryAgain()
        pass(.seconds(1))
        #expect(hub.accepted.count == 1)
    }

    // MARK: clocks

    @Test("Alerts sent while the clock was years ahead are repeated after a day, and new ones are sent at once")
    func clockSetBack() throws {
        wall.advance(by: .days(1_000))
        journal.write(.clockHeld(.behind))
        pass(.seconds(11))
        #expect(told.count == 1)
        wall.set(wall.now() + .days(-1_000))
        desk.note(.ledgerFull)
        pass(.seconds(11))
        #expect(told.count == 2)
        pass(.minutes(24 * 60 + 1))
        #expect(mail.accepted.flatMap(\.facts).map(\.kind) == ["clock", "disk full", "clock", "disk full"])
        #expect(mail.accepted.last.map { wall.now() - $0.at < .hours(1) } == true, "the message has the wall clock's time")
    }

    @Test("A waiting alert is still delivered after the wall clock has jumped days ahead")
    func clockJumpsAhead() throws {
        mail.answers(Receipt(.notSent, reply: "connection reset"))
        hub.answers(Receipt(.notSent, reply: "connection reset"))
        desk.note(.ledgerFull)
        pass(.seconds(15))
        wall.advance(by: .days(3))
        mail.answers(DeskChannel.accepts)
        pass(.seconds(70))
        #expect(mail.accepted.count == 1)
    }

    @Test("The weekly summary is sent in the week in which a clock that was years ahead is set right")
    func weekly() throws {
        let monday = Configuration.Alerts.Weekly(day: .monday, at: try #require(TimeOfDay("08:00")))
        wall.advance(by: .days(1_000))
        accept(try #require(Loader().load(configuration: office.configuration)), weekly: monday)
        _ = desk.step()
        wall.set(wall.now() + .days(-1_000))
        _ = desk.step()
        #expect(!desk.takeWeeklyRequest())
        wall.advance(by: .days(7))
        _ = desk.step()
        #expect(desk.takeWeeklyRequest())
    }

    // MARK: files

    @Test("The loop can add alerts while the alerter reads a plan's file, which it reads once for all campaigns of an alert")
    func slowFile() throws {
        let loaded = try #require(Loader().load(configuration: office.configuration))
        let (isReading, mayRead, isDone) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let reads = Mutex(0)
        accept(
            loaded,
            names: AlertNames(loaded) { path in
                reads.withLock { $0 += 1 }
                isReading.signal()
                _ = mayRead.wait(timeout: .now() + 20)
                return try? String(contentsOfFile: path, encoding: .utf8)
            })
        for number in 1...30 { journal.write(.missed(reminder(number))) }
        steady.advance(by: .seconds(11))
        let thread = Thread { [desk] in
            _ = desk.step()
            isDone.signal()
        }
        thread.start()
        #expect(isReading.wait(timeout: .now() + 10) == .success)
        let began = SystemClock.monotonic()
        desk.note(.ledgerFull)
        #expect(!desk.isAllWell)
        #expect(SystemClock.monotonic() - began < 5_000)
        mayRead.signal()
        #expect(isDone.wait(timeout: .now() + 10) == .success)
        #expect(reads.withLock { $0 } == 1)
        #expect(mail.accepted.first?.facts.last?.text.contains("plans/plan.yaml:35, “on the day”") == true)
    }

    @Test("An alert gives file and line of each campaign, in block style and in flow style")
    func places() {
        let text =
            "plan: p\ncampaigns:\n  - id: one\n    title: id of id: two\n  - {id: \"two\", title: x}\r\n  - {title: y,id: three}\n"
        #expect(AlertNames.lines(of: ["one", "three", "four"], in: text) == ["one": 3, "three": 6])
        #expect(AlertNames.lines(of: ["on"], in: text).isEmpty)
    }

    // MARK: channels

    @Test("A channel whose breaker a test or an alert opened has an alert until it works again")
    func openedElsewhere() {
        let refused = Receipt(.refusedForNow, about: .us, code: 535, reply: "bad password")
        journal.write(.breakerOpened(channel: "mail", refused))
        #expect(desk.lasting == [.refusesUs(channel: "mail", why: "refused for now 535: bad password")])
        journal.write(.breakerClosed(channel: "mail"))
        #expect(desk.lasting.isEmpty)
    }

    @Test("A channel that a reload removes raises no more alerts, whatever its last attempts return")
    func channelGone() throws {
        let refused = Receipt(.refusedForNow, about: .us, code: 401, reply: "no")
        journal.write(.breakerOpened(channel: "hub", refused))
        pass(.seconds(11))
        #expect(told.count == 1)
        journal.configured(["mail"], before: ["mail", "hub"])
        #expect(desk.lasting.isEmpty)
        journal.write(.attempted(claim("hub"), refused, .pending(notBefore: wall.now() + .minutes(15))))
        #expect(desk.lasting.isEmpty)
        pass(.days(2))
        #expect(told.count == 1, "no alert about failure or recovery")
        journal.configured(["mail", "hub"], before: ["mail"])
        journal.write(.attempted(claim("hub"), refused, .pending(notBefore: wall.now() + .minutes(15))))
        #expect(desk.lasting.count == 1)
    }

    private func claim(_ channel: String) -> Claim {
        let stored = StoredReminder(reminder: reminder(1), firedAt: wall.now(), late: false)
        return Claim(
            id: DeliveryID(stored: "d"), stored: stored, recipient: "admin", channel: channel, attempt: 1, unknowns: 0, crashes: 0
        )
    }

    @Test("Alerts and the weekly message name the document of a confidential campaign instead of its title")
    func confidential() throws {
        let text = """
            plan: trial
            title: Kế hoạch thử
            source: {number: 12/KH}
            confidential: [example.vn]
            notify: [admin]
            remind: [on the day]
            campaigns:
              - {id: secret, title: Việc mật, when: 28/6}

            """
        let folder = try TemporaryFolder()
        try folder.write("plan.yaml", text)
        try folder.write(
            "remindd.yaml",
            """
            plans: [plan.yaml]
            channels:
              mail: {email: {server: "smtp://mail.example.vn", from: nhac@example.vn}}
            recipients:
              - {id: admin, email: admin@example.vn, via: [mail]}

            """)
        let loaded = try #require(Loader().load(configuration: folder.path("remindd.yaml")))
        let names = AlertNames(loaded)
        let expected = "Có nhiệm vụ, xem văn bản số 12/KH"
        for title in ["", "Việc mật"] { #expect(names.title(of: "secret", plan: "trial", fired: title) == expected) }
        try folder.write("plan.yaml", text.replacing("  - {id: secret, title: Việc mật, when: 28/6}", with: "  []"))
        let after = try #require(Loader().load(configuration: folder.path("remindd.yaml")))
        #expect(AlertNames(after, before: names).title(of: "secret", plan: "trial", fired: "") == expected)
        let day = try #require(Day("2027-06-20"))
        let summary = WeeklySummary(
            counts: nil, accepted: loaded.accepted, now: Zone.utc.startOfDay(day), zone: loaded.configuration.timezone)
        #expect(summary.coming.map(\.title) == [expected])
    }

    // MARK: cancelled deliveries

    @Test("Thirty removed campaigns with eight waiting deliveries each give one alert that names the first ten by title")
    func cancelledAtOnce() throws {
        let before = AlertNames(try #require(Loader().load(configuration: office.configuration)))
        try office.writePlan(AlertDeskTests.plan(31...32))
        let after = try #require(Loader().load(configuration: office.configuration))
        accept(after, names: AlertNames(after, before: before))
        for number in 1...30 { journal.write(.withdrawn(reminder(number).key, .gone, deliveries: 8)) }
        pass(.seconds(11))
        let fact = try #require(mail.accepted.first?.facts.first)
        #expect(mail.accepted.count == 1 && mail.accepted[0].facts.count == 1)
        #expect(
            mail.accepted[0].subject
                == "[remindd] Đã hủy 240 lượt gửi đang chờ của “Việc số 1” và 29 việc khác: không còn trong kế hoạch")
        #expect(fact.text.contains("“Việc số 10”, và 20 việc nữa\n"), "\(fact.text)")
        #expect(!fact.text.contains("Việc số 11") && !fact.text.contains("lần)"), "\(fact.text)")
    }

    @Test("Ten cancellations raise no alert, and each later evaluation that cancels more raises one alert")
    func cancelledTwice() throws {
        for number in 1...10 { journal.write(.withdrawn(reminder(number).key, .gone, deliveries: 1)) }
        pass(.minutes(2))
        #expect(told.isEmpty)
        for number in 1...2 {
            journal.write(.withdrawn(reminder(number).key, .gone, deliveries: 6))
            journal.write(.withdrawnFromChannel("hub", .viaChanged, deliveries: 6))
            journal.write(.withdrawn(reminder(number).key, .gone, deliveries: 6))
            pass(.minutes(2))
        }
        #expect(
            told == [
                "[remindd] Đã hủy 12 lượt gửi đang chờ của “Việc số 1”: không còn trong kế hoạch",
                "[remindd] Đã hủy 12 lượt gửi đang chờ của “Việc số 2”: không còn trong kế hoạch",
            ])
    }

    // MARK: words

    @Test("An alert about a reminder that the ledger already has gives its title, date, file and line")
    func alreadyRecorded() throws {
        journal.write(.alreadyRecorded(reminder(3)))
        pass(.seconds(11))
        let text = try #require(mail.accepted.first?.facts.first?.text)
        #expect(text.hasPrefix("Lời nhắc “Việc số 3” (2/9/2027) trùng với một lời nhắc đã ghi trong sổ"), "\(text)")
        #expect(text.contains("plans/plan.yaml:8, “on the day”"), "\(text)")
    }
}

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
        #expect(mail.accepted.first?.facts.last?.text.contains("plans/plan.yaml:35, “đúng ngày”") == true)
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
        #expect(desk.lasting == [.refusesUs(channel: "mail", why: .answer(.refusedForNow, code: 535, reply: "bad password"))])
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

    private func claim(_ channel: String, of number: Int = 1) -> Claim {
        let stored = StoredReminder(reminder: reminder(number), firedAt: wall.now(), late: false)
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
            past: nil, accepted: loaded.accepted, now: Zone.utc.startOfDay(day), zone: loaded.configuration.timezone)
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
        #expect(text.contains("plans/plan.yaml:8, “đúng ngày”"), "\(text)")
    }

    @Test("A Vietnamese alert about a dead mailbox names titles, person, address and place, and has no English words")
    func deadMailbox() throws {
        let refused = Receipt(.refusedForGood, about: .recipient, code: 550, reply: "5.1.1 no such user")
        for number in 1...2 { journal.write(.attempted(claim("mail", of: number), refused, .dead)) }
        pass(.seconds(11))
        let alert = try #require(hub.accepted.first)
        #expect(hub.accepted.count == 1 && mail.accepted.isEmpty && alert.facts.count == 1)
        #expect(alert.subject == "[remindd] Không gửi được 2 lời nhắc đến admin <admin@example.vn> qua kênh mail")
        let text = try #require(alert.facts.first?.text)
        #expect(text.contains("“Việc số 1” (2/9/2027) [") && text.contains("plans/plan.yaml:7]"), "\(text)")
        #expect(text.contains("Lý do: máy chủ từ chối hẳn, mã 550: 5.1.1 no such user"), "\(text)")
        #expect(text.contains("Xin sửa địa chỉ của người này tại \(office.configuration):8, rồi chạy: remindd reload"), "\(text)")
        for word in ["refused", "before", "on the day", "Reason", "times"] { #expect(!text.contains(word), "\(word): \(text)") }
    }

    @Test("An alert about a recipient whom no channel reached has the address, if one of the channels sends mail")
    func unreachable() throws {
        let stored = StoredReminder(reminder: reminder(1), firedAt: wall.now(), late: false)
        let undelivered = Undelivered(stored: stored, recipient: "admin", channels: ["hub", "mail"], isExhausted: true)
        journal.write(.unreachable(undelivered))
        pass(.seconds(11))
        let text = try #require(mail.accepted.first?.facts.first?.text)
        #expect(text.contains("Người nhận: admin <admin@example.vn>\nĐã thử: hub, mail\n"), "\(text)")
    }

    @Test("The causes of alerts are in the language of the recipient", arguments: Language.allCases)
    func causes(language: Language) throws {
        let words = AlertTexts(language: language, zone: .utc)
        let causes: [Alert.Cause] =
            [.crashes, .deadline]
            + [Outcome.refusedForNow, .refusedForGood, .notSent, .unknown].map { .answer($0, code: 4, reply: "x") }
        let texts = causes.map(words.words) + ClockComplaint.allCases.map(words.words)
        #expect(Set(texts).count == 10)
        for text in texts {
            let isVietnamese = text.unicodeScalars.contains { $0.value > 0x7F }
            #expect(isVietnamese == (language == .vi), "\(text)")
        }
        #expect(words.words(ofTemplate: "template vi/subject comes out empty").contains("vi/subject"))
        #expect(words.words(ofTemplate: "template vi/subject comes out empty").contains("comes out") == (language == .en))
        #expect(words.words(ofTemplate: "another failure").hasSuffix("another failure"))
    }

    @Test("The lead in an alert is its phrase in the recipient's language, also if the plan no longer has it")
    func leads() throws {
        let names = AlertNames(try #require(Loader().load(configuration: office.configuration)))
        let about = Alert.Reminder(StoredReminder(reminder: reminder(1), firedAt: wall.now(), late: false))
        #expect(names.lead(of: about, in: .vi) == "đúng ngày" && names.lead(of: about, in: .en) == "on the day")
        let day = about.start
        func gone(_ lead: String) -> Alert.Reminder {
            Alert.Reminder(plan: "p", campaign: "c", occurrence: "2027", lead: lead, title: "", start: day, end: day)
        }
        #expect(names.lead(of: gone("7 days before"), in: .vi) == "7 ngày trước")
        #expect(names.lead(of: gone("moved 1"), in: .vi) == "báo đổi lịch")
        #expect(names.lead(of: gone("urgent"), in: .vi) == "urgent")
    }

    // MARK: the weekly summary

    @Test(
        "The weekly summary has weekdays, countdowns, dates of the events and names of people, and says who did not get what",
        arguments: Language.allCases)
    func weeklyText(language: Language) throws {
        try office.writePlan(
            """
            plan: trial
            title: Kế hoạch
            notify: [admin]
            campaigns:
              - {id: hop, title: Giao ban tuần, when: 9/3, remind: [7 days before, on the day]}
              - {id: dot, title: Tháng hành động, when: 10/3 - 9/4, remind: [on the day]}
              - {id: han, title: Báo cáo, when: by 5/3, remind: [3 days before]}
            """)
        let loaded = try #require(Loader().load(configuration: office.configuration))
        let dead = StoredReminder(reminder: reminder(1), firedAt: wall.now(), late: false)
        var counts = FiringTally()
        (counts.delivered, counts.dead, counts.missed) = (5, 1, 2)
        let failed = [
            FailedDelivery(stored: dead, delivery: DeliveryID(stored: "d"), recipient: "admin", channel: "mail", state: "dead"),
            FailedDelivery(stored: dead, delivery: nil, recipient: nil, channel: nil, state: "missed"),
        ]
        let week = WeeklySummary(
            past: .init(counts: counts, failures: failed), accepted: loaded.accepted, now: wall.now(),
            zone: loaded.configuration.timezone)
        let words = AlertTexts(language: language, zone: loaded.configuration.timezone, names: AlertNames(loaded))
        let facts = words.weekly(week).facts.map(\.text)
        let vietnamese = [
            """
            Không gửi được: 1. Không rõ: 0. Đã hủy: 0. Lỡ: 2.
            Không gửi được: “viec-1” (2/9/2027) → admin <admin@example.vn>, kênh mail
            Lỡ: “viec-1” (2/9/2027)
            và 1 trường hợp nữa
            Xem và gửi lại: remindd failed; lời nhắc lỡ: remindd missed
            """,
            """
            Mười bốn ngày tới:
            Thứ Ba, 02/03/2027
            08:00  “Giao ban tuần”: còn 7 ngày (thứ Ba, 09/03/2027) → admin
            08:00  “Báo cáo”: còn 3 ngày đến hạn (thứ Sáu, 05/03/2027) → admin
            Thứ Ba, 09/03/2027
            08:00  “Giao ban tuần”: đúng ngày → admin
            Thứ Tư, 10/03/2027
            08:00  “Tháng hành động”: bắt đầu, đến 09/04/2027 → admin
            """,
        ]
        let english = [
            """
            Failed: 1. Unknown: 0. Cancelled: 0. Missed: 2.
            Not delivered: “viec-1” (2/9/2027) → admin <admin@example.vn>, channel mail
            Missed: “viec-1” (2/9/2027)
            and 1 more
            To see them and send them again: remindd failed; missed reminders: remindd missed
            """,
            """
            The next fourteen days:
            Tuesday, 02/03/2027
            08:00  “Giao ban tuần”: 7 days left (Tuesday, 09/03/2027) → admin
            08:00  “Báo cáo”: 3 days to the deadline (Friday, 05/03/2027) → admin
            Tuesday, 09/03/2027
            08:00  “Giao ban tuần”: on the day → admin
            Wednesday, 10/03/2027
            08:00  “Tháng hành động”: begins, until 09/04/2027 → admin
            """,
        ]
        #expect(Array(facts.dropFirst()) == (language == .vi ? vietnamese : english))
    }
}

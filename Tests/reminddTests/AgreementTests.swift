import Foundation
import Ledgers
import Notifiers
import ProgramHarness
import Reports
import Support
import Synchronization
import Testing

@testable import Config
@testable import Dates
@testable import Plans
@testable import Scheduler
@testable import Transport
@testable import remindd

/// Checks that `simulate`, `explain`, `occurrences`, `year` and the daemon agree on random plans.
@Suite("Commands and the daemon agree")
struct AgreementTests {
    /// The first day of the year that the tests check.
    private static let from = Day(2027, 1, 1)!
    private static let to = Day(2027, 12, 31)!
    /// The days whose occurrences may have reminders in the year.
    ///
    /// A lead is at most 24 months away from its occurrence. A shift of the due day adds up to two
    /// months.
    private static let around = (from - 800)...(to + 800)

    private static let counted = Mutex((plans: 0, rows: 0, explained: 0, passedOver: 0))

    @Test("simulate, explain and the daemon give the same rows for random plans", arguments: UInt64(1)...25)
    func agree(seed: UInt64) throws {
        let office = try RandomOffice(seed: seed, plans: 4)
        let promised = try office.simulated(Self.from, Self.to)
        let explained = try office.explained(around: Self.around).filter { office.holds($0, Self.from, Self.to) }
        let rows = explained.flatMap(\.rows)
        #expect(difference(promised.map(\.row), rows) == nil, "simulate, explain: \(office.texts)")

        let stage = try Rehearsed(office.loaded, from: Self.from)
        let (done, subjects) = try stage.run(until: Self.to)
        let kept = done.filter { office.holds($0, Self.from, Self.to) }
        #expect(kept.allSatisfy { $0.state != "missed" && ($0.recipient == nil || $0.state == "delivered") })
        #expect(difference(promised.map(\.row), kept.compactMap(\.row)) == nil, "simulate, daemon: \(office.texts)")
        #expect(
            difference(
                promised.map { "\($0.id) \($0.subject)" },
                subjects.filter { office.holds($0.due, $0.plan, Self.from, Self.to) }.map(\.said))
                == nil, "subjects: \(office.texts)")
        // A reminder is recorded as superseded if and only if another reminder with an equal due
        // time replaces it.
        let passedOver = explained.filter { $0.isPassedOver }.map(\.name)
        #expect(
            difference(passedOver, kept.filter { $0.state == "superseded" }.map(\.name)) == nil, "superseded: \(office.texts)")
        Self.counted.withLock {
            $0 = ($0.plans + 4, $0.rows + rows.count, $0.explained + explained.count, $0.passedOver + passedOver.count)
            guard $0.plans == 100 else { return }
            print(
                "agreement: \($0.plans) random plans, \($0.explained) reminders explained, \($0.passedOver) of them passed over,",
                "\($0.rows) rows")
            #expect($0.rows > 2_000 && $0.passedOver > 20, "too few to prove anything")
        }
    }

    @Test("A time span has the same occurrences as that part of a longer span, and `--on` finds each", arguments: UInt64(1)...25)
    func occurrences(seed: UInt64) throws {
        let office = try RandomOffice(seed: seed, plans: 4)
        let set = office.loaded.accepted.plans
        for campaign in set.plans.flatMap(\.campaigns) {
            let all = campaign.occurrences(overlapping: Self.around, workingDays: set.workingDays)
            #expect(Set(all.map(\.name)).count == all.count, "each has its own name")
            for month in 1...12 {
                let span = Day.first(ofMonth: month, year: 2027)...Day.last(ofMonth: month, year: 2027)
                let shown = campaign.occurrences(overlapping: span, workingDays: set.workingDays)
                #expect(shown == all.filter { $0.start <= span.upperBound && $0.end >= span.lowerBound })
            }
            for dates in all where dates.end <= Self.to + 400 {
                let found = campaign.firstOccurrence(notOverOn: dates.end, workingDays: set.workingDays)
                #expect(found == all.first { $0.end >= dates.end })
            }
        }
    }

    @Test("year, occurrences and simulate agree for random plans", arguments: UInt64(1)...25)
    func year(seed: UInt64) throws {
        let office = try RandomOffice(seed: seed, plans: 4)
        let accepted = office.loaded.accepted
        let listed = OccurrenceReport.all(of: accepted.plans, overlapping: Self.from...Self.to)
        let all = listed.map { "\($0.plan) \($0.campaign) \($0.occurrence) \($0.start) \($0.end) \($0.details.lunar ?? "")" }
        func rows(_ report: YearReport) -> [String] {
            report.sections.flatMap { section in
                section.rows.flatMap { row in
                    row.occurrences.map {
                        "\(section.plan) \(row.campaign) \($0.name) \($0.start) \($0.end) \($0.lunar ?? "")"
                    }
                }
            }
        }
        let year = YearReport(2_027, of: accepted.plans, to: accepted.directory)
        #expect(difference(rows(year), all) == nil, "\(office.texts)")
        for (position, recipient) in ["an", "binh", "chi", "dung"].enumerated() {
            let own = YearReport(2_027, of: accepted.plans, to: accepted.directory, YearReport.Selection(recipient: position))
            let named = listed.filter { occurrence in
                let campaign = accepted.plans.find(plan: occurrence.plan, campaign: occurrence.campaign)?.campaign
                return campaign?.leads.contains { RandomOffice.members($0.notify).contains(recipient) } ?? false
            }
            #expect(
                difference(
                    rows(own), zip(listed, all).filter { pair in named.contains { $0.isSame(as: pair.0) } }.map(\.1)) == nil,
                "\(office.texts)")
            // Each message in the year about an occurrence of the year is about a row.
            let shown = Set(rows(own).map { $0.split(separator: " ").prefix(5).joined(separator: " ") })
            for row in try office.simulated(Self.from, Self.to, to: position) where row.overlaps(Self.from...Self.to) {
                #expect(row.recipient == recipient && shown.contains(row.occurrence), "\(office.texts)")
            }
        }
    }

    @Test("The built program gives the same rows as its parts, and a rehearsal of the year sends them to servers")
    func program() async throws {
        let mail = try await ScriptedServer("mail.py")
        let hub = try await ScriptedServer("receiver.py")
        let office = try RandomOffice(seed: 2_027, plans: 6, smtp: mail.port, http: hub.port)
        let config = ["--config", office.office.configuration]
        func ask(_ arguments: [String]) async throws -> [String] {
            let answer = try await Program.run(arguments + config)
            #expect(answer.status == 0, "\(arguments): \(answer.errors)")
            return answer.lines
        }
        let span = ["--from", "\(Self.from)", "--to", "\(Self.to)", "--format", "json"]
        let promised = try office.simulated(Self.from, Self.to)
        #expect(promised.count > 80, "too few to prove anything")
        let simulated = try Line.all(try await ask(["simulate"] + span).joined(separator: "\n"))
        #expect(difference(simulated.map { Promise($0).row }, promised.map(\.row)) == nil)

        let set = office.loaded.accepted.plans
        let listed = try Line.all(try await ask(["occurrences"] + span).joined(separator: "\n"))
        let inside = set.plans.flatMap { plan in
            plan.campaigns.flatMap { campaign in
                campaign.occurrences(overlapping: Self.from...Self.to, workingDays: set.workingDays).map {
                    "\(plan.id) \(campaign.id) \($0.name) \($0.start) \($0.end)"
                }
            }
        }
        #expect(
            difference(
                listed.map { row in ["plan", "campaign", "occurrence", "start", "end"].map { row[$0] }.joined(separator: " ") },
                inside)
                == nil)
        let year = try await ask(["year", "2027", "--format", "json"]).flatMap { line in
            try JSONDecoder().decode(YearLine.self, from: Data(line.utf8)).rows
        }
        #expect(difference(year, inside) == nil, "year")
        for plan in set.plans {
            for campaign in plan.campaigns {
                guard let dates = campaign.firstOccurrence(notOverOn: Self.from, workingDays: set.workingDays) else { continue }
                let line = try await ask(["explain", "\(plan.id)/\(campaign.id)", "--on", "\(Self.from)", "--format", "json"])
                let explanation = Explanation(plan: plan, campaign: campaign, dates: dates, workingDays: set.workingDays)
                #expect(line == [explanation.json])
            }
        }

        let run = try await Program.run(
            [
                "run", "--clock", "2026-12-31T09:00:00+00:00", "--until", "2028-01-01T12:00:00+00:00", "--speed", "10000000",
                "--ledger",
                office.office.ledger,
            ] + config, within: .seconds(120))
        #expect(run.status == 0, "\(run.errors.suffix(2_000))")
        let history = try await Program.history(office.office, ["--ledger", office.office.ledger, "--limit", "100000"])
        let delivered = history.filter { $0.state == "delivered" }
        let done = try delivered.map { row -> (row: String, held: Bool) in
            let due = try #require(Instant(rfc3339: row.due))
            let row = [
                row.due, row.plan, row.campaign, row.occurrence, row.lead, row.anchor, row.recipient ?? "", row.channel ?? "",
            ]
            return (row.joined(separator: " "), office.holds(due, row[1], Self.from, Self.to))
        }
        #expect(difference(done.filter(\.held).map(\.row), promised.map { $0.withoutDates }) == nil)
        #expect(await hub.sees { lines in lines.count { $0.status == 204 } == delivered.count { $0.channel == "hub" } })
        #expect(await mail.sees { lines in lines.count { $0.accepted != nil } == delivered.count { $0.channel == "mail" } })
        print("agreement of the program: \(promised.count) rows promised, rehearsed and received")
    }
}

extension OccurrenceReport {
    /// Returns whether two reports are about one occurrence of one campaign.
    fileprivate func isSame(as other: OccurrenceReport) -> Bool {
        (plan, campaign, occurrence) == (other.plan, other.campaign, other.occurrence)
    }
}

/// Describes the rows that only one of two lists contains.
///
/// Returns nil if both lists contain the same rows, each row equally often.
private func difference(_ one: [String], _ other: [String]) -> String? {
    let changes = other.sorted().difference(from: one.sorted())
    guard !changes.isEmpty else { return nil }
    let shown = changes.prefix(5).map { change in
        switch change {
        case .insert(_, let row, _): "only the second: \(row)"
        case .remove(_, let row, _): "only the first: \(row)"
        }
    }
    return "\(changes.count) differ of \(one.count) and \(other.count): \(shown.joined(separator: "; "))"
}

/// A campaign of `year`.
private struct YearLine: Decodable {
    struct Occurrence: Decodable {
        let occurrence: String
        let start: String
        let end: String
    }

    let plan: String
    let campaign: String
    let occurrences: [Occurrence]

    var rows: [String] { occurrences.map { "\(plan) \(campaign) \($0.occurrence) \($0.start) \($0.end)" } }
}

/// One row of `simulate`.
private struct Promise {
    let row: String
    let withoutDates: String
    let id: String
    let subject: String
    let recipient: String
    /// The plan, the campaign, and the name, the start and the end of the occurrence.
    let occurrence: String
    private let days: (start: String, end: String)

    /// Whether the occurrence has a day among these days.
    func overlaps(_ span: ClosedRange<Day>) -> Bool {
        days.start <= span.upperBound.description && days.end >= span.lowerBound.description
    }

    init(_ line: Line) {
        recipient = line["recipient"]
        occurrence = ["plan", "campaign", "occurrence", "start", "end"].map { line[$0] }.joined(separator: " ")
        days = (line["start"], line["end"])
        let identity = ["due", "plan", "campaign", "occurrence", "lead", "anchor", "recipient", "channel"].map { line[$0] }
        withoutDates = identity.joined(separator: " ")
        row = (identity + [line["start"], line["end"]]).joined(separator: " ")
        subject = line["subject"]
        let key = ReminderKey(
            plan: line["plan"], campaign: line["campaign"], lead: line["lead"], anchor: Day(line["anchor"]) ?? Day(number: 0))
        id = DeliveryID(reminder: key, recipient: line["recipient"], channel: line["channel"], rehearsal: false).text
    }
}

/// A reminder from `explain`, with a row for each delivery that the contract requires.
private struct Explained {
    let due: Instant
    let plan: String
    /// The plan, the campaign, the lead and the anchor, as one string.
    let name: String
    let rows: [String]
    /// Whether leads that come earlier in the plan notify all of its recipients at the same time.
    let isPassedOver: Bool
}

/// An office with random plans, which are loaded as every command loads plans.
private struct RandomOffice {
    let office: Office
    let loaded: Loaded
    let texts: String

    init(seed: UInt64, plans: Int, smtp: UInt16 = 2_525, http: UInt16 = 8_088) throws {
        var random = RandomPlans(seed: seed)
        let written = (1...plans).map { random.plan(id: "p\($0)") }
        office = try Office.small(
            plan: written[0], channels: Office.plainChannels(smtp: smtp, http: http), recipients: RandomPlans.recipients,
            more: "plans: plans/\n")
        for (index, text) in written.enumerated().dropFirst() { try office.folder.write("plans/p\(index + 1).yaml", text) }
        texts = "seed \(seed)\n" + written.joined(separator: "\n")
        let loader = Loader()
        let read = loader.load(configuration: office.configuration)
        let errors = loader.problems.all.filter { $0.severity == .error }
        #expect(errors == [], "\(texts)")
        loaded = try #require(read)
    }

    /// Returns whether `due` is between 00:00 of `from` and 24:00 of `to`, in the plan's zone.
    func holds(_ due: Instant, _ plan: String, _ from: Day, _ to: Day) -> Bool {
        guard let zone = loaded.accepted.plans.plans.first(where: { $0.id == plan })?.zone else { return false }
        return due >= zone.startOfDay(from) && due < zone.endOfDay(to)
    }

    func holds(_ explained: Explained, _ from: Day, _ to: Day) -> Bool { holds(explained.due, explained.plan, from, to) }
    func holds(_ kept: Kept, _ from: Day, _ to: Day) -> Bool { holds(kept.due, kept.plan, from, to) }

    /// Returns the rows of `simulate --format json`.
    ///
    /// - Parameter recipient: the position of the only recipient; nil for all recipients.
    func simulated(_ from: Day, _ to: Day, to recipient: Int? = nil) throws -> [Promise] {
        var reports = ReminderReports(
            accepted: loaded.accepted, wording: try CommandWording.make(loaded), filter: .init(recipient: recipient))
        var rows = ReminderRows(format: .json)
        var written: [UInt8] = []
        var lines = LineBuffer { written += $0 }
        reports.simulate(from: from, to: to) { rows.write($0, to: &lines) }
        lines.flush()
        return try Line.all(String(decoding: written, as: UTF8.self)).map(Promise.init)
    }

    // MARK: explain, and the contract's rule for recipients in its simplest form

    private struct ExplainLine: Decodable {
        struct Lead: Decodable {
            let lead: String
            let anchor: String
            let due: String
        }

        let occurrence: String
        let start: String
        let end: String
        let leads: [Lead]
    }

    func explained(around span: ClosedRange<Day>) throws -> [Explained] {
        let set = loaded.accepted.plans
        var found: [Explained] = []
        for plan in set.plans {
            for campaign in plan.campaigns {
                for dates in campaign.occurrences(overlapping: span, workingDays: set.workingDays) {
                    let json = Explanation(plan: plan, campaign: campaign, dates: dates, workingDays: set.workingDays).json
                    let line = try JSONDecoder().decode(ExplainLine.self, from: Data(json.utf8))
                    found += explained(line, plan, campaign)
                }
            }
        }
        return found
    }

    private func explained(_ line: ExplainLine, _ plan: Plan, _ campaign: Campaign) -> [Explained] {
        let order = Dictionary(uniqueKeysWithValues: campaign.leads.enumerated().map { ($0.element.id, $0.offset) })
        var served: [String: Set<String>] = [:]
        // A daily lead may be due twice at one time, because of a rest day. The earlier day counts.
        let leads = line.leads.sorted { (order[$0.lead]!, $0.anchor) < (order[$1.lead]!, $1.anchor) }
        return leads.map { lead in
            let named = RandomOffice.members(campaign.leads[order[lead.lead]!].notify)
            let told = named.filter { served[lead.due]?.contains($0) != true }
            served[lead.due, default: []].formUnion(named)
            // A message to an address counts for everybody who has the address.
            if !RandomOffice.sharing.isDisjoint(with: named) { served[lead.due, default: []].formUnion(RandomOffice.sharing) }
            let reminder = [lead.due, plan.id, campaign.id, line.occurrence, lead.lead, lead.anchor].joined(separator: " ")
            var sharedIsTaken = false
            let rows = told.flatMap { id in
                RandomOffice.channels[id]!.compactMap { channel -> String? in
                    // If two recipients have one address, only the recipient who is defined first
                    // gets the message.
                    if RandomOffice.sharing.contains(id) {
                        if sharedIsTaken { return nil }
                        sharedIsTaken = true
                    }
                    return "\(reminder) \(id) \(channel) \(line.start) \(line.end)"
                }
            }
            return Explained(
                due: Instant(rfc3339: lead.due) ?? .distantPast, plan: plan.id,
                name: [plan.id, campaign.id, lead.lead, lead.anchor].joined(separator: " "), rows: rows,
                isPassedOver: told.isEmpty && !named.isEmpty)
        }
    }

    private static let channels = ["an": ["mail"], "binh": ["mail", "hub"], "chi": ["hub"], "dung": ["mail"]]
    private static let sharing: Set = ["an", "dung"]

    static func members(_ ids: [String]) -> [String] {
        let groups = ["pair": ["an", "binh"], "everyone": ["an", "binh", "chi", "dung"]]
        let all = Set(ids.flatMap { groups[$0] ?? [$0] })
        return ["an", "binh", "chi", "dung"].filter(all.contains)
    }
}

/// A row of the ledger's history after a simulated year.
private struct Kept {
    let due: Instant
    let plan: String
    let name: String
    let recipient: String?
    let state: String
    /// The delivery as a row of `simulate`; nil for a reminder without deliveries.
    let row: String?

    init(_ stored: HistoryRow, zone: Zone) {
        let reminder = stored.stored.reminder
        let key = reminder.key
        (due, plan, recipient, state) = (reminder.due, key.plan, stored.recipient, stored.state)
        name = [key.plan, key.campaign, key.lead, "\(key.anchor)"].joined(separator: " ")
        row = stored.recipient.map { recipient in
            [
                zone.rfc3339(reminder.due), key.plan, key.campaign, reminder.occurrence, key.lead, "\(key.anchor)", recipient,
                stored.channel ?? "", "\(reminder.start)", "\(reminder.end)",
            ].joined(separator: " ")
        }
    }
}

/// Runs a planner and a dispatcher on a real ledger, with a clock that the test sets.
///
/// The clock is set from one due time to the next. The channels accept everything.
private final class Rehearsed {
    private let loaded: Loaded
    private let folder: TemporaryFolder
    private let clock: ManualClock
    private let ledger: SQLiteLedger
    private let planner: Planner
    private let dispatcher: Dispatcher
    private let channels: [Accepting]

    struct Said {
        let due: Instant
        let plan: String
        /// The id of the delivery, followed by the subject of its message.
        let said: String
    }

    init(_ loaded: Loaded, from: Day) throws {
        self.loaded = loaded
        folder = try TemporaryFolder()
        let start = loaded.accepted.plans.plans.map { $0.zone.startOfDay(from) }.min()!
        clock = ManualClock(start)
        ledger = try SQLiteLedger.open(path: folder.path("ledger.sqlite"), mode: .daemon, now: start)
        let journal = Silence()
        // Evaluates at least every 20 days instead of every hour, because hourly evaluations of a
        // year would take most of the test's time.
        planner = Planner(
            ledger: ledger, journal: journal, accepted: loaded.accepted, now: start, steadyClock: clock, longestRest: .days(20))
        channels = [Accepting("mail", .email(onUnknown: .resend)), Accepting("hub", .webhook)]
        dispatcher = Dispatcher(
            ledger: ledger, journal: journal, accepted: loaded.accepted, routes: channels.map { .init(channel: $0) },
            inbox: CompletionQueue {}, realClock: clock)
        try planner.startOver(now: start)
    }

    /// Runs the planner and the dispatcher until day `to` has ended in every plan's zone.
    func run(until to: Day) throws -> (kept: [Kept], said: [Said]) {
        let end = loaded.accepted.plans.plans.map { $0.zone.endOfDay(to) }.max()!
        while clock.now() < end {
            let planned = try planner.step(now: clock.now())
            let dispatched = try dispatcher.step(now: clock.now())
            let next = min(planned, dispatched)
            if next > clock.now(), dispatcher.underWay == 0, channels.allSatisfy({ $0.reported == 0 }) { clock.set(next) }
            channels.forEach { $0.rest() }
        }
        let zones = Dictionary(uniqueKeysWithValues: loaded.accepted.plans.plans.map { ($0.id, $0.zone) })
        let kept = try ledger.history(HistoryFilter(limit: 1_000_000)).map { Kept($0, zone: zones[$0.stored.reminder.key.plan]!) }
        let wording = try CommandWording.make(loaded)
        let said = channels.flatMap(\.messages).map { message in
            Said(
                due: message.notice.reminder.due, plan: message.notice.reminder.key.plan,
                said: "\(message.delivery) \(wording.render(message).subject)")
        }
        return (kept, said)
    }
}

/// A channel that accepts every message immediately and keeps the messages.
private final class Accepting: Channel {
    let name: String
    let policy: ChannelPolicy
    let concurrency = 500
    private let state = Mutex((messages: [Message](), reported: 0))

    init(_ name: String, _ policy: ChannelPolicy) {
        (self.name, self.policy) = (name, policy)
    }

    var messages: [Message] { state.withLock { $0.messages } }
    /// The number of attempts that have ended since the last call of `rest`.
    var reported: Int { state.withLock { $0.reported } }
    func rest() { state.withLock { $0.reported = 0 } }

    func deliver(_ message: Message, report: @escaping @Sendable (Receipt) -> Void) {
        state.withLock {
            $0.messages.append(message)
            $0.reported += 1
        }
        report(Receipt(.delivered, code: 250, reply: "ok"))
    }

    func preview(_ message: Message) throws(RenderFailure) -> [UInt8] { [] }
    func subject(_ message: Message) throws(RenderFailure) -> String { "" }
    func stop(grace: TimeSpan) {}
}

private final class Silence: Journal {
    func write(_ entry: Entry) {}
}

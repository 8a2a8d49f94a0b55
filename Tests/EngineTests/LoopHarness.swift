import Ledgers
import Support
import Testing

@testable import Dates
@testable import Plans
@testable import Scheduler

/// Runs a planner and a dispatcher step by step on a manual clock.
///
/// The ledger is real, and the channels are scripted.
final class LoopHarness {
    let clock: ManualClock
    let journal = RecordingJournal()
    let mail: ScriptedChannel
    let hub: ScriptedChannel
    let gates = ChannelGates()
    private(set) var ledger: SQLiteLedger
    private(set) var planner: Planner
    private(set) var dispatcher: Dispatcher
    private(set) var accepted: ActiveConfiguration
    private let folder: TemporaryFolder

    private let rate: Rate?

    init(
        _ plan: Plan, _ recipients: [Recipient], start: Instant, onUnknown: ChannelPolicy.UnknownOutcome = .resend,
        concurrency: Int = 500, rate: Rate? = nil
    ) throws {
        self.rate = rate
        folder = try TemporaryFolder()
        clock = ManualClock(start)
        mail = ScriptedChannel("mail", .email(onUnknown: onUnknown), concurrency: concurrency)
        hub = ScriptedChannel("hub", .webhook)
        accepted = ActiveConfiguration(
            plans: PlanSet(plans: [plan], workingDays: .mondayToFriday),
            directory: RecipientDirectory(recipients: recipients, groups: [:], addressKinds: ["mail": .email]), catchUp: .latest,
            contact: nil)
        ledger = try SQLiteLedger.open(path: folder.path("ledger.sqlite"), mode: .daemon, now: start)
        planner = Planner(ledger: ledger, journal: journal, accepted: accepted, now: start, steadyClock: clock)
        dispatcher = LoopHarness.dispatcher(ledger, journal, accepted, [mail, hub], clock, rate, gates)
    }

    private static func dispatcher(
        _ ledger: SQLiteLedger, _ journal: RecordingJournal, _ accepted: ActiveConfiguration, _ channels: [ScriptedChannel],
        _ clock: ManualClock,
        _ rate: Rate?, _ gates: ChannelGates
    ) -> Dispatcher {
        Dispatcher(
            ledger: ledger, journal: journal, accepted: accepted,
            routes: channels.map { Dispatcher.Route(channel: $0, rate: rate) },
            inbox: CompletionQueue {}, gates: gates, realClock: clock, chance: FixedChance())
    }

    /// Simulates a crash and a restart.
    ///
    /// Closes the ledger without further writes, opens it again, and creates a new planner and
    /// dispatcher.
    func crash(channels: [ScriptedChannel]? = nil) throws {
        ledger.close()
        ledger = try SQLiteLedger.open(path: folder.path("ledger.sqlite"), mode: .daemon, now: clock.now())
        planner = Planner(ledger: ledger, journal: journal, accepted: accepted, now: clock.now(), steadyClock: clock)
        dispatcher = LoopHarness.dispatcher(ledger, journal, accepted, channels ?? [mail, hub], clock, rate, ChannelGates())
        try dispatcher.recover(now: clock.now())
    }

    /// - Parameter settings: a fingerprint of the channels' settings. It is different after each
    ///   change of the settings.
    func accept(_ accepted: ActiveConfiguration, channels: [ScriptedChannel]? = nil, settings: String = "") {
        self.accepted = accepted
        planner.accept(accepted, now: clock.now())
        dispatcher.accept(
            accepted,
            routes: (channels ?? [mail, hub]).map { Dispatcher.Route(channel: $0, rate: rate, fingerprint: settings) })
    }

    /// Steps the planner and the dispatcher until nothing more happens at this instant.
    func settle() throws {
        for _ in 0..<1_000 {
            let planned = try planner.step(now: clock.now())
            let dispatched = try dispatcher.step(now: clock.now())
            if dispatcher.takeHasWithdrawn() {
                planner.evaluateAgain(now: clock.now())
                continue
            }
            if planned > clock.now(), dispatched > clock.now(), dispatcher.underWay == mail.held + hub.held { return }
        }
        Issue.record("the loops do not settle")
    }

    func advance(to instant: Instant) throws {
        clock.set(instant)
        try settle()
    }

    /// Returns a line `lead recipient channel state attempts` for each delivery.
    ///
    /// The line of a cancelled delivery includes the reason. The line of a reminder without
    /// deliveries is `lead state`.
    func rows() throws -> [String] {
        try ledger.history(HistoryFilter()).map { row in
            guard let recipient = row.recipient else { return "\(row.stored.reminder.key.lead) \(row.state)" }
            let why = row.state == "cancelled" ? row.why.map { " (\($0.rawValue))" } ?? "" : ""
            return "\(row.stored.reminder.key.lead) \(recipient) \(row.channel!) \(row.state)\(why) \(row.attempts.count)"
        }
    }
}

struct FixedChance: RandomNumberGenerator {
    mutating func next() -> UInt64 { .max }
}

import Clocks
import Config
import Dates
import Ledgers
import Notifiers
import Scheduler

/// The loop's clock, and the waiter that waits by this clock.
struct EngineTime {
    let clock: any WallClock
    let waiter: any Waiter
    let waker: Waker

    /// - Parameter tick: called on the loop's thread while it waits, every `tickEvery`.
    init(
        _ options: DaemonOptions, resumesAt lookedUntil: Instant, _ waker: Waker, tickEvery: TimeSpan?,
        tick: @escaping () -> Void
    ) {
        self.waker = waker
        if let rehearsal = options.rehearsal {
            // If the ledger was used before, the clock continues at the ledger's last evaluation.
            // For a new ledger, `lookedUntil` is the start of the rehearsal.
            let rehearsed = RehearsalClock(start: lookedUntil, speed: rehearsal.speed, bell: waker)
            (clock, waiter) = (rehearsed, rehearsed)
        } else {
            clock = SystemClock()
            waiter = TimerWaiter(bell: waker, tickEvery: tickEvery, tick: tick)
        }
    }
}

/// The planner, the dispatcher and the loop that runs them.
struct DeliveryEngine {
    let clock: any WallClock
    private let waiter: any Waiter
    /// The breakers of the channels. Alerts and test messages use them too.
    let gates: ChannelGates
    let planner: Planner
    let dispatcher: Dispatcher
    let loop: MainLoop

    init(
        _ options: DaemonOptions, _ opened: LedgerStartup, _ loaded: Loaded, _ channels: ChannelSet,
        _ journal: any Journal, _ gates: ChannelGates, _ time: EngineTime
    ) {
        let (ledger, isRehearsal, waker) = (opened.ledger, options.rehearsal != nil, time.waker)
        self.gates = gates
        (clock, waiter) = (time.clock, time.waiter)
        // Evaluations are usually at most an hour apart. In a rehearsal a week is allowed, because
        // its clock is fast and each evaluation is a commit.
        planner = Planner(
            ledger: ledger, journal: journal, accepted: loaded.accepted, now: time.clock.now(), steadyClock: SteadyClock(),
            longestRest: isRehearsal ? .days(7) : .hours(1))
        dispatcher = Dispatcher(
            ledger: ledger, journal: journal, accepted: loaded.accepted,
            routes: DeliveryEngine.routes(channels, loaded.configuration), inbox: CompletionQueue { waker.ring() }, gates: gates,
            realClock: SteadyClock())
        loop = MainLoop(
            planner: planner, dispatcher: dispatcher, clock: time.clock, waiter: time.waiter, journal: journal,
            retention: isRehearsal ? nil : Retention(ledger: ledger, journal: journal),
            horizon: options.rehearsal?.until, steadyClock: isRehearsal ? nil : SteadyClock(),
            clockComplaint: DeliveryEngine.clockComplaint(ledger, isRehearsal: isRehearsal))
    }

    /// Applies the configuration that a reload accepted.
    func accept(_ loaded: Loaded, _ channels: ChannelSet, now: Instant, isReload: Bool = true) {
        planner.accept(loaded.accepted, now: now)
        dispatcher.accept(
            loaded.accepted, routes: DeliveryEngine.routes(channels, loaded.configuration), isReload: isReload)
    }

    /// Trusts the clock again and ends the hold. Called after an operator's `release`.
    func released(now: Instant) {
        loop.trustClock()
        planner.released(now: now)
        dispatcher.released()
    }

    /// Sets how often the waiter calls `tick` while the loop waits.
    func tick(every span: TimeSpan?) {
        (waiter as? TimerWaiter)?.tick(every: span)
    }

    private static func routes(_ channels: ChannelSet, _ configuration: Configuration) -> [Dispatcher.Route] {
        channels.current.map { channel in
            let settings = configuration.channels.first { $0.name == channel.name }
            return Dispatcher.Route(
                channel: channel, rate: settings?.rate, fingerprint: settings.map(ChannelFactory.fingerprint) ?? "",
                formerly: settings?.formerly ?? [])
        }
    }

    /// Returns a function that checks the clock. It accepts every time of a rehearsal's clock.
    private static func clockComplaint(
        _ ledger: SQLiteLedger, isRehearsal: Bool
    ) -> (Instant) throws(LedgerFailure) -> ClockComplaint? {
        if isRehearsal { return { _ in nil } }
        return { (now: Instant) throws(LedgerFailure) in
            ClockBounds.complaint(now: now, lookedUntil: try ledger.lookedUntil(), built: Version.released)
        }
    }
}

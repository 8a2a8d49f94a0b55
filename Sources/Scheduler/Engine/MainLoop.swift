import Dates

/// Lets the loop sleep until an instant, or until another thread wakes it because of new work.
public protocol Waiter: AnyObject {
    /// Sleeps until `wake`. Returns the reason why the sleep ended.
    ///
    /// May return early, for example if the clock is set or another thread wakes the loop. If
    /// `idle` is true, nothing is due or under way, and a rehearsal clock may run fast.
    func wait(until wake: Instant, idle: Bool) -> WakeReason
}

public enum WakeReason: Hashable, Sendable {
    case due
    case roused
    /// The wall clock was set during the wait.
    case clockStepped
}

/// Repeatedly runs one bounded step of the planner and one of the dispatcher, then sleeps.
///
/// The loop's thread owns the ledger. There is one thread because the ledger has one connection,
/// and two threads would only wait for each other's commits.
public final class MainLoop {
    private let planner: Planner
    private let dispatcher: Dispatcher
    private let clock: any WallClock
    private let waiter: any Waiter
    /// The end of a rehearsal; nil if there is no end.
    ///
    /// Reminders due at or after this instant are not evaluated.
    private let horizon: Instant?
    /// Returns the reason not to trust the clock; nil if it is trusted.
    ///
    /// Called every turn. While it returns a complaint, nothing is evaluated or sent.
    private let clockComplaint: (Instant) throws(LedgerFailure) -> ClockComplaint?
    /// A monotonic clock; nil in a rehearsal, whose clock runs at its own speed.
    private let steadyClock: (any WallClock)?
    private var watch = ClockWatch()
    /// Whether deliveries that a crash left in flight have been recorded.
    ///
    /// They are recorded in the first turn in which the clock is trusted.
    private var hasRecovered = false
    private let journal: any Journal
    /// Deletes old deliveries; nil if everything is kept.
    private let retention: Retention?
    /// The complaint about the clock; nil while the clock is trusted.
    public private(set) var complained: ClockComplaint?

    /// The interval between checks of a clock that is not trusted. A clock step wakes the loop
    /// sooner.
    static let complaintRest = TimeSpan.minutes(1)
    /// Retention runs only if the loop would otherwise sleep for longer than this time.
    ///
    /// A step of retention takes less time than this even on a slow disk, so no due reminder waits
    /// for retention.
    static let leastRest = TimeSpan.seconds(2)

    public init(
        planner: Planner, dispatcher: Dispatcher, clock: any WallClock, waiter: any Waiter, journal: any Journal,
        retention: Retention? = nil, horizon: Instant? = nil, steadyClock: (any WallClock)? = nil,
        clockComplaint: @escaping (Instant) throws(LedgerFailure) -> ClockComplaint? = { _ in nil }
    ) {
        self.steadyClock = steadyClock
        self.journal = journal
        self.retention = retention
        self.clockComplaint = clockComplaint
        self.horizon = horizon
        self.planner = planner
        self.dispatcher = dispatcher
        self.clock = clock
        self.waiter = waiter
    }

    /// Runs until `mayContinue` returns false.
    ///
    /// `mayContinue` is called once a turn, with the current time and the time of the next turn.
    /// The caller also carries out reloads and shutdown in this call, because they must not happen
    /// within a step.
    public func run(mayContinue: (_ now: Instant, _ nextWake: Instant) -> Bool) throws(LedgerFailure) {
        while true {
            var wake = try turn()
            guard mayContinue(clock.now(), wake) else { return }
            let idle = dispatcher.underWay == 0 && !dispatcher.isHeldBack && !planner.isHeldBack
            if idle, try prunes(until: wake) { wake = clock.now() }
            var reason = waiter.wait(until: wake, idle: idle)
            if reason == .roused, let longer = dispatcher.gathering {
                reason = waiter.wait(until: min(wake, clock.now() + longer), idle: false)
            }
            if reason == .clockStepped { planner.clockStepped(now: clock.now()) }
        }
    }

    /// Deletes some old deliveries if nothing is due soon. Returns whether more may be left.
    private func prunes(until wake: Instant) throws(LedgerFailure) -> Bool {
        let now = clock.now()
        // A clock that is not trusted might make all deliveries seem old.
        guard let retention, complained == nil, wake - now > MainLoop.leastRest else { return false }
        return try retention.step(now: now)
    }

    /// Records the outcomes of attempts under way until no attempt is left. Starts no new attempts.
    public func drain(mayContinue: (_ now: Instant) -> Bool) throws(LedgerFailure) {
        while true {
            if complained == nil {
                _ = try dispatcher.step(now: clock.now(), starting: false)
            } else {
                try dispatcher.stepInDoubt(now: believedNow)
            }
            guard dispatcher.underWay > 0, mayContinue(clock.now()) else { return }
            _ = waiter.wait(until: clock.now() + .seconds(1), idle: false)
        }
    }

    /// Records that an operator has confirmed the clock.
    public func trustClock() { watch.trust() }

    /// Runs one turn and returns when the next turn is needed.
    ///
    /// 1. Check whether the clock was set, and whether it is trusted.
    /// 2. In the first turn with a trusted clock, record deliveries that a crash left in flight.
    /// 3. Run the planner's step, which fires due reminders.
    /// 4. Run the dispatcher's step, which sends deliveries.
    /// 5. If the dispatcher withdrew deliveries, evaluate everything again in the next turn.
    private func turn() throws(LedgerFailure) -> Instant {
        let now = clock.now()
        if let steadyClock {
            let step = watch.observe(wall: now, steady: steadyClock.now(), isBelieved: complained == nil)
            if step != .zero {
                planner.clockStepped(now: now)
                dispatcher.clockStepped(by: step)
            }
        }
        if let complaint = try watch.isRunaway ? .setAhead : clockComplaint(now) {
            if complaint != complained { journal.write(.clockHeld(complaint)) }
            complained = complaint
            try dispatcher.stepInDoubt(now: believedNow)
            return now + MainLoop.complaintRest
        }
        if complained != nil {
            journal.write(.clockReleased)
            complained = nil
            planner.clockStepped(now: now)
        }
        if !hasRecovered {
            try dispatcher.recover(now: now)
            hasRecovered = true
        }
        let plannerWake = try planned()
        let dispatcherWake = try dispatcher.step(now: clock.now(), isFull: plannerWake == nil)
        if dispatcher.takeHasWithdrawn() {
            planner.evaluateAgain(now: clock.now())
            return clock.now()
        }
        return min(plannerWake ?? dispatcherWake, dispatcherWake)
    }

    /// The current time, ignoring a step ahead that is not trusted.
    private var believedNow: Instant { steadyClock.flatMap { watch.believed(steady: $0.now()) } ?? clock.now() }

    /// Runs the planner's step, up to the horizon. Returns when the next step is needed.
    ///
    /// Returns nil if the disk is full.
    private func planned() throws(LedgerFailure) -> Instant? {
        let now = clock.now()
        do {
            guard let horizon else { return try planner.step(now: now) }
            let last = Instant(milliseconds: horizon.milliseconds - 1)
            let wake = try planner.step(now: min(now, last))
            return now < horizon ? min(wake, horizon) : .distantFuture
        } catch .full {
            return nil
        }
    }
}

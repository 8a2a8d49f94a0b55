import Dates

/// Lets the loop sleep until an instant, or until another thread has work for it.
public protocol Waiter: AnyObject {
    /// Sleeps until `wake`, a clock step or a `rouse()`; may return early. `idle` means that
    /// nothing is due or under way, so a rehearsal clock may run fast.
    func wait(until wake: Instant, idle: Bool) -> WakeReason
}

public enum WakeReason: Hashable, Sendable {
    case due
    case roused
    /// The wall clock was set during the wait.
    case clockStepped
}

/// Runs planner and dispatcher in turn, one bounded step each, then sleeps.
///
/// The loop's thread owns the ledger. There is one thread because the ledger has one connection,
/// and two threads would only wait for each other's commits.
public final class MainLoop {
    private let planner: Planner
    private let dispatcher: Dispatcher
    private let clock: any WallClock
    private let waiter: any Waiter
    /// The end of a rehearsal. Reminders that fall due at or after it are not evaluated.
    private let horizon: Instant?
    /// Returns the reason not to believe the clock; nil if it is believed.
    ///
    /// Called every turn. While it returns a complaint, nothing is evaluated or sent.
    private let clockComplaint: (Instant) throws(LedgerFailure) -> ClockComplaint?
    /// A clock that nobody sets; nil for a rehearsal, whose clock runs at its own speed.
    private let steadyClock: (any WallClock)?
    private var watch = ClockWatch()
    /// Whether deliveries that a crash left in flight have been recorded, by a clock that is
    /// believed.
    private var hasRecovered = false
    private let journal: any Journal
    /// nil if everything is kept.
    private let retention: Retention?
    /// The complaint about the clock; nil while it is believed.
    public private(set) var complained: ClockComplaint?

    /// How soon a clock that is not believed is checked again. A clock step wakes the loop sooner.
    static let complaintRest = TimeSpan.minutes(1)
    /// Retention runs only if the loop may sleep for longer than this. It is enough for a step of
    /// retention on a slow disk, so that no due reminder waits for it.
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
    /// `mayContinue` is called once a turn with the next wake. Reloads and shutdown happen in it,
    /// between two steps and never within one.
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

    /// Deletes some old deliveries if this thread is not needed soon. Returns true while there are
    /// more.
    private func prunes(until wake: Instant) throws(LedgerFailure) -> Bool {
        let now = clock.now()
        // By the time of a clock that is not believed, everything might be old.
        guard let retention, complained == nil, wake - now > MainLoop.leastRest else { return false }
        return try retention.step(now: now)
    }

    /// Records the outcomes of attempts under way and starts no more, until none is left.
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

    /// Runs one turn and returns when the next one is needed.
    ///
    /// 1. Check whether the clock was set, or is not believed.
    /// 2. In the first turn, record what a crash left in flight.
    /// 3. Run the planner's step, which fires what is due.
    /// 4. Run the dispatcher's step, which sends what can be sent.
    /// 5. If that withdrew deliveries, evaluate their recipients again in the next turn.
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

    /// The time that the clock would show if it had not been set ahead.
    private var believedNow: Instant { steadyClock.flatMap { watch.believed(steady: $0.now()) } ?? clock.now() }

    /// Runs the planner's step, up to the horizon. Returns nil if the disk is full.
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

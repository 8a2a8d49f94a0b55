/// What lets the loop sleep: until an instant, or until someone has something for it.
public protocol Waiter: AnyObject {
    /// Sleeps until `wake`, a clock step, a `rouse()`, or earlier for no reason. `idle`: nothing is due or under way, so a
    /// rehearsal clock may run fast.
    func wait(until wake: Instant, idle: Bool) -> WakeReason
}

public enum WakeReason: Hashable, Sendable {
    case due
    case roused
    /// The wall clock was set while we slept.
    case clockStepped
}

/// The thread that owns the ledger: planner and dispatcher in turn, one bounded step each, then sleep.
///
/// One thread, because the ledger has one connection: two would only wait for one another at its commits.
public final class DutyLoop {
    private let planner: Planner
    private let dispatcher: Dispatcher
    private let clock: any WallClock
    private let waiter: any Waiter
    /// Nothing that falls due at or after it is looked at: the end of a rehearsal.
    private let horizon: Instant?
    /// What is wrong with the clock, asked every turn; while there is an answer nothing is evaluated and nothing sent.
    private let clockComplaint: (Instant) throws(LedgerFailure) -> ClockComplaint?
    /// One that nobody sets; nil for a rehearsal, whose clock runs as it likes.
    private let steadyClock: (any WallClock)?
    private var watch = ClockWatch()
    /// What a crash left in flight has been judged, by a clock that is believed.
    private var hasRecovered = false
    private let journal: any Journal
    /// nil: everything is kept.
    private let retention: Retention?
    /// What is wrong with the clock; nil while it is believed.
    public private(set) var complained: ClockComplaint?

    /// How soon a clock that cannot be believed is looked at again; a step of it wakes us sooner.
    static let complaintRest = Span.minutes(1)
    /// Long enough for a step of the retention on a slow disk, so that no due waits for it.
    static let leastRest = Span.seconds(2)

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

    /// Runs until `mayContinue` says no. `mayContinue` is asked once a turn with the next wake; it is where reloads and
    /// shutdown enter, between two steps and never within one.
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

    /// Forgets some of what is old, where nothing waits for this thread soon. True while there is more of it.
    private func prunes(until wake: Instant) throws(LedgerFailure) -> Bool {
        let now = clock.now()
        // By a clock that is not believed everything might be old.
        guard let retention, complained == nil, wake - now > DutyLoop.leastRest else { return false }
        return try retention.step(now: now)
    }

    /// Takes the results of attempts under way and starts no more, until none is left.
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

    /// A person says that the clock is right.
    public func trustClock() { watch.trust() }

    /// 1. A clock that was set, or cannot be believed.
    /// 2. At first: what a crash left in flight.
    /// 3. The planner's step: what is due.
    /// 4. The dispatcher's step: what can be sent.
    /// 5. Where that withdrew something, its recipients are looked at again at the next turn.
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
            return now + DutyLoop.complaintRest
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

    /// What the clock would say if it had not been set ahead.
    private var believedNow: Instant { steadyClock.flatMap { watch.believed(steady: $0.now()) } ?? clock.now() }

    /// The planner's step, up to the horizon; nil where the disk is full.
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

import Dates
import Glibc
import Ledgers
import Randomness
import Scheduler

/// One simulated run, which is determined by one seed.
///
/// In a run, an office edits its plans, servers fail, a daemon crashes, and an oracle checks the
/// deliveries.
final class SeedRun {
    /// The settings of every run.
    struct Settings: Sendable {
        /// The length of a run in days.
        var days = 730
        var mutation: Mutation?
        var traces = false
        /// The folder for the ledger files, on a memory file system for speed.
        var folder = "/dev/shm"
        var zones: [Zone] = []
    }

    let seed: UInt64
    let settings: Settings
    var dice: RandomSource
    let clock: SimulatedClock
    let timeline = Timeline()
    let oracle: Oracle
    var office: Office
    var channels: [SimulatedChannel] = []
    let rates: [String: Rate]
    let mutantMemory = MutantLedger.Memory()
    let journal = SilentJournal()
    let bell = SimulatedBell()
    let longestRest: TimeSpan
    let end: Instant
    /// When the simulated program was built. A clock that shows an earlier time is wrong.
    let built: Instant
    /// The maximum number of deliveries that one transaction writes.
    ///
    /// For most seeds it is small, so that one firing takes several transactions. For other seeds
    /// it is the daemon's number.
    let deliveriesPerTransaction: Int
    /// Whether faults are injected; false during quiet times.
    var isChaotic = false
    /// When the next quiet time begins.
    var calm = Instant.distantPast
    /// The probability that the process dies at a call that writes.
    let risk: Double
    var isDiskFull = false

    // State of the running process.
    var ledger: ObservedLedger?
    private var loop: MainLoop?
    var stopRequested = false
    var reloadRequested = false
    var isRoused = false
    private var wasRoused = false
    private var isStopping = false
    var clockStepped = false
    var isQuietOver = false
    var attemptsSeen = 0
    private var turnsAtOneTime = 0
    private var lastTurn = Instant.distantPast

    // The ledger's generation, its high-water mark, and a copy that may be restored.
    var generation = 0
    var mark: HighWaterMark?
    var markedAt = Instant.distantPast
    var copy: LedgerImage?
    var putsBack: PuttingBack?
    /// The operator's decision about a hold: true to send held deliveries, false to drop them.
    ///
    /// nil if there is no decision to carry out.
    var answer: Bool?

    init(seed: UInt64, settings: Settings) {
        self.seed = seed
        self.settings = settings
        var dice = RandomSource(seed: seed)
        let firstDay = Day(dice.number(2024...2050), dice.number(1...12), dice.number(1...28))!
        let start = Zone.utc.startOfDay(firstDay) + .seconds(Int64(dice.number(0...86_399)))
        clock = SimulatedClock(start)
        end = start + .days(Int64(settings.days))
        built = start - .days(30)
        office = Office(&dice, zones: settings.zones, near: firstDay)
        oracle = Oracle(clock: clock, office: office, traces: settings.traces)
        longestRest = dice.one(of: [.hours(1), .hours(6), .hours(6), .hours(12), .hours(12), .hours(12), .hours(24), .hours(24)])
        risk = dice.one(of: [0.002, 0.005, 0.01])
        deliveriesPerTransaction = dice.one(of: [3, 3, 3, 1, Planner.deliveriesPerTransaction])
        rates = dice.chance(0.3) ? ["mail": Rate(count: dice.number(1...60), per: .minutes(1))] : [:]
        self.dice = dice
        for (index, server) in Office.servers.enumerated() {
            channels.append(
                SimulatedChannel(
                    server, concurrency: self.dice.one(of: [1, 2, 5, 50]),
                    dice: RandomSource(seed: seed, stream: UInt64(index + 1)),
                    clock: clock, timeline: timeline, oracle: oracle, mutation: settings.mutation))
        }
        oracle.servers = channels
    }

    /// Simulates the whole run. Returns counts, violations and the trace.
    func run() -> (totals: Totals, violations: [String], notes: [String]) {
        LedgerImage.remove(path)
        putFaultsOnTimeline()
        oracle.asksClockHeld = { [unowned self] in clockComplaint != nil }
        while clock.truth < end, oracle.violations.isEmpty { liveOnce() }
        oracle.judge()
        LedgerImage.remove(path)
        oracle.totals.seeds = 1
        oracle.totals.days = Int((clock.truth - (end - .days(Int64(settings.days)))).milliseconds / 86_400_000)
        return (oracle.totals, oracle.violations, oracle.notes)
    }

    var path: String { "\(settings.folder)/remindd-simulator-\(getpid())-\(seed)-\(generation).sqlite" }

    // MARK: One process

    /// Simulates one process from its start to its end.
    private func liveOnce() {
        let file: SQLiteLedger
        putBackCopy()
        do throws(LedgerRefusal) {
            file = try SQLiteLedger.open(path: path, mode: .daemon, now: clock.now())
        } catch {
            return oracle.accuse(.disorder, "the ledger does not open: \(error)")
        }
        oracle.note("start")
        let ledger = ObservedLedger(
            MutantLedger(file, settings.mutation, memory: mutantMemory), oracle: oracle,
            dice: RandomSource(seed: dice.next(), stream: 9))
        self.ledger = ledger
        setRisks()
        oracle.takes(office, isEdited: reloadRequested, isStart: true)
        (stopRequested, reloadRequested, isRoused, clockStepped) = (false, false, false, false)
        bell.hasRung = false
        isStopping = false
        let (planner, dispatcher, loop) = wire(ledger)
        self.loop = loop
        do throws(LedgerFailure) {
            try holdIfRestored(ledger, file)
            try loop.run { now, _ in mayContinue(now, planner, dispatcher, file) }
            try stop(loop)
            writeMark(file)
        } catch {
            // A full disk during the recovery ends the process, and the next start tries again.
            if error != ObservedLedger.death, error != .full { oracle.accuse(.disorder, "the ledger fails: \(error)") }
            ledger.die()
        }
        (self.ledger, self.loop) = (nil, nil)
        if ledger.isDead { oracle.died() } else { oracle.totals.stops += 1 }
        for channel in channels { channel.hangUp() }
        abandon(file, killed: ledger.isDead)
        stayDown(crashed: ledger.isDead)
    }

    private func wire(_ ledger: ObservedLedger) -> (Planner, Dispatcher, MainLoop) {
        let accepted = accepted
        let trueTime = TrueTime(clock)
        let hasty = settings.mutation == .cancelledAtOnce
        let planner = Planner(
            ledger: ledger, journal: journal, accepted: accepted, now: clock.now(),
            steadyClock: hasty ? HastyClock() : trueTime, longestRest: longestRest,
            deliveriesPerTransaction: deliveriesPerTransaction)
        let dispatcher = Dispatcher(
            ledger: ledger, journal: journal, accepted: accepted, routes: routes,
            inbox: CompletionQueue { [bell] in bell.hasRung = true },
            realClock: trueTime, chance: RandomSource(seed: dice.next(), stream: 10))
        let believes = settings.mutation == .clockBelieved
        let loop = MainLoop(
            planner: planner, dispatcher: dispatcher, clock: clock, waiter: self, journal: journal,
            steadyClock: believes ? nil : trueTime
        ) { [built] now throws(LedgerFailure) in
            guard !believes else { return nil }
            return ClockBounds.complaint(now: now, lookedUntil: try ledger.lookedUntil(), built: built)
        }
        return (planner, dispatcher, loop)
    }

    /// The office's configuration as the program reads it, with the run's mutation applied.
    private var accepted: ActiveConfiguration { settings.mutation?.accepted(office.accepted, office) ?? office.accepted }

    private var routes: [Dispatcher.Route] {
        let forgets = settings.mutation == .formerlyIgnored
        return office.lines.compactMap { line in
            guard let channel = channels.first(where: { $0.server == line.server }) else { return nil }
            channel.name = line.name
            guard line.isConfigured else { return nil }
            return Dispatcher.Route(channel: channel, rate: rates[line.server], formerly: forgets ? [] : line.formerly)
        }
    }

    /// Handles reloads, an operator's decisions and stops between two turns of the main loop.
    ///
    /// Returns false if the loop must end.
    private func mayContinue(_ now: Instant, _ planner: Planner, _ dispatcher: Dispatcher, _ file: SQLiteLedger) -> Bool {
        if clock.truth >= end || !oracle.violations.isEmpty || ledger?.isDead != false { return false }
        if clock.truth - markedAt >= .hours(1) { writeMark(file) }
        if isQuietOver {
            isQuietOver = false
            oracle.quiet()
            inspect(file)
        }
        if stopRequested { return false }
        if reloadRequested {
            reloadRequested = false
            oracle.takes(office, isEdited: true, isStart: false)
            let accepted = accepted
            planner.accept(accepted, now: now)
            dispatcher.accept(accepted, routes: routes)
            isRoused = true
        }
        answerHold(planner, file)
        return true
    }

    private func inspect(_ file: SQLiteLedger) {
        guard let ledger else { return }
        do throws(LedgerFailure) {
            oracle.compare(try ledger.history(HistoryFilter(limit: 1_000_000)))
        } catch {
            oracle.accuse(.disorder, "the ledger cannot be read: \(error)")
        }
    }

    /// Shuts the process down with the same steps as the daemon.
    ///
    /// Drains the loop, stops the channels, and drains the loop again.
    private func stop(_ loop: MainLoop) throws(LedgerFailure) {
        oracle.note("stop")
        isStopping = true
        let began = clock.truth
        try loop.drain { [self] _ in clock.truth - began < .seconds(20) && ledger?.isDead == false }
        if ledger?.isDead == true { throw ObservedLedger.death }
        for channel in channels { channel.stop(grace: .zero) }
        try loop.drain { _ in false }
    }

    private func stayDown(crashed: Bool) {
        let length: TimeSpan
        switch isChaotic ? dice.number(0...199) : 0 {
        case 0...150: length = dice.span(TimeSpan(milliseconds: 100), .minutes(1))
        case 151...180: length = dice.span(.minutes(1), .hours(1))
        case 181...196: length = dice.span(.hours(1), .hours(12))
        case 197, 198: length = dice.span(.days(1), .days(3))
        default: length = dice.span(.days(20), .days(40))
        }
        oracle.note("down for \(length.milliseconds / 1_000) s after \(crashed ? "a crash" : "a stop")")
        // The process starts again when the quiet time begins, or earlier.
        let until = isChaotic ? min(clock.truth + length, max(calm, clock.truth)) : clock.truth + length
        while let next = timeline.nextAt, next <= until {
            clock.run(to: max(next, clock.truth))
            timeline.take(through: until)?()
        }
        clock.run(to: until)
    }

    /// Confirms the clock, as an operator does.
    func trustClock() { loop?.trustClock() }

    var clockComplaint: ClockComplaint? { loop?.complained }
}

extension SeedRun: Waiter {
    /// Whether an event wakes the sleeping main loop.
    ///
    /// While the process is stopping, only an outcome or the death of the process wakes the loop.
    private var isAwoken: Bool {
        if bell.hasRung || ledger?.isDead != false { return true }
        return !isStopping && (stopRequested || reloadRequested || isQuietOver || clockStepped || answer != nil)
    }

    func wait(until wake: Instant, idle: Bool) -> WakeReason {
        if isRoused {
            (isRoused, wasRoused) = (false, true)
            return .roused
        }
        // `wasRoused` is true only in the wait after the loop was woken early. In this wait, the
        // loop may collect outcomes for some milliseconds, so the oracle must not treat it as
        // sleep.
        defer { wasRoused = false }
        if lastTurn == clock.truth {
            turnsAtOneTime += 1
            if turnsAtOneTime > 5_000 {
                let waiting = oracle.book.open.compactMap { oracle.book.deliveries[$0] }.map {
                    "\(oracle.words($0)) \($0.state.rawValue) \($0.crashes) crashes"
                }
                oracle.accuse(.stuck, "the loops spin: 5 000 turns at one instant; \(waiting)")
                ledger?.die()
            }
        } else {
            (lastTurn, turnsAtOneTime) = (clock.truth, 0)
        }
        seeActivity()
        if wake <= clock.now() { return .due }
        if ledger?.isDead == false, ledger?.isWaitingForSpace == false, !isStopping, !wasRoused,
            clockComplaint == nil
        {
            oracle.parked(longestRest: longestRest)
        }
        ledger?.isWaitingForSpace = false
        let target = min(clock.truth(whenShowing: wake), end)
        while !isAwoken, let next = timeline.nextAt, next <= target {
            clock.run(to: max(next, clock.truth))
            timeline.take(through: next)?()
        }
        if !isAwoken { clock.run(to: max(target, clock.truth)) }
        bell.hasRung = false
        guard clockStepped else { return .due }
        clockStepped = false
        oracle.looksAfresh()
        return .clockStepped
    }
}

/// Wakes the main loop. `hasRung` is true when an outcome has arrived.
// @unchecked: a run and everything in it stays on one thread.
final class SimulatedBell: @unchecked Sendable {
    var hasRung = false
}

/// A journal that discards its entries.
final class SilentJournal: Journal {
    func write(_ entry: Entry) {}
}

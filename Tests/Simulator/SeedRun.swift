import Glibc
import Ledgers
import Scheduler

/// One run from one seed: an office whose plans are edited, destinations that fail, a daemon that dies, and the oracle.
final class SeedRun {
    /// What is asked of every run.
    struct Settings: Sendable {
        /// How long a run lives.
        var days = 730
        var mutation: Mutation?
        var traces = false
        /// Where the ledgers are: memory, for speed.
        var folder = "/dev/shm"
        var zones: [Zone] = []
    }

    let seed: UInt64
    let settings: Settings
    var dice: Dice
    let clock: SimulatedClock
    let timeline = Timeline()
    let oracle: Oracle
    var office: Office
    var channels: [SimulatedChannel] = []
    let rates: [String: Rate]
    let mutantMemory = MutantLedger.Memory()
    let journal = SilentJournal()
    let bell = SimulatedBell()
    let longestRest: Span
    let end: Instant
    /// Faults are made; false in the quiet times between.
    var isChaotic = false
    /// When the next quiet time begins.
    var calm = Instant.distantPast
    /// How likely a durable step is the last one of its process.
    let risk: Double
    var isDiskFull = false

    // The process that runs now.
    var ledger: ObservedLedger?
    var stopRequested = false
    var reloadRequested = false
    var isRoused = false
    private var isStopping = false
    var clockStepped = false
    var isQuietOver = false
    var attemptsSeen = 0
    private var generation = 0
    private var turnsAtOneTime = 0
    private var lastTurn = Instant.distantPast

    init(seed: UInt64, settings: Settings) {
        self.seed = seed
        self.settings = settings
        var dice = Dice(seed: seed)
        let firstDay = Day(dice.number(2024...2050), dice.number(1...12), dice.number(1...28))!
        let start = Zone.utc.startOfDay(firstDay) + .seconds(Int64(dice.number(0...86_399)))
        clock = SimulatedClock(start)
        end = start + .days(Int64(settings.days))
        office = Office(&dice, zones: settings.zones, near: firstDay)
        let days = (firstDay - 500)...(firstDay + settings.days + 500)
        oracle = Oracle(clock: clock, office: office, span: days, traces: settings.traces)
        longestRest = dice.one(of: [.hours(1), .hours(6), .hours(6), .hours(12), .hours(12), .hours(12), .hours(24), .hours(24)])
        risk = dice.one(of: [0.002, 0.005, 0.01])
        rates = dice.chance(0.3) ? ["mail": Rate(count: dice.number(1...60), per: .minutes(1))] : [:]
        self.dice = dice
        let kinds: [String: ChannelKind] = [
            "hub": .webhook, "mail": .email(onUnknown: .resend), "relay": .email(onUnknown: .hold),
        ]
        for (index, name) in Office.channelNames.enumerated() {
            channels.append(
                SimulatedChannel(
                    name, kinds[name]!, concurrency: self.dice.one(of: [1, 2, 5, 50]),
                    dice: Dice(seed: seed, stream: UInt64(index + 1)), clock: clock, timeline: timeline, oracle: oracle,
                    mutation: settings.mutation))
        }
        oracle.servers = Dictionary(uniqueKeysWithValues: channels.map { ($0.name, $0) })
    }

    /// Goes through the whole of it.
    func run() -> (totals: Totals, violations: [String], notes: [String]) {
        unlink(path)
        putFaultsOnTimeline()
        while clock.truth < end, oracle.violations.isEmpty { liveOnce() }
        oracle.judge()
        for file in [path, path + "-wal", path + "-shm"] { unlink(file) }
        oracle.totals.seeds = 1
        oracle.totals.days = Int((clock.truth - (end - .days(Int64(settings.days)))).milliseconds / 86_400_000)
        return (oracle.totals, oracle.violations, oracle.notes)
    }

    private var path: String { "\(settings.folder)/remindd-simulator-\(getpid())-\(seed)-\(generation).sqlite" }

    // MARK: One process

    /// From a start to its end, as `Start` does it.
    private func liveOnce() {
        let file: SQLiteLedger
        do throws(LedgerRefusal) {
            file = try SQLiteLedger.open(path: path, mode: .daemon, now: clock.now())
        } catch {
            return oracle.accuse(.disorder, "the ledger does not open: \(error)")
        }
        oracle.note("start")
        let ledger = ObservedLedger(
            MutantLedger(file, settings.mutation, memory: mutantMemory), oracle: oracle,
            dice: Dice(seed: dice.next(), stream: 9))
        self.ledger = ledger
        setRisks()
        let accepted = office.accepted
        oracle.takes(office, channels: configured, isEdited: reloadRequested)
        (stopRequested, reloadRequested, isRoused, clockStepped) = (false, false, false, false)
        bell.hasRung = false
        isStopping = false
        let planner = Planner(
            ledger: ledger, journal: journal, accepted: accepted, now: clock.now(), longestRest: longestRest)
        let dispatcher = Dispatcher(
            ledger: ledger, journal: journal, accepted: accepted, routes: routes, inbox: Inbox { [bell] in bell.hasRung = true },
            realClock: clock,
            chance: Dice(seed: dice.next(), stream: 10))
        let loop = DutyLoop(
            planner: planner, dispatcher: dispatcher, clock: clock, waiter: self, journal: journal
        ) { now throws(LedgerFailure) in
            ClockBounds.complaint(now: now, lookedUntil: try ledger.lookedUntil(), built: .distantPast)
        }
        do throws(LedgerFailure) {
            try loop.run { now, _ in mayContinue(now, planner, dispatcher, file) }
            try stop(loop)
        } catch {
            // A full disk during the recovery ends the process, and the next start tries again.
            if error != ObservedLedger.death, error != .full { oracle.accuse(.disorder, "the ledger fails: \(error)") }
            ledger.die()
        }
        self.ledger = nil
        if ledger.isDead { oracle.died() } else { oracle.totals.stops += 1 }
        for channel in channels { channel.hangUp() }
        abandon(file, killed: ledger.isDead)
        stayDown(crashed: ledger.isDead)
    }

    private var configured: [String: ChannelKind] {
        Dictionary(uniqueKeysWithValues: channels.filter { office.channels.contains($0.name) }.map { ($0.name, $0.kind) })
    }

    private var routes: [Dispatcher.Route] {
        channels.filter { office.channels.contains($0.name) }.map { Dispatcher.Route(channel: $0, rate: rates[$0.name]) }
    }

    /// Where reloads and stops enter, between two turns.
    private func mayContinue(_ now: Instant, _ planner: Planner, _ dispatcher: Dispatcher, _ file: SQLiteLedger) -> Bool {
        if clock.truth >= end || !oracle.violations.isEmpty { return false }
        if isQuietOver {
            isQuietOver = false
            oracle.quiet()
            inspect(file)
        }
        if stopRequested { return false }
        if reloadRequested {
            reloadRequested = false
            let accepted = office.accepted
            oracle.takes(office, channels: configured, isEdited: true)
            planner.accept(accepted, now: now)
            dispatcher.accept(accepted, routes: routes)
            isRoused = true
        }
        return true
    }

    private func inspect(_ file: SQLiteLedger) {
        do throws(LedgerFailure) {
            oracle.compare(try file.history(HistoryFilter(limit: 1_000_000)))
        } catch {
            oracle.accuse(.disorder, "the ledger cannot be read: \(error)")
        }
    }

    /// As the daemon stops in good order.
    private func stop(_ loop: DutyLoop) throws(LedgerFailure) {
        oracle.note("stop")
        isStopping = true
        let began = clock.truth
        try loop.drain { _ in clock.truth - began < .seconds(20) }
        for channel in channels { channel.stop(grace: .zero) }
        try loop.drain { _ in false }
    }

    /// A kill leaves the log beside the file: now and then that is what the next start finds.
    private func abandon(_ file: SQLiteLedger, killed: Bool) {
        let left = path
        if killed, dice.chance(0.3) {
            generation += 1
            copy(left, path)
            copy(left + "-wal", path + "-wal")
            file.close()
            for name in [left, left + "-wal", left + "-shm"] { unlink(name) }
        } else {
            file.close()
        }
    }

    private func stayDown(crashed: Bool) {
        let length: Span
        switch isChaotic ? dice.number(0...199) : 0 {
        case 0...150: length = dice.span(Span(milliseconds: 100), .minutes(1))
        case 151...180: length = dice.span(.minutes(1), .hours(1))
        case 181...196: length = dice.span(.hours(1), .hours(12))
        case 197, 198: length = dice.span(.days(1), .days(3))
        default: length = dice.span(.days(20), .days(40))
        }
        oracle.note("down for \(length.milliseconds / 1_000) s after \(crashed ? "a crash" : "a stop")")
        // In a quiet time it is up.
        let until = isChaotic ? min(clock.truth + length, max(calm, clock.truth)) : clock.truth + length
        while let next = timeline.nextAt, next <= until {
            clock.run(to: max(next, clock.truth))
            timeline.take(through: until)?()
        }
        clock.run(to: until)
    }
}

extension SeedRun: Waiter {
    /// Something happened for which the loops do not sleep on. A stop under way waits for outcomes only.
    private var isAwoken: Bool {
        if bell.hasRung || ledger?.isDead != false { return true }
        return !isStopping && (stopRequested || reloadRequested || isQuietOver || clockStepped)
    }

    func wait(until wake: Instant, idle: Bool) -> WakeReason {
        if isRoused {
            isRoused = false
            return .roused
        }
        if lastTurn == clock.truth {
            turnsAtOneTime += 1
            if turnsAtOneTime > 5_000 {
                let waiting = oracle.open.values.map { "\($0.words) \($0.state.rawValue) \($0.crashes) crashes" }
                oracle.accuse(.stuck, "it spins: 5 000 turns at one instant; \(waiting)")
                ledger?.die()
            }
        } else {
            (lastTurn, turnsAtOneTime) = (clock.truth, 0)
        }
        seeActivity()
        if wake <= clock.now() { return .due }
        if ledger?.isDead == false, ledger?.isWaitingForSpace == false { oracle.parked(longestRest: longestRest) }
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

/// What wakes the loops: an outcome has arrived.
// @unchecked: a run and everything in it stays on one thread.
final class SimulatedBell: @unchecked Sendable {
    var hasRung = false
}

/// Copies a file as it stands at this moment.
private func copy(_ from: String, _ to: String) {
    let source = open(from, O_RDONLY | O_CLOEXEC)
    guard source >= 0 else { return }
    let target = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = read(source, &buffer, buffer.count)
        guard count > 0 else { break }
        precondition(write(target, buffer, count) == count, "no space for a copy of the ledger")
    }
    close(source)
    close(target)
}

/// What the loops say is heard from the layers around them.
final class SilentJournal: Journal {
    func write(_ entry: Entry) {}
}

import CLinux
import Config
import Foundation
import Ledgers
import Logging
import Notifiers
import Scheduler
import Synchronization

/// What the waiter's tick does beside feeding the watchdog: known only when everything else is.
private final class Ticked {
    var body: (() -> Void)?
}

/// Everything that a running daemon consists of, wired together; `work` is the loop's thread from beginning to end.
///
/// Made on one thread, then handed whole to the loop's thread, which alone touches it from there on; `control` is the
/// one part that others use, and it locks.
// @unchecked: ledger, planner and dispatcher belong to the loop's thread, see above.
final class Start: @unchecked Sendable {
    let control: LoopControl
    let options: DaemonOptions
    let logger: Logger
    let supervisor: Supervisor
    let ledger: SQLiteLedger
    private let clock: any WallClock
    private let waiter: any Waiter
    private let inbox: Inbox
    /// The channels' breakers, asked by alerts and tests too.
    let gates: ChannelGates
    private let planner: Planner
    let metrics = Metrics()
    let journal: any Journal
    private let lines: ProcessJournal
    /// nil in a rehearsal.
    private let alerting: AlertingJournal?
    let dispatcher: Dispatcher
    private let loop: DutyLoop
    var channels: [any Announcing]
    /// nil in a rehearsal.
    let watch: Watch?
    /// Since the heap was last trimmed.
    private var hasReadFiles = true
    /// Channels that a reload replaced while they had attempts under way.
    private var retired: [any Channel] = []
    var loaded: Loaded
    let path: String
    var stamps = FileStamps([])
    /// Changed files are announced once.
    var announced: [String] = []
    let startedAt: Instant
    var reloadedAt: Instant?
    var reloadRefused = false
    /// Where the control socket belongs; nil in a rehearsal.
    let socketPath: String?
    /// When the witness was last written, by the monotonic clock; nil: not yet.
    private var witnessedAt_ms: Int64?
    /// When the status line was last worked out, and what was said.
    private var statusSaidAt_ms: Int64?
    private var statusSaid = ""
    /// When files were last looked at; set by what stands in `Start+Control.swift`.
    var filesSeenAt_ms: Int64?
    private var saidLongLog = false
    /// Twice what the log holds when it is emptied.
    private static let longLog = 16 << 20
    /// A backup under way, and who waits for it.
    var copying: (copy: LedgerCopy, reply: @Sendable (Answer) -> Void)?

    init(_ options: DaemonOptions, _ beginning: Beginning, control: LoopControl, logger: Logger) throws {
        var beginning = beginning
        self.options = options
        self.control = control
        self.logger = logger
        supervisor = Supervisor()
        startedAt = SystemClock().now()
        socketPath = options.rehearsal == nil ? ControlSocket.path(beginning.loaded.configuration.socket) : nil
        let bell = control.bell
        let ticked = Ticked()
        gates = ChannelGates { bell.ring() }
        let watch = options.rehearsal == nil ? Watch(logger: logger, gates: gates) { bell.ring() } : nil
        self.watch = watch
        let opened = try Start.openLedger(options, beginning.loaded, watch?.desk, logger)
        ledger = opened.ledger
        try beginning.weigh(opened.ledger, now: SystemClock().now(), logger)
        let loaded = beginning.loaded
        self.loaded = loaded
        if let rehearsal = options.rehearsal {
            // A used ledger resumes where it stopped; a new one was made at the rehearsal's start.
            let clock = RehearsalClock(start: opened.lookedUntil, speed: rehearsal.speed, bell: control.bell)
            self.clock = clock
            waiter = clock
        } else {
            let supervisor = supervisor
            clock = SystemClock()
            waiter = TimerWaiter(bell: control.bell, tickEvery: supervisor.watchdogEvery) {
                supervisor.feedWatchdog()
                watch?.beat()
                ticked.body?()
            }
        }
        let plainJournal = ProcessJournal(logger: logger)
        lines = plainJournal
        alerting = watch.map { AlertingJournal(plainJournal, desk: $0.desk) }
        journal = CountingJournal(alerting ?? plainJournal, metrics: metrics, clock: clock)
        inbox = Inbox { bell.ring() }
        channels = try Start.channels(loaded)
        // The hour between looks is one of real time: on a fast clock it would be thousands of commits that change nothing.
        planner = Planner(
            ledger: ledger, journal: journal, accepted: loaded.accepted, now: clock.now(), steadyClock: SteadyClock(),
            longestRest: options.rehearsal == nil ? .hours(1) : .days(7))
        dispatcher = Dispatcher(
            ledger: ledger, journal: journal, accepted: loaded.accepted, routes: Start.routes(channels, loaded.configuration),
            inbox: inbox, gates: gates, realClock: SteadyClock())
        loop = DutyLoop(
            planner: planner, dispatcher: dispatcher, clock: clock, waiter: waiter, journal: journal,
            retention: options.rehearsal == nil ? Retention(ledger: opened.ledger, journal: journal) : nil,
            horizon: options.rehearsal?.until, steadyClock: options.rehearsal == nil ? SteadyClock() : nil,
            clockComplaint: Start.clockComplaint(options, opened.ledger))
        path = opened.path
        if opened.startsOver { try Start.startOver(planner, now: clock.now()) }
        try takeWatch()
        if beginning.complaints.isEmpty {
            keepCopy(of: beginning.files)
        } else {
            watch?.desk.note(.acceptedCopyRuns(problems: beginning.complaints))
        }
        watch?.desk.start()
        ticked.body = { [unowned self] in
            noticeChangedFiles()
            sayStatus()
        }
        logger.notice(
            "remindd \(Remindd.version): \(counted(loaded.accepted.plans.plans.count, "plan")) with \(counted(loaded.accepted.plans.campaignCount, "campaign")), \(counted(loaded.accepted.directory.recipients.count, "recipient")), ledger \(opened.path)",
            metadata: MessageKind.started.fields)
    }

    // MARK: parts

    private struct OpenedLedger {
        let ledger: SQLiteLedger
        let path: String
        let lookedUntil: Instant
        let startsOver: Bool
    }

    private static func openLedger(
        _ options: DaemonOptions, _ loaded: Loaded, _ desk: AlertDesk?, _ logger: Logger
    ) throws -> OpenedLedger {
        let path =
            if let rehearsal = options.rehearsal {
                rehearsal.ledger ?? Rehearsals.temporaryLedger()
            } else {
                LedgerAccess.path(loaded.configuration)
            }
        let start = options.rehearsal?.start ?? SystemClock().now()
        do {
            let witness = options.rehearsal == nil ? LedgerWitness.read(ofLedger: path) : nil
            if options.rehearsal == nil { try refuseToBegin(path, options, now: start) }
            if options.newLedger, options.rehearsal == nil {
                try LedgerFiles.setAside(path, now: start)
            } else if witness != nil, !FileManager.default.fileExists(atPath: path) {
                throw DaemonFailure(status: 78, message: LedgerAccess.missing(path))
            }
            let ledger = try SQLiteLedger.open(path: path, mode: options.rehearsal == nil ? .daemon : .rehearsal, now: start)
            if options.rehearsal == nil { ledger.witnessed = path }
            let lookedUntil = try lookedUntil(ledger)
            let mark = witness.map { $0.isOfRestore ? LedgerWitness.restored(lookedUntil: max(start, $0.lookedUntil)) : $0 }
            try holdIfRestored(ledger, mark, newLedger: options.newLedger, lookedUntil: lookedUntil, desk, logger)
            // A rehearsal that has not looked past its start has not begun: what was due before counts as told.
            let startsOver = options.rehearsal == nil ? options.newLedger : lookedUntil == start
            return OpenedLedger(ledger: ledger, path: path, lookedUntil: lookedUntil, startsOver: startsOver)
        } catch let refusal as LedgerRefusal {
            throw DaemonFailure(status: refusal.exitStatus, message: LedgerFiles.words(refusal, path))
        }
    }

    /// A ledger begun in 1970 would take the right time for a standstill of years, and hold until somebody came: rather none yet.
    private static func refuseToBegin(_ path: String, _ options: DaemonOptions, now: Instant) throws(DaemonFailure) {
        guard options.newLedger || !FileManager.default.fileExists(atPath: path), now < Remindd.released else { return }
        throw DaemonFailure(
            status: 1, message: "the clock says \(Zone.utc.rfc3339(now)): no ledger is begun before it has been set")
    }

    /// A ledger behind its witness was restored from a copy: what happened since is not in it, and is not done again unasked.
    private static func holdIfRestored(
        _ ledger: SQLiteLedger, _ witness: LedgerWitness?, newLedger: Bool, lookedUntil: Instant, _ desk: AlertDesk?,
        _ logger: Logger
    ) throws {
        // Opening counted the generation on; the witness was written by the opening before.
        let own = LedgerWitness(generation: ledger.generation - 1, lookedUntil: lookedUntil)
        do throws(LedgerFailure) {
            if !newLedger, let witness, witness.isAhead(of: own) { try ledger.hold(until: witness.lookedUntil) }
            guard let held = try ledger.held() else { return }
            let (from, until) = (Zone.utc.rfc3339(held.lowerBound), Zone.utc.rfc3339(held.upperBound))
            desk?.note(.ledgerHeld(from: held.lowerBound, until: held.upperBound))
            logger.critical(
                "HOLD: this ledger is a copy of \(from): what was due up to \(until) waits for: remindd release --send|--drop",
                metadata: MessageKind.ledgerHeld.fields)
        } catch {
            throw failure(error)
        }
    }

    /// Rehearsals have no holds.
    private static func clockComplaint(
        _ options: DaemonOptions, _ ledger: SQLiteLedger
    ) -> (Instant) throws(LedgerFailure) -> ClockComplaint? {
        guard options.rehearsal == nil else { return { _ in nil } }
        return { (now: Instant) throws(LedgerFailure) in
            ClockBounds.complaint(now: now, lookedUntil: try ledger.lookedUntil(), built: Remindd.released)
        }
    }

    /// Hourly, and at the end: how far the ledger is, after it is.
    private func witness(now_ms: Int64 = SystemClock.monotonic(), always: Bool = false) {
        guard options.rehearsal == nil, always || now_ms - (witnessedAt_ms ?? .min / 2) >= 3_600_000 else { return }
        guard let lookedUntil = try? ledger.lookedUntil() else { return }
        LedgerWitness(generation: ledger.generation, lookedUntil: lookedUntil).write(ofLedger: path)
        if witnessedAt_ms != nil, !always { takeNewZones() }
        witnessedAt_ms = now_ms
    }

    /// Hourly: rules of zones that the system has updated hold from the next look on; plans and people stay as accepted.
    private func takeNewZones() {
        let zones = SystemZones()
        var changed: Set<String> = []
        let plans = loaded.accepted.plans.plans.map { plan -> Plan in
            guard case .success(let fresh) = zones.zone(plan.zone.name), fresh != plan.zone else { return plan }
            changed.insert(plan.zone.name)
            return plan.with(zone: fresh)
        }
        guard !changed.isEmpty else { return }
        let old = loaded.accepted
        let accepted = Accepted(
            plans: PlanSet(plans: plans, workingDays: old.plans.workingDays), directory: old.directory, catchUp: old.catchUp,
            contact: old.contact)
        loaded = loaded.with(accepted)
        planner.accept(accepted, now: clock.now())
        dispatcher.accept(accepted, routes: Start.routes(channels, loaded.configuration), isReload: false)
        control.bell.ring()
        logger.notice("new rules for \(changed.sorted().joined(separator: ", ")) taken from the system's time zones")
    }

    private static func startOver(_ planner: Planner, now: Instant) throws(DaemonFailure) {
        do throws(LedgerFailure) {
            try planner.startOver(now: now)
        } catch {
            throw failure(error)
        }
    }

    private static func lookedUntil(_ ledger: SQLiteLedger) throws -> Instant {
        do throws(LedgerFailure) {
            return try ledger.lookedUntil()
        } catch {
            throw failure(error)
        }
    }

    private static func channels(_ loaded: Loaded) throws(DaemonFailure) -> [any Announcing] {
        do throws(ChannelFactory.Failure) {
            return try ChannelFactory.channels(loaded)
        } catch {
            throw DaemonFailure(status: 78, message: error.description)
        }
    }

    private static func routes(_ channels: [any Channel], _ configuration: Configuration) -> [Dispatcher.Route] {
        channels.map { channel in
            let settings = configuration.channels.first { $0.name == channel.name }
            return Dispatcher.Route(
                channel: channel, rate: settings?.rate, fingerprint: settings.map(ChannelFactory.fingerprint) ?? "",
                formerly: settings?.formerly ?? [])
        }
    }

    private static func failure(_ failure: LedgerFailure) -> DaemonFailure {
        switch failure {
        case .full: DaemonFailure(status: 1, message: "the ledger's disk is full")
        case .broken(let what): DaemonFailure(status: 1, message: "the ledger is broken: \(what)")
        }
    }

    // MARK: the loop's thread

    func work() throws(DaemonFailure) {
        do throws(LedgerFailure) {
            supervisor.ready()
            try loop.run { now, wake in self.mayContinue(now, wake) }
            supervisor.stopping()
            control.endQuestions()
            try finish()
        } catch {
            watch?.desk.note(.stopped(why: "\(error)"))
            watch?.stop()
            // Nothing more is sent: what is under way is cut off, and counts as unknown at the next start.
            for channel in channels + retired { channel.stop(grace: .zero) }
            throw Start.failure(error)
        }
        witness(always: true)
        if let failure = ledger.close() { throw Start.failure(failure) }
        if let rehearsal = options.rehearsal, rehearsal.ledger == nil { Rehearsals.removeLedger(path) }
        logger.notice("remindd stopped", metadata: MessageKind.stopped.fields)
    }

    private func mayContinue(_ now: Instant, _ wake: Instant) -> Bool {
        giveBackMemory()
        lines.settle(resting: dispatcher.underWay == 0)
        witness()
        watch?.sayWeekly(loaded, now: now) { (since) throws(LedgerFailure) in try ledger.tally(since: since) }
        if control.isStopping { return false }
        if control.takeReload() { _ = reload(now: now, dryRun: false, confirmed: false) }
        if let (question, more) = control.takeQuestion() {
            answer(question, now: now)
            if more { control.bell.ring() }
        }
        stepCopy()
        noticeChangedFiles()
        sayStatus()
        noticeLongLog()
        stopRetired()
        guard let until = options.rehearsal?.until, now >= until, dispatcher.underWay == 0 else { return true }
        let waiting = try? ledger.counts()
        return (waiting?[.pending] ?? 0) + (waiting?[.inFlight] ?? 0) > 0
    }

    /// Channels that a reload took away end as soon as nothing is under way on them any more, alerts and tests included.
    private func stopRetired() {
        let unused = retired.filter(\.isIdle)
        guard !unused.isEmpty else { return }
        for channel in unused { channel.stop(grace: .zero) }
        retired.removeAll { channel in unused.contains { $0 === channel } }
    }

    /// The ledger works on while its log cannot be emptied, but the log eats the space that is left.
    private func noticeLongLog() {
        let isLong = ledger.logBytes > Start.longLog
        defer { saidLongLog = isLong }
        guard isLong, !saidLongLog else { return }
        logger.warning(
            "the ledger's log has grown to \(ledger.logBytes >> 20) MB: the disk has no space to move it into \(path)")
    }

    /// What reading the files took and is free again stays with the process otherwise: of half a million recipients' worth of
    /// text about as much as they take themselves; of code that only a start runs, half of all that is resident.
    private func giveBackMemory() {
        guard hasReadFiles else { return }
        hasReadFiles = false
        linux_trim_heap()
        linux_unmap_code()
    }

    /// Lets what is under way end, cuts off the rest, and writes down what became of both.
    private func finish() throws(LedgerFailure) {
        let began = SystemClock.monotonic()
        watch?.stop()
        try loop.drain { _ in SystemClock.monotonic() - began < Daemon.stopGrace.milliseconds }
        for channel in channels + retired { channel.stop(grace: .zero) }
        try loop.drain { _ in false }
        copying?.reply(.failure("remindd is stopping", status: 75))
        copying = nil
    }

    /// What systemctl status shows; said when it changes, and worked out not more often than every few seconds.
    private func sayStatus(now_ms: Int64 = SystemClock.monotonic()) {
        guard supervisor.isListening, now_ms - (statusSaidAt_ms ?? .min / 2) >= 5_000 else { return }
        statusSaidAt_ms = now_ms
        let line = statusLine(now: clock.now())
        guard line != statusSaid else { return }
        statusSaid = line
        supervisor.status(line)
    }

    func take(_ fresh: Loaded, _ renewed: [any Announcing], _ files: UserFiles, now: Instant) throws(ChannelFactory.Failure) {
        try watch?.accept(fresh, channels: renewed)
        watch?.noteEmptied(loaded.accepted.directory, fresh.accepted.directory)
        watch?.desk.clear(Alert.acceptedCopyRuns(problems: []).key)
        tickAsWatched()
        alerting?.configured(Set(renewed.map(\.name)), before: Set(channels.map(\.name)))
        retired += channels
        channels = renewed
        loaded = fresh
        keepCopy(of: files)
        (reloadedAt, reloadRefused) = (SystemClock().now(), false)
        planner.accept(fresh.accepted, now: now)
        dispatcher.accept(fresh.accepted, routes: Start.routes(channels, fresh.configuration))
        watch?.desk.tryAgain()
        // The loop sleeps until an instant of the old plans: it looks at the new ones first.
        hasReadFiles = true
        control.bell.ring()
    }

    /// What is wrong with the clock, as the loop sees it.
    var clockComplaint: ClockComplaint? { loop.complained }

    /// A person answered a hold: nothing that is remembered of the time holds.
    func released(now: Instant) {
        watch?.desk.clear(Alert.ledgerHeld(from: now, until: now).key)
        loop.trustClock()
        planner.released(now: now)
        dispatcher.released()
        control.bell.ring()
    }

    // MARK: what stands beside the loop

    private func takeWatch() throws(DaemonFailure) {
        do throws(ChannelFactory.Failure) {
            try watch?.accept(loaded, channels: channels)
            tickAsWatched()
        } catch {
            throw DaemonFailure(status: 78, message: error.description)
        }
    }

    /// The heartbeat may want the loop to come by more often than the watchdog does.
    private func tickAsWatched() {
        guard let waiter = waiter as? TimerWaiter else { return }
        waiter.tick(every: [supervisor.watchdogEvery, watch?.tickEvery].compactMap { $0 }.min())
    }

    /// So that what was accepted last can run where the files cannot be used at the next start.
    private func keepCopy(of files: UserFiles?) {
        guard watch != nil, let files else { return }
        stamps = FileStamps(files.taken.keys, folders: files.listed)
        announced = []
        if !AcceptedCopy.write(files.kept, campaigns: loaded.accepted.plans.campaignNames, ofLedger: path) {
            logger.warning("what was accepted could not be copied to \(AcceptedCopy.path(ofLedger: path))")
        }
    }
}

import CLinux
import Clocks
import Config
import Dates
import Ledgers
import Logging
import Monitoring
import Notifiers
import Reports
import Scheduler
import Transport

/// The running daemon, which makes its components and connects them.
///
/// It is made on one thread and then passed to the loop's thread. From then on, other threads use
/// only `control`, which has a lock.
// @unchecked, because only the loop's thread uses the ledger, the planner and the dispatcher.
final class DaemonRuntime: @unchecked Sendable {
    let control: LoopControl
    let options: DaemonOptions
    let logger: Logger
    let supervisor: SystemdNotifier
    let startedAt: Instant
    let opened: LedgerStartup
    let journals: DaemonJournals
    let engine: DeliveryEngine
    /// The monitor of the daemon; nil in a rehearsal.
    let watch: Monitor?
    let files: ChangedFiles
    let backup: BackupCopy
    var channels: ChannelSet
    var loaded: Loaded
    var lastReload = LastReload()
    private var chores = DaemonChores()

    struct LastReload {
        /// When the last accepted reload took effect; nil before the first accepted reload.
        var acceptedAt: Instant?
        var wasRefused = false
    }

    /// Makes the components in the order of their dependencies.
    ///
    /// 1. Gates and monitor
    /// 2. The ledger
    /// 3. Clocks and journals
    /// 4. The channels
    /// 5. Planner, dispatcher and loop
    /// 6. Monitoring, file copies and chores
    init(_ options: DaemonOptions, _ startup: StartupState, control: LoopControl, logger: Logger) throws {
        var startup = startup
        self.options = options
        self.control = control
        self.logger = logger
        let (waker, isRehearsal) = (control.bell, options.rehearsal != nil)
        let supervisor = SystemdNotifier()
        self.supervisor = supervisor
        startedAt = SystemClock().now()
        files = ChangedFiles(logger: logger)
        // 1. Gates and monitor
        let gates = ChannelGates { waker.ring() }
        let watch =
            isRehearsal
            ? nil
            : Monitor(
                transfers: ChannelFactory.transfers, userAgent: "remindd/\(Version.number)", logger: logger, gates: gates
            ) { waker.ring() }
        self.watch = watch
        // 2. The ledger
        opened = try LedgerStartup(options, startup.loaded, watch?.desk, logger)
        backup = BackupCopy(of: opened.ledger, at: opened.path) { waker.ring() }
        try startup.weigh(opened.ledger, now: SystemClock().now(), logger)
        loaded = startup.loaded
        // 3. Clocks and journals
        let ticks = DaemonChores.Ticks()
        let time = EngineTime(options, resumesAt: opened.lookedUntil, waker, tickEvery: supervisor.watchdogEvery) {
            supervisor.feedWatchdog()
            watch?.beat()
            ticks.chores?.run(now: SystemClock().now())
        }
        journals = DaemonJournals(logger: logger, desk: watch?.desk, clock: time.clock)
        // 4. The channels
        do throws(ChannelFactory.Failure) {
            channels = ChannelSet(try ChannelFactory.channels(loaded))
        } catch {
            throw DaemonFailure(status: 78, message: error.localizedText)
        }
        // 5. Planner, dispatcher and loop
        engine = DeliveryEngine(options, opened, loaded, channels, journals.journal, gates, time)
        if opened.startsOver {
            do throws(LedgerFailure) {
                try engine.planner.startOver(now: engine.clock.now())
            } catch {
                throw DaemonFailure(error)
            }
        }
        // 6. Monitoring, file copies and chores
        do throws(SettingRefusal) {
            try watch?.accept(loaded, channels: channels.current)
        } catch {
            throw DaemonFailure(status: 78, message: error.localizedText)
        }
        tickAsWatched()
        if let edited = startup.edited { engine.planner.started(after: edited, now: engine.clock.now()) }
        recordCalendarChanges(now: engine.clock.now())
        if startup.complaints.isEmpty {
            keepCopy(of: startup.files)
        } else {
            watch?.desk.note(.acceptedCopyRuns(problems: startup.complaints))
        }
        watch?.desk.start()
        chores = DaemonChores(of: self)
        ticks.chores = chores.besideLoop
        logger.notice(
            "remindd \(Version.number): \(loaded.counts), ledger \(opened.path)", metadata: MessageKind.started.fields)
    }

    /// The path of the control socket; nil in a rehearsal.
    var socketPath: String? {
        options.rehearsal == nil ? ControlSocket.path(loaded.configuration.socket) : nil
    }

    // MARK: the loop's thread

    /// Runs the loop until it ends, then closes the ledger.
    func work() throws(DaemonFailure) {
        do throws(LedgerFailure) {
            supervisor.ready()
            try engine.loop.run { now, _ in self.mayContinue(now) }
            supervisor.stopping()
            control.endQuestions()
            try finish()
        } catch {
            watch?.desk.note(.stopped(why: "\(error)"))
            watch?.stop()
            // Aborts the attempts under way. At the next start their outcomes count as unknown.
            channels.stopAll()
            throw DaemonFailure(error)
        }
        try? writeHighWaterMark()
        if let failure = opened.ledger.close() { throw DaemonFailure(failure) }
        if let rehearsal = options.rehearsal, rehearsal.ledger == nil { Rehearsals.removeLedger(opened.path) }
        logger.notice("remindd stopped", metadata: MessageKind.stopped.fields)
    }

    /// Does the work between two steps of the loop. Returns false to end the loop.
    private func mayContinue(_ now: Instant) -> Bool {
        chores.betweenSteps.run(now: now)
        if control.isStopping { return false }
        takeRequests(now: now)
        chores.besideLoop.run(now: now)
        return !isRehearsalOver(now: now)
    }

    private func takeRequests(now: Instant) {
        if control.takeReload() { _ = reload(now: now, dryRun: false, confirmed: false) }
        guard let (question, more) = control.takeQuestion() else { return }
        answer(question, now: now)
        if more { control.bell.ring() }
    }

    private func isRehearsalOver(now: Instant) -> Bool {
        guard let until = options.rehearsal?.until, now >= until, engine.dispatcher.underWay == 0 else { return false }
        let waiting = try? opened.ledger.counts()
        return (waiting?[.pending] ?? 0) + (waiting?[.inFlight] ?? 0) == 0
    }

    /// Waits for attempts under way, aborts those that take too long, and records all outcomes.
    private func finish() throws(LedgerFailure) {
        let began = SystemClock.monotonic()
        watch?.stop()
        try engine.loop.drain { _ in SystemClock.monotonic() - began < Daemon.stopGrace.milliseconds }
        channels.stopAll()
        try engine.loop.drain { _ in false }
        backup.stop()
    }

    // MARK: the configuration in use

    /// Puts a prepared reload into use.
    func take(_ prepared: ReloadTransaction.Prepared, now: Instant) throws(SettingRefusal) {
        let (fresh, renewed) = (prepared.loaded, prepared.channels)
        try watch?.accept(fresh, channels: renewed)
        watch?.noteEmptied(loaded.accepted.directory, fresh.accepted.directory)
        watch?.desk.clear(Alert.acceptedCopyRuns(problems: []).key)
        tickAsWatched()
        journals.alerting?.configured(Set(renewed.map(\.name)), before: Set(channels.names))
        channels.replace(with: renewed)
        loaded = fresh
        engine.accept(fresh, channels, now: now)
        recordCalendarChanges(now: now)
        keepCopy(of: prepared.files)
        lastReload = LastReload(acceptedAt: SystemClock().now())
        watch?.desk.tryAgain()
        chores.memory.isWasted = true
        // Wakes the loop, which may sleep until a due time of the old plans.
        control.bell.ring()
    }

    /// Records the changes of an edit for events in calendars, before the accepted copy is written.
    ///
    /// The next start would not find these changes, because it compares the files with the copy. If
    /// the ledger fails, the loop tries again.
    private func recordCalendarChanges(now: Instant) {
        do throws(LedgerFailure) {
            try engine.planner.recordCalendarChanges(now: now)
        } catch {
            logger.warning("the changes of events in calendars are not recorded yet: \(error)")
        }
    }

    /// Applies new time zone rules. The accepted plans and recipients do not change.
    func take(_ accepted: ActiveConfiguration, now: Instant) {
        loaded = loaded.with(accepted)
        engine.accept(loaded, channels, now: now, isReload: false)
        control.bell.ring()
    }

    /// Applies the end of a hold. Called after `remindd release`.
    func released(now: Instant) {
        watch?.desk.clear(Alert.ledgerHeld(from: now, until: now).key)
        engine.released(now: now)
        control.bell.ring()
    }

    /// Sets the tick interval to the shorter of the intervals of watchdog and heartbeat.
    private func tickAsWatched() {
        engine.tick(every: [supervisor.watchdogEvery, watch?.tickEvery].compactMap { $0 }.min())
    }

    /// Writes the accepted copy. The next start uses it if the files cannot be used.
    private func keepCopy(of accepted: UserFiles?) {
        guard watch != nil, let accepted else { return }
        files.accept(accepted)
        if !AcceptedCopy.write(accepted.kept, campaigns: loaded.accepted.plans.campaignNames, ofLedger: opened.path) {
            logger.warning("the accepted files could not be copied to \(AcceptedCopy.path(ofLedger: opened.path))")
        }
    }

    /// Writes the high-water mark. A later start compares it with the ledger to detect an old copy.
    func writeHighWaterMark() throws(LedgerFailure) {
        guard options.rehearsal == nil else { return }
        HighWaterMark(generation: opened.ledger.generation, lookedUntil: try opened.ledger.lookedUntil())
            .write(ofLedger: opened.path)
    }
}

extension DaemonRuntime {
    // MARK: reload

    /// Reads the files again. If a file has errors, the configuration in use stays as it is.
    func reload(now: Instant, dryRun: Bool, confirmed: Bool) -> Answer {
        if !dryRun { supervisor.reloading() }
        defer { if !dryRun { supervisor.ready() } }
        let reload = ReloadTransaction(options, from: loaded, opened.ledger, now: now, confirmed: confirmed)
        for problem in reload.problems where !dryRun {
            logger.log(level: problem.severity == .error ? .error : .warning, "\(problem)")
        }
        let prepared: ReloadTransaction.Prepared
        switch reload.result {
        case .success(let ready): prepared = ready
        case .failure(let refusal): return refuse(reload, refusal, dryRun: dryRun)
        }
        do throws(SettingRefusal) {
            if !dryRun { try take(prepared, now: now) }
        } catch {
            let why = error.localizedText
            return refuse(reload, ReloadTransaction.Refusal(why: why, problems: [why.description], status: 78), dryRun: dryRun)
        }
        let accepted = prepared.loaded.accepted
        if !dryRun {
            logger.notice("reloaded: \(prepared.loaded.counts)", metadata: MessageKind.reloaded.fields)
            for line in reload.changes?.lines ?? [] { logger.notice("reloaded: \(line)") }
        }
        return Answer(
            .reload(
                reload.report(
                    isDryRun: dryRun,
                    .accepted(
                        plans: accepted.plans.plans.count, campaigns: accepted.plans.campaignCount,
                        recipients: accepted.directory.recipients.count))))
    }

    private func refuse(_ reload: ReloadTransaction, _ refusal: ReloadTransaction.Refusal, dryRun: Bool) -> Answer {
        if !dryRun {
            logger.error(
                "reload refused, the old state stays: \(refusal.why)", metadata: MessageKind.reloadRefused.fields)
            watch?.desk.note(.reloadRefused(problems: refusal.problems))
            lastReload.wasRefused = true
        }
        return Answer(.reload(reload.report(isDryRun: dryRun, .refused(why: refusal.why))), status: refusal.status)
    }
}

extension Loaded {
    /// The counts for the log, such as `2 plans with 14 campaigns, 8 recipients`.
    fileprivate var counts: String {
        let plans = accepted.plans
        return "\(counted(plans.plans.count, "plan")) with \(counted(plans.campaignCount, "campaign")), "
            + "\(counted(accepted.directory.recipients.count, "recipient"))"
    }
}

import CLinux
import Config
import Dates
import Ledgers
import Monitoring
import Plans
import Scheduler

/// The periodic tasks that the loop's thread runs in addition to planning and sending.
struct DaemonChores {
    /// Chores that run between two steps of the loop.
    let betweenSteps: Chores
    /// Chores that run between two steps and while the loop waits.
    let besideLoop: Chores
    let memory = StartMemory()

    /// Gives the waiter access to the chores, which are made after it.
    final class Ticks {
        var chores: Chores?
    }

    /// Returns memory to the system that was needed only while the files were read.
    ///
    /// The process would otherwise keep about as much memory as the recipients need.
    final class StartMemory {
        var isWasted = true

        func giveBack() {
            guard isWasted else { return }
            isWasted = false
            linux_trim_heap()
            linux_unmap_code()
        }
    }

    init() {
        betweenSteps = Chores([])
        besideLoop = Chores([])
    }

    init(of runtime: DaemonRuntime) {
        let memory = memory
        var saidStatus = ""
        var saidLongLog = false
        betweenSteps = Chores([
            Chore { _ in memory.giveBack() },
            Chore { [unowned runtime] _ in
                runtime.journals.lines.settle(resting: runtime.engine.dispatcher.underWay == 0)
            },
            Chore(every: .hours(1)) { [unowned runtime] _ in try runtime.writeHighWaterMark() },
            Chore(every: .hours(1), isDelayed: true) { [unowned runtime] now in runtime.takeNewZones(now: now) },
            Chore { [unowned runtime] now in
                runtime.watch?.sayWeekly(runtime.loaded, now: now) { (since) throws(LedgerFailure) in
                    let ledger = runtime.opened.ledger
                    return WeeklySummary.Past(
                        counts: try ledger.tally(since: since),
                        failures: try ledger.failures(since: since, limit: WeeklySummary.listedFailures))
                }
            },
            Chore { [unowned runtime] _ in runtime.backup.step() },
            Chore { [unowned runtime] _ in runtime.noticeLongLog(&saidLongLog) },
            Chore { [unowned runtime] _ in runtime.channels.stopRetired() },
        ])
        besideLoop = Chores([
            Chore(every: .seconds(10)) { [unowned runtime] _ in runtime.files.log() },
            Chore(every: .seconds(5)) { [unowned runtime] _ in runtime.sayStatus(unlessSaid: &saidStatus) },
        ])
    }
}

extension DaemonRuntime {
    /// The size of the write-ahead log in bytes above which a warning is logged.
    ///
    /// It is twice the size at which a checkpoint empties the log.
    private static let longLog_bytes = 16 << 20

    /// Logs a warning once when the write-ahead log becomes too long.
    ///
    /// The ledger still works, but the log uses up disk space.
    fileprivate func noticeLongLog(_ isSaid: inout Bool) {
        let bytes = opened.ledger.logBytes
        let isLong = bytes > DaemonRuntime.longLog_bytes
        defer { isSaid = isLong }
        guard isLong, !isSaid else { return }
        logger.warning(
            "the ledger's log has grown to \(bytes >> 20) MB: the disk has no space to move it into \(opened.path)")
    }

    /// Sets the line that `systemctl status` shows, if the line has changed.
    fileprivate func sayStatus(unlessSaid said: inout String) {
        guard supervisor.isListening else { return }
        let line = statusLine(now: engine.clock.now())
        guard line != said else { return }
        said = line
        supervisor.status(line)
    }

    /// Applies time zone rules that the system has updated.
    ///
    /// The new rules take effect at the next evaluation.
    fileprivate func takeNewZones(now: Instant) {
        guard options.rehearsal == nil else { return }
        let zones = SystemZones()
        var changed: Set<String> = []
        let plans = loaded.accepted.plans.plans.map { plan -> Plan in
            guard case .success(let fresh) = zones.zone(plan.zone.name), fresh != plan.zone else { return plan }
            changed.insert(plan.zone.name)
            return plan.with(zone: fresh)
        }
        guard !changed.isEmpty else { return }
        let old = loaded.accepted
        take(
            ActiveConfiguration(
                plans: PlanSet(plans: plans, workingDays: old.plans.workingDays), directory: old.directory,
                catchUp: old.catchUp, contact: old.contact),
            now: now)
        logger.notice("new rules for \(changed.sorted().joined(separator: ", ")) taken from the system's time zones")
    }
}

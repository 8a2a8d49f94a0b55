import Logging
import Monitoring
import Scheduler

/// The journals that the loop writes to: the log, the alerts and the metrics.
struct DaemonJournals {
    let metrics = Metrics()
    let lines: ProcessJournal
    /// The journal that notes alerts; nil in a rehearsal.
    let alerting: AlertingJournal?
    /// The journal that passes every entry on to the log, the alerts and the metrics.
    let journal: any Journal

    init(logger: Logger, desk: Alerter?, clock: any WallClock) {
        let lines = ProcessJournal(logger: logger)
        self.lines = lines
        alerting = desk.map { AlertingJournal(lines, desk: $0) }
        journal = CountingJournal(alerting ?? lines, metrics: metrics, clock: clock)
    }
}

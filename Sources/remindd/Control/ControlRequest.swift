import Reports
import Scheduler

/// What a command asks of the daemon over its socket; also what it works out by itself where none runs.
enum ControlRequest: Codable, Equatable, Sendable {
    case status
    case history(HistoryReport.Query)
    /// States of reminders or deliveries: the views `missed` and `failed`.
    case listing(states: [String])
    /// One part of it; the command asks for the next.
    case retry(RetryQuery)
    case release(sends: Bool, clockIsRight: Bool)
    /// The daemon's only: there is nothing to reload without one.
    case reload(dryRun: Bool, confirmed: Bool)
    case sendTest(recipient: String, via: String?)
    /// What monitoring asks of the daemon.
    case metrics, health, readiness
    /// A copy of the ledger; not as a command: the daemon itself names the file and streams it.
    case backup
    /// What an evaluation asks the ledger, for `check`.
    case evaluation(EvaluationQuestion)

    /// Failed deliveries that are to be tried again; nil does not narrow.
    struct RetryQuery: Codable, Equatable, Sendable {
        /// At most `FailedSelection.partLimit`.
        var ids: [String]?
        var campaign: String?
        var channel: String?
        /// As in `HistoryReport.Query`.
        var since: String?
        /// Where the part before ended.
        var from: LedgerCursor?

        /// It names something.
        var isNarrowed: Bool { ids?.isEmpty == false || campaign != nil || channel != nil || since != nil }
    }

    /// Whether the answer changes nothing.
    var onlyAsks: Bool {
        switch self {
        case .status, .history, .listing, .metrics, .health, .readiness, .evaluation: true
        case .retry, .release, .reload, .sendTest, .backup: false
        }
    }
}

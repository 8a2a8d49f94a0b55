import Dates
import Reports
import Scheduler

/// A command's request to the daemon over its socket. If no daemon runs, the command answers it
/// itself.
enum ControlRequest: Codable, Equatable, Sendable {
    case status
    case history(HistoryReport.Query)
    /// Reminders or deliveries in certain states, for the views `missed` and `failed`.
    case listing(states: [String])
    /// Retries one part of the selected deliveries. The command asks for the next part.
    case retry(RetryQuery)
    case release(sends: Bool, clockIsRight: Bool)
    /// Only for a daemon, because without one there is nothing to reload.
    case reload(dryRun: Bool, confirmed: Bool)
    case sendTest(recipient: String, via: String?)
    /// Requests of monitoring.
    case metrics, health, readiness
    /// A copy of the ledger. Not allowed as a command, because the daemon chooses the file and
    /// streams it.
    case backup
    /// A query of an evaluation to the ledger, for `check`.
    case evaluation(EvaluationQuestion)

    /// How long `send-test` waits. Longer than any server may take, so that its reply is shown.
    static let testPatience = TimeSpan.minutes(11)

    /// Selects the failed deliveries to try again. A nil property does not narrow the selection.
    struct RetryQuery: Codable, Equatable, Sendable {
        /// At most `FailedSelection.partLimit`.
        var ids: [String]?
        var campaign: String?
        var channel: String?
        /// As in `HistoryReport.Query`.
        var since: String?
        /// Where the previous part ended.
        var from: LedgerCursor?

        /// Whether at least one property narrows the selection.
        var isNarrowed: Bool { ids?.isEmpty == false || campaign != nil || channel != nil || since != nil }
    }

    /// Whether the request changes nothing.
    var onlyAsks: Bool {
        switch self {
        case .status, .history, .listing, .metrics, .health, .readiness, .evaluation: true
        case .retry, .release, .reload, .sendTest, .backup: false
        }
    }
}

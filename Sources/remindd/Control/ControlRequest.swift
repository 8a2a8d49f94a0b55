import Dates
import Reports
import Scheduler

/// A command's request to the daemon over the control socket.
///
/// If no daemon runs, the command handles the request itself.
enum ControlRequest: Codable, Equatable, Sendable {
    case status
    case history(HistoryReport.Query)
    /// Reminders or deliveries in certain states, for the views `missed` and `failed`.
    case listing(states: [String])
    /// Retries some of the selected deliveries. Further requests retry the others.
    case retry(RetryQuery)
    case release(sends: Bool, clockIsRight: Bool)
    /// A reload, which only a daemon can do.
    case reload(dryRun: Bool, confirmed: Bool)
    case sendTest(recipient: String, via: String?)
    /// A message of a plan, to be sent as a test to another recipient.
    case sendRendered(RenderQuery, recipient: String, via: String)
    /// Requests from monitoring.
    case metrics, health, readiness
    /// Requests a copy of the ledger. Only `GET /v1/backup` makes this request.
    ///
    /// A client that sends it as a command gets the status 400, because the result is the content
    /// of a file and not a report.
    case backup
    /// A read of the ledger for the evaluation that `check` makes.
    case evaluation(EvaluationQuestion)

    /// The time that `send-test` waits for the result.
    ///
    /// It is longer than any server may take, so that the server's reply is always shown.
    static let testPatience = TimeSpan.minutes(11)

    /// Selects the failed deliveries to try again. A property that is nil does not restrict them.
    struct RetryQuery: Codable, Equatable, Sendable {
        /// The ids of the deliveries, at most `FailedSelection.partLimit`.
        var ids: [String]?
        var campaign: String?
        var channel: String?
        /// A day in text form, as in `HistoryReport.Query`.
        var since: String?
        /// The position at which the previous request ended; nil in the first request.
        var from: LedgerCursor?

        /// Whether at least one property narrows the selection.
        var isNarrowed: Bool { ids?.isEmpty == false || campaign != nil || channel != nil || since != nil }
    }

    /// Whether the request only reads, so that several clients can share one result.
    var onlyAsks: Bool {
        switch self {
        case .status, .history, .listing, .metrics, .health, .readiness, .evaluation: true
        case .retry, .release, .reload, .sendTest, .sendRendered, .backup: false
        }
    }
}

/// What a command asks of the daemon over its socket; also what it works out by itself where none runs.
enum ControlRequest: Codable, Sendable {
    case status(json: Bool)
    case history(HistoryQuery)
    /// States of reminders or deliveries: the views `missed` and `failed`.
    case listing(states: [String], json: Bool)
    case retry(ids: [String])
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

    struct HistoryQuery: Codable, Sendable {
        var campaign: String?
        var recipient: String?
        /// 2027-01-31, in the configuration's zone.
        var since: String?
        var limit: Int
        var json: Bool
    }

    /// Rows that one answer of the daemon's holds at most: its loop must not stand still for a history of years.
    static let rowLimit = 10_000
}

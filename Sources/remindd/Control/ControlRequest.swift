/// What a command asks of the daemon over its socket; also what it works out by itself where none runs.
enum ControlRequest: Codable, Equatable, Sendable {
    case status(json: Bool)
    case history(HistoryQuery)
    /// States of reminders or deliveries: the views `missed` and `failed`.
    case listing(states: [String], json: Bool)
    case retry(ids: [String])
    case release(sends: Bool)
    /// The daemon's only: there is nothing to reload without one.
    case reload(dryRun: Bool, confirmed: Bool)
    case sendTest(recipient: String, via: String?)
    /// What monitoring asks of the daemon.
    case metrics, health, readiness
    /// A copy of the ledger; not as a command: the daemon itself names the file and streams it.
    case backup
    /// Which reminders of these occurrences are in the ledger, for `check`.
    case recorded([OccurrenceName])
    /// And who was given something of these.
    case given([OccurrenceName])

    struct HistoryQuery: Codable, Equatable, Sendable {
        var campaign: String?
        var recipient: String?
        /// 2027-01-31, in the configuration's zone.
        var since: String?
        var limit: Int
        var json: Bool
    }

    struct OccurrenceName: Codable, Equatable, Sendable {
        let plan: String
        let campaign: String
        let occurrence: String
    }

    /// Rows that one answer of the daemon's holds at most: its loop must not stand still for a history of years.
    static let rowLimit = 10_000

    /// Whether the answer changes nothing.
    var onlyAsks: Bool {
        switch self {
        case .status, .history, .listing, .metrics, .health, .readiness, .recorded, .given: true
        case .retry, .release, .reload, .sendTest, .backup: false
        }
    }
}

import Ledgers
import Scheduler

/// What questions are answered from: the daemon's own state, or the files and the ledger where no daemon runs.
struct House {
    let loaded: Loaded
    /// nil: there is none yet.
    let ledger: SQLiteLedger?
    let path: String
    let now: Instant
    /// nil where no daemon runs.
    let running: RunningFacts?

    var zone: Zone { loaded.configuration.timezone }

    func zone(ofPlan id: String) -> Zone {
        loaded.accepted.plans.plans.first { $0.id == id }?.zone ?? zone
    }
}

/// What only a running daemon knows.
struct RunningFacts: Sendable {
    let startedAt: Instant
    let reloadedAt: Instant?
    /// Whether the last reload was refused.
    let reloadRefused: Bool
    /// Files that have changed since they were taken.
    let changedFiles: [String]
    /// Channels that are left alone for a while.
    let failing: [String]
    /// In the reader's words: what lasts and needs a person.
    let troubles: [String]
    let underWay: Int
}

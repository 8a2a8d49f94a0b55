import Config
import Dates
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
        loaded.accepted.plans.plan(id)?.zone ?? zone
    }

    /// The names under which the ledger may have a campaign beside its own.
    func formerCampaigns(plan: String?, campaign: String) -> [HistoryFilter.CampaignName] {
        let plans = loaded.accepted.plans
        return plans.plans.indices.flatMap { position -> [HistoryFilter.CampaignName] in
            let owner = plans.plans[position]
            guard plan == nil || plan == owner.id,
                let subject = owner.campaigns.firstIndex(where: { $0.id == campaign })
            else { return [] }
            return plans.names(plan: position, campaign: subject).dropFirst().map {
                HistoryFilter.CampaignName(plan: $0.plan, campaign: $0.campaign)
            }
        }
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
    /// What is wrong with the clock; nil while it is believed.
    let clockComplaint: ClockComplaint?
}

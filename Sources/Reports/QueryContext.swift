import Config
import Dates
import Diagnostics
import Scheduler

/// The state that reports are made from.
///
/// If a daemon is running, this is the daemon's own state. If not, it is read from the files and
/// the ledger.
package struct QueryContext {
    package let loaded: Loaded
    /// The ledger; nil if it does not exist yet.
    package let ledger: (any LedgerReader)?
    package let ledgerPath: String
    package let now: Instant
    /// The first day of the year in which this version was released. A correct clock never shows an
    /// earlier time.
    package let released: Instant
    /// Facts from the running daemon; nil if no daemon is running.
    package let running: RunningFacts?

    package init(
        loaded: Loaded, ledger: (any LedgerReader)?, ledgerPath: String, now: Instant, released: Instant, running: RunningFacts?
    ) {
        self.loaded = loaded
        self.ledger = ledger
        self.ledgerPath = ledgerPath
        self.now = now
        self.released = released
        self.running = running
    }

    package var zone: Zone { loaded.configuration.timezone }

    package func zone(ofPlan id: String) -> Zone {
        loaded.accepted.plans.plan(id)?.zone ?? zone
    }

    /// Returns an instant together with its text in the configuration's zone.
    package func local(_ instant: Instant) -> LocalTime { LocalTime(instant, in: zone) }

    /// Returns the former names of a campaign, under which the ledger may have rows.
    package func formerCampaigns(plan: String?, campaign: String) -> [HistoryFilter.CampaignName] {
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

/// Facts that only a running daemon has.
package struct RunningFacts: Sendable {
    package let startedAt: Instant
    /// When the last accepted reload took effect; nil if none was accepted since the start.
    package let reloadedAt: Instant?
    /// Whether the last reload was refused. False if there was no reload.
    package let reloadRefused: Bool
    /// The files that have changed since the daemon read them.
    package let changedFiles: [String]
    /// The names of the channels that are paused, for example because their breaker is open.
    package let failing: [String]
    /// The current problems that a person has to correct.
    package let troubles: [LocalizedText]
    /// Why the clock is not trusted; nil if it is trusted.
    package let clockComplaint: ClockComplaint?

    package init(
        startedAt: Instant, reloadedAt: Instant?, reloadRefused: Bool, changedFiles: [String], failing: [String],
        troubles: [LocalizedText], clockComplaint: ClockComplaint?
    ) {
        self.startedAt = startedAt
        self.reloadedAt = reloadedAt
        self.reloadRefused = reloadRefused
        self.changedFiles = changedFiles
        self.failing = failing
        self.troubles = troubles
        self.clockComplaint = clockComplaint
    }
}

import Diagnostics
import Scheduler

/// The state of remindd: its files, its ledger, its clock and, if a daemon is running, the daemon.
package struct StatusReport: Codable, Sendable {
    /// The range of due times of the reminders that wait for an operator's decision.
    package struct Hold: Codable, Sendable {
        package let from: LocalTime
        package let until: LocalTime
    }

    /// The state that only a running daemon has.
    package struct Running: Codable, Sendable {
        package let startedAt: LocalTime
        /// When the last accepted reload took effect; nil if none was accepted since the start.
        package let reloadedAt: LocalTime?
        package let reloadRefused: Bool
        package let changedFiles: [String]
        package let failingChannels: [String]
        package let troubles: [LocalizedText]
    }

    package let plans: Int
    package let campaigns: Int
    package let recipients: Int
    /// When the next reminder is due; nil if no reminder is coming.
    package let nextDue: LocalTime?
    /// The reminders that are due at `nextDue`.
    package let next: [NextReminder]
    package let ledgerPath: String
    package let hasLedger: Bool
    /// The time up to which the ledger has been evaluated; nil if there is no ledger.
    package let lookedUntil: LocalTime?
    private let deliveries: [String: Int]
    /// The failed deliveries, and how many of them can still be sent.
    package let failures: FailedDeliveries
    /// Why the clock is not trusted; nil if it is trusted.
    package let clockComplaint: LocalizedText?
    package let hold: Hold?
    /// The state of the running daemon; nil if no daemon is running.
    package let running: Running?

    package func deliveries(_ state: DeliveryState) -> Int { deliveries[state.rawValue] ?? 0 }

    package init(_ context: QueryContext) throws(LedgerFailure) {
        let ledger = context.ledger
        let (counts, looked) = (try ledger?.counts() ?? [:], try ledger?.lookedUntil())
        let isRehearsal = ledger?.isRehearsal == true
        // The ledger of a rehearsal is evaluated up to the time that the rehearsal's clock shows,
        // not up to the current time.
        let now = isRehearsal ? looked ?? context.now : context.now
        let plans = context.loaded.accepted.plans
        self.plans = plans.plans.count
        campaigns = plans.campaignCount
        recipients = context.loaded.accepted.directory.recipients.count
        let due = Agenda(plans: plans, after: now).nextDue
        nextDue = due.map(context.local)
        next = due.map { NextReminder.all(at: $0, in: context.loaded.accepted) } ?? []
        ledgerPath = context.ledgerPath
        hasLedger = ledger != nil
        lookedUntil = looked.map(context.local)
        failures = try ledger?.failedDeliveries(now: now) ?? FailedDeliveries()
        deliveries = Dictionary(uniqueKeysWithValues: counts.map { ($0.key.rawValue, $0.value) })
        let complaint =
            isRehearsal
            ? nil
            : context.running?.clockComplaint
                ?? looked.flatMap { ClockBounds.complaint(now: now, lookedUntil: $0, built: context.released) }
        clockComplaint = complaint.map { LocalizedText(lookedUp: $0.description) }
        hold = try ledger?.held().map { Hold(from: context.local($0.lowerBound), until: context.local($0.upperBound)) }
        running = context.running.map { facts in
            Running(
                startedAt: context.local(facts.startedAt), reloadedAt: facts.reloadedAt.map(context.local),
                reloadRefused: facts.reloadRefused, changedFiles: facts.changedFiles, failingChannels: facts.failing,
                troubles: facts.troubles)
        }
    }
}

import Dates
import Scheduler

/// The rows of the ledger's history that a query selects, oldest first.
package struct HistoryReport: Codable, Sendable {
    package struct Query: Codable, Equatable, Sendable {
        package var campaign: String?
        package var recipient: String?
        /// The first day to include, such as `2027-01-31`; nil for all days.
        ///
        /// The day is in the configuration's zone.
        package var since: String?
        package var limit: Int

        package init(campaign: String?, recipient: String?, since: String?, limit: Int) {
            self.campaign = campaign
            self.recipient = recipient
            self.since = since
            self.limit = limit
        }
    }

    package let entries: [HistoryEntry]
    /// The path at which a ledger was expected; nil if there is a ledger.
    package let missingLedger: String?
    /// The number of rows after which the daemon stopped; nil if it returned all requested rows.
    package let limitReached: Int?

    /// The maximum number of rows that the daemon returns for one query.
    ///
    /// A history may cover years, and the loop sends nothing while it reads rows.
    package static let rowLimit = 10_000

    package init(_ query: Query, _ context: QueryContext) throws(Failure) {
        let isCut = context.running != nil && query.limit > HistoryReport.rowLimit
        var filter = HistoryFilter(recipient: query.recipient, limit: isCut ? HistoryReport.rowLimit : query.limit)
        if let campaign = query.campaign {
            let parts = campaign.split(separator: "/", maxSplits: 1).map(String.init)
            filter.campaign = parts.last
            filter.plan = parts.count == 2 ? parts[0] : nil
            filter.formerCampaigns = context.formerCampaigns(plan: filter.plan, campaign: filter.campaign ?? "")
        }
        if let recipient = query.recipient {
            filter.formerRecipients = context.loaded.accepted.directory.storedIDs(of: recipient)
        }
        filter.since = query.since.flatMap { Day($0) }.map(context.zone.startOfDay)
        entries = try HistoryReport.entries(filter, context)
        // A name that has no rows and is not configured is probably mistyped, so it is refused.
        if entries.isEmpty { try HistoryReport.requireKnownNames(query, context) }
        missingLedger = context.ledger == nil ? context.ledgerPath : nil
        limitReached = isCut && entries.count == filter.limit ? filter.limit : nil
    }

    /// - Parameter states: the names of the states of reminders or deliveries to include.
    package init(states: Set<String>, _ context: QueryContext) throws(Failure) {
        entries = try HistoryReport.entries(HistoryFilter(limit: HistoryReport.rowLimit, states: states), context)
        missingLedger = nil
        limitReached = nil
    }

    package enum Failure: Error {
        case ledger(LedgerFailure)
        case name(NameRefusal)
    }

    private static func entries(_ filter: HistoryFilter, _ context: QueryContext) throws(Failure) -> [HistoryEntry] {
        do throws(LedgerFailure) {
            let rows = try context.ledger?.history(filter) ?? []
            return rows.map { HistoryEntry($0, in: context.zone(ofPlan: $0.stored.reminder.key.plan)) }
        } catch {
            throw .ledger(error)
        }
    }

    private static func requireKnownNames(_ query: Query, _ context: QueryContext) throws(Failure) {
        do throws(NameRefusal) {
            if let campaign = query.campaign { _ = try NameLookup.campaign(campaign, in: context.loaded.accepted.plans) }
            if let recipient = query.recipient {
                _ = try NameLookup.recipient(recipient, in: context.loaded.accepted.directory)
            }
        } catch {
            throw .name(error)
        }
    }
}

/// A delivery with its attempts, or a reminder without deliveries.
package struct HistoryEntry: Codable, Sendable {
    package struct Attempt: Codable, Sendable {
        package let at: LocalTime
        package let outcome: String
        package let code: Int?
        package let reply: String
    }

    /// The delivery's id; nil for a reminder without deliveries.
    ///
    /// `recipient` and `channel` are nil for such a reminder too.
    package let delivery: String?
    package let plan: String
    package let campaign: String
    package let occurrence: String
    package let lead: String
    package let anchor: Day
    package let recipient: String?
    package let channel: String?
    package let due: LocalTime
    package let state: String
    /// Why the delivery was cancelled or superseded; nil if it was not.
    package let why: String?
    /// Whether the reminder fired late, or its last attempt was on a later date than the due time.
    ///
    /// Dates are those of the plan's zone. A reminder fires late if it fires more than 15 minutes
    /// after its due time.
    package let isLate: Bool
    package let attempts: [Attempt]

    /// - Parameter zone: the zone of the reminder's plan.
    package init(_ row: HistoryRow, in zone: Zone) {
        let reminder = row.stored.reminder
        delivery = row.delivery?.text
        plan = reminder.key.plan
        campaign = reminder.key.campaign
        occurrence = reminder.occurrence
        lead = reminder.key.lead
        anchor = reminder.key.anchor
        recipient = row.recipient
        channel = row.channel
        due = LocalTime(reminder.due, in: zone)
        state = row.state
        why = row.why?.rawValue
        let triedLater = row.attempts.last.map { zone.civil(at: $0.at).day > zone.civil(at: reminder.due).day }
        isLate = row.stored.late || triedLater == true
        attempts = row.attempts.map {
            Attempt(at: LocalTime($0.at, in: zone), outcome: $0.outcome.rawValue, code: $0.code, reply: $0.reply)
        }
    }
}

import Dates

/// The rows that `history` shows. A field that is nil does not filter.
public struct HistoryFilter: Sendable {
    /// The name of a campaign as it is stored in the ledger.
    public struct CampaignName: Hashable, Sendable {
        public let plan: String
        public let campaign: String

        public init(plan: String, campaign: String) {
            self.plan = plan
            self.campaign = campaign
        }
    }

    /// The id of the campaign's plan; nil for campaigns of any plan.
    public var plan: String?
    public var campaign: String?
    /// Former names of the campaign. Rows under any of these names are shown too.
    public var formerCampaigns: [HistoryFilter.CampaignName] = []
    public var recipient: String?
    /// Former ids of the recipient. Rows under any of these ids are shown too.
    public var formerRecipients: [String] = []
    /// Shows only reminders due at or after this instant.
    public var since: Instant?
    /// The maximum number of rows. If there are more, the most recent rows are shown.
    public var limit: Int
    /// Shows only deliveries in these states.
    ///
    /// Reminders without deliveries (superseded, missed) are shown if this is nil or contains their
    /// state.
    public var states: Set<String>?

    public init(
        plan: String? = nil, campaign: String? = nil, recipient: String? = nil, since: Instant? = nil, limit: Int = 1_000,
        states: Set<String>? = nil
    ) {
        self.plan = plan
        self.campaign = campaign
        self.recipient = recipient
        self.since = since
        self.limit = limit
        self.states = states
    }
}

/// One line of `history`: a delivery with its attempts, or a reminder without deliveries.
public struct HistoryRow: Sendable {
    public struct Attempt: Hashable, Sendable {
        public let at: Instant
        public let outcome: Outcome
        public let code: Int?
        public let reply: String

        public init(at: Instant, outcome: Outcome, code: Int?, reply: String) {
            self.at = at
            self.outcome = outcome
            self.code = code
            self.reply = reply
        }
    }

    public let stored: StoredReminder
    /// The delivery's id. Like `recipient` and `channel`, nil for a reminder without deliveries.
    public let delivery: DeliveryID?
    public let recipient: String?
    public let channel: String?
    /// The raw value of a `DeliveryState` or, for a reminder without deliveries, a `ReminderState`.
    public let state: String
    /// Why the delivery was cancelled or superseded; nil in rows of version 0.1.0.
    public let why: WithdrawalReason?
    public let attempts: [Attempt]

    public init(
        stored: StoredReminder, delivery: DeliveryID?, recipient: String?, channel: String?, state: String,
        why: WithdrawalReason? = nil, attempts: [Attempt]
    ) {
        self.why = why
        self.stored = stored
        self.delivery = delivery
        self.recipient = recipient
        self.channel = channel
        self.state = state
        self.attempts = attempts
    }
}

import Dates
import Plans

/// The facts that a reminder states, before they are put into words. All its recipients share them.
///
/// This is a class because half a million deliveries of one reminder share it.
public final class ReminderContent: Sendable {
    public enum Kind: Hashable, Sendable {
        case reminder
        /// A message that an administrator asked for. It is marked as a test wherever it is shown.
        case test
        /// The occurrence has other dates than recipients were notified of.
        case moved
        /// The occurrence does not take place any more.
        case gone
    }

    public let kind: Kind
    public let plan: PlanSummary
    public let campaign: CampaignSummary
    public let reminder: Reminder
    public let rule: LeadRule
    /// For a change: the occurrence's days before the change, if they are known.
    public let formerDates: ClosedRange<Day>?
    /// When the reminder fired.
    public let firedAt: Instant
    /// Whether the reminder fired more than 15 minutes after its due.
    public let firedLate: Bool
    /// Whether the reminder fell due after the evaluation before the one that fired it. False if it
    /// was already overdue when its plan was loaded.
    public let wasExpected: Bool
    /// Whom to ask; `contact` in the configuration.
    public let contact: String?
    /// Whether the reminder is sent on a rehearsal clock, which the message states.
    public let rehearsal: Bool

    public init(
        kind: Kind = .reminder, plan: Plan, campaign: Campaign, rule: LeadRule, stored: StoredReminder, contact: String?,
        rehearsal: Bool
    ) {
        self.kind = kind
        self.plan = PlanSummary(plan)
        self.campaign = CampaignSummary(campaign)
        reminder = stored.reminder
        self.rule = rule
        formerDates = stored.formerDates
        firedAt = stored.firedAt
        firedLate = stored.late
        wasExpected = stored.lookedBefore.map { stored.reminder.due > $0 } ?? true
        self.contact = contact
        self.rehearsal = rehearsal
    }

    /// Whether this attempt is late (contract, section 1).
    ///
    /// It is late if the reminder fired late, or if the attempt is on a later local date than the
    /// due.
    public func isLate(at attempt: Instant) -> Bool {
        firedLate || plan.zone.civil(at: attempt).day > plan.zone.civil(at: reminder.due).day
    }
}

/// One attempt at one delivery, as a channel gets it.
public struct Message: Sendable {
    public let delivery: DeliveryID
    /// Number of the attempt, from 1.
    public let attempt: Int
    /// When the attempt begins. Dates, days left and `late` are stated as of this instant.
    public let at: Instant
    public let notice: ReminderContent
    public let recipient: Recipient
    /// Ids of the groups through which the recipient is named; empty if named directly.
    public let groups: [String]
    /// Whether an earlier attempt got no answer, so that the message may arrive a second time.
    public let possibleDuplicate: Bool
    /// Whether the recipient was named only after the reminder was due. For such a recipient the
    /// reminder is not late.
    public let hasJoined: Bool

    public init(
        delivery: DeliveryID, attempt: Int, at: Instant, notice: ReminderContent, recipient: Recipient, groups: [String],
        possibleDuplicate: Bool, hasJoined: Bool = false
    ) {
        self.hasJoined = hasJoined
        self.delivery = delivery
        self.attempt = attempt
        self.at = at
        self.notice = notice
        self.recipient = recipient
        self.groups = groups
        self.possibleDuplicate = possibleDuplicate
    }

    /// Whether the message states that it is late (contract, section 4, "Subject").
    ///
    /// It does if it is late (`ReminderContent.isLate`), unless the recipient joined later or the
    /// plan was loaded later than the due.
    public var saysLate: Bool { notice.isLate(at: at) && notice.wasExpected && !hasJoined }

    /// The recipient's language, or the plan's if the recipient has none.
    public var language: Language { recipient.language ?? notice.plan.language }
}

import Dates
import Plans

/// Everything a reader is told by one reminder, before it is put into words: facts only, shared by all its recipients.
///
/// A reference, because half a million deliveries of one reminder share it.
public final class ReminderContent: Sendable {
    public enum Kind: Hashable, Sendable {
        case reminder
        /// A message an administrator asked for; marked as a test wherever it is read.
        case test
        /// The occurrence has other dates than were told.
        case moved
        /// The occurrence does not take place any more.
        case gone
    }

    public let kind: Kind
    public let plan: PlanSummary
    public let campaign: CampaignSummary
    public let reminder: Reminder
    public let rule: LeadRule
    /// Of a change: the occurrence's days before it, where they are known.
    public let formerDates: ClosedRange<Day>?
    /// When it fired.
    public let firedAt: Instant
    /// It fired more than 15 minutes after its due.
    public let firedLate: Bool
    /// It fell due after the evaluation before the one that fired it: a plan loaded since found nothing overdue in it.
    public let wasExpected: Bool
    /// Whom to ask; the configuration's `contact`.
    public let contact: String?
    /// Sent on a rehearsal clock: the message says so.
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

    /// `late` as this attempt must say it: fired late, or tried on a later local date than its due (contract, section 1).
    public func isLate(at attempt: Instant) -> Bool {
        firedLate || plan.zone.civil(at: attempt).day > plan.zone.civil(at: reminder.due).day
    }
}

/// One attempt at one delivery, as a channel gets it.
public struct Message: Sendable {
    public let delivery: DeliveryID
    /// From 1.
    public let attempt: Int
    /// When the attempt begins: dates, days left and `late` are told as of this instant.
    public let at: Instant
    public let notice: ReminderContent
    public let recipient: Recipient
    /// The groups through which this reader is told, by id; empty when named directly.
    public let groups: [String]
    /// Sent before with no answer: it may arrive a second time.
    public let possibleDuplicate: Bool
    /// The recipient was named only after the reminder was due: for them it is not late.
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

    /// Whether the message calls itself a late one: it is late (`ReminderContent.isLate`), and it was not the recipient or the plan that
    /// came late (contract, section 4, "Subject").
    public var saysLate: Bool { notice.isLate(at: at) && notice.wasExpected && !hasJoined }

    /// The recipient's language, else the plan's.
    public var language: Language { recipient.language ?? notice.plan.language }
}

/// Someone who is told.
public struct Recipient: Hashable, Sendable {
    public let id: String
    public let name: String
    /// An address that passed `EmailAddress`'s grammar, with the domain in ASCII; nil for those told by webhook only.
    public let email: String?
    public let language: Language?
    /// Channels, all used at once.
    public let via: [String]
    /// Channels for when every `via` is dead.
    public let otherwise: [String]

    public init(
        id: String, name: String, email: String?, language: Language?, via: [String], otherwise: [String]
    ) {
        self.id = id
        self.name = name
        self.email = email
        self.language = language
        self.via = via
        self.otherwise = otherwise
    }
}

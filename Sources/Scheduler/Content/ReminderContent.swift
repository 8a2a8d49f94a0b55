import Dates
import Plans

/// The data that a reminder's message shows, before the message is rendered.
///
/// This is a class because all deliveries of one reminder, up to half a million, share the data.
public final class ReminderContent: Sendable {
    public enum Kind: Hashable, Sendable {
        case reminder
        /// A test message that an administrator requested.
        ///
        /// Every form of the message is marked as a test.
        case test
        /// A notice that the dates of the occurrence changed after recipients were notified.
        case moved
        /// A notice that the occurrence no longer takes place.
        case gone
    }

    public let kind: Kind
    public let plan: PlanSummary
    public let campaign: CampaignSummary
    public let reminder: Reminder
    public let rule: LeadRule
    /// The lead's own words, one line; nil if it has none, and in change notices.
    public let say: String?
    /// In a change notice, the occurrence's days before the change; nil otherwise or if not known.
    public let formerDates: ClosedRange<Day>?
    /// In a change notice, the occurrence's time of day before the change; nil if it had none.
    ///
    /// The time that the message shows is `reminder.time`.
    public let formerTime: EventTime?
    /// When the reminder fired.
    public let firedAt: Instant
    /// Whether the reminder fired more than 15 minutes after it was due.
    public let firedLate: Bool
    /// Whether the reminder fell due after the last evaluation before it fired.
    ///
    /// False means that it was already overdue when its plan was loaded. True if the time of that
    /// evaluation is not known.
    public let wasExpected: Bool
    /// The contact for questions (`contact` in the configuration).
    public let contact: String?
    /// Whether the reminder belongs to a rehearsal. If true, the message is marked.
    public let rehearsal: Bool
    /// The recipients of the reminder; nil if its messages do not list them.
    public let audience: Audience?
    /// The identity and version of the occurrence's event in calendars; nil if it has no event.
    public let calendar: CalendarMark?

    /// - Parameters:
    ///   - lead: The lead of the reminder; nil if it is not known, or if the reminder has none.
    ///   - owner: The name of the campaign's owner.
    ///   - audience: The recipients of the reminder; nil if its messages do not list them. Messages
    ///     of a confidential campaign never list them.
    ///   - calendar: The version of the occurrence's event; nil if the occurrence never changed.
    ///   - hasEvent: Whether the occurrence has an event in calendars.
    public init(
        kind: Kind = .reminder, plan: Plan, campaign: Campaign, rule: LeadRule = .onTheDay, lead: Lead? = nil,
        owner: String? = nil, stored: StoredReminder, contact: String?, rehearsal: Bool, audience: Audience? = nil,
        calendar: CalendarMark? = nil, hasEvent: Bool = true
    ) {
        self.kind = kind
        self.plan = PlanSummary(plan)
        self.campaign = CampaignSummary(campaign, lead: lead, owner: owner)
        reminder = stored.reminder
        self.rule = lead?.rule ?? rule
        say = kind == .reminder || kind == .test ? lead?.say : nil
        formerDates = stored.formerDates
        formerTime = stored.formerTime
        firedAt = stored.firedAt
        firedLate = stored.late
        wasExpected = stored.lookedBefore.map { stored.reminder.due > $0 } ?? true
        self.contact = contact
        self.rehearsal = rehearsal
        self.audience = campaign.confidential.isEmpty ? audience : nil
        let unchanged = CalendarMark(unchanged: stored.reminder.occurrenceKey, in: plan, campaign)
        self.calendar = hasEvent ? calendar ?? unchanged : nil
    }

    /// Returns whether an attempt at this instant is late.
    ///
    /// An attempt is late if the reminder fired late, or if the attempt is on a later date than the
    /// due time in the plan's zone.
    public func isLate(at attempt: Instant) -> Bool {
        firedLate || plan.zone.civil(at: attempt).day > plan.zone.civil(at: reminder.due).day
    }
}

/// The data of one attempt at a delivery, for the channel.
public struct Message: Sendable {
    public let delivery: DeliveryID
    /// The number of the attempt, from 1.
    public let attempt: Int
    /// When the attempt begins. Dates, days left and `late` are computed for this instant.
    public let at: Instant
    /// The time in the header of the message.
    ///
    /// It differs from `at` only in a test, whose texts are those of a reminder to come.
    public let sentAt: Instant
    public let notice: ReminderContent
    public let recipient: Recipient
    /// Ids of the groups that name the recipient; empty if the lead names the recipient directly.
    public let groups: [String]
    /// Whether an earlier attempt got no reply. If true, the recipient may get the message twice.
    public let possibleDuplicate: Bool
    /// Whether the recipient was added only after the reminder was due.
    ///
    /// For such a recipient the reminder is not late.
    public let hasJoined: Bool

    public init(
        delivery: DeliveryID, attempt: Int, at: Instant, notice: ReminderContent, recipient: Recipient, groups: [String],
        possibleDuplicate: Bool, hasJoined: Bool = false, sentAt: Instant? = nil
    ) {
        self.sentAt = sentAt ?? at
        self.hasJoined = hasJoined
        self.delivery = delivery
        self.attempt = attempt
        self.at = at
        self.notice = notice
        self.recipient = recipient
        self.groups = groups
        self.possibleDuplicate = possibleDuplicate
    }

    /// Whether the message is marked as late.
    ///
    /// A late message (`ReminderContent.isLate`) is marked, unless the recipient was added or the
    /// plan was loaded after the due time.
    public var saysLate: Bool { notice.isLate(at: at) && notice.wasExpected && !hasJoined }

    /// The recipient's name as a letter addresses them: after the salutation, if they have one.
    public var addressee: String {
        recipient.salutation.map { "\($0) \(recipient.name)" } ?? recipient.name
    }

    /// The recipient's language, or the plan's if the recipient has none.
    public var language: Language { recipient.language ?? notice.plan.language }
}

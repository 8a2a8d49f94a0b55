import Dates
import Diagnostics
import Scheduler
import Transport

/// The result of `check` for files without errors, including the next reminders.
package struct CheckResult: Codable, Sendable {
    /// An address whose domain has letters outside ASCII, in readable form and in ASCII.
    package struct ForeignAddress: Codable, Sendable {
        package let recipient: String
        package let shown: String
        package let ascii: String

        package init(recipient: String, shown: String, ascii: String) {
            self.recipient = recipient
            self.shown = shown
            self.ascii = ascii
        }
    }

    package struct Reminder: Codable, Sendable {
        package let due: LocalTime
        package let plan: String
        /// The subject of the message for the first delivery.
        package let subject: String
        package let deliveries: Int
        /// The first deliveries of the reminder, at most `named`.
        package let first: [DeliveryList.Delivery]

        private static let named = 3

        /// Returns nil for a reminder without deliveries.
        package init?(_ reminder: ReminderReport) {
            guard let delivery = reminder.deliveries.first, let subject = reminder.subject(in: delivery.language) else {
                return nil
            }
            due = reminder.due
            plan = reminder.plan
            self.subject = subject.text(for: reminder.deliveries.recipient(0).name)
            deliveries = reminder.deliveries.count
            first = Array(reminder.deliveries.prefix(Reminder.named))
        }
    }

    /// A notice about an announced occurrence that has other dates or is gone.
    package struct Change: Codable, Sendable {
        package let plan: String
        package let campaign: String
        package let occurrence: String
        /// Whether the occurrence is gone. If false, it has other dates or takes place again.
        package let isCancelled: Bool
        package let oldStart: Day
        package let oldEnd: Day
        /// The new days; the old days if the occurrence is gone.
        package let start: Day
        package let end: Day
        package let messages: Int

        package init(_ change: Preview.Change) {
            let reminder = change.reminder
            (plan, campaign, occurrence) = (reminder.key.plan, reminder.key.campaign, reminder.occurrence)
            isCancelled = change.change == .gone
            (oldStart, oldEnd) = (change.before.lowerBound, change.before.upperBound)
            (start, end) = (reminder.start, reminder.end)
            messages = change.deliveries
        }
    }

    /// The source of the record of what has been sent, which decides what is sent at once.
    package enum Record: Codable, Hashable, Sendable {
        /// The running daemon. It sends what is listed at its next reload.
        case daemon
        /// The ledger of a daemon that is not running. It sends what is listed at its next start.
        case ledger
        /// No ledger, because remindd has not run yet.
        case none
        /// The record could not be read. What is sent at once is therefore not known.
        case unread(why: LocalizedText)
    }

    package let plans: Int
    package let campaigns: Int
    package let recipients: Int
    package let warnings: Int
    /// The first addresses whose domain has letters outside ASCII.
    ///
    /// The list has at most as many addresses as fit on a screen.
    package let foreignAddresses: [ForeignAddress]
    package let record: Record
    /// The reminders that the daemon would send immediately at its next start or reload.
    package let atOnce: [Reminder]
    /// The notices of changed dates that the daemon would send at its next start or reload.
    package let changes: [Change]
    /// The reminders that are due in the next `days` days.
    package let coming: [Reminder]
    /// The number of days that `coming` covers.
    package let days: Int

    package init(
        plans: Int, campaigns: Int, recipients: Int, warnings: Int, foreignAddresses: [ForeignAddress], record: Record,
        atOnce: [Reminder], changes: [Change], coming: [Reminder], days: Int
    ) {
        self.plans = plans
        self.campaigns = campaigns
        self.recipients = recipients
        self.warnings = warnings
        self.foreignAddresses = foreignAddresses
        self.record = record
        self.atOnce = atOnce
        self.changes = changes
        self.coming = coming
        self.days = days
    }
}

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

    package let plans: Int
    package let campaigns: Int
    package let recipients: Int
    package let warnings: Int
    /// The first addresses whose domain has letters outside ASCII.
    ///
    /// The list has at most as many addresses as fit on a screen.
    package let foreignAddresses: [ForeignAddress]
    /// The reminders that the daemon would send immediately at its next start.
    package let atOnce: [Reminder]
    /// The reminders that are due in the next `days` days.
    package let coming: [Reminder]
    /// The number of days that `coming` covers.
    package let days: Int

    package init(
        plans: Int, campaigns: Int, recipients: Int, warnings: Int, foreignAddresses: [ForeignAddress], atOnce: [Reminder],
        coming: [Reminder], days: Int
    ) {
        self.plans = plans
        self.campaigns = campaigns
        self.recipients = recipients
        self.warnings = warnings
        self.foreignAddresses = foreignAddresses
        self.atOnce = atOnce
        self.coming = coming
        self.days = days
    }
}

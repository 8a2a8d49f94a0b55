import Dates
import Messages
import Notifiers
import Plans
import Scheduler

/// Makes reports on simulated reminders, one at a time.
package struct ReminderReports {
    /// Selects the reminders and deliveries of a simulation.
    package struct Filter: Sendable {
        /// The positions of the only campaign; nil for all campaigns.
        package var campaign: (plan: Int, campaign: Int)?
        /// The position of the only recipient; nil for all recipients.
        package var recipient: Int?

        package init(campaign: (plan: Int, campaign: Int)? = nil, recipient: Int? = nil) {
            self.campaign = campaign
            self.recipient = recipient
        }

        fileprivate func takes(_ simulated: ActiveConfiguration.SimulatedReminder) -> Bool {
            if let campaign, (simulated.scheduled.plan, simulated.scheduled.campaign) != campaign { return false }
            return recipient.map(simulated.recipients.contains) ?? true
        }
    }

    private let accepted: ActiveConfiguration
    private let wording: Wording
    private let filter: Filter
    /// The list of deliveries for each set of recipients.
    ///
    /// Lists are kept because plans often name the same few sets.
    private var lists: [RecipientSet: DeliveryList] = [:]
    private var listedDeliveries = 0

    /// The maximum number of deliveries in `lists`. If it is exceeded, all lists are removed.
    private static let keptDeliveries = 2_000_000

    package init(accepted: ActiveConfiguration, wording: Wording, filter: Filter = Filter()) {
        self.accepted = accepted
        self.filter = filter
        self.wording = wording
    }

    /// Passes to `take` each reminder that the daemon would send on the days from `from` to `to`.
    ///
    /// The reminders are in the order of their due times. Reminders with the same due time are in
    /// the order of their identity.
    package mutating func simulate(from: Day, to: Day, _ take: (ReminderReport) -> Void) {
        let (accepted, filter) = (accepted, filter)
        accepted.simulate(from: from, to: to) { reminders in
            for reminder in reminders.filter(filter.takes).sorted(by: ReminderReports.precedes) {
                let report = report(on: reminder)
                // The list is empty if another recipient with the same address gets the message.
                if !report.deliveries.isEmpty { take(report) }
            }
        }
    }

    private static func precedes(_ a: ActiveConfiguration.SimulatedReminder, _ b: ActiveConfiguration.SimulatedReminder) -> Bool {
        let (x, y) = (a.scheduled.reminder.key, b.scheduled.reminder.key)
        return (x.plan, x.campaign, x.lead, x.anchor) < (y.plan, y.campaign, y.lead, y.anchor)
    }

    /// Returns the report on a simulated reminder.
    ///
    /// - Parameter fired: the times of the firing and of the evaluation before it; nil if the
    ///   reminder fires on time.
    package mutating func report(
        on simulated: ActiveConfiguration.SimulatedReminder, fired: (at: Instant, lookedBefore: Instant)? = nil
    ) -> ReminderReport {
        let notice = accepted.notice(of: simulated.scheduled, fired: fired)
        let reminder = notice.reminder
        let deliveries = list(to: simulated.recipients)
        let rule = notice.rule
        return ReminderReport(
            plan: reminder.key.plan, campaign: reminder.key.campaign, title: notice.campaign.title,
            occurrence: reminder.occurrence, lead: reminder.key.lead,
            phrase: ReminderReport.Phrase(english: rule.phrase, vietnamese: rule.vietnamesePhrase),
            anchor: reminder.key.anchor, start: reminder.start, end: reminder.end,
            due: LocalTime(reminder.due, in: notice.plan.zone), language: notice.plan.language,
            subjects: subjects(of: notice, deliveries), deliveries: deliveries)
    }

    private mutating func list(to recipients: RecipientSet) -> DeliveryList {
        if let known = lists[recipients] { return known }
        let list = DeliveryList(to: recipients, in: accepted.directory, only: filter.recipient)
        if listedDeliveries > ReminderReports.keptDeliveries {
            lists.removeAll()
            listedDeliveries = 0
        }
        lists[recipients] = list
        listedDeliveries += list.count
        return list
    }

    private func subjects(of notice: ReminderContent, _ deliveries: DeliveryList) -> [ReminderReport.Subject] {
        Language.allCases.compactMap { language in
            guard let first = deliveries.languages.first(where: { $0.language ?? notice.plan.language == language })?.first else {
                return nil
            }
            let (recipient, channel) = (deliveries.recipient(first), deliveries[first].channel)
            let id = DeliveryID(
                reminder: notice.reminder.key, recipient: recipient.id, channel: channel, rehearsal: notice.rehearsal)
            let message = Message(
                delivery: id, attempt: 1, at: notice.firedAt, notice: notice, recipient: recipient, groups: [],
                possibleDuplicate: false)
            return ReminderReport.Subject(language: language, pieces: wording.subjectPieces(of: message))
        }
    }
}

import Config
import Dates
import Diagnostics
import Plans
import Scheduler

/// Names one message of a plan by the words that a person gives to `render`.
package struct RenderQuery: Codable, Equatable, Sendable {
    /// The campaign as `campaign` or `plan/campaign`.
    package let campaign: String
    package let recipient: String
    /// The id of the lead, or its phrase in English or Vietnamese.
    package let lead: String
    /// The day whose first occurrence that is not over is meant, in ISO 8601.
    package let day: String

    package init(campaign: String, recipient: String, lead: String, day: String) {
        self.campaign = campaign
        self.recipient = recipient
        self.lead = lead
        self.day = day
    }

    /// Finds the reminder and the recipient. Throws a refusal if one of the names is unknown.
    package func find(in accepted: ActiveConfiguration) throws(NameRefusal) -> (scheduled: Scheduled, recipient: Recipient) {
        let position = try NameLookup.campaign(campaign, in: accepted.plans)
        let person = try NameLookup.recipient(recipient, in: accepted.directory)
        let plan = accepted.plans.plans[position.plan]
        let subject = plan.campaigns[position.campaign]
        let lead = try NameLookup.lead(lead, of: subject, in: plan)
        guard let day = Day(day), let scheduled = accepted.plans.first(position, lead: lead, notOverOn: day) else {
            throw NameRefusal(message: "campaign \(subject.id) does not come after \(day)", status: 3)
        }
        return (scheduled, person)
    }

    /// Returns the message as a test for another recipient.
    ///
    /// The texts are those of the recipient in the query. Only the address is that of `other`. The
    /// id differs from the reminder's own, so that mail programs do not take one for the other.
    package func test(to other: Recipient, by channel: String, at now: Instant, in accepted: ActiveConfiguration)
        throws(NameRefusal) -> Message
    {
        let (scheduled, person) = try find(in: accepted)
        let plan = accepted.plans.plans[scheduled.plan]
        let campaign = plan.campaigns[scheduled.campaign]
        let lead = campaign.leads[scheduled.lead]
        let reader = Recipient(
            id: other.id, name: person.name, addresses: other.addresses, language: person.language, salutation: person.salutation,
            via: other.via, otherwise: other.otherwise)
        let notice = accepted.notice(of: scheduled, kind: .test)
        let key = scheduled.reminder.key
        let tested = ReminderKey(
            plan: key.plan, campaign: key.campaign, lead: "\(key.lead) \(plan.zone.rfc3339(now))", anchor: key.anchor)
        return Message(
            delivery: DeliveryID(reminder: tested, recipient: other.id, channel: channel, rehearsal: false), attempt: 1,
            at: scheduled.reminder.due, notice: notice, recipient: reader,
            groups: accepted.directory.groups(of: person.id, among: lead.notify), possibleDuplicate: false, sentAt: now)
    }
}

import Messages
import Scheduler

/// A message as a channel would send it.
package struct RenderedMessage: Codable, Sendable {
    /// The id of the delivery.
    package let delivery: String
    /// The recipient's id.
    package let recipient: String
    package let channel: String
    /// The exact bytes that the channel would send, without secrets.
    package let bytes: [UInt8]
    /// The subject, on one line.
    package let subject: String
    /// The text as a person reads it.
    package let text: String
    /// The message as an HTML document.
    package let html: String

    /// Renders the message of the first attempt, as it would be sent at the reminder's due time.
    package init(
        of scheduled: Scheduled, to recipient: Recipient, by channel: any Channel, in accepted: ActiveConfiguration,
        _ wording: Wording
    ) throws(RenderFailure) {
        let lead = accepted.plans.plans[scheduled.plan].campaigns[scheduled.campaign].leads[scheduled.lead]
        let id = DeliveryID(
            reminder: scheduled.reminder.key, recipient: recipient.id, channel: channel.name, rehearsal: false)
        let message = Message(
            delivery: id, attempt: 1, at: scheduled.reminder.due, notice: accepted.notice(of: scheduled), recipient: recipient,
            groups: accepted.directory.groups(of: recipient.id, among: lead.notify), possibleDuplicate: false)
        delivery = id.text
        self.recipient = recipient.id
        self.channel = channel.name
        bytes = try channel.preview(message)
        let rendering = wording.render(message)
        (subject, text, html) = (rendering.subject, rendering.text, rendering.html)
    }
}

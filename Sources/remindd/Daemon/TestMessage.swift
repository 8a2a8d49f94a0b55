import Config
import Dates
import Plans
import Scheduler

/// The message of `send-test`: the recipient's next reminder, marked as a test.
///
/// The administrator thus sees what the recipient will get. A recipient without a coming reminder
/// gets the reminder of a fictitious campaign that takes place today.
enum TestMessage {
    static func make(for person: Recipient, by channel: String, at now: Instant, _ loaded: Loaded) -> Message {
        let (notice, groups) = next(for: person, after: now, loaded) ?? (fictitious(for: person, at: now, loaded), [])
        // The id is not that of the real reminder, which is sent under its own id later.
        let key = ReminderKey(
            plan: "test", campaign: "test", lead: loaded.configuration.timezone.rfc3339(now),
            anchor: loaded.configuration.timezone.civil(at: now).day)
        let id = DeliveryID(reminder: key, recipient: person.id, channel: channel, rehearsal: false)
        return Message(
            delivery: id, attempt: 1, at: now, notice: notice, recipient: person, groups: groups, possibleDuplicate: false)
    }

    // MARK: the next reminder

    /// The length of one search for the next reminder, and the number of searches.
    private static let (span_days, spans) = (31, 12)
    /// The number of campaigns above which only one search is made.
    ///
    /// A search among 5 000 campaigns takes some hundredths of a second of the loop's thread.
    private static let manyCampaigns = 5_000

    /// Returns the next reminder that the recipient gets, and the groups that name the recipient.
    ///
    /// Returns nil if none falls due within a year.
    private static func next(for person: Recipient, after now: Instant, _ loaded: Loaded) -> (ReminderContent, [String])? {
        let accepted = loaded.accepted
        guard let position = accepted.directory.position(person.id) else { return nil }
        // Starts a day earlier, because it may still be yesterday in the zone of a plan.
        var from = loaded.configuration.timezone.civil(at: now).day - 1
        for _ in 0..<(accepted.plans.campaignCount > manyCampaigns ? 1 : spans) {
            // A confidential campaign is left out, because a test may go through any channel.
            let found = accepted.simulate(from: from, to: from + span_days - 1).first {
                let campaign = accepted.plans.plans[$0.scheduled.plan].campaigns[$0.scheduled.campaign]
                return $0.scheduled.reminder.due > now && $0.recipients.contains(position) && campaign.confidential.isEmpty
            }
            if let found { return content(of: found.scheduled, for: person, at: now, accepted) }
            from = from + span_days
        }
        return nil
    }

    private static func content(
        of scheduled: Scheduled, for person: Recipient, at now: Instant, _ accepted: ActiveConfiguration
    ) -> (ReminderContent, [String]) {
        let plan = accepted.plans.plans[scheduled.plan]
        let campaign = plan.campaigns[scheduled.campaign]
        let lead = campaign.leads[scheduled.lead]
        let notice = ReminderContent(
            kind: .test, plan: plan, campaign: campaign, rule: lead.rule,
            stored: StoredReminder(reminder: scheduled.reminder, firedAt: now, late: false), contact: accepted.contact,
            rehearsal: false, hasEvent: false)
        return (notice, accepted.directory.groups(of: person.id, among: lead.notify))
    }

    // MARK: the fictitious campaign

    private static func fictitious(for person: Recipient, at now: Instant, _ loaded: Loaded) -> ReminderContent {
        let zone = loaded.configuration.timezone
        let language = person.language ?? .vi
        let today = zone.civil(at: now).day
        let title = language == .vi ? "Tin thử của remindd" : "Test message of remindd"
        let campaign = Campaign(
            id: "test", title: title, when: .once(from: today, to: today), writtenWhen: today.description, leads: [])
        let plan = Plan(
            id: "test", title: title, source: .init(), zone: zone, language: language, campaigns: [campaign])
        let key = ReminderKey(plan: "test", campaign: "test", lead: zone.rfc3339(now), anchor: today)
        let reminder = Reminder(
            key: key, occurrence: "once", start: today, end: today, due: now, deadline: zone.startOfDay(today + 1))
        return ReminderContent(
            kind: .test, plan: plan, campaign: campaign, rule: .onTheDay,
            stored: StoredReminder(reminder: reminder, firedAt: now, late: false), contact: loaded.accepted.contact,
            rehearsal: false, hasEvent: false)
    }
}

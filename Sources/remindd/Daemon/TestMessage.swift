import Config
import Dates
import Plans
import Scheduler

/// The message of `send-test`: a reminder of a fictitious campaign that takes place today.
enum TestMessage {
    static func make(for person: Recipient, by channel: String, at now: Instant, _ loaded: Loaded) -> Message {
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
        let notice = ReminderContent(
            kind: .test, plan: plan, campaign: campaign, rule: .onTheDay,
            stored: StoredReminder(reminder: reminder, firedAt: now, late: false), contact: loaded.accepted.contact,
            rehearsal: false, hasEvent: false)
        let id = DeliveryID(reminder: key, recipient: person.id, channel: channel, rehearsal: false)
        return Message(
            delivery: id, attempt: 1, at: now, notice: notice, recipient: person, groups: [], possibleDuplicate: false)
    }
}

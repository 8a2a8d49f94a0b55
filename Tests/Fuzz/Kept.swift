@testable import Config
@testable import Dates
@testable import Notifiers
@testable import Plans
@testable import Scheduler

/// Values that every run needs, created once.
enum Kept {
    // libFuzzer calls from one thread only.
    nonisolated(unsafe) static let zones = SystemZones()

    /// A string that must never appear unescaped in HTML.
    static let canary = "<script>{{secret}}</script>"

    static let message: Message = {
        let day = Day(2026, 6, 28)!
        let campaign = Campaign(
            id: "fuzz", title: canary, when: .once(from: day, to: day), writtenWhen: "2026-06-28", leads: [], cite: canary,
            tags: [canary], note: canary)
        let plan = Plan(id: "fuzz", title: canary, source: .init(), zone: .utc, language: .vi, campaigns: [campaign])
        let key = ReminderKey(plan: "fuzz", campaign: "fuzz", lead: "on the day", anchor: day)
        let due = Zone.utc.startOfDay(day)
        let reminder = Reminder(
            key: key, occurrence: "once", start: day, end: day, due: due, deadline: Zone.utc.startOfDay(day + 1))
        let notice = ReminderContent(
            plan: plan, campaign: campaign, rule: .onTheDay,
            stored: StoredReminder(reminder: reminder, firedAt: due, late: false),
            contact: canary, rehearsal: false)
        let reader = Recipient(id: "an", name: canary, email: "an@example.vn", language: .vi, via: ["mail"], otherwise: [])
        let id = DeliveryID(reminder: key, recipient: "an", channel: "mail", rehearsal: false)
        return Message(
            delivery: id, attempt: 1, at: due, notice: notice, recipient: reader, groups: [canary], possibleDuplicate: false)
    }()
}

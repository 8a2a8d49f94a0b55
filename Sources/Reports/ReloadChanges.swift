import Dates
import Scheduler

/// The changes that a reload makes to campaigns, to coming reminders and to messages.
package struct ReloadChanges: Codable, Sendable {
    /// The first entries of a list (at most `listed`), and the number of all its entries.
    package struct Listed<Entry: Codable & Sendable>: Codable, Sendable {
        package let count: Int
        package let first: [Entry]

        fileprivate init(_ entries: [Entry]) {
            count = entries.count
            first = Array(entries.prefix(ReloadChanges.listed))
        }
    }

    package struct Dates: Codable, Hashable, Sendable {
        package let start: Day
        package let end: Day
        /// The time of day; nil if the occurrence has none.
        package let time: EventTime?
    }

    /// A change of dates, or a cancellation, that recipients are notified of.
    package struct Announced: Codable, Sendable {
        package let occurrence: String
        package let before: Dates
        package let after: Dates
        package let messages: Int
    }

    /// A change of dates that is not announced, because nobody was notified of the old dates.
    package struct Moved: Codable, Sendable {
        package let occurrence: String
        package let before: Dates
        package let after: Dates
    }

    /// A reminder whose due time changes.
    package struct Shifted: Codable, Sendable {
        package let occurrence: String
        package let lead: String
        package let before: LocalTime
        package let after: LocalTime
    }

    /// A reminder that is sent immediately after the reload.
    package struct Sent: Codable, Sendable {
        package let occurrence: String
        package let lead: String
        package let messages: Int
    }

    package let added: Listed<String>
    package let removed: Listed<String>
    package let cancelled: Listed<Announced>
    package let moved: Listed<Announced>
    package let movedQuietly: Listed<Moved>
    package let shifted: Listed<Shifted>
    package let sent: Listed<Sent>

    /// The number of days from today for which reminders are compared.
    package static let ahead_days = 400
    /// The maximum number of entries in `Listed.first`.
    package static let listed = 20

    package init(from old: ActiveConfiguration, to new: ActiveConfiguration, now: Instant, zone: Zone, preview: Preview) {
        let (before, after) = (old.plans.campaignNames, new.plans.campaignNames)
        let (known, kept) = (Set(before), Set(after))
        added = Listed(after.filter { !known.contains($0) })
        removed = Listed(before.filter { !kept.contains($0) })
        cancelled = Listed(preview.changes.filter { $0.change == .gone }.map(Announced.init))
        moved = Listed(preview.changes.filter { $0.change == .moved }.map(Announced.init))
        let announced = Set(preview.changes.map { ReloadChanges.name($0.reminder) })
        let today = zone.civil(at: now).day
        let was = Coming(old, today, after: now)
        let willBe = Coming(new, today, after: now)
        var quietly: [Moved] = []
        for (occurrence, dates) in willBe.dates.sorted(by: { ($0.value.start, $0.key) < ($1.value.start, $1.key) }) {
            guard let earlier = was.dates[occurrence], earlier != dates, !announced.contains(occurrence) else { continue }
            quietly.append(Moved(occurrence: occurrence, before: earlier, after: dates))
        }
        movedQuietly = Listed(quietly)
        var shifts: [Shifted] = []
        for (lead, dues) in willBe.dues.sorted(by: { ($0.value.first ?? now, $0.key.text) < ($1.value.first ?? now, $1.key.text) }
        ) {
            guard let earlier = was.dues[lead], earlier != dues, let first = dues.first, let last = earlier.first else {
                continue
            }
            shifts.append(
                Shifted(
                    occurrence: lead.occurrence, lead: lead.lead, before: LocalTime(last, in: zone),
                    after: LocalTime(first, in: zone)))
        }
        shifted = Listed(shifts)
        sent = Listed(
            preview.due.map {
                let reminder = $0.scheduled.reminder
                return Sent(
                    occurrence: ReloadChanges.name(reminder), lead: reminder.key.lead,
                    messages: new.directory.deliveryCount(to: $0.recipients))
            })
    }

    /// Whether the reload changes no campaign and no reminder.
    package var isEmpty: Bool {
        [added.count, removed.count, cancelled.count, moved.count, movedQuietly.count, shifted.count].allSatisfy { $0 == 0 }
    }

    /// Returns the name of a reminder's occurrence, such as `plan/campaign 2027`.
    fileprivate static func name(_ reminder: Reminder) -> String {
        "\(reminder.key.plan)/\(reminder.key.campaign) \(reminder.occurrence)"
    }

    private struct LeadName: Hashable {
        let occurrence: String
        let lead: String
        var text: String { "\(occurrence) “\(lead)”" }
    }

    /// The dates of coming occurrences, and the due times of their reminders by lead.
    private struct Coming {
        var dates: [String: Dates] = [:]
        var dues: [LeadName: [Instant]] = [:]

        init(_ accepted: ActiveConfiguration, _ today: Day, after now: Instant) {
            // Starts one day early, because it may still be yesterday in the zone of a plan.
            for simulated in accepted.simulate(from: today - 1, to: today + ahead_days)
            where simulated.scheduled.reminder.due > now {
                let reminder = simulated.scheduled.reminder
                let name = ReloadChanges.name(reminder)
                dates[name] = Dates(start: reminder.start, end: reminder.end, time: reminder.time)
                dues[LeadName(occurrence: name, lead: reminder.key.lead), default: []].append(reminder.due)
            }
        }
    }
}

extension ReloadChanges.Announced {
    fileprivate init(_ change: Preview.Change) {
        occurrence = ReloadChanges.name(change.reminder)
        before = ReloadChanges.Dates(
            start: change.before.lowerBound, end: change.before.upperBound, time: change.timeBefore)
        after = ReloadChanges.Dates(start: change.reminder.start, end: change.reminder.end, time: change.reminder.time)
        messages = change.deliveries
    }
}

import Dates
import Scheduler

/// What a reload changes, in words: campaigns added, removed and moved, the coming reminders that moves, and what goes out at once.
struct ReloadReport {
    let lines: [String]

    /// How far ahead reminders are compared.
    static let ahead_days = 400
    /// More of one kind are given as a number.
    static let listed = 20

    init(from old: Accepted, to new: Accepted, now: Instant, zone: Zone, preview: Preview) {
        var lines: [String] = []
        func list(_ heading: String, _ entries: [String]) {
            guard !entries.isEmpty else { return }
            lines.append("\(heading): \(entries.count)")
            lines += entries.prefix(ReloadReport.listed).map { "  " + $0 }
            if entries.count > ReloadReport.listed { lines.append("  and \(entries.count - ReloadReport.listed) more") }
        }
        let (before, after) = (old.plans.campaignNames, new.plans.campaignNames)
        let (known, kept) = (Set(before), Set(after))
        list("added", after.filter { !known.contains($0) })
        list("removed", before.filter { !kept.contains($0) })
        list("cancelled, and announced in a minute", preview.changes.filter { $0.change == .gone }.map(ReloadReport.cancelled))
        list("moved, and announced at once", preview.changes.filter { $0.change == .moved }.map(ReloadReport.moved))
        let announced = Set(preview.changes.map { ReloadReport.name($0.reminder) })
        let today = zone.civil(at: now).day
        let was = ReloadReport.coming(old, today, after: now)
        let willBe = ReloadReport.coming(new, today, after: now)
        var quietly: [String] = []
        var shifted: [String] = []
        for (occurrence, dates) in willBe.dates.sorted(by: { ($0.value.start, $0.key.text) < ($1.value.start, $1.key.text) }) {
            guard let earlier = was.dates[occurrence], earlier != dates, !announced.contains(occurrence.text) else { continue }
            quietly.append("\(occurrence.text): \(earlier.text) → \(dates.text)")
        }
        for (lead, dues) in willBe.dues.sorted(by: { ($0.value.first ?? now, $0.key.text) < ($1.value.first ?? now, $1.key.text) }
        ) {
            guard let earlier = was.dues[lead], earlier != dues, let first = dues.first, let last = earlier.first else {
                continue
            }
            shifted.append("\(lead.text): \(zone.rfc3339(last)) → \(zone.rfc3339(first))")
        }
        list("moved, and nobody was notified of the old dates", quietly)
        list("reminders that come at another time", shifted)
        if lines.isEmpty { lines.append("no campaign added, removed or moved") }
        list(
            "goes out at once",
            preview.due.map {
                let reminder = $0.scheduled.reminder
                let count = counted(new.directory.deliveryCount(to: $0.recipients), "message")
                return "\(ReloadReport.name(reminder)): \(reminder.key.lead), \(count)"
            })
        if preview.due.isEmpty, !preview.changes.contains(where: { $0.change == .moved }) {
            lines.append("goes out at once: nothing")
        }
        self.lines = lines
    }

    private static func name(_ reminder: Reminder) -> String {
        "\(reminder.key.plan)/\(reminder.key.campaign) \(reminder.occurrence)"
    }

    private static func moved(_ change: Preview.Change) -> String {
        let after = Dates(start: change.reminder.start, end: change.reminder.end)
        let before = Dates(start: change.before.lowerBound, end: change.before.upperBound)
        let dates = before == after ? "takes place on \(after.text) again" : "\(before.text) → \(after.text)"
        return "\(name(change.reminder)): \(dates), \(counted(change.deliveries, "message"))"
    }

    private static func cancelled(_ change: Preview.Change) -> String {
        let before = Dates(start: change.before.lowerBound, end: change.before.upperBound)
        return "\(name(change.reminder)): \(before.text), \(counted(change.deliveries, "message"))"
    }

    private struct Occurrence: Hashable {
        let text: String
    }

    private struct Dates: Hashable {
        let start: Day
        let end: Day
        var text: String { start == end ? "\(start)" : "\(start) to \(end)" }
    }

    /// Dates by occurrence, dues by occurrence and lead, of what comes.
    private static func coming(
        _ accepted: Accepted, _ today: Day, after now: Instant
    ) -> (dates: [Occurrence: Dates], dues: [Occurrence: [Instant]]) {
        var dates: [Occurrence: Dates] = [:]
        var dues: [Occurrence: [Instant]] = [:]
        // A plan in a zone further west still has the day before.
        for simulated in accepted.simulate(from: today - 1, to: today + ahead_days) where simulated.scheduled.reminder.due > now {
            let reminder = simulated.scheduled.reminder
            let name = "\(reminder.key.plan)/\(reminder.key.campaign) \(reminder.occurrence)"
            dates[Occurrence(text: name)] = Dates(start: reminder.start, end: reminder.end)
            dues[Occurrence(text: "\(name) “\(reminder.key.lead)”"), default: []].append(reminder.due)
        }
        return (dates, dues)
    }
}

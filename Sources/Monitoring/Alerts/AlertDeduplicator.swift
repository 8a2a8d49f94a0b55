import Dates
import Scheduler

/// Collects alerts, and decides which of them the next message to the operators contains.
///
/// An alert is reported together with the alerts of the following 10 seconds. Alerts with the same
/// key are then reported only once a day, with their number. New recipients of a reported reminder
/// are reported after an hour. Reminders to an address that was reported are reported a day later.
///
/// The type does no input or output. Alerts are not stored on disk, because they are not reminders.
/// All instants are from a clock that cannot be set.
struct AlertDeduplicator {
    /// One line of a message.
    struct Line: Hashable {
        /// The most recent alert with the key of this line.
        let alert: Alert
        /// Number of alerts with this key since the last report, at least 1.
        var count: Int
        /// The affected recipients, in the order of their alerts, at most `peopleLimit`.
        ///
        /// Empty if the alert is not about recipients.
        var people: [Alert.Person] = []
        /// The affected reminders, in the order of their alerts, at most `reminderLimit`.
        ///
        /// There is more than one only if the alert is about an address.
        var reminders: [Alert.Reminder] = []
        /// Whether the line reports that the condition has ended.
        var isOver = false
        /// Whether the condition ended and began again since the last report.
        ///
        /// An example is a channel that fails from time to time.
        var comesAndGoes = false

        /// The reminders that the line is about: `reminders`, or else the reminder of the alert.
        var allReminders: [Alert.Reminder] { reminders.isEmpty ? alert.reminder.map { [$0] } ?? [] : reminders }
    }

    private struct Waiting {
        var line: Line
        let dueAt: Instant
    }

    private struct Told {
        var at: Instant
        var since = 0
        var latest: Alert
        /// Ids of the recipients named in earlier reports.
        var people: Set<String> = []
        /// The reminders of alerts about an address since the last report.
        var reminders: [Alert.Reminder] = []
        /// Whether the condition has ended. Its end has been reported, or will be soon.
        var isOver = false
        /// Whether the condition ended and began again since the last report.
        var comesAndGoes = false
    }

    private var waiting: [String: Waiting] = [:]
    private var order: [String] = []
    private var told: [String: Told] = [:]
    /// When a reminder was last reported in an alert about an address, keyed by `keyOfReminder`.
    private var toldReminders: [String: Instant] = [:]
    /// Keys of alerts that were dropped because `limit` lines were already waiting.
    private var dropped: Set<String> = []

    /// The time during which further alerts are added to a new message.
    static let gathering = TimeSpan.seconds(10)
    /// The time between a report and the report of further recipients of the same reminder.
    static let furtherPeople = TimeSpan.hours(1)
    static let again = TimeSpan.days(1)
    /// Maximum number of lines in a message. The operators would not read a longer message.
    static let limit = 50
    /// Maximum number of waiting lines about addresses. `joined` turns most of them into a few.
    static let addressLimit = 1_000
    static let reminderLimit = 20
    static let peopleLimit = 1_000
    static let droppedLimit = 100_000
    /// Maximum number of reported keys to keep. If there are more, the oldest keys are deleted.
    static let memory = 5_000

    mutating func note(_ alert: Alert, now: Instant) {
        let key = alert.key
        if var known = told[key], now - known.at < AlertDeduplicator.again {
            known.since += 1
            known.latest = alert
            if known.isOver {
                known.isOver = false
                // The condition holds again. If its end has not been reported yet, it is not
                // reported at all.
                if waiting[key]?.line.isOver == true { stopWaiting(key) } else { known.comesAndGoes = true }
            }
            if alert.isAboutAddress, let reminder = alert.reminder { known.reminders.add(reminder) }
            let isNew = alert.person.map { !known.people.contains($0.recipient) } ?? false
            if isNew { known.since -= 1 }
            told[key] = known
            if isNew {
                add(
                    alert, key, before: 0,
                    dueAt: max(now + AlertDeduplicator.gathering, known.at + AlertDeduplicator.furtherPeople))
            }
            return
        }
        // A refused address of a reminder that was reported within the hour waits with the others.
        let before = alert.keyOfReminder.flatMap { toldReminders[$0] }.map { $0 + AlertDeduplicator.furtherPeople }
        let soon = now + AlertDeduplicator.gathering
        add(alert, key, before: told[key]?.since ?? 0, dueAt: max(soon, before ?? soon))
    }

    /// Ends the condition that alerts with this key are about.
    ///
    /// The end is reported only if the condition was reported.
    mutating func clear(_ key: String, now: Instant) {
        if let pending = waiting[key], !pending.line.isOver { stopWaiting(key) }
        guard var known = told[key], !known.isOver else { return }
        known.isOver = true
        told[key] = known
        if !known.comesAndGoes { wait(Line(alert: known.latest, count: 1, isOver: true), key, now + AlertDeduplicator.gathering) }
    }

    /// Forgets an alert. Neither the alert nor its end is reported later.
    mutating func forget(_ key: String) {
        told[key] = nil
        stopWaiting(key)
    }

    private mutating func stopWaiting(_ key: String) {
        waiting[key] = nil
        order.removeAll { $0 == key }
        dropped.remove(key)
    }

    /// Whether no alert in `lasting` stops all reminders.
    var isAllWell: Bool { !lasting.contains { $0.stopsEverything } }

    /// The channels that are known to fail: those of the alerts in `lasting`.
    var failingChannels: Set<String> { Set(lasting.compactMap(\.channel)) }

    /// The alerts about conditions that still hold, whether they were reported or not.
    var lasting: [Alert] {
        let known = told.values.filter { !$0.isOver }.map(\.latest)
        let pending = waiting.values.filter { !$0.line.isOver }.map(\.line.alert)
        return Dictionary((known + pending).filter(\.lasts).map { ($0.key, $0) }, uniquingKeysWith: { $1 }).values
            .sorted { $0.key < $1.key }
    }

    /// The next instant at which `take` may return lines; nil if there is nothing to report.
    var nextWake: Instant? {
        // Skips keys with a waiting line, because this line reports them. If the message is full,
        // repeated alerts wait for a later message.
        let isFull = waitingOthers >= AlertDeduplicator.limit
        let repeats = told.filter { !isFull && waiting[$0.key] == nil && isToldAgain($0.value) }
            .map { $0.value.at + AlertDeduplicator.again }.min()
        return [repeats, waiting.values.map(\.dueAt).min()].compactMap { $0 }.min()
    }

    private func isToldAgain(_ known: Told) -> Bool { known.latest.lasts && !known.isOver || known.since > 0 }

    /// Returns the lines of the message that is due, and the number of keys that were dropped.
    ///
    /// No lines are returned if no message is due. If `atOnce` is true, all waiting lines are due.
    mutating func take(now: Instant, atOnce: Bool = false) -> (lines: [Line], dropped: Int) {
        for (key, known) in told where now - known.at >= AlertDeduplicator.again {
            guard isToldAgain(known) else {
                told[key] = nil
                continue
            }
            guard waiting[key] == nil else { continue }
            var line = Line(alert: known.latest, count: max(1, known.since), comesAndGoes: known.comesAndGoes)
            if known.latest.isAboutAddress { line.people = known.latest.person.map { [$0] } ?? [] }
            line.reminders = known.reminders
            if !known.comesAndGoes, known.isOver { line.comesAndGoes = true }
            wait(line, key, now + AlertDeduplicator.gathering)
        }
        let isDue = waiting.values.contains { atOnce || now >= $0.dueAt }
        guard isDue else { return ([], 0) }
        // Lines that wait for further recipients are left for a later message.
        let due = order.filter { atOnce || (waiting[$0]!.dueAt - now) <= AlertDeduplicator.gathering }
        let lines = due.compactMap { waiting[$0]?.line }
        for line in lines { tell(line, now: now) }
        for key in due { waiting[key] = nil }
        order.removeAll { waiting[$0] == nil }
        forgetOldest(now: now)
        defer { dropped = [] }
        return (lines, dropped.count)
    }

    private mutating func tell(_ line: Line, now: Instant) {
        let key = line.alert.key
        guard !line.isOver else { return }
        if let reminder = line.alert.keyOfReminder { toldReminders[reminder] = now }
        let before = told[key]
        var known = Told(at: now, latest: line.alert, people: Set(line.people.map(\.recipient)))
        known.isOver = before?.isOver ?? false && line.comesAndGoes
        if let before, now - before.at < AlertDeduplicator.again {
            known.at = before.at
            known.people.formUnion(before.people)
            known.since = before.since
            known.reminders = before.reminders
        }
        told[key] = known
    }

    private mutating func forgetOldest(now: Instant) {
        toldReminders = toldReminders.filter { now - $0.value < AlertDeduplicator.furtherPeople }
        guard told.count > AlertDeduplicator.memory else { return }
        for (key, _) in told.sorted(by: { $0.value.at < $1.value.at }).prefix(told.count - AlertDeduplicator.memory) {
            told[key] = nil
        }
    }

    private mutating func add(_ alert: Alert, _ key: String, before: Int, dueAt: Instant) {
        guard var pending = waiting[key], !pending.line.isOver else {
            let people = alert.person.map { [$0] } ?? []
            var line = Line(alert: alert, count: before + 1, people: people)
            if before > 0 { line.reminders = told[key]?.reminders ?? [] }
            if let reminder = alert.reminder { line.reminders.add(reminder) }
            return wait(line, key, dueAt)
        }
        var line = Line(
            alert: alert, count: pending.line.count + 1, people: pending.line.people, reminders: pending.line.reminders)
        if let reminder = alert.reminder { line.reminders.add(reminder) }
        if let person = alert.person, line.people.count < AlertDeduplicator.peopleLimit,
            !line.people.contains(where: { $0.recipient == person.recipient })
        {
            line.people.append(person)
        }
        pending.line = line
        waiting[key] = pending
    }

    private mutating func wait(_ line: Line, _ key: String, _ dueAt: Instant) {
        if waiting[key] == nil {
            let others = waitingOthers
            let isRoom =
                line.alert.isAboutAddress
                ? order.count - others < AlertDeduplicator.addressLimit : others < AlertDeduplicator.limit
            guard isRoom else {
                if dropped.count < AlertDeduplicator.droppedLimit { dropped.insert(key) }
                return
            }
            order.append(key)
            dropped.remove(key)
        }
        waiting[key] = Waiting(line: line, dueAt: dueAt)
    }

    /// The number of waiting lines that are not about an address.
    private var waitingOthers: Int { order.count { waiting[$0]?.line.alert.isAboutAddress == false } }

    /// Joins lines about addresses of one channel that have the same reminders.
    ///
    /// The result thus has one line for each reminder that many recipients did not get, and one for
    /// each address that did not get several reminders. All other lines stay as they are.
    static func joined(_ lines: [Line]) -> [Line] {
        struct Group: Hashable {
            let channel: String
            let reminders: [Alert.Reminder]
        }
        var joined: [Line] = []
        var positions: [Group: Int] = [:]
        for line in lines {
            guard line.alert.isAboutAddress, !line.isOver, let channel = line.alert.channel else {
                joined.append(line)
                continue
            }
            let group = Group(channel: channel, reminders: line.reminders)
            guard let position = positions[group] else {
                positions[group] = joined.count
                joined.append(line)
                continue
            }
            joined[position].people += line.people
            joined[position].count += line.count
        }
        return joined
    }
}

extension [Alert.Reminder] {
    /// Adds a reminder that the list does not have, unless the list is full.
    fileprivate mutating func add(_ reminder: Alert.Reminder) {
        guard count < AlertDeduplicator.reminderLimit, !contains(reminder) else { return }
        append(reminder)
    }
}

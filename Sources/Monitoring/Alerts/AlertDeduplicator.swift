import Dates
import Scheduler

/// Collects alerts, and decides which of them the next message to the operators contains.
///
/// An alert is reported together with the alerts of the following 10 seconds. Alerts with the same
/// key are then reported only once a day, with their number. New recipients of a reported reminder
/// are reported after an hour.
///
/// The type does no input or output. Alerts are not stored on disk, because they are not reminders.
/// All instants are from a clock that cannot be set.
struct AlertDeduplicator {
    /// One line of a message.
    struct Line: Hashable {
        /// The most recent alert with the key of this line.
        let alert: Alert
        /// Number of alerts with this key since the last report, at least 1.
        let count: Int
        /// The affected recipients, in the order of their alerts, at most `peopleLimit`.
        ///
        /// Empty if the alert is not about recipients.
        var people: [Alert.Person] = []
        /// Whether the line reports that the condition has ended.
        var isOver = false
        /// Whether the condition ended and began again since the last report.
        ///
        /// An example is a channel that fails from time to time.
        var comesAndGoes = false
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
        /// Whether the condition has ended. Its end has been reported, or will be soon.
        var isOver = false
        /// Whether the condition ended and began again since the last report.
        var comesAndGoes = false
    }

    private var waiting: [String: Waiting] = [:]
    private var order: [String] = []
    private var told: [String: Told] = [:]
    /// Keys of alerts that were dropped because `limit` lines were already waiting.
    private var dropped: Set<String> = []

    /// The time during which further alerts are added to a new message.
    static let gathering = TimeSpan.seconds(10)
    /// The time between a report and the report of further recipients of the same reminder.
    static let furtherPeople = TimeSpan.hours(1)
    static let again = TimeSpan.days(1)
    /// Maximum number of lines in a message. The operators would not read a longer message.
    static let limit = 50
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
        add(alert, key, before: told[key]?.since ?? 0, dueAt: now + AlertDeduplicator.gathering)
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
        let isFull = order.count >= AlertDeduplicator.limit
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
        forgetOldest()
        defer { dropped = [] }
        return (lines, dropped.count)
    }

    private mutating func tell(_ line: Line, now: Instant) {
        let key = line.alert.key
        guard !line.isOver else { return }
        let before = told[key]
        var known = Told(at: now, latest: line.alert, people: Set(line.people.map(\.recipient)))
        known.isOver = before?.isOver ?? false && line.comesAndGoes
        if let before, now - before.at < AlertDeduplicator.again {
            known.at = before.at
            known.people.formUnion(before.people)
            known.since = before.since
        }
        told[key] = known
    }

    private mutating func forgetOldest() {
        guard told.count > AlertDeduplicator.memory else { return }
        for (key, _) in told.sorted(by: { $0.value.at < $1.value.at }).prefix(told.count - AlertDeduplicator.memory) {
            told[key] = nil
        }
    }

    private mutating func add(_ alert: Alert, _ key: String, before: Int, dueAt: Instant) {
        guard var pending = waiting[key], !pending.line.isOver else {
            let people = alert.person.map { [$0] } ?? []
            return wait(Line(alert: alert, count: before + 1, people: people), key, dueAt)
        }
        var line = Line(alert: alert, count: pending.line.count + 1, people: pending.line.people)
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
            guard order.count < AlertDeduplicator.limit else {
                if dropped.count < AlertDeduplicator.droppedLimit { dropped.insert(key) }
                return
            }
            order.append(key)
            dropped.remove(key)
        }
        waiting[key] = Waiting(line: line, dueAt: dueAt)
    }
}

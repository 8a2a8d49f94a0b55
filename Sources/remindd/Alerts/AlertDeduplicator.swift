import Dates
import Scheduler

/// What has been noted and what was told of it: an alert is told once, with those that came with it; the same again only
/// after a day, with their number, also where it was over in between. Pure, and in memory only: alerts are no reminders (architecture page,
/// "Memory"). Its instants are those of a steady clock, which nobody sets.
struct AlertDeduplicator {
    /// One line of a bulletin.
    struct Line: Hashable {
        /// The latest of its kind.
        let alert: Alert
        /// How often since it was last told, at least 1.
        let count: Int
        /// Whom it is about, in the order they came; empty where it is about something else. At most `peopleLimit`.
        var people: [Alert.Person] = []
        /// It is over: the good news.
        var isOver = false
        /// It came and went since it was last told: a channel that fails now and then.
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
        /// Whom it was told of.
        var people: Set<String> = []
        /// It has ended; that it had, was told.
        var isOver = false
        /// It ended and began again since it was told.
        var comesAndGoes = false
    }

    private var waiting: [String: Waiting] = [:]
    private var order: [String] = []
    private var told: [String: Told] = [:]
    /// Different things that found no room while so many waited.
    private var dropped: Set<String> = []

    /// What comes within this long of the first goes with it.
    static let gathering = TimeSpan.seconds(10)
    /// Others whom the same reminder did not reach are told of together, and no sooner than this after the first.
    static let furtherPeople = TimeSpan.hours(1)
    static let again = TimeSpan.days(1)
    /// More different things than this in one bulletin say no more to anyone.
    static let limit = 50
    static let peopleLimit = 1_000
    static let droppedLimit = 100_000
    /// What is remembered as told, at most; the oldest go.
    static let memory = 5_000

    mutating func note(_ alert: Alert, now: Instant) {
        let key = alert.key
        if var known = told[key], now - known.at < AlertDeduplicator.again {
            known.since += 1
            known.latest = alert
            if known.isOver {
                known.isOver = false
                // An end that nobody was told of yet is not told any more.
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

    /// What lasted is over. Says so if it had been told, once; what had not is forgotten.
    mutating func clear(_ key: String, now: Instant) {
        if let pending = waiting[key], !pending.line.isOver { stopWaiting(key) }
        guard var known = told[key], !known.isOver else { return }
        known.isOver = true
        told[key] = known
        if !known.comesAndGoes { wait(Line(alert: known.latest, count: 1, isOver: true), key, now + AlertDeduplicator.gathering) }
    }

    /// Nothing more is said of it, neither that it lasts nor that it is over.
    mutating func forget(_ key: String) {
        told[key] = nil
        stopWaiting(key)
    }

    private mutating func stopWaiting(_ key: String) {
        waiting[key] = nil
        order.removeAll { $0 == key }
        dropped.remove(key)
    }

    /// Whether something that lasts, told or about to be, stops everything.
    var isAllWell: Bool { !lasting.contains { $0.stopsEverything } }

    /// Channels that are known not to work.
    var failingChannels: Set<String> { Set(lasting.compactMap(\.channel)) }

    /// Everything that lasts, for `status`.
    var lasting: [Alert] {
        let known = told.values.filter { !$0.isOver }.map(\.latest)
        let pending = waiting.values.filter { !$0.line.isOver }.map(\.line.alert)
        return Dictionary((known + pending).filter(\.lasts).map { ($0.key, $0) }, uniquingKeysWith: { $1 }).values
            .sorted { $0.key < $1.key }
    }

    /// When `take` next has something; nil: nothing waits.
    var nextWake: Instant? {
        // One that waits already comes with the others; where there is no room, it comes after them.
        let isFull = order.count >= AlertDeduplicator.limit
        let repeats = told.filter { !isFull && waiting[$0.key] == nil && isToldAgain($0.value) }
            .map { $0.value.at + AlertDeduplicator.again }.min()
        return [repeats, waiting.values.map(\.dueAt).min()].compactMap { $0 }.min()
    }

    private func isToldAgain(_ known: Told) -> Bool { known.latest.lasts && !known.isOver || known.since > 0 }

    /// The lines of a bulletin that is due, and how many different things found no room in it; no lines: none is due. `atOnce` does not wait
    /// for companions.
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
        // What gathers with the first goes with it; what is put off for its companions does not.
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

import Scheduler

/// What has been noted and what was told of it: an alert is told once, with those that came with it; the same again only
/// after a day, with their number. Pure, and in memory only: alerts are no reminders (architecture page, "Memory").
struct AlertBook {
    /// One line of a bulletin.
    struct Line: Hashable {
        let alert: Alert
        /// How often since it was last told, at least 1.
        let count: Int
        /// It is over: the good news.
        let isOver: Bool
    }

    private struct Told {
        var at: Instant
        var since = 0
        var latest: Alert
    }

    private var waiting: [String: Line] = [:]
    private var order: [String] = []
    private var firstWaiting: Instant?
    private var told: [String: Told] = [:]
    /// Different things that found no room while so many waited.
    private(set) var dropped = 0

    /// What comes within this long of the first goes with it.
    static let gathering = Span.seconds(10)
    static let again = Span.days(1)
    /// More different things than this in one bulletin say no more to anyone.
    static let limit = 50
    /// What is remembered as told, at most; the oldest go.
    static let memory = 5_000

    mutating func note(_ alert: Alert, now: Instant) {
        let key = alert.key
        if var known = told[key], now - known.at < AlertBook.again {
            known.since += 1
            known.latest = alert
            told[key] = known
            return
        }
        let before = told[key]?.since ?? 0
        if let line = waiting[key], !line.isOver {
            waiting[key] = Line(alert: line.alert, count: line.count + 1, isOver: false)
        } else {
            wait(Line(alert: alert, count: before + 1, isOver: false), key, now)
        }
    }

    /// What lasted is over. Says so if it had been told; what had not is forgotten.
    mutating func clear(_ key: String, now: Instant) {
        if let line = waiting[key], !line.isOver {
            waiting[key] = nil
            order.removeAll { $0 == key }
        }
        guard let known = told.removeValue(forKey: key) else { return }
        wait(Line(alert: known.latest, count: 1, isOver: true), key, now)
    }

    /// Whether something that lasts, told or about to be, stops everything.
    var isAllWell: Bool {
        !told.values.contains { $0.latest.stopsEverything } && !waiting.values.contains { $0.alert.stopsEverything && !$0.isOver }
    }

    /// Channels that are known not to work.
    var failingChannels: Set<String> {
        Set(
            (told.values.map(\.latest) + waiting.values.filter { !$0.isOver }.map(\.alert)).filter(\.lasts)
                .compactMap(\.channel))
    }

    /// Everything that lasts, for `status`.
    var lasting: [Alert] {
        (told.values.map(\.latest) + waiting.values.filter { !$0.isOver }.map(\.alert)).filter(\.lasts)
            .sorted { $0.key < $1.key }
    }

    /// When `take` next has something; nil: nothing waits.
    var nextWake: Instant? {
        let repeats = told.values.filter { $0.latest.lasts || $0.since > 0 }.map { $0.at + AlertBook.again }.min()
        let gathered = firstWaiting.map { $0 + AlertBook.gathering }
        return [repeats, gathered].compactMap { $0 }.min()
    }

    /// The lines of a bulletin that is due; empty: none is. `atOnce` does not wait for companions.
    mutating func take(now: Instant, atOnce: Bool = false) -> [Line] {
        for (key, known) in told where now - known.at >= AlertBook.again {
            if known.latest.lasts || known.since > 0 {
                if waiting[key] == nil { wait(Line(alert: known.latest, count: max(1, known.since), isOver: false), key, now) }
            } else {
                told[key] = nil
            }
        }
        guard let first = firstWaiting, atOnce || now - first >= AlertBook.gathering || now < first else { return [] }
        let lines = order.compactMap { waiting[$0] }
        for line in lines where !line.isOver { told[line.alert.key] = Told(at: now, latest: line.alert) }
        if told.count > AlertBook.memory {
            for (key, _) in told.sorted(by: { $0.value.at < $1.value.at }).prefix(told.count - AlertBook.memory) {
                told[key] = nil
            }
        }
        waiting = [:]
        order = []
        firstWaiting = nil
        return lines
    }

    /// The number of things left out of the last bulletin, which `take` returned; counts from zero again.
    mutating func takeDropped() -> Int {
        defer { dropped = 0 }
        return dropped
    }

    private mutating func wait(_ line: Line, _ key: String, _ now: Instant) {
        if waiting[key] == nil {
            guard order.count < AlertBook.limit else {
                dropped += 1
                return
            }
            order.append(key)
        }
        waiting[key] = line
        if firstWaiting == nil { firstWaiting = now }
    }
}

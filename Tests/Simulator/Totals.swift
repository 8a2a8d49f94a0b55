import Scheduler

/// The counts of one run or of several runs.
struct Totals: Sendable {
    var seeds = 0
    var days = 0
    var crashes = 0
    var stops = 0
    /// The numbers of edits, keyed by kind.
    var edits: [String: Int] = [:]
    /// The number of edits that were reverted soon afterwards.
    var undone = 0
    /// The numbers of clock steps, keyed by kind.
    var steps: [String: Int] = [:]
    /// The number of restored copies.
    var restores = 0
    /// The number of holds.
    var holds = 0
    /// The number of decisions about holds.
    var releases = 0
    var looks = 0
    var reminders = 0
    var missed = 0
    var changes = 0
    var attempts = 0
    var deliveries = 0
    /// The numbers of duplicates that recipients got, keyed by reason.
    var doubles: [String: Int] = [:]
    var settled: [String: Int] = [:]
    var violations: [Violation: Int] = [:]

    static func += (a: inout Totals, b: Totals) {
        a.seeds += b.seeds
        a.days += b.days
        a.crashes += b.crashes
        a.stops += b.stops
        a.edits.merge(b.edits, uniquingKeysWith: +)
        a.undone += b.undone
        a.steps.merge(b.steps, uniquingKeysWith: +)
        a.restores += b.restores
        a.holds += b.holds
        a.releases += b.releases
        a.looks += b.looks
        a.reminders += b.reminders
        a.missed += b.missed
        a.changes += b.changes
        a.attempts += b.attempts
        a.deliveries += b.deliveries
        a.violations.merge(b.violations, uniquingKeysWith: +)
        a.doubles.merge(b.doubles, uniquingKeysWith: +)
        a.settled.merge(b.settled, uniquingKeysWith: +)
    }

    var editCount: Int { edits.values.reduce(0, +) + undone }

    /// A line for each kind of violation, with the number of violations.
    private var verdicts: String {
        Violation.allCases.map { kind in
            let name = kind.rawValue
            return name + String(repeating: " ", count: max(1, 28 - name.count)) + "\(violations[kind] ?? 0)"
        }
        .joined(separator: "\n")
    }

    var words: String {
        func list(_ counts: [String: Int]) -> String {
            counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        }
        return """
            seeds                \(seeds)
            simulated years      \(days / 365)
            crashes              \(crashes) and \(stops) stops in good order
            edits                \(editCount): \(list(edits)); \(undone) of them taken back
            clocks set           \(steps.values.reduce(0, +)): \(list(steps))
            copies put back      \(restores), holds \(holds), releases \(releases)
            evaluations          \(looks)
            reminders            \(reminders) fired, \(changes) of them changes; \(missed) missed
            deliveries           \(deliveries): \(list(settled))
            attempts             \(attempts)
            doubles explained    \(doubles.values.reduce(0, +)): \(list(doubles))
            \(verdicts)
            """
    }
}

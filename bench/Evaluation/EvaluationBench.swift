import Dates
import Foundation
import Ledgers
import Plans
import Scheduler

/// Measures a full evaluation and prints a table. Exits with 1 if the time is above the limit.
///
/// 50 000 reminders are open, and 500 000 recipients have one delivery each. `make
/// bench-evaluation` runs this program.
///
///     EvaluationBench FOLDER
@main
enum EvaluationBench {
    static let campaigns = 12_500
    /// The leads, in days before the start. Their reminders are due and not past their deadlines.
    static let leads = [60, 45, 30, 15]
    static let recipientsPerLead = 10
    static let limit_ms = 500.0
    static let rounds = 5

    static func main() throws {
        let words = CommandLine.arguments
        guard words.count == 2 else { fatalError("EvaluationBench FOLDER") }
        let path = words[1] + "/evaluation.sqlite"
        for side in ["", "-wal", "-shm"] { unlink(path + side) }
        let start = Day(2027, 6, 1)!
        let accepted = accepted(start)
        let clock = BenchClock(Zone.utc.startOfDay(start - 100))
        let ledger = try SQLiteLedger.open(path: path, mode: .daemon, now: clock.now())
        let journal = Silence()
        let planner = Planner(ledger: ledger, journal: journal, accepted: accepted, now: clock.now(), steadyClock: clock)
        for lead in leads {
            clock.set(Zone.utc.instant(start - lead, TimeOfDay("08:00")!))
            while try planner.step(now: clock.now()) <= clock.now() {}
        }
        clock.set(clock.now() + .hours(1))
        let deliveries = try ledger.counts().values.reduce(0, +)
        var failed = false
        for (name, prepare) in [
            ("nothing has changed", {}), ("the first after a start", { planner.accept(accepted, now: clock.now()) }),
        ] {
            var best = Double.infinity
            for _ in 1...rounds {
                prepare()
                planner.evaluateAgain(now: clock.now())
                let took = try ContinuousClock().measure { _ = try planner.step(now: clock.now()) }
                best = min(best, Double(took.components.seconds) * 1e3 + Double(took.components.attoseconds) / 1e15)
            }
            let verdict = best <= limit_ms ? "ok" : "OVER \(limit_ms) ms"
            failed = failed || best > limit_ms
            print(
                "a full evaluation, \(campaigns * leads.count) reminders fired, \(deliveries) deliveries, \(name):",
                String(format: "%.0f ms", best), verdict)
        }
        ledger.close()
        for side in ["", "-wal", "-shm"] { unlink(path + side) }
        exit(failed ? 1 : 0)
    }

    private static func accepted(_ start: Day) -> ActiveConfiguration {
        var recipients: [Recipient] = []
        var groups: [String: [String]] = [:]
        var plans: [Plan] = []
        for plan in 0..<25 {
            plans.append(
                Plan(
                    id: "p\(plan)", title: "P", source: .init(), zone: .utc, language: .vi,
                    campaigns: (0..<campaigns / 25).map { number in
                        campaign("c\(number)", start, group: "g\(plan)-\(number)", &recipients, &groups)
                    }))
        }
        return ActiveConfiguration(
            plans: PlanSet(plans: plans, workingDays: .mondayToFriday),
            directory: RecipientDirectory(recipients: recipients, groups: groups, addressKinds: ["mail": .email]),
            catchUp: .latest, contact: nil)
    }

    private static func campaign(
        _ id: String, _ start: Day, group: String, _ recipients: inout [Recipient], _ groups: inout [String: [String]]
    ) -> Campaign {
        let leads = leads.map { days in
            let name = "\(group)-\(days)"
            let ids = (0..<recipientsPerLead).map { "\(name)-\($0)" }
            recipients += ids.map {
                Recipient(id: $0, name: $0, email: "\($0)@example.vn", language: nil, via: ["mail"], otherwise: [])
            }
            groups[name] = ids
            return Lead(id: "\(days) days before", rule: .before(days, .days), at: TimeOfDay("08:00")!, notify: [name])
        }
        let when = Recurrence.window(
            from: MonthDay(month: start.month, day: start.dayOfMonth)!, to: MonthDay(month: start.month, day: 30)!)
        return Campaign(id: id, title: "Tháng hành động", when: when, writtenWhen: "", leads: leads)
    }
}

// @unchecked: the benchmark has one thread.
private final class BenchClock: WallClock, @unchecked Sendable {
    private var instant: Instant

    init(_ instant: Instant) { self.instant = instant }
    func now() -> Instant { instant }
    func set(_ instant: Instant) { self.instant = instant }
}

private final class Silence: Journal {
    func write(_: Entry) {}
}

import Foundation
import Scheduler

/// What the calendar costs: printed as a table; fails (exit 1) above the limits of its issue. Run by `make bench-calendar`.
@main
enum CalendarBench {
    static let rounds = 5

    static func main() {
        guard let data = FileManager.default.contents(atPath: "/usr/share/zoneinfo/Asia/Ho_Chi_Minh"),
            let zone = try? Zone(name: "Asia/Ho_Chi_Minh", tzif: Array(data))
        else {
            print("tzdata is not installed")
            exit(1)
        }
        var failed = false
        let tenThousand = plans(10_000, zone)
        let from = zone.startOfDay(Day(2027, 1, 1)!)
        let to = zone.startOfDay(Day(2028, 1, 1)!)
        failed =
            !report("a year of 10 000 campaigns, four leads each, expanded and sorted", limit_ms: 150) {
                tenThousand.reminders(dues: from...to).count
            } || failed
        let hundredThousand = plans(100_000, zone)
        failed =
            !report("the next due instant of 100 000 campaigns", limit_ms: 500) {
                Int(Agenda(plans: hundredThousand, after: from).nextDue?.seconds ?? 0)
            } || failed
        exit(failed ? 1 : 0)
    }

    /// Of the kinds that plans use: days, windows, months, quarters, parts, lunar days, monthly days.
    private static func plans(_ count: Int, _ zone: Zone) -> PlanSet {
        let rules: [LeadRule] = [.before(30, .days), .before(5, .workingDays), .onTheDay, .afterEnd(10, .days)]
        let leads = rules.map { Lead(id: $0.phrase, rule: $0, at: TimeOfDay(hour: 8, minute: 0)!, notify: []) }
        let campaigns = (0..<count).map { index in
            let month = index % 12 + 1
            let day = MonthDay(month: month, day: index % 28 + 1)!
            let when: Recurrence =
                switch index % 7 {
                case 0, 1: .day(day)
                case 2: .window(from: day, to: MonthDay(month: month % 12 + 1, day: 15)!)
                case 3: .month(month)
                case 4: .quarter(index % 4 + 1, .early)
                case 5: .partOfMonth(month, .late)
                default: .lunar(LunarMonthDay(month: month, day: index % 28 + 1))
                }
            return Campaign(id: "c\(index)", title: "", when: when, writtenWhen: "", leads: leads)
        }
        let plan = Plan(id: "p", title: "", source: .init(), zone: zone, language: .vi, campaigns: campaigns)
        return PlanSet(plans: [plan], workingDays: .mondayToFriday)
    }

    /// Prints minimum, median and maximum of the rounds; false where the median is over the limit.
    private static func report(_ name: String, limit_ms: Double, _ work: () -> Int) -> Bool {
        var times_ms: [Double] = []
        var result = 0
        for _ in 0..<rounds {
            let taken = ContinuousClock().measure { result = work() }
            times_ms.append(Double(taken.components.attoseconds) / 1e15 + Double(taken.components.seconds) * 1_000)
        }
        times_ms.sort()
        let median = times_ms[rounds / 2]
        let verdict = median <= limit_ms ? "ok" : "OVER"
        let line = String(
            format: "%@: min %.1f, median %.1f, max %.1f ms (limit %.0f ms, %d rounds, result %d) %@", name, times_ms[0], median,
            times_ms[rounds - 1], limit_ms, rounds, result, verdict)
        print(line)
        return median <= limit_ms
    }
}

import Dates
import Foundation
import Plans
import Scheduler

/// Measures the calendar and prints a table. Exits with 1 if a figure is above its limit.
///
/// `make bench-calendar` runs this program.
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
        let from = zone.startOfDay(Day(2027, 1, 1)!)
        let hundredThousand = plans(100_000, zone)
        // Measures memory first, because the other rounds leave freed memory in the process.
        var failed = !memory(hundredThousand, after: from)
        let tenThousand = plans(10_000, zone)
        let to = zone.startOfDay(Day(2028, 1, 1)!)
        failed =
            !report("a year of 10 000 campaigns, four leads each, expanded and sorted", limit_ms: 150) {
                tenThousand.reminders(dues: from...to).count
            } || failed
        failed =
            !report("the next due instant of 100 000 campaigns", limit_ms: 500) {
                Int(Agenda(plans: hundredThousand, after: from).nextDue?.seconds ?? 0)
            } || failed
        exit(failed ? 1 : 0)
    }

    /// The factor by which the memory of the fifth year may exceed that of the first year.
    ///
    /// The allocator alone may cause a growth by a tenth.
    static let allowedGrowth = 1.1

    /// Prints the memory of the process when the agenda is made, and in each of five years.
    ///
    /// The reminders of each month are taken from the agenda in turn. The figure of a year is that
    /// of its smallest month, because memory may be released late. Returns false if the growth
    /// exceeds `allowedGrowth`.
    private static func memory(_ plans: PlanSet, after start: Instant) -> Bool {
        let before_kB = resident_kB()
        var agenda = Agenda(plans: plans, after: start)
        var held_kB = [resident_kB()]
        var now = start
        var taken = 0
        for _ in 1...5 {
            var least_kB = Int.max
            for _ in 1...12 {
                now = now + .days(31)
                taken += agenda.take(through: now).count
                least_kB = min(least_kB, resident_kB())
            }
            held_kB.append(least_kB)
        }
        let years = held_kB.map { String(format: "%.1f", Double($0) / 1_024) }.joined(separator: ", ")
        let flat = Double(held_kB[5]) <= Double(held_kB[1]) * allowedGrowth
        let plansHeld = String(format: "%.1f", Double(before_kB) / 1_024)
        print(
            "memory of \(plans.campaignCount) campaigns: \(plansHeld) MB for the plans; with their agenda, and in each of",
            "five years: \(years) MB (\(taken) reminders taken) \(flat ? "ok" : "GROWS")")
        return flat
    }

    /// Returns the resident memory of this process.
    ///
    /// The second field of /proc/self/statm is the resident memory in pages (proc(5)).
    private static func resident_kB() -> Int {
        let fields = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ") ?? []
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * sysconf(Int32(_SC_PAGESIZE)) / 1_024 : 0
    }

    /// Returns plans with the kinds of campaigns that real plans have.
    ///
    /// Their phrases are days, windows, months, quarters, parts of months or years, and lunar days.
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

    /// Returns the processor time of this process, without other work of the machine.
    private static func used_ms() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1_000 + Double(time.tv_nsec) / 1_000_000
    }

    /// Prints the minimum, median and maximum processor time of the rounds.
    ///
    /// Returns false if the median is above the limit.
    private static func report(_ name: String, limit_ms: Double, _ work: () -> Int) -> Bool {
        var times_ms: [Double] = []
        var result = 0
        for _ in 0..<rounds {
            let start_ms = used_ms()
            result = work()
            times_ms.append(used_ms() - start_ms)
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

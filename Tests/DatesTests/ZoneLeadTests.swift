import Foundation
import Support
import Testing

@testable import Dates
@testable import Plans
@testable import Scheduler

/// One case of the oracle: a lead, a window of days, and the due times of the reminders.
private struct LeadCase {
    let rule: LeadRule
    let start: Day
    let end: Day
    let time: TimeOfDay
    /// The anchor and the due time of each reminder.
    let dues: [(anchor: Day, due: Instant)]

    /// Reads a line such as `b 30 18352 18352 150 18352 1582999200`.
    init?(_ line: ArraySlice<UInt8>) {
        let numbers = decimals(line.dropFirst())
        guard numbers.count >= 6, let time = TimeOfDay(hour: numbers[3] / 60, minute: numbers[3] % 60) else { return nil }
        switch line.first {
        case UInt8(ascii: "b"): rule = .before(numbers[0], .days)
        case UInt8(ascii: "o"): rule = .onTheDay
        case UInt8(ascii: "e"): rule = .beforeEnd(numbers[0], .days)
        case UInt8(ascii: "a"): rule = .afterEnd(numbers[0], .days)
        default: rule = .weekly(Weekday(rawValue: numbers[0]) ?? .monday)
        }
        start = Day(number: numbers[1])
        end = Day(number: numbers[2])
        self.time = time
        dues = stride(from: 4, to: numbers.count, by: 2).map {
            (Day(number: numbers[$0]), Instant(seconds: Int64(numbers[$0 + 1])))
        }
    }
}

/// Returns the decimal numbers of a line. They are separated by spaces and may be negative.
private func decimals(_ text: ArraySlice<UInt8>) -> [Int] {
    var found: [Int] = []
    found.reserveCapacity(12)
    var (value, sign, isOpen) = (0, 1, false)
    for byte in text {
        if byte == UInt8(ascii: " ") {
            if isOpen { found.append(sign * value) }
            (value, sign, isOpen) = (0, 1, false)
        } else if byte == UInt8(ascii: "-") {
            sign = -1
        } else {
            (value, isOpen) = (value * 10 + Int(byte) - 48, true)
        }
    }
    if isOpen { found.append(sign * value) }
    return found
}

/// A firing, to compare the results of the calendar and of the oracle.
private struct Firing: Hashable, Comparable {
    /// The position of the campaign times `ZonePlan.leadsInOne`, plus the position of the lead.
    let place: Int
    let anchor: Day
    let due: Instant

    static func < (a: Firing, b: Firing) -> Bool {
        (a.place, a.anchor, a.due) < (b.place, b.anchor, b.due)
    }
}

/// A plan with the cases of one zone. Each campaign has one window of days.
///
/// `expected` contains the firings that the oracle computed.
private struct ZonePlan {
    let plans: PlanSet
    let expected: [Firing]

    private static let leadsInOne = 1_000

    /// - Parameter together: whether leads with equal rule and window share a campaign. If false,
    ///   each lead has its own campaign, so that no lead supersedes another lead.
    init(_ zone: Zone, _ cases: [LeadCase], together: Bool) {
        struct Window: Hashable { let rule: LeadRule, start: Day, end: Day, number: Int }
        var leads: [[Lead]] = []
        var windows: [Window: Int] = [:]
        var order: [Window] = []
        var expected: [Firing] = []
        for (number, item) in cases.enumerated() {
            let window = Window(rule: item.rule, start: item.start, end: item.end, number: together ? 0 : number)
            let campaign = windows[window] ?? order.count
            if campaign == order.count {
                windows[window] = campaign
                order.append(window)
                leads.append([])
            }
            let place = campaign * ZonePlan.leadsInOne + leads[campaign].count
            leads[campaign].append(Lead(id: "l\(leads[campaign].count)", rule: item.rule, at: item.time, notify: ["a"]))
            expected += item.dues.map { Firing(place: place, anchor: $0.anchor, due: $0.due) }
        }
        let campaigns = order.indices.map { index in
            Campaign(
                id: "c\(index)", title: "", when: .once(from: order[index].start, to: order[index].end), writtenWhen: "",
                leads: leads[index])
        }
        let plan = Plan(id: "p", title: "", source: .init(), zone: zone, language: .vi, campaigns: campaigns)
        plans = PlanSet(plans: [plan], workingDays: .mondayToFriday)
        self.expected = expected.sorted()
    }

    /// The years that the tests cover, from well before the first lead to well after the last lead.
    static let years = Day(2017, 1, 1)!...Day(2049, 1, 1)!
    var span: ClosedRange<Instant> {
        let zone = plans.plans[0].zone
        return zone.startOfDay(ZonePlan.years.lowerBound)...zone.startOfDay(ZonePlan.years.upperBound)
    }

    static func firings(_ scheduled: [Scheduled]) -> [Firing] {
        scheduled.map {
            Firing(place: $0.campaign * leadsInOne + $0.lead, anchor: $0.reminder.key.anchor, due: $0.reminder.due)
        }.sorted()
    }
}

/// The zones and cases in the output of `lead_oracle.py`.
private struct LeadOracle {
    let zones: [(names: [String], cases: [LeadCase])]

    /// - Parameter names: the zones to test; empty to test every zone of the system.
    init(_ names: [String] = []) async throws {
        let oracle = try await Subprocess.run(
            ["python3", PackageRoot.path("Tests/Oracles/lead_oracle.py")] + names,
            environment: ["PYTHONTZPATH": LeadOracle.folder])
        let status = oracle.status
        try #require(status == 0, "lead_oracle.py needs Python 3.9 or later: \(oracle.errors)")
        var zones: [(names: [String], cases: [LeadCase])] = []
        for line in Array(oracle.output.utf8).split(separator: UInt8(ascii: "\n")) {
            if line.first == UInt8(ascii: "Z") {
                let names = String(decoding: line, as: UTF8.self).split(separator: " ").dropFirst()
                zones.append((names.map(String.init), []))
            } else {
                guard let item = LeadCase(line) else { throw Unreadable(line: String(decoding: line, as: UTF8.self)) }
                zones[zones.count - 1].cases.append(item)
            }
        }
        self.zones = zones
    }

    struct Unreadable: Error { let line: String }

    private static let folder = "/usr/share/zoneinfo"

    static func zone(_ name: String) throws -> Zone {
        let data = try #require(FileManager.default.contents(atPath: "\(folder)/\(name)"), "install tzdata")
        return try Zone(name: name, tzif: Array(data))
    }
}

@Suite("Reminders across clock changes agree with Python's zoneinfo")
struct ZoneLeadTests {
    @Test(
        "Every lead fires once at the oracle's instant around every change of 2020 to 2045 (faults 44, 45, 46)"
    )
    func everyZone() async throws {
        let oracle = try await LeadOracle()
        var (names, changed, firings) = (0, 0, 0)
        var differing: [String] = []
        for (group, cases) in oracle.zones {
            names += group.count
            if !cases.isEmpty { changed += group.count }
            for name in group where !cases.isEmpty {
                let made = ZonePlan(try LeadOracle.zone(name), cases, together: true)
                let found = ZonePlan.firings(made.plans.reminders(dues: made.span))
                firings += found.count
                if found != made.expected {
                    let odd = Set(found).symmetricDifference(made.expected).min()
                    differing.append(
                        "\(name): \(found.count) firings for \(made.expected.count), first \(odd.map { "\($0)" } ?? "double")")
                }
            }
        }
        print("leads across clock changes: \(names) names, \(changed) with changes, \(firings) firings against zoneinfo")
        #expect(differing.isEmpty, "\(differing.count) zones differ: \(differing.prefix(5))")
        #expect(names > 300 && firings > 200_000, "too few to prove anything")
    }

    /// Zones whose clocks change in different ways.
    ///
    /// The clocks change by whole and half hours, forwards and back, at every hour of the day,
    /// twice and four times a year.
    private static let sample = [
        "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Africa/Cairo", "America/Havana",
        "America/Nuuk", "Antarctica/Troll", "Asia/Gaza", "Pacific/Norfolk",
    ]

    @Test(
        "Stepping from due time to due time, the agenda and the evaluation fire each lead exactly once", arguments: sample)
    func stepped(name: String) async throws {
        let zone = try LeadOracle.zone(name)
        let cases = try await LeadOracle([name]).zones[0].cases
        let made = ZonePlan(zone, cases, together: false)
        let accepted = ActiveConfiguration(plans: made.plans, directory: people("a"), catchUp: .latest, contact: nil)
        var agenda = Agenda(plans: made.plans, after: made.span.lowerBound)
        var now = made.span.lowerBound
        var fired: [Scheduled] = []
        while let due = agenda.nextDue {
            try #require(due > now, "time went back")
            let taken = agenda.take(through: due)
            #expect(taken.allSatisfy { $0.reminder.due == due })
            let decision = accepted.decide(taken, NotificationHistory(), lookedUntil: now, now: due)
            let (missed, superseded) = (decision.missed.first, decision.superseded.first)
            #expect(missed == nil && superseded == nil)
            #expect(decision.firings.allSatisfy { $0.recipients == [0] && !$0.late })
            fired += decision.firings.map(\.scheduled)
            now = due
        }
        #expect(ZonePlan.firings(fired) == made.expected)
        #expect(fired.count > 250)
    }

    @Test("A reminder in a gap at the end of its last day is due at the first instant after the gap (fault 44)")
    func gapAtTheDeadline() throws {
        // Nuuk's clocks went from 23:00 to 24:00 on 30 March 2024.
        let zone = try LeadOracle.zone("America/Nuuk")
        let (day, time) = (Day(2024, 3, 30)!, TimeOfDay("23:30")!)
        let midnight = zone.startOfDay(day + 1)
        #expect(zone.resolve(day, time) == .gap(after: midnight))
        let made = plan(.once(from: day, to: day), [(.onTheDay, ["a"])], at: "23:30")
        let nuuk = Plan(
            id: "p", title: "", source: .init(), zone: zone, language: .vi, campaigns: made.campaigns)
        let firings = accepted([nuuk], people("a")).simulate(from: day, to: day + 1)
        #expect(firings.map(\.scheduled.reminder.due) == [midnight])
    }
}

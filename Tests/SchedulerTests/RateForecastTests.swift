import Randomness
import Support
import Testing

@testable import Dates
@testable import Plans
@testable import Scheduler

/// Tests the forecast, which finds the deliveries that will miss their deadline.
///
/// The forecast treats a channel with a rate as a queue.
@Suite("The deliveries that a rate allows before their deadline")
struct RateForecastTests {
    private static func reminder(_ campaign: String, due: Int64, deadline: Int64) -> Reminder {
        let day = Day(2_027, 6, 28)!
        return Reminder(
            key: ReminderKey(plan: "p", campaign: campaign, lead: "l\(due)", anchor: day), occurrence: "2027", start: day,
            end: day,
            due: Instant(seconds: due), deadline: Instant(seconds: deadline))
    }

    /// Returns (arrival, unsent, ahead) for each shortfall.
    ///
    /// Each element of `rows` is a reminder: (campaign, due, deadline, deliveries).
    private static func short(_ rate: Rate, _ rows: [(String, Int64, Int64, Int)]) -> [[Int]] {
        var forecast = RateForecast(rate: rate)
        for row in rows {
            forecast.add(
                reminder(row.0, due: row.1, deadline: row.2), to: RecipientSet(0..<row.3), deliveries: row.3)
        }
        return forecast.finish().map { [$0.arrival, $0.unsent, $0.ahead] }
    }

    private static let minutely = Rate(count: 100, per: .minutes(1))

    @Test("Finding 9: 100 per minute allow 12 000 deliveries in two hours, which simultaneous reminders share")
    func together() {
        #expect(Self.short(Self.minutely, [("a", 0, 7_200, 20_000)]) == [[0, 8_000, 0]])
        #expect(Self.short(Self.minutely, [("a", 0, 7_200, 12_000)]) == [])
        #expect(Self.short(Self.minutely, [("a", 0, 7_200, 7_000), ("b", 0, 7_200, 7_000)]) == [[1, 2_000, 7_000]])
        // An hour later, 1 000 deliveries of the first reminder still wait. A day later, none does.
        #expect(Self.short(Self.minutely, [("a", 0, 7_200, 7_000), ("b", 3_600, 7_200, 6_000)]) == [[1, 1_000, 1_000]])
        #expect(Self.short(Self.minutely, [("a", 0, 7_200, 7_000), ("b", 86_400, 93_600, 7_000)]) == [])
        // Deliveries that miss their deadline do not delay later deliveries.
        #expect(Self.short(Self.minutely, [("a", 0, 60, 1_000), ("b", 60, 120, 100)]) == [[0, 900, 0]])
    }

    @Test("A later lead replaces the waiting deliveries of its occurrence to the same recipients")
    func overtaken() {
        let slow = Rate(count: 1, per: .hours(1))
        #expect(Self.short(slow, [("a", 0, 36_000, 5), ("a", 3_600, 36_000, 5)]) == [])
        #expect(Self.short(slow, [("a", 0, 36_000, 8), ("a", 3_600, 36_000, 5)]) == [[1, 3, 7]])
    }

    @Test("The forecast agrees with a queue that is served second by second", arguments: UInt64(1)...200)
    func secondBySecond(seed: UInt64) {
        var generator = RandomSource(seed: seed)
        var rows: [(String, Int64, Int64, Int)] = []
        var due: Int64 = 0
        for index in 0..<Int.random(in: 1...12, using: &generator) {
            due += Int64.random(in: 0...20, using: &generator)
            let deadline = due + Int64.random(in: 1...40, using: &generator)
            rows.append(("c\(index)", due, deadline, Int.random(in: 1...25, using: &generator)))
        }
        var left = rows.map(\.3)
        for second in 0..<due + 50 {
            if let first = rows.indices.first(where: { left[$0] > 0 && rows[$0].1 <= second && rows[$0].2 > second }) {
                left[first] -= 1
            }
        }
        let found = Self.short(Rate(count: 1, per: .seconds(1)), rows).map { [$0[0], $0[1]] }
        #expect(found == left.enumerated().filter { $0.element > 0 }.map { [$0.offset, $0.element] }, "\(rows)")
    }
}

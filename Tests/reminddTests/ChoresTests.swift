import Dates
import Scheduler
import Testing

@testable import Clocks
@testable import remindd

@Suite("Chores of the loop")
struct ChoresTests {
    private final class Count {
        var value = 0
    }

    /// Returns how often each of three chores runs.
    ///
    /// - Parameter passes: the times of the loop's passes, in milliseconds.
    private static func runs(_ passes: [Int64], failing: Set<Int> = []) -> [Int] {
        let counts = [Count(), Count(), Count()]
        var pass = 0
        let start = SystemClock.monotonic()
        let chores = Chores([
            Chore { _ in counts[0].value += 1 },
            Chore(every: .seconds(10)) { _ in
                counts[1].value += 1
                if failing.contains(pass) { throw LedgerFailure.full }
            },
            Chore(every: .hours(1), isDelayed: true) { _ in counts[2].value += 1 },
        ])
        for at_ms in passes {
            chores.run(now: Instant(seconds: 0), now_ms: start + at_ms)
            pass += 1
        }
        return counts.map(\.value)
    }

    @Test("A chore runs at the first pass and then at its own interval")
    func rhythm() {
        #expect(Self.runs([0, 9_999, 10_000, 19_999, 20_000]) == [5, 3, 0])
    }

    @Test("A delayed chore first runs after its interval")
    func delayed() {
        #expect(Self.runs([0, 3_600_000 - 1, 3_610_000, 3_620_000]) == [4, 4, 1])
    }

    @Test("A chore that failed runs again at the next pass and does not delay the others")
    func failed() {
        #expect(Self.runs([0, 1, 2, 3], failing: [0, 1]) == [4, 3, 0])
    }
}

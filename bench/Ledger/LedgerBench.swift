import Dates
import Foundation
import Ledgers
import Scheduler

/// Measures how many deliveries a second the ledger alone can fire, claim and record.
///
///     LedgerBench FILE ROWS [PENDING]
///
/// FILE is replaced by a new ledger. ROWS deliveries of one reminder are written as the planner
/// does. Then each transaction records a hundred outcomes and claims a hundred deliveries, as in
/// the dispatcher. PENDING deliveries wait for another channel meanwhile. Prints one JSON object on
/// a line.
@main
enum LedgerBench {
    static let nine = Instant(seconds: 1_827_000_000)
    static let batch = 100

    static func main() throws {
        let words = CommandLine.arguments
        guard words.count >= 3, let rows = Int(words[2]) else { fatalError("LedgerBench FILE ROWS [PENDING]") }
        for side in ["", "-wal", "-shm"] { unlink(words[1] + side) }
        let ledger = try SQLiteLedger.open(path: words[1], mode: .daemon, now: nine)
        let pending = words.count > 3 ? Int(words[3]) ?? 0 : 0
        if pending > 0 { try fire(ledger, "waiting", channel: "other", count: pending) }
        let clock = ContinuousClock()
        let before = processor()
        let fired = try clock.measure { try fire(ledger, "due", channel: "hub", count: rows) }
        let receipt = Receipt(.delivered, code: 204, reply: "HTTP/1.1 204 No Content")
        var done = 0
        var records: [DeliveryRecord] = []
        var turns: [Double] = []
        let cycled = try clock.measure {
            while done < rows || !records.isEmpty {
                let began = clock.now
                let claims = try ledger.claim([ClaimRequest(channel: "hub", limit: batch)], recording: records, now: nine).claims
                turns.append(seconds(clock.now - began) * 1e3)
                done += claims.count
                records = claims.map {
                    DeliveryRecord($0.token, at: nine + .seconds(1), receipt: receipt, next: .delivered)
                }
            }
        }
        let cpu = processor() - before
        ledger.close()
        func per(_ duration: Duration) -> Int { Int(Double(rows) / seconds(duration)) }
        print(
            "{\"rows\":\(rows),\"fire_per_s\":\(per(fired)),\"cycle_per_s\":\(per(cycled)),"
                + "\"per_s\":\(per(fired + cycled)),\"claim_p99_ms\":\(turns.sorted()[turns.count * 99 / 100]),\"cpu_us\":\(cpu / Double(rows) * 1e6)}"
        )
    }

    /// Fires a reminder with `count` deliveries, as the planner does.
    ///
    /// The first 5 000 deliveries are written with the evaluation, and the others in transactions
    /// of 5 000 each.
    private static func fire(_ ledger: SQLiteLedger, _ lead: String, channel: String, count: Int) throws {
        let day = Day(2027, 11, 15)!
        let key = ReminderKey(plan: "transport", campaign: "drowning", lead: lead, anchor: day)
        let reminder = Reminder(
            key: key, occurrence: "2027", start: day, end: day, due: nine, deadline: nine + .days(30))
        func deliveries(_ range: Range<Int>) -> [NewDelivery] {
            range.map { n in
                let recipient = "reader-" + String(repeating: "0", count: 6 - min(6, String(n).count)) + String(n)
                let id = DeliveryID(reminder: key, recipient: recipient, channel: channel, rehearsal: false)
                return NewDelivery(id: id, recipient: recipient, channel: channel)
            }
        }
        var written = min(5_000, count)
        let firing = EvaluationResult.Firing(
            reminder: reminder, firedAt: nine, late: false, deliveries: deliveries(0..<written),
            cursor: written < count ? "more" : nil)
        _ = try ledger.fire(EvaluationResult(lookedUntil: nine, firings: [firing]))
        while written < count {
            let end = min(written + 5_000, count)
            _ = try ledger.extend([
                FiringPart(reminder: key, deliveries: deliveries(written..<end), cursor: end < count ? "more" : nil)
            ])
            written = end
        }
    }

    private static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }

    /// Returns the user and system time of this process in seconds.
    private static func processor() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

import Dates
import Scheduler
import Support
import Testing

/// The behaviour of every ledger when an operator retries failed deliveries.
@Suite("A ledger that retries failed deliveries")
struct RetryBehaviour {
    private let late = reminder("7 days before", campaign: "late", due: nine + .hours(1))
    private let early = reminder("30 days before", campaign: "early")
    private let over = reminder("1 day before", campaign: "over", deadline: nine + .hours(2))
    private let now = nine + .hours(3)

    /// Fires three reminders with the same four recipients and ends all deliveries.
    ///
    /// The mails to `an` and `binh` are dead, the webhook to `chi` has an unknown outcome, and
    /// `dung` was notified.
    private func failing(_ engine: LedgerEngine, _ folder: TemporaryFolder) throws -> any Ledger {
        let ledger = try engine.open(folder, nine)
        for reminder in [early, late, over] {
            let all = deliveries(reminder, ["an", "binh", "dung"]) + deliveries(reminder, ["chi"], channel: "hub")
            try ledger.fire(
                EvaluationResult.Firing(
                    reminder: reminder, firedAt: nine + .hours(1), late: false,
                    deliveries: all.sorted { $0.recipient < $1.recipient }))
        }
        for channel in ["mail", "hub"] {
            for claim in try ledger.claim(100, channel: channel, now: nine + .hours(1)) {
                switch claim.recipient {
                case "dung": try ledger.record(claim, .delivered, accepted)
                case "chi": try ledger.record(claim, .unknown, noAnswer)
                default: try ledger.record(claim, .dead, busy)
                }
            }
        }
        return ledger
    }

    private func id(_ reminder: Reminder, _ recipient: String, channel: String = "mail") -> DeliveryID {
        deliveries(reminder, [recipient], channel: channel)[0].id
    }

    private func pending(_ ledger: any Ledger) throws -> [String] {
        try ledger.history(HistoryFilter(states: ["pending"])).map { "\($0.stored.reminder.key.campaign) \($0.recipient ?? "")" }
    }

    /// Retries the selected deliveries in calls of up to `limit`. Returns the sum of the results.
    private func retry(_ ledger: any Ledger, _ selection: FailedSelection, limit: Int) throws -> RetriedPart {
        var (all, parts) = (RetriedPart(), 0)
        repeat {
            let part = try ledger.retry(selection, from: all.next, limit: limit, now: now)
            #expect(part.retried.count + part.expired.count <= limit)
            all.retried += part.retried
            all.expired += part.expired
            all.next = part.next
            parts += 1
        } while all.next != nil && parts < 100
        #expect(all.next == nil)
        return all
    }

    @Test(
        "Finding 10: failed ids become pending again; expired, delivered and unknown ids stay", arguments: LedgerEngine.all)
    func ids(engine: LedgerEngine) throws {
        let folder = try TemporaryFolder()
        let ledger = try failing(engine, folder)
        let asked = [
            id(late, "binh"), id(over, "an"), id(late, "dung"), id(early, "chi", channel: "hub"), DeliveryID(stored: "none"),
            id(late, "binh"),
        ]
        let part = try ledger.retry(FailedSelection(ids: asked), from: nil, limit: 100, now: now)
        #expect(part.retried == [asked[0], asked[3]] && part.expired == [asked[1]] && part.next == nil)
        #expect(try pending(ledger) == ["early chi", "late binh"])
        #expect(try ledger.claim(9, now: now).map(\.attempt) == [2])
        let narrowed = FailedSelection(
            ids: [id(late, "an"), id(early, "an")], campaigns: [.init(plan: "transport", campaign: "early")])
        #expect(try ledger.retry(narrowed, from: nil, limit: 100, now: now).retried == [id(early, "an")])
    }

    @Test(
        "Finding 10: all failures of a campaign, a channel or a time are retried in parts of any size",
        arguments: LedgerEngine.all)
    func selections(engine: LedgerEngine) throws {
        let rows: [(FailedSelection, pending: [String], expired: Int)] = [
            (FailedSelection(campaigns: [.init(plan: "transport", campaign: "late")]), ["late an", "late binh", "late chi"], 0),
            (FailedSelection(campaigns: [.init(plan: "transport", campaign: "late")], channels: ["hub"]), ["late chi"], 0),
            (FailedSelection(campaigns: [.init(plan: "other", campaign: "late")]), [], 0),
            (FailedSelection(channels: ["mail"]), ["early an", "early binh", "late an", "late binh"], 2),
            (FailedSelection(since: nine + .minutes(1)), ["late an", "late binh", "late chi"], 0),
            (FailedSelection(since: nine + .days(1)), [], 0),
            (FailedSelection(campaigns: [.init(plan: "transport", campaign: "over")]), [], 3),
        ]
        for row in rows {
            for limit in [1, 2, 3, 5_000] {
                let folder = try TemporaryFolder()
                let ledger = try failing(engine, folder)
                let all = try retry(ledger, row.0, limit: limit)
                #expect(all.retried.count == row.pending.count && all.expired.count == row.expired, "\(row.0), parts of \(limit)")
                #expect(try pending(ledger) == row.pending, "\(row.0), parts of \(limit)")
            }
        }
    }
}

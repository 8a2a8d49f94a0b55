import Dates
import Foundation
import Ledgers
import Scheduler
import Support
import Testing

/// A ledger implementation to test with `LedgerBehaviour`, the specification of every engine.
struct LedgerEngine: Sendable, CustomTestStringConvertible {
    let name: String
    /// Opens the ledger in a folder. A new ledger counts as evaluated up to `now`.
    ///
    /// The ledger is closed when it is released.
    let open: @Sendable (_ folder: TemporaryFolder, _ now: Instant) throws -> any Ledger

    var testDescription: String { name }

    static let all = [
        LedgerEngine(name: "SQLite") { folder, now in
            try SQLiteLedger.open(path: folder.path("ledger.sqlite"), mode: .daemon, now: now)
        }
    ]
}

/// The time from which the tests compute all other times.
let nine = Instant(seconds: 1_827_000_000)

func reminder(
    _ lead: String, campaign: String = "drowning", occurrence: String = "2027", due: Instant = nine,
    deadline: Instant = nine + .days(30)
) -> Reminder {
    Reminder(
        key: ReminderKey(plan: "transport", campaign: campaign, lead: lead, anchor: Day(2027, 11, 15)!),
        occurrence: occurrence, start: Day(2027, 11, 15)!, end: Day(2027, 12, 15)!, due: due, deadline: deadline)
}

func deliveries(_ reminder: Reminder, _ recipients: [String], channel: String = "mail") -> [NewDelivery] {
    recipients.map {
        NewDelivery(
            id: DeliveryID(reminder: reminder.key, recipient: $0, channel: channel, rehearsal: false), recipient: $0,
            channel: channel)
    }
}

func firing(
    _ reminder: Reminder, to recipients: [String], channel: String = "mail", at: Instant? = nil, cursor: String? = nil
) -> EvaluationResult.Firing {
    EvaluationResult.Firing(
        reminder: reminder, firedAt: at ?? reminder.due, late: false,
        deliveries: deliveries(reminder, recipients, channel: channel), cursor: cursor)
}

/// All recipients of these tests.
let everybody = RecipientDirectory(
    recipients: (["an", "binh", "chi", "dung"] + (0..<20).map { "r\($0)" }).map {
        Recipient(id: $0, name: $0, email: "\($0)@example.vn", language: nil, via: ["mail"], otherwise: [])
    }, groups: [:], addressKinds: ["mail": .email])

extension RecipientSet {
    /// The ids of the recipients at these positions in `everybody`.
    var ids: [String] { map { everybody.recipients[$0].id } }
}

extension Ledger {
    func extend(_ reminder: ReminderKey, _ deliveries: [NewDelivery], cursor: String?) throws {
        _ = try extend([
            FiringPart(reminder: reminder, deliveries: deliveries, cursor: cursor, named: cursor == nil ? 0 : nil)
        ])
    }

    func fire(_ firings: EvaluationResult.Firing...) throws {
        _ = try fire(EvaluationResult(lookedUntil: firings.map(\.firedAt).max() ?? nine, firings: firings))
    }

    func claim(_ requests: [ClaimRequest], now: Instant) throws(LedgerFailure) -> [Claim] {
        try claim(requests, recording: [], now: now).claims
    }

    func claim(_ limit: Int, channel: String = "mail", now: Instant = nine) throws -> [Claim] {
        try claim([ClaimRequest(channel: channel, limit: limit)], now: now)
    }

    func record(
        _ claim: Claim, _ next: DeliveryRecord.Next, _ receipt: Receipt?, at: Instant = nine, crashed: Bool = false
    ) throws {
        _ = try record([DeliveryRecord(claim.token, at: at, receipt: receipt, next: next, crashed: crashed)])
    }

    func advance(channel: String, triedBefore before: Instant, to now: Instant) throws {
        while try advance(channel: channel, triedBefore: before, to: now, limit: 2) {}
    }

    func failOver(_ readers: [Undelivered], channel: String) throws -> [Bool] {
        try failOver(readers.map { Failover($0, to: deliveries($0.stored.reminder, [$0.recipient], channel: channel)) })
    }

    func states() throws -> [String: String] {
        var states: [String: String] = [:]
        for row in try history(HistoryFilter()) { states[row.recipient ?? row.stored.reminder.key.lead] = row.state }
        return states
    }
}

let accepted = Receipt(.delivered, code: 250, reply: "2.0.0 Ok: queued")
let busy = Receipt(.refusedForNow, code: 450, reply: "4.2.0 Greylisted")
let noAnswer = Receipt(.unknown, reply: "no answer after the final dot")

import Dates
import Foundation
import GRDB
import Scheduler
import Support
import Testing

@testable import Ledgers

@Suite("The SQLite ledger's tables")
struct SQLiteSchemaTests {
    private let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    private func ledger() throws -> SQLiteLedger {
        try SQLiteLedger.open(path: folder.path("ledger.sqlite"), mode: .daemon, now: nine)
    }

    /// A valid row of each table. The values are SQL literals, keyed by column name.
    private static let possible: [String: [String: String]] = [
        "meta": ["one": "2", "kind": "'real'", "generation": "1", "looked_until": "5"],
        "reminder": [
            "plan": "'p'", "campaign": "'c'", "lead": "'l'", "anchor": "'2027-11-15'", "occurrence": "'2027'",
            "start_day": "'2027-11-15'", "end_day": "'2027-12-15'", "due": "1000", "deadline": "9000",
            "state": "'fired'", "fired_at": "1000", "late": "0", "cursor": "NULL",
        ],
        "delivery": [
            "id": "'d2'", "reminder": "1", "recipient": "'b'", "channel": "'mail'", "state": "'pending'",
            "attempts": "0", "unknowns": "0", "crashes": "0", "not_before": "1000", "deadline": "9000", "uncounted": "0",
            "refusals": "0",
        ],
        "attempt": [
            "delivery": "1", "number": "1", "at": "5", "outcome": "'delivered'", "code": "250", "reply": "'ok'",
            "about": "'recipient'",
        ],
    ]

    /// Changes that make a row of `possible` invalid, so that the schema must reject the row.
    private static let impossible: [(table: String, change: [String: String])] = [
        ("meta", [:]),
        ("meta", ["one": "1"]),
        ("reminder", ["plan": "''"]), ("reminder", ["campaign": "''"]), ("reminder", ["lead": "NULL"]),
        ("reminder", ["anchor": "'15/11/2027'"]), ("reminder", ["anchor": "20271115"]), ("reminder", ["occurrence": "''"]),
        ("reminder", ["start_day": "'2027-1-1'"]), ("reminder", ["end_day": "'2027-11-14'"]),
        ("reminder", ["due": "'now'"]), ("reminder", ["due": "NULL"]), ("reminder", ["due": "9001"]),
        ("reminder", ["state": "'sent'"]), ("reminder", ["state": "NULL"]), ("reminder", ["late": "2"]),
        ("reminder", ["fired_at": "999"]), ("reminder", ["fired_at": "9000"]),
        ("reminder", ["state": "'missed'", "late": "1"]), ("reminder", ["state": "'superseded'", "cursor": "'an'"]),
        ("delivery", ["id": "''"]), ("delivery", ["reminder": "77"]), ("delivery", ["reminder": "NULL"]),
        ("delivery", ["recipient": "''"]), ("delivery", ["channel": "''"]), ("delivery", ["state": "'sent'"]),
        ("delivery", ["recipient": "'a'"]), ("delivery", ["not_before": "NULL"]),
        ("delivery", ["state": "'dead'"]),
        ("delivery", ["state": "'in flight'", "not_before": "NULL"]),
        ("delivery", ["state": "'delivered'", "not_before": "NULL"]),
        ("delivery", ["state": "'unknown'", "not_before": "NULL"]),
        ("delivery", ["attempts": "-1"]), ("delivery", ["unknowns": "1"]), ("delivery", ["crashes": "1"]),
        ("delivery", ["uncounted": "1"]), ("delivery", ["uncounted": "-1"]), ("delivery", ["refusals": "1"]),
        ("delivery", ["attempts": "'many'"]), ("delivery", ["deadline": "NULL"]),
        ("delivery", ["id": "'d1'", "state": "'in flight'", "attempts": "1", "not_before": "NULL"]),
        ("attempt", ["delivery": "77"]), ("attempt", ["number": "0"]), ("attempt", ["outcome": "'fine'"]),
        ("attempt", ["reply": "printf('%.513c', 'a')"]), ("attempt", ["reply": "NULL"]), ("attempt", ["code": "'x'"]),
    ]

    private static func insert(_ table: String, _ change: [String: String]) -> String {
        let row = possible[table]!.merging(change) { $1 }.sorted { $0.key < $1.key }
        let (columns, values) = (row.map(\.key).joined(separator: ", "), row.map(\.value).joined(separator: ", "))
        return "INSERT INTO \(table) (\(columns)) VALUES (\(values))"
    }

    @Test("refuse every impossible row and accept the possible ones")
    func constraints() throws {
        let ledger = try ledger()
        try ledger.queue.inDatabase { db in
            try db.execute(sql: SQLiteSchemaTests.insert("reminder", ["lead": "'first'"]))
            try db.execute(
                sql: SQLiteSchemaTests.insert(
                    "delivery",
                    ["id": "'d1'", "recipient": "'a'", "state": "'in flight'", "attempts": "1", "not_before": "NULL"]))
            for (table, change) in SQLiteSchemaTests.impossible {
                let sql = SQLiteSchemaTests.insert(table, change)
                #expect {
                    try db.execute(sql: sql)
                } throws: {
                    ($0 as? DatabaseError)?.resultCode == .SQLITE_CONSTRAINT
                }
            }
            for table in ["reminder", "delivery", "attempt"] {
                try db.execute(sql: SQLiteSchemaTests.insert(table, [:]))
                #expect(throws: DatabaseError.self) { try db.execute(sql: SQLiteSchemaTests.insert(table, [:])) }
            }
        }
    }

    @Test("accept every state and outcome of the scheduler")
    func spellings() throws {
        let ledger = try ledger()
        try ledger.queue.inDatabase { db in
            try db.execute(sql: SQLiteSchemaTests.insert("reminder", ["lead": "'first'"]))
            for state in ReminderState.allCases {
                try db.execute(
                    sql: SQLiteSchemaTests.insert(
                        "reminder", ["lead": "'\(state.rawValue)'", "state": "'\(state.rawValue)'"]))
            }
            for state in DeliveryState.allCases {
                try db.execute(
                    sql: SQLiteSchemaTests.insert(
                        "delivery",
                        [
                            "id": "'\(state.rawValue)'", "recipient": "'\(state.rawValue)'", "state": "'\(state.rawValue)'",
                            "attempts": "1", "not_before": state == .pending ? "1000" : "NULL",
                        ]))
            }
            for (number, outcome) in Outcome.allCases.enumerated() {
                try db.execute(
                    sql: SQLiteSchemaTests.insert(
                        "attempt", ["number": "\(number + 1)", "outcome": "'\(outcome.rawValue)'"]))
            }
        }
    }

    @Test("an impossible row passed through the contract stops the ledger and undoes the whole call")
    func impossibleFiring() throws {
        let ledger = try ledger()
        let early = reminder("a", due: nine + .hours(1))
        let failure = #expect(throws: LedgerFailure.self) {
            _ = try ledger.fire(
                EvaluationResult(
                    lookedUntil: nine, firings: [firing(reminder("b"), to: ["an"]), firing(early, to: ["an"], at: nine)]))
        }
        guard case .broken(let words) = failure else {
            Issue.record("not broken")
            return
        }
        #expect(words.contains("reminder_not_early"))
        #expect(throws: LedgerFailure.broken(words)) { try ledger.lookedUntil() }
        #expect(throws: LedgerFailure.broken(words)) { try ledger.fire(EvaluationResult(lookedUntil: nine)) }
    }

    @Test("no call reads a whole table of deliveries or sorts many of them")
    func plans() throws {
        let ledger = try ledger()
        let seen = Seen()
        ledger.queue.inDatabase { db in
            db.trace { seen.statements.insert($0.description) }
        }
        let early = reminder("a")
        let later = reminder("b", due: nine + .hours(1))
        try ledger.fire(firing(early, to: ["an", "binh"], cursor: "binh"))
        try ledger.extend(early.key, deliveries(early, ["chi"]), cursor: nil)
        try ledger.fire(firing(later, to: ["an"]))
        let claims = try ledger.claim(2)
        for claim in claims { try ledger.record(claim, .pending(notBefore: nine), noAnswer, crashed: true) }
        _ = try (ledger.adopt(limit: 9), ledger.unfinished(), ledger.lookedUntil(), ledger.counts())
        _ = try (ledger.recorded([early.key]), ledger.shares(of: early.occurrenceKey, in: everybody))
        _ = try ledger.notified(after: later.key, of: [early.occurrenceKey], in: everybody)
        _ = try ledger.highestChange(plan: "transport", campaign: "drowning")
        _ = try ledger.undelivered(now: nine + .days(20), from: nil, parked: [], limit: 9)
        _ = try ledger.withdraw(early.key, why: .changed, limit: 1)
        _ = try ledger.withdrawStrangers(channel: "mail", from: nil, limit: 9) { _ in false }
        _ = try ledger.bringRetriesForward(by: .hours(1), now: nine, from: nil, limit: 9)
        try ledger.hold(until: nine + .hours(2))
        try ledger.release(EvaluationResult(lookedUntil: nine + .hours(2)), sendsPending: true)
        while try ledger.continueRelease(limit: 1) {}
        _ = try ledger.nextWake(channels: ["mail"])
        _ = try ledger.waiting(names: ["mail"], after: nil, now: nine + .hours(2), limit: 9)
        try ledger.advance(channel: "mail", triedBefore: nine + .hours(2), to: nine)
        for choice in [ClaimRequest.Choice.waited, .these([LedgerCursor("1"), LedgerCursor("2")])] {
            let request = ClaimRequest(channel: "mail", limit: 1, choice: choice)
            for claim in try ledger.claim([request], now: nine) {
                try ledger.record(claim, .pending(notBefore: nine), Receipt(.notSent, about: .load, reply: ""))
            }
        }
        _ = try ledger.failOver(
            ledger.undelivered(now: nine + .days(20), from: nil, parked: [], limit: 9).readers, channel: "hub")
        _ = try ledger.expire(now: nine + .days(30), limit: 9)
        for selection in [
            FailedSelection(ids: deliveries(early, ["an"]).map(\.id)),
            FailedSelection(campaigns: [.init(plan: "transport", campaign: "drowning")]),
        ] {
            _ = try ledger.retry(selection, from: nil, limit: 9, now: nine)
        }
        _ = try (ledger.tally(since: nine), ledger.failedDeliveries(now: nine), ledger.failures(since: nine, limit: 9))
        for filter in [HistoryFilter(), HistoryFilter(recipient: "an"), HistoryFilter(states: ["dead"])] {
            _ = try ledger.history(filter)
        }

        try ledger.queue.inDatabase { db in
            db.trace(options: [])
            let verbs = ["SELECT", "UPDATE", "INSERT"]
            let statements = seen.statements.filter { sql in verbs.contains { sql.hasPrefix($0) } }
            #expect(statements.count >= 20)
            for sql in statements.sorted() {
                let plan = try db.makeStatement(sql: "EXPLAIN QUERY PLAN " + sql)
                plan.setUncheckedArguments([])
                for step in try Row.fetchAll(plan).map({ $0["detail"] as String }) {
                    // `json_each` reads a list of rows that the statement got as its argument.
                    let wholeTable =
                        step.hasPrefix("SCAN") && !step.contains("USING") && step != "SCAN meta" && !step.contains("json_each")
                    // Statements with these two indexes read few deliveries, so sorting is cheap.
                    let sorts =
                        step.contains("TEMP B-TREE") && sql.contains("FROM delivery")
                        && !sql.contains("delivery_in_flight") && !sql.contains("delivery_settled")
                    #expect(!wholeTable && !sorts, "\(step): \(sql)")
                }
            }
        }
    }
}

private final class Seen { var statements: Set<String> = [] }

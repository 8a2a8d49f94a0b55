import GRDB
import Scheduler
import Testing

@testable import Ledgers

@Suite("SQL conditions on deliveries")
struct DeliveryConditionTests {
    private struct Row {
        let state: DeliveryState
        let unknowns: Int
        let why: WithdrawalReason?
    }

    /// Rows with every state and reason, and with 0 to 2 unknown outcomes.
    private static let rows = DeliveryState.allCases.flatMap { state in
        (0...2).flatMap { unknowns in
            ([nil] + WithdrawalReason.allCases).map { Row(state: state, unknowns: unknowns, why: $0) }
        }
    }

    /// Returns, for each row of `rows`, whether the condition selects the row.
    private func selected(by condition: String) throws -> [Bool] {
        let queue = try DatabaseQueue()
        return try queue.write { db in
            try db.execute(sql: "CREATE TABLE delivery (n INTEGER PRIMARY KEY, state TEXT, unknowns INTEGER, why TEXT)")
            for (n, row) in Self.rows.enumerated() {
                try db.execute(
                    sql: "INSERT INTO delivery VALUES (?, ?, ?, ?)",
                    arguments: [n, row.state.rawValue, row.unknowns, row.why?.rawValue])
            }
            return try Bool.fetchAll(db, sql: "SELECT \(condition) IS TRUE FROM delivery ORDER BY n")
        }
    }

    private func counts(_ row: Row, as meaning: DeliveryMeaning) -> Bool {
        row.state.countsAs(meaning, mayHaveArrived: row.unknowns > 0, why: row.why)
    }

    @Test("select the deliveries that the scheduler's definition counts", arguments: DeliveryMeaning.allCases)
    func agree(meaning: DeliveryMeaning) throws {
        let wanted = Self.rows.map { counts($0, as: meaning) }
        #expect(wanted.contains(true) && wanted.contains(false))
        #expect(try selected(by: DeliveryCondition.sql(meaning)) == wanted)
    }

    @Test("of two meanings select the deliveries that count as either of them", arguments: DeliveryMeaning.allCases)
    func either(one: DeliveryMeaning) throws {
        for other in DeliveryMeaning.allCases {
            let wanted = Self.rows.map { counts($0, as: one) || counts($0, as: other) }
            #expect(try selected(by: DeliveryCondition.sql(one, other)) == wanted, "\(other)")
        }
    }

    @Test("exclude the deliveries that count when negated with NOT", arguments: [DeliveryMeaning.unsettled, .standing])
    func negated(meaning: DeliveryMeaning) throws {
        let wanted = Self.rows.map { !counts($0, as: meaning) }
        #expect(try selected(by: "NOT \(DeliveryCondition.sql(meaning))") == wanted)
    }

    @Test("are no longer than conditions written by hand")
    func text() {
        #expect(
            DeliveryCondition.sql(.notified, .perhapsNotified)
                == "(delivery.state = 'in flight' OR delivery.state = 'delivered' OR delivery.state = 'unknown' "
                + "OR delivery.unknowns > 0)")
        #expect(DeliveryCondition.sql(.standing, of: "other") == "(other.state <> 'cancelled' AND other.state <> 'superseded')")
    }
}

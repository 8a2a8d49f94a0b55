import Dates
import GRDB
import Scheduler

/// Writes rows of pending deliveries unless they exist.
struct DeliveryInsert {
    /// The number of rows that one statement writes.
    ///
    /// A statement opens the table and all its indexes, which takes longer than writing a row.
    static let atOnce = 20

    private let one: Query
    private let many: Query

    init(_ db: Database) throws {
        one = try Query(db, DeliveryInsert.statement(rows: 1))
        many = try Query(db, DeliveryInsert.statement(rows: DeliveryInsert.atOnce))
    }

    private static func statement(rows: Int) -> String {
        let values = (0..<rows).map { row in
            let first = 4 + 4 * row
            return "(?\(first), ?1, ?\(first + 1), ?\(first + 2), 'pending', ?2, ?3, ?\(first + 3))"
        }
        return """
            INSERT INTO delivery (id, reminder, recipient, channel, state, not_before, deadline, joined)
            VALUES \(values.joined(separator: ", ")) ON CONFLICT (reminder, recipient, channel) DO NOTHING
            """
    }

    /// Writes up to `atOnce` rows of a reminder. Returns the number of rows that did not exist.
    func run(_ deliveries: some Collection<NewDelivery>, of reminder: Reminder, n: Int64) throws -> Int {
        if deliveries.count == DeliveryInsert.atOnce { return try run(many, deliveries, reminder, n) }
        return try deliveries.reduce(0) { try $0 + run(one, CollectionOfOne($1), reminder, n) }
    }

    private func run(
        _ query: Query, _ deliveries: some Collection<NewDelivery>, _ reminder: Reminder, _ n: Int64
    ) throws -> Int {
        try query.run { values in
            try values.add(n)
            // The queue has the oldest reminder first, because `not_before` is the due time.
            try values.add(reminder.due.milliseconds)
            try values.add(reminder.deadline.milliseconds)
            for delivery in deliveries {
                try values.add(delivery.id.text)
                try values.add(delivery.recipient)
                try values.add(delivery.channel)
                try values.add(delivery.joined ? 1 : 0)
            }
        }
    }
}

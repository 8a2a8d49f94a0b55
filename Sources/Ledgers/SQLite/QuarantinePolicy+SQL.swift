import GRDB
import Scheduler

// The SQL conditions and queries of `QuarantinePolicy`.
//
// The condition of the index `delivery_suspect` contains the policy's number of crashes. A
// statement with another number could not use the index and would fail, so a new number needs a
// migration.

extension QuarantinePolicy.Group {
    /// The condition that a delivery belongs to this group.
    var condition: String {
        switch self {
        case .quarantined: "crashes >= \(QuarantinePolicy.crashes)"
        case .others: "crashes < \(QuarantinePolicy.crashes)"
        }
    }

    /// The maximum number of deliveries of this group in flight; nil if the group has no limit.
    var mostAtOneTime: Int? { self == .quarantined ? QuarantinePolicy.atOneTime : nil }

    /// Returns the SQL that selects the group's pending deliveries, and names the index.
    func source(_ choice: ClaimRequest.Choice) -> String {
        switch (self, choice) {
        case (.quarantined, .queue), (.quarantined, .these):
            """
            INDEXED BY delivery_suspect
            WHERE \(condition) AND (state = 'pending' OR state = 'in flight') AND state = 'pending'
            """
        case (.others, .queue), (.others, .these):
            "INDEXED BY delivery_queue WHERE \(condition) AND state = 'pending'"
        case (_, .waited):
            "INDEXED BY delivery_waited WHERE state = 'pending' AND attempts > 0 AND \(condition)"
        }
    }
}

extension QuarantinePolicy.Situation {
    /// Reads the current situation from the ledger.
    ///
    /// Other deliveries in flight are searched for only if a quarantined delivery is pending.
    init(_ db: Database) throws {
        let exists = """
            SELECT 1 FROM delivery INDEXED BY delivery_suspect
            WHERE \(QuarantinePolicy.Group.quarantined.condition) AND (state = 'pending' OR state = 'in flight')
            AND state = ? LIMIT 1
            """
        let isWaiting = try Query(db, exists).first(DeliveryState.pending.rawValue) { _ in true } ?? false
        let isInFlight = try Query(db, exists).first(DeliveryState.inFlight.rawValue) { _ in true } ?? false
        var othersInFlight = false
        if isWaiting {
            othersInFlight =
                try Query(db, "SELECT 1 FROM delivery INDEXED BY delivery_in_flight WHERE state = 'in flight' LIMIT 1")
                .first { _ in true } ?? false
        }
        self.init(isWaiting: isWaiting, isInFlight: isInFlight, othersInFlight: othersInFlight)
    }
}

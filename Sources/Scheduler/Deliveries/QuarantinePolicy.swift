/// Decides which deliveries are sent alone, because each of them may crash the process.
///
/// A delivery that was in flight at two crashes is quarantined: it is sent only while no other
/// delivery is in flight. A further crash is then counted for this delivery alone. After a
/// quarantined delivery has ended, other deliveries that are ready are sent first, so that many
/// quarantined deliveries in a row do not block them.
public struct QuarantinePolicy: Sendable {
    /// The number of crashes after which a delivery is quarantined.
    public static let crashes = 2
    /// The number of crashes after which a delivery is dead.
    ///
    /// The last two of them happened in quarantine, when no other delivery was in flight.
    public static let crashesUntilDead = 4
    /// The maximum number of quarantined deliveries in flight at one time.
    public static let atOneTime = 1

    /// The facts about pending and in-flight deliveries that decide which group is next.
    public struct Situation: Hashable, Sendable {
        /// Whether a quarantined delivery is pending.
        public let isWaiting: Bool
        /// Whether a quarantined delivery is in flight.
        public let isInFlight: Bool
        /// Whether a delivery that is not quarantined is in flight.
        ///
        /// The value is meaningful only if a quarantined delivery is pending.
        public let othersInFlight: Bool

        public init(isWaiting: Bool, isInFlight: Bool, othersInFlight: Bool) {
            self.isWaiting = isWaiting
            self.isInFlight = isInFlight
            self.othersInFlight = othersInFlight
        }

        /// Whether a quarantined delivery may start.
        public var mayGoAlone: Bool { isWaiting && !isInFlight && !othersInFlight }
        /// Whether a quarantined delivery waits until no other delivery is in flight.
        public var waitsForOthers: Bool { isWaiting && othersInFlight }
    }

    /// One of the two groups of deliveries, which are never in flight together.
    public enum Group: Hashable, Sendable {
        case quarantined, others
    }

    /// Whether the delivery that was claimed last is quarantined.
    private var hadItsTurn = false

    public init() {}

    /// Returns the groups to claim from, in order.
    ///
    /// The caller stops at the first group that has a delivery ready. The result is empty while a
    /// quarantined delivery is in flight.
    public func turns(in situation: Situation) -> [Group] {
        if situation.isInFlight { return [] }
        guard situation.mayGoAlone else { return [.others] }
        return hadItsTurn ? [.others, .quarantined] : [.quarantined, .others]
    }

    /// Records that deliveries of this group were claimed.
    ///
    /// After a quarantined delivery, other deliveries have the next turn, even if none of them was
    /// ready when the quarantined delivery started.
    public mutating func took(_ group: Group) { hadItsTurn = group == .quarantined }
}

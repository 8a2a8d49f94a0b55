/// Decides which deliveries go alone, because one of them may be what kills the process.
///
/// A delivery that was in flight at two crashes is quarantined. From then on nothing else is in
/// flight when it starts or beside it. So every further crash is its own, and other deliveries do
/// not collect crashes because of it.
///
/// A quarantined delivery waits until nothing is in flight, and everything else waits while it is in
/// flight. After it, other deliveries that are ready go first, so that many quarantined ones in a
/// row do not keep the rest waiting.
public struct QuarantinePolicy: Sendable {
    /// The number of crashes from which on a delivery is quarantined.
    public static let crashes = 2
    /// The number of crashes at which a delivery is dead: it was alone at all that follow quarantine.
    public static let crashesUntilDead = 4
    /// How many quarantined deliveries are in flight at one time.
    public static let atOneTime = 1

    /// What is pending and in flight, as far as it decides whose turn it is.
    public struct Situation: Hashable, Sendable {
        /// A quarantined delivery is pending.
        public let isWaiting: Bool
        /// A quarantined delivery is in flight.
        public let isInFlight: Bool
        /// Another delivery is in flight. It does not matter unless a quarantined one is pending.
        public let othersInFlight: Bool

        public init(isWaiting: Bool, isInFlight: Bool, othersInFlight: Bool) {
            self.isWaiting = isWaiting
            self.isInFlight = isInFlight
            self.othersInFlight = othersInFlight
        }

        /// A quarantined delivery may start.
        public var mayGoAlone: Bool { isWaiting && !isInFlight && !othersInFlight }
        /// A quarantined delivery waits for others to end.
        public var waitsForOthers: Bool { isWaiting && othersInFlight }
    }

    /// One of the two groups of deliveries, which are never in flight together.
    public enum Group: Hashable, Sendable {
        case quarantined, others
    }

    /// The last claim took a quarantined delivery.
    private var hadItsTurn = false

    public init() {}

    /// The groups to claim from, in this order, until one of them has a delivery that is ready.
    public func turns(in situation: Situation) -> [Group] {
        if situation.isInFlight { return [] }
        guard situation.mayGoAlone else { return [.others] }
        return hadItsTurn ? [.others, .quarantined] : [.quarantined, .others]
    }

    /// Notes that a claim took deliveries of this group.
    ///
    /// A quarantined delivery that goes only because no other is ready leaves the next turn to the
    /// others, too.
    public mutating func took(_ group: Group) { hadItsTurn = group == .quarantined }
}

/// Where the loops get the time from. Time is an argument everywhere else.
public protocol WallClock: AnyObject, Sendable {
    func now() -> Instant
}

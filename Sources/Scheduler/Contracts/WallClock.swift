import Dates

/// The source of the current time for the loops. Other code gets the time as an argument.
public protocol WallClock: AnyObject, Sendable {
    func now() -> Instant
}

import Dates

/// The loops' source of the time. Everywhere else the time is an argument.
public protocol WallClock: AnyObject, Sendable {
    func now() -> Instant
}

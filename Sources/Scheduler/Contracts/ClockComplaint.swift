import Dates

/// A reason not to believe a wall clock.
public enum ClockComplaint: Hashable, Sendable, CaseIterable, CustomStringConvertible {
    /// The clock shows a time before the day of the program's release. A machine without a battery
    /// starts in 1970.
    case beforeRelease
    case behind
    case ahead
    /// The clock was set ahead by more than a day at once while remindd ran. A wrong time server
    /// may set it to 2099, for example.
    case setAhead

    public var description: String {
        switch self {
        case .beforeRelease: "the clock is before the day this program was released"
        case .behind: "the clock is more than a day before the last evaluation"
        case .ahead: "the clock is more than 100 days after the last evaluation"
        case .setAhead: "the clock was set ahead by more than a day at once"
        }
    }

    /// Whether the clock is too far ahead. With such a clock, reminders would be recorded as missed
    /// before their time.
    public var isAhead: Bool { self == .ahead || self == .setAhead }
}

import Dates

/// A reason not to trust the wall clock.
public enum ClockComplaint: Hashable, Sendable, CaseIterable, CustomStringConvertible {
    /// The clock shows a time before the program's release date.
    ///
    /// The clock of a machine without a battery starts in 1970.
    case beforeRelease
    case behind
    case ahead
    /// The clock jumped ahead by more than a day while remindd ran.
    ///
    /// For example, a wrong time server may set it to 2099.
    case setAhead

    public var description: String {
        switch self {
        case .beforeRelease: "the clock is before the day this program was released"
        case .behind: "the clock is more than a day before the last evaluation"
        case .ahead: "the clock is more than 100 days after the last evaluation"
        case .setAhead: "the clock was set ahead by more than a day at once"
        }
    }

    /// Whether the clock is too far ahead.
    ///
    /// If an evaluation trusted such a clock, it would record reminders as missed although their
    /// deadline is still to come.
    public var isAhead: Bool { self == .ahead || self == .setAhead }
}

import Dates

/// The version of this program.
enum Version {
    static let number = "0.2.0"
    /// The first day of the year of this version. A correct clock is never before it.
    static let released = Zone.utc.startOfDay(Day(2026, 1, 1)!)
}

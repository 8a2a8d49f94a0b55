import Dates

/// The version of this program.
enum Version {
    static let number = "0.2.0"
    /// The first day of the year in which this version was released.
    ///
    /// A correct clock never shows an earlier time.
    static let released = Zone.utc.startOfDay(Day(2026, 1, 1)!)
}

import Dates
import Diagnostics

extension Weekday {
    /// Reads the name of a weekday in English or Vietnamese: `Monday`, `thứ hai`, `thứ 2`.
    ///
    /// Accents and capitals do not matter. nil for any other text.
    public init?(name: String) {
        let plain = Spelling.withoutAccents(name.composed).split(separator: " ").joined(separator: " ")
        let found = Weekday.allCases.first { weekday in
            plain == weekday.english.lowercased() || plain == Spelling.withoutAccents(weekday.vietnamese)
                || weekday != .sunday && plain == "thu \(weekday.rawValue + 1)"
        }
        guard let found else { return nil }
        self = found
    }
}

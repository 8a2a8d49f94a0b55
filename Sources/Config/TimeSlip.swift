import Dates
import Plans
import Scheduler

/// Suggests corrections for times of day that are not written like `08:00`.
package enum TimeSlip {
    /// Returns the time that was probably meant, such as `08:30`.
    ///
    /// Returns nil if the text does not resemble a time.
    ///
    /// Accepts `8h30`, `8.30`, `8`, `8 giờ`, `8:30 pm`, `8am` and similar strings.
    package static func hint(_ text: String) -> String? {
        var rest = text.lowercased()[...]
        let half = HalfDay.words.first { rest.hasSuffix($0.key) }
        if let half { rest = rest.dropLast(half.key.count) }
        let numbers = rest.split { !$0.isNumber }.map { $0.compactMap(\.wholeNumberValue) }
        let between = rest.filter { !$0.isNumber && $0 != " " }
        guard ["", ":", "h", ".", "giờ", "g", "-", "::"].contains(between), (1...3).contains(numbers.count),
            numbers.allSatisfy({ (1...2).contains($0.count) })
        else { return nil }
        let values = numbers.map { $0.reduce(0) { $0 * 10 + $1 } }
        guard let hour = half.map({ $0.value.hour(values[0]) }) ?? values[0] else { return nil }
        return TimeOfDay(hour: hour, minute: values.count > 1 ? values[1] : 0)?.description
    }
}

/// Suggests corrections for days that are not written like `2024-01-24`.
package enum DaySlip {
    /// Returns the day that was probably meant, such as `2024-01-24`.
    ///
    /// Returns nil if the text does not resemble a day.
    ///
    /// Accepts `24/01/2024` (the form in official documents), `24.1.2024`, `20240124` and similar
    /// strings.
    package static func hint(_ text: String) -> String? {
        let parts = text.split { "/.- ".contains($0) }
        let numbers = parts.compactMap { Int($0) }
        if parts.count == 3, numbers.count == 3, parts[2].utf8.count == 4 {
            return Day(numbers[2], numbers[1], numbers[0])?.description
        }
        guard parts.count == 1, text.utf8.count == 8, let number = numbers.first else { return nil }
        return Day(number / 10_000, number / 100 % 100, number % 100)?.description
    }
}

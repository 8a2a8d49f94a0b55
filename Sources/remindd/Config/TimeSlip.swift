import Scheduler

/// A time of day that was written otherwise than `08:00`, as it was perhaps meant.
enum TimeSlip {
    /// `8h30`, `8.30`, `8`, `8 giờ`, `8:30 pm`, `8am` → `08:30` and so on; nil for anything else.
    static func hint(_ text: String) -> String? {
        var rest = text.lowercased()[...]
        var isAfternoon = false
        for (suffix, later) in [("pm", true), ("am", false), ("chiều", true), ("sáng", false)] where rest.hasSuffix(suffix) {
            rest = rest.dropLast(suffix.count)
            isAfternoon = later
        }
        let numbers = rest.split { !$0.isNumber }.map(String.init)
        let between = rest.filter { !$0.isNumber && $0 != " " }
        guard ["", ":", "h", ".", "giờ", "g", "-", "::"].contains(between), (1...3).contains(numbers.count),
            numbers.allSatisfy({ $0.utf8.count <= 2 }), let hour = Int(numbers[0]),
            let minute = numbers.count > 1 ? Int(numbers[1]) : 0
        else { return nil }
        return TimeOfDay(hour: isAfternoon && hour < 12 ? hour + 12 : hour, minute: minute)?.description
    }
}

import Dates
import Diagnostics

extension Day {
    /// Reads one day as documents write it, with its year in four digits.
    ///
    /// Accepts `2026-04-20`, `20/4/2026` (also with `.` or `-`) and `ngày 20 tháng 4 năm 2026`.
    /// `ngày` may be missing, and accents and capitals do not matter. nil for any other text, and
    /// for a day that does not exist.
    public init?(written text: String) {
        if let day = Day(text) {
            self = day
            return
        }
        guard text.utf8.count <= 100 else { return nil }
        let plain = Spelling.withoutAccents(text.composed)
        var numbers: [String] = []
        // The text before, between and behind the numbers, without white space.
        var between = [""]
        var isInNumber = false
        for character in plain {
            if character.isASCII, character.isNumber {
                if isInNumber {
                    numbers[numbers.count - 1].append(character)
                } else {
                    numbers.append(String(character))
                    between.append("")
                }
                isInNumber = true
            } else {
                isInNumber = false
                if !character.isWhitespace { between[between.count - 1].append(character) }
            }
        }
        guard numbers.count == 3, numbers.map(\.count) == [min(numbers[0].count, 2), min(numbers[1].count, 2), 4],
            between[0].isEmpty || between[0] == "ngay", between[3].isEmpty,
            [["/", "/"], [".", "."], ["-", "-"], ["thang", "nam"], ["thang", "/"]].contains(Array(between[1...2])),
            let day = Day(Int(numbers[2]) ?? 0, Int(numbers[1]) ?? 0, Int(numbers[0]) ?? 0)
        else { return nil }
        self = day
    }
}

/// A civil day of the proleptic Gregorian calendar, without a time or a zone.
///
/// A day is stored as the number of days since 1970-01-01, so that comparing, stepping and
/// measuring are integer operations. Conversions follow Howard Hinnant, "chrono-Compatible
/// Low-Level Date Algorithms" (`days_from_civil`, `civil_from_days`). They are exact for every year
/// that an `Int32` of days can represent.
public struct Day: Hashable, Comparable, Codable, Sendable {
    /// The number of days since 1970-01-01; negative for earlier days.
    public let number: Int32

    public init(number: Int) {
        self.number = Int32(number)
    }

    /// Creates the day with these fields; nil if the calendar has no such day (31 April, month 13).
    public init?(_ year: Int, _ month: Int, _ day: Int) {
        guard (1...12).contains(month), day >= 1, day <= Day.length(ofMonth: month, year: year) else { return nil }
        self.init(uncheckedYear: year, month: month, day: day)
    }

    private init(uncheckedYear year: Int, month: Int, day: Int) {
        let y = month <= 2 ? year - 1 : year
        let era = (y >= 0 ? y : y - 399) / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        self.init(number: era * 146_097 + dayOfEra - 719_468)
    }

    /// Returns the day with these fields, or the last day of the month if the month is too short.
    ///
    /// For example, day 31 of April gives 30 April.
    public static func clamped(_ year: Int, _ month: Int, _ day: Int) -> Day {
        Day(uncheckedYear: year, month: month, day: min(day, length(ofMonth: month, year: year)))
    }

    /// Returns the first day of a month.
    ///
    /// `month` may be outside 1...12. For example, month 13 is January of the next year.
    public static func first(ofMonth month: Int, year: Int) -> Day {
        let index = year * 12 + month - 1
        return Day(uncheckedYear: index.flooredQuotient(12), month: index.flooredRemainder(12) + 1, day: 1)
    }

    /// Returns the last day of a month.
    ///
    /// `month` may be outside 1...12. For example, month 13 is January of the next year.
    public static func last(ofMonth month: Int, year: Int) -> Day {
        first(ofMonth: month + 1, year: year) - 1
    }

    public static func isLeap(_ year: Int) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    /// Returns the number of days in a month, 28...31. `month` must be 1...12.
    public static func length(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// The year, the month (1...12) and the day of the month (1...31).
    public var fields: (year: Int, month: Int, day: Int) {
        let z = Int(number) + 719_468
        let era = (z >= 0 ? z : z - 146_096) / 146_097
        let dayOfEra = z - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }

    public var year: Int { fields.year }
    public var month: Int { fields.month }
    public var dayOfMonth: Int { fields.day }

    public var weekday: Weekday {
        // 1970-01-01 was a Thursday.
        Weekday(rawValue: (Int(number) + 3).flooredRemainder(7) + 1)!
    }

    /// Returns the day that is `months` months later, with the same day of the month.
    ///
    /// If that month is too short, returns its last day. For example, one month after 31 January is
    /// the last day of February.
    public func adding(months: Int) -> Day {
        let (year, month, day) = fields
        let index = year * 12 + month - 1 + months
        return Day.clamped(index.flooredQuotient(12), index.flooredRemainder(12) + 1, day)
    }

    public static func + (day: Day, days: Int) -> Day { Day(number: Int(day.number) + days) }
    public static func - (day: Day, days: Int) -> Day { Day(number: Int(day.number) - days) }
    /// Returns the number of days from `earlier` to `later`; negative if `later` comes first.
    public static func - (later: Day, earlier: Day) -> Int { Int(later.number) - Int(earlier.number) }
    public static func < (a: Day, b: Day) -> Bool { a.number < b.number }

    /// The years in which a plan may have dates.
    public static let plannableYears = 1970...2199
}

extension Day: CustomStringConvertible, LosslessStringConvertible {
    /// The day as ISO 8601 text, `2027-11-15`.
    public var description: String {
        let (year, month, day) = fields
        guard (0...9_999).contains(year) else { return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))" }
        return String(unsafeUninitializedCapacity: 10) { text in
            func write(_ number: Int, endingAt end: Int) {
                text[end] = UInt8(ascii: "0") + UInt8(number % 10)
                text[end - 1] = UInt8(ascii: "0") + UInt8(number / 10 % 10)
            }
            write(year / 100, endingAt: 1)
            write(year, endingAt: 3)
            text[4] = UInt8(ascii: "-")
            write(month, endingAt: 6)
            text[7] = UInt8(ascii: "-")
            write(day, endingAt: 9)
            return 10
        }
    }

    /// Reads a day that is written exactly as `YYYY-MM-DD`.
    ///
    /// Returns nil for any other spelling and for days that do not exist.
    public init?(_ iso: String) {
        var iso = iso
        guard let day = iso.withUTF8(Day.init(iso:)) else { return nil }
        self = day
    }

    /// Reads the bytes of `YYYY-MM-DD`. Returns nil in the same cases as `init(_:)`.
    ///
    /// Reading bytes avoids a `String` for each of the hundreds of thousands of days in a ledger.
    public init?(iso bytes: UnsafeBufferPointer<UInt8>) {
        let hyphen = UInt8(ascii: "-")
        guard bytes.count == 10, bytes[4] == hyphen, bytes[7] == hyphen,
            let year = decimal(bytes[0..<4]), let month = decimal(bytes[5..<7]), let day = decimal(bytes[8..<10])
        else { return nil }
        self.init(year, month, day)
    }
}

/// A day of the week, numbered as in ISO 8601: Monday is 1, Sunday is 7.
public enum Weekday: Int, CaseIterable, Hashable, Sendable, Comparable {
    case monday = 1
    case tuesday, wednesday, thursday, friday, saturday, sunday

    public static func < (a: Weekday, b: Weekday) -> Bool { a.rawValue < b.rawValue }
}

/// Returns `value` in decimal, with leading zeros if it has fewer than `width` digits.
package func padded(_ value: Int, _ width: Int) -> String {
    let digits = String(abs(value))
    let zeros = String(repeating: "0", count: max(0, width - digits.count))
    return (value < 0 ? "-" : "") + zeros + digits
}

/// Returns the value of a decimal number in ASCII; nil unless `digits` is 1 to 9 digits.
package func decimal(_ digits: some Collection<UInt8>) -> Int? {
    guard (1...9).contains(digits.count) else { return nil }
    var value = 0
    for digit in digits {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
        value = value * 10 + Int(digit - UInt8(ascii: "0"))
    }
    return value
}

extension Int {
    /// Returns the quotient, rounded towards minus infinity. `divisor` must be positive.
    func flooredQuotient(_ divisor: Int) -> Int {
        self >= 0 ? self / divisor : -((-self + divisor - 1) / divisor)
    }

    /// Returns the remainder that belongs to `flooredQuotient`, always in `0..<divisor`.
    func flooredRemainder(_ divisor: Int) -> Int {
        self - flooredQuotient(divisor) * divisor
    }
}

import Dates
import Diagnostics
import Messages
import Plans
import Scheduler

/// An instant together with its text in one time zone.
///
/// A program that prints the text therefore does not need the rules of the zone.
package struct LocalTime: Codable, Hashable, Sendable {
    package let instant: Instant
    /// The instant in the zone as text, such as `2027-03-01T08:00:00+07:00`.
    package let rfc3339: String

    package init(_ instant: Instant, in zone: Zone) {
        self.instant = instant
        rfc3339 = zone.rfc3339(instant)
    }

    /// The date and time in the zone, without seconds, such as `2027-03-01 08:00`.
    package var toTheMinute: String { "\(rfc3339.prefix(10)) \(rfc3339.dropFirst(11).prefix(5))" }

    /// The time and the date as people write them, such as `08:00, Monday 01/03/2027`.
    ///
    /// The order of the date is day, month, year, as in plans and messages.
    package var asWritten: LocalizedText {
        let time = String(rfc3339.dropFirst(11).prefix(5))
        guard let day = Day(String(rfc3339.prefix(10))) else { return LocalizedText(verbatim: rfc3339) }
        return "\(time), \(LocalizedText(lookedUp: day.weekday.english)) \(day.asWritten)"
    }
}

extension Day {
    /// The date as people write it: day, month and year, such as `01/03/2027`.
    package var asWritten: String {
        let (year, month, dayOfMonth) = fields
        return "\(twoDigits(dayOfMonth))/\(twoDigits(month))/\(year)"
    }
}

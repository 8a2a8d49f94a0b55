import Dates

/// A calendar file (RFC 5545) that publishes events.
///
/// The bytes depend only on the events. The file has no current time, so it is the same whenever it
/// is written.
public struct CalendarFile: Sendable {
    private let events: [CalendarEvent]

    public init(_ events: [CalendarEvent]) {
        self.events = events
    }

    /// The file in UTF-8, with CR LF line ends. No line is longer than 75 bytes.
    public var bytes: [UInt8] {
        var lines = ContentLines()
        lines.add("BEGIN", "VCALENDAR")
        lines.add("VERSION", "2.0")
        lines.add("PRODID", "-//remindd//remindd//VI")
        lines.add("CALSCALE", "GREGORIAN")
        lines.add("METHOD", "PUBLISH")
        for event in events { add(event, to: &lines) }
        lines.add("END", "VCALENDAR")
        return lines.bytes
    }

    private func add(_ event: CalendarEvent, to lines: inout ContentLines) {
        lines.add("BEGIN", "VEVENT")
        lines.add("UID", event.uid)
        lines.add("SEQUENCE", String(event.sequence))
        lines.add("DTSTAMP", Self.utc(event.changedAt))
        lines.add("LAST-MODIFIED", Self.utc(event.changedAt))
        switch event.time {
        case .days(let days):
            lines.add("DTSTART;VALUE=DATE", Self.basic(days.lowerBound))
            // The end is exclusive (RFC 5545, section 3.6.1).
            lines.add("DTEND;VALUE=DATE", Self.basic(days.upperBound + 1))
        case .instants(let instants):
            lines.add("DTSTART", Self.utc(instants.lowerBound))
            // An event without an end takes no time (RFC 5545, section 3.6.1).
            if instants.upperBound > instants.lowerBound { lines.add("DTEND", Self.utc(instants.upperBound)) }
        }
        lines.add("SUMMARY", text: event.summary)
        lines.add("DESCRIPTION", text: event.description)
        lines.add("LOCATION", text: event.location)
        lines.add("URL", event.url)
        if !event.categories.isEmpty {
            lines.add("CATEGORIES", event.categories.map(ContentLines.escaped).joined(separator: ","))
        }
        lines.add("STATUS", event.status == .cancelled ? "CANCELLED" : "CONFIRMED")
        // The event does not block the time of anybody, because it is a reminder and no meeting.
        lines.add("TRANSP", "TRANSPARENT")
        lines.add("X-MICROSOFT-CDO-BUSYSTATUS", "FREE")
        lines.add("END", "VEVENT")
    }

    /// Returns a day in the form `20270401`.
    private static func basic(_ day: Day) -> String {
        let (year, month, dayOfMonth) = day.fields
        return "\(year)\(padded(month, 2))\(padded(dayOfMonth, 2))"
    }

    /// Returns an instant in UTC in the form `20270401T010000Z`.
    private static func utc(_ instant: Instant) -> String {
        let civil = Zone.utc.civil(at: instant)
        let second = civil.secondOfDay
        return "\(basic(civil.day))T\(padded(second / 3_600, 2))\(padded(second / 60 % 60, 2))\(padded(second % 60, 2))Z"
    }
}

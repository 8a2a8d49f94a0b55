import Dates
import Scheduler

/// Reads the preferred form of HTTP dates, `Sun, 06 Nov 1994 08:49:37 GMT`.
///
/// RFC 9110, section 5.6.7, defines the form. Its two obsolete forms are not accepted.
enum HTTPDate {
    static func parse(_ text: String) -> Instant? {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let fields = text.split(separator: " ")
        guard fields.count == 6, fields[0].hasSuffix(","), fields[5] == "GMT", let day = Int(fields[1]),
            let month = months.firstIndex(of: String(fields[2])), let year = Int(fields[3]), (1_970...9_999).contains(year),
            let date = Day(year, month + 1, day)
        else { return nil }
        let clock = fields[4].split(separator: ":").compactMap { $0.utf8.count == 2 ? Int($0) : nil }
        guard clock.count == 3, (0...23).contains(clock[0]), (0...59).contains(clock[1]), (0...60).contains(clock[2]) else {
            return nil
        }
        return Instant(seconds: Int64(date.number) * 86_400 + Int64(clock[0] * 3_600 + clock[1] * 60 + min(clock[2], 59)))
    }
}

import Dates
import Foundation
import JSON

/// The current time, in a time zone in which it is now near noon.
///
/// In this zone, no test runs past midnight. The zone's offset is a whole number of hours.
package struct Noon {
    /// The zone's name, such as `Etc/GMT-7`. In these names, a minus sign means east of Greenwich.
    package let zone: String
    package let today: Day
    /// The zone's offset in hours, positive east of Greenwich.
    private let hours: Int
    private let minutes: Int
    private let second: Int

    /// Reads the current time from the machine's clock.
    package init() {
        let seconds = Int(time(nil))
        hours = 12 - seconds / 3_600 % 24
        zone = hours == 0 ? "Etc/GMT" : "Etc/GMT\(hours > 0 ? "-" : "+")\(abs(hours))"
        let local = seconds + hours * 3_600
        today = Day(number: local / 86_400)
        minutes = local % 86_400 / 60
        second = local % 60
    }

    /// Returns the time of day `ahead` minutes from now, in quotation marks, such as `"12:07"`.
    package func at(minutes ahead: Int) -> String {
        let (hour, minute) = ((minutes + ahead) / 60, (minutes + ahead) % 60)
        return "\"\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)\""
    }

    /// Returns the first full minute that is more than `seconds` away, such as `"12:07"`.
    package func nextMinute(atLeast seconds: Int) -> String {
        at(minutes: 60 - second > seconds ? 1 : 2)
    }

    /// Today's date in the form `15/04/2027`.
    package var written: String {
        let (year, month, day) = today.fields
        return "\(day < 10 ? "0" : "")\(day)/\(month < 10 ? "0" : "")\(month)/\(year)"
    }

    /// Returns the instant that is `second` seconds after midnight of a day in the zone.
    package func instant(_ day: Day, second: Int) -> Instant {
        Instant(seconds: Int64(day.number) * 86_400 + Int64(second - hours * 3_600))
    }

    /// Returns a plan whose campaigns take place today. Each `at` is a result of `at(minutes:)`.
    package func plan(_ campaigns: [(id: String, title: String, at: String)], notify: String = "an, desk", id: String = "trial")
        -> String
    {
        let entries = campaigns.map { campaign in
            """
              - id: \(campaign.id)
                title: \(JSONText.quoted(campaign.title))
                when: \(today)
                remind: [{when: on the day, at: \(campaign.at)}]

            """
        }
        return "plan: \(id)\ntitle: Kế hoạch thử\ntimezone: \(zone)\nrest_days: send\nnotify: [\(notify)]\ncampaigns:\n"
            + entries.joined()
    }
}

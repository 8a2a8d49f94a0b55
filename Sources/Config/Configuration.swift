import Dates
import Diagnostics
import Notifiers
import Scheduler

/// `remindd.yaml` as read: names and settings, before any plan is loaded or any secret looked up.
package struct Configuration: Sendable {
    /// The folder that relative paths in it start from.
    package var folder: String
    package var timezone: Zone
    /// Files or folders, absolute, each with its place for messages.
    package var plans: [String]
    package var workingDays: String?
    package var templates: String?
    /// The SQLite file; nil: the state folder's.
    package var ledger: String?
    package var socket: String?
    package var catchUp: CatchUp
    package var contact: String?
    package var alerts: Alerts?
    package var heartbeat: Heartbeat?
    /// By name, in the order written.
    package var channels: [ConfiguredChannel]
    package var directory: RecipientDirectory
    /// Where each key's value stands, for what is found wrong with it later; the file itself for keys left out.
    package var places: [String: Problem.Place] = [:]
    package let file: String

    package func place(of key: String) -> Problem.Place {
        places[key] ?? Problem.Place(file: file, line: 1, column: 1)
    }

    package struct Alerts: Hashable, Sendable {
        package let to: [String]
        package let weekly: Weekly?

        package struct Weekly: Hashable, Sendable {
            package let day: Weekday
            package let at: TimeOfDay
        }
    }

    package struct Heartbeat: Hashable, Sendable {
        package let url: SecretText
        package let every: TimeSpan
    }
}

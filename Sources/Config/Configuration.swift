import Dates
import Diagnostics
import Documents
import Notifiers
import Scheduler

/// The contents of `remindd.yaml`, before any plan is loaded or any secret is read.
package struct Configuration: Sendable {
    package var timezone: Zone
    /// Plan files and folders of plan files. Relative paths are already joined to `folder`.
    package var plans: [String]
    package var workingDays: String?
    package var templates: String?
    /// The ledger's SQLite file; nil for the file in the state folder.
    package var ledger: String?
    package var socket: String?
    package var catchUp: CatchUp
    package var contact: String?
    package var alerts: Alerts?
    package var heartbeat: Heartbeat?
    package var sheet = SheetSettings()
    /// The channels in the order of the file.
    package var channels: [ConfiguredChannel]
    package var directory: RecipientDirectory
    /// The place of each key's value, for problems that are found later.
    ///
    /// Omitted keys have no entry.
    package var places: [String: Problem.Place] = [:]
    package let file: String

    /// The folder from which relative paths in the file start; empty for the working folder.
    package var folder: String { Paths.folder(of: file) }

    /// Returns the place of a key's value; the beginning of the file if the key is omitted.
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
        /// The values of `insecure` and `allow_networks`.
        package let allowed: WebhookPolicy.Allowed
    }
}

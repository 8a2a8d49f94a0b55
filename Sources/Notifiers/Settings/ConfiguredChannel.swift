import Diagnostics
import Scheduler

/// One entry under `channels:`.
package struct ConfiguredChannel: Sendable {
    package let name: String
    package let rate: Rate?
    package let settings: any ChannelSettings
    /// Former names of the channel, newest first.
    package var formerly: [String] = []
    /// The entry's place in the file, for problems found later, such as an unreadable secret.
    package let place: Problem.Place

    package init(
        name: String, rate: Rate?, settings: any ChannelSettings, formerly: [String] = [], place: Problem.Place
    ) {
        self.name = name
        self.rate = rate
        self.settings = settings
        self.formerly = formerly
        self.place = place
    }

    /// The channel's secrets as written in the configuration, before they are looked up.
    package var secrets: [SecretText] { settings.secrets }
    /// Files of certificates to trust instead of the system's.
    package var certificateFiles: [String] { settings.certificateFiles }
    /// The address that a recipient must have for the channel; nil if it needs none.
    package var addressKind: AddressKind? { type(of: settings).addressKind }
}

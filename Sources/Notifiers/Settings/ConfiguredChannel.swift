import Diagnostics
import Scheduler

/// One channel of the configuration, which is an entry under `channels:`.
package struct ConfiguredChannel: Sendable {
    package let name: String
    package let rate: Rate?
    package let settings: any ChannelSettings
    /// The former names of the channel, newest first.
    package var formerly: [String] = []
    /// The place of the entry in the file.
    ///
    /// Problems that are found later, such as an unreadable secret, are reported at this place.
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

    /// The channel's secrets as references, which `Secrets.resolve` looks up.
    package var secrets: [SecretText] { settings.secrets }
    /// The paths of files with certificates to trust instead of the system's certificates.
    package var certificateFiles: [String] { settings.certificateFiles }
    /// The kind of address that a recipient needs for the channel; nil if the recipient needs none.
    package var addressKind: AddressKind? { type(of: settings).addressKind }
}

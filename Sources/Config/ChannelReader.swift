import Diagnostics
import Documents
import Notifiers
import Scheduler
import Transport

/// Reads the key `channels:`. Each kind of channel parses its own settings.
package struct ChannelReader {
    package let folder: String
    package let channels: Channels

    package init(folder: String, channels: Channels = .registered) {
        self.folder = folder
        self.channels = channels
    }

    /// Returns the channels that could be read, and the names of all channels.
    ///
    /// The names include channels with a mistake, so that the mistake is not reported again
    /// wherever the channel is used.
    package func read(_ value: YAMLValue?) -> (read: [ConfiguredChannel], names: [String]) {
        guard let value, !value.isNull else { return ([], []) }
        let keys = channels.keys
        var read: [ConfiguredChannel] = []
        var names: [String] = []
        var formerNames = FormerNames()
        for (name, place, settings) in value.entries("channels") ?? [] where !value.context.problems.isFull {
            guard Identifier.check(name, place, "a channel's name") else { continue }
            names.append(name)
            guard let table = settings.table("channel \(name)", keys: keys) else { continue }
            guard table.values.count == 1 else {
                settings.error("channel \(name) must have one of: \(keys.all.joined(separator: ", "))")
                continue
            }
            for kind in channels.kinds {
                guard let value = table[kind.key], let channel = channel(kind, value, name, &formerNames) else { continue }
                read.append(channel)
            }
        }
        formerNames.check { names.contains($0) }
        return (read, names)
    }

    private func channel(
        _ kind: any ChannelSettings.Type, _ value: YAMLValue, _ name: String, _ formerNames: inout FormerNames
    ) -> ConfiguredChannel? {
        guard let table = value.table("channel \(name)", keys: kind.keys) else { return nil }
        let formerly = formerNames.read(table["formerly"], of: name, "a channel")
        guard let settings = kind.init(ChannelTable(name: name, folder: folder, table: table)) else { return nil }
        return ConfiguredChannel(
            name: name, rate: rate(table["rate"]), settings: settings, formerly: formerly, place: value.place)
    }

    private func rate(_ value: YAMLValue?) -> Rate? {
        guard let value, let text = value.text("rate") else { return nil }
        if let rate = Units.rate(text) { return rate }
        value.error("rate is \(value.shown); allowed: N per second, minute or hour", hints: ["100 per minute"])
        return nil
    }
}

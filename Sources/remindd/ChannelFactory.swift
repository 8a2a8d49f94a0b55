import Config
import Diagnostics
import Logging
import Messages
import Notifiers
import Scheduler
import Transport

/// Makes running channels from a configuration.
enum ChannelFactory {
    struct Failure: Error, LocalizedTextConvertible {
        let localizedText: LocalizedText

        init(_ text: LocalizedText) { localizedText = text }
    }

    /// The HTTP client that all channels share. It runs all transfers on one thread.
    static let transfers = HTTPTransfers()

    /// Makes all channels and resolves their secrets.
    ///
    /// Throws if a secret is missing or a template is broken.
    static func channels(_ loaded: Loaded) throws(Failure) -> [any Announcing] {
        let (wording, problems) = Wording.reading(loaded.templates)
        if let problem = problems.first { throw Failure("\(problem)") }
        if let refusal = CurlLibrary.refusal { throw Failure(LocalizedText(lookedUp: refusal)) }
        if let missing = missingSecrets(loaded.configuration).first { throw Failure(missing) }
        var channels: [any Announcing] = []
        for channel in loaded.configuration.channels { channels.append(try self.channel(channel, wording: wording)) }
        return channels
    }

    static func channel(_ channel: ConfiguredChannel, wording: Wording) throws(Failure) -> any Announcing {
        do throws(SettingRefusal) {
            return try channel.settings.makeChannel(channel.name, services(wording))
        } catch {
            throw Failure("channel \(channel.name): \(error)")
        }
    }

    /// Returns a hash of a channel's settings, rate and secrets, to detect changes.
    ///
    /// The hash does not reveal the secrets.
    static func fingerprint(_ channel: ConfiguredChannel) -> String {
        var hasher = Hasher()
        hasher.combine("\(channel.settings)")
        hasher.combine(channel.rate)
        for secret in channel.secrets { hasher.combine(try? Secrets.resolve(secret).get()) }
        return String(hasher.finalize())
    }

    /// Makes a channel that can only render messages.
    ///
    /// It needs no secrets, so commands that may not read secrets can use it.
    static func previewing(_ channel: ConfiguredChannel, wording: Wording) -> (any Channel)? {
        channel.settings.makePreview(channel.name, services(wording))
    }

    private static func services(_ wording: Wording) -> ChannelServices {
        ChannelServices(wording: wording, transfers: transfers, version: Version.number)
    }

    /// Returns a description of each secret that is not available.
    ///
    /// A missing secret makes a start fail. A running daemon keeps its current configuration.
    static func missingSecrets(_ configuration: Configuration) -> [LocalizedText] {
        configuration.channels.flatMap { channel in
            channel.secrets.compactMap { secret in
                guard case .failure(let failure) = Secrets.resolve(secret) else { return nil }
                return "channel \(channel.name): \(failure)"
            }
        }
    }
}

import Config
import Logging
import Notifiers
import Scheduler

/// From a configuration's channels to running ones.
enum ChannelFactory {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// All HTTP goes through one thread.
    static let transfers = HTTPTransfers()

    /// Every channel, with its secrets looked up. Fails where one is missing or a template is broken.
    static func channels(_ loaded: Loaded) throws(Failure) -> [any Announcing] {
        let (wording, problems) = Wording.reading(loaded.templates)
        if let problem = problems.first { throw Failure(description: "\(problem)") }
        if let refusal = CurlLibrary.refusal { throw Failure(description: refusal) }
        if let missing = missingSecrets(loaded.configuration).first { throw Failure(description: missing) }
        var channels: [any Announcing] = []
        for settings in loaded.configuration.channels { channels.append(try channel(settings, wording: wording)) }
        return channels
    }

    /// One channel.
    static func channel(_ settings: ChannelSettings, wording: Wording) throws(Failure) -> any Announcing {
        do throws(SettingRefusal) {
            switch settings.kind {
            case .email(let email):
                return EmailChannel(name: settings.name, settings: try mail(email, settings.name), wording: wording)
            case .webhook(let webhook):
                return WebhookChannel(
                    name: settings.name, settings: try hook(webhook, settings.name), wording: wording, transfers: transfers)
            }
        } catch {
            throw Failure(description: "channel \(settings.name): \(error)")
        }
    }

    /// Equal for two settings of a channel that mean the same, secrets included; shows none of them.
    static func fingerprint(_ settings: ChannelSettings) -> String {
        let (written, secrets): (String, [SecretText]) =
            switch settings.kind {
            case .email(let email): ("\(email)", [email.password, email.token].compactMap { $0 })
            case .webhook(let webhook): ("\(webhook)", [webhook.url] + webhook.secrets)
            }
        var hasher = Hasher()
        hasher.combine(written)
        hasher.combine(settings.rate)
        for secret in secrets { hasher.combine(try? Secrets.resolve(secret).get()) }
        return String(hasher.finalize())
    }

    /// A channel that only puts into words: without its secrets, which may not be visible here.
    static func previewing(_ settings: ChannelSettings, wording: Wording) -> (any Channel)? {
        switch settings.kind {
        case .email: return try? channel(settings, wording: wording)
        case .webhook(var webhook):
            if case .inline = webhook.url {} else { webhook.url = .inline("https://hidden.invalid/") }
            // Whether it is signed is seen; with what is not.
            if !webhook.secrets.isEmpty { webhook.secrets = [.inline("whsec_" + String(repeating: "A", count: 32))] }
            let bare = ChannelSettings(name: settings.name, rate: settings.rate, kind: .webhook(webhook), place: settings.place)
            return try? channel(bare, wording: wording)
        }
    }

    private static func mail(_ email: ChannelSettings.Email, _ name: String) throws(SettingRefusal) -> EmailSettings {
        let security: SMTPServer.Security = email.implicitTLS ? .implicitTLS : email.tlsRequired ? .startTLS : .off
        let secret = email.token ?? email.password
        let server = try SMTPServer(
            host: email.host, port: email.port, security: security, clearNetworks: email.allowNetworks, ca: email.ca,
            ehlo: email.ehlo, senderDomain: email.from.address.domain, username: email.username,
            login: email.token == nil ? .password : .xoauth2,
            // Read again at every connection: a file may have been replaced, a credential has not.
            password: { secret.flatMap { try? Secrets.resolve($0).get() } })
        return EmailSettings(server: server, from: email.from, replyTo: email.replyTo, onUnknown: email.onUnknown)
    }

    private static func hook(_ webhook: ChannelSettings.Webhook, _ name: String) throws(SettingRefusal) -> WebhookSettings {
        var secrets: [WebhookSecret] = []
        for secret in webhook.secrets { secrets.append(try WebhookSecret(resolve(secret, "secret"))) }
        let written = try resolve(webhook.url, "url")
        // What stands in a file is held to the same rules as what stands in the configuration.
        let allowed = WebhookPolicy.Allowed(
            insecure: webhook.insecure, networks: webhook.allowNetworks, isProxied: webhook.proxy != nil)
        if let refusal = WebhookPolicy.refusal(of: written, allowed) { throw SettingRefusal("url: \(refusal)") }
        let url = try WebhookURL(written)
        var isSecret = true
        if case .inline = webhook.url { isSecret = false }
        // Only a file may have been replaced: credentials and the environment stay as they were at the start.
        var renewed: (@Sendable () -> WebhookSettings?)?
        if ([webhook.url] + webhook.secrets).contains(where: \.isFile) { renewed = { try? hook(webhook, name) } }
        return WebhookSettings(
            url: url, urlIsSecret: isSecret, secrets: secrets, allowNetworks: webhook.allowNetworks, proxy: webhook.proxy,
            ca: webhook.ca, version: Remindd.version, renewed: renewed)
    }

    private static func resolve(_ secret: SecretText, _ what: String) throws(SettingRefusal) -> String {
        switch Secrets.resolve(secret) {
        case .success(let text): return text
        case .failure(let failure): throw SettingRefusal("\(what): \(failure)")
        }
    }

    /// The heartbeat, with its address looked up; nil where none is configured.
    static func heartbeat(_ configuration: Configuration, logger: Logger) throws(Failure) -> Heartbeat? {
        guard let settings = configuration.heartbeat else { return nil }
        return Heartbeat(url: try address(of: settings), every: settings.every, transfers: transfers, logger: logger)
    }

    static func address(of heartbeat: Configuration.Heartbeat) throws(Failure) -> WebhookURL {
        do throws(SettingRefusal) {
            let written = try resolve(heartbeat.url, "url")
            if let refusal = WebhookPolicy.refusal(of: written, .heartbeat) { throw SettingRefusal("url: \(refusal)") }
            return try WebhookURL(written)
        } catch {
            throw Failure(description: "heartbeat: \(error)")
        }
    }

    /// Every named secret that cannot be had, as one line each: a start refuses, a running daemon keeps its old state.
    static func missingSecrets(_ configuration: Configuration) -> [String] {
        configuration.channels.flatMap { settings in
            settings.secrets.compactMap { secret in
                guard case .failure(let failure) = Secrets.resolve(secret) else { return nil }
                return "channel \(settings.name): \(failure)"
            }
        }
    }
}

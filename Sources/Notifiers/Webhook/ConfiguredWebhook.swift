import Documents
import Scheduler
import Transport

/// The settings of a `webhook:` channel in the configuration.
package struct ConfiguredWebhook: ChannelSettings {
    package var url: SecretText
    /// The keys for the signature, newest first; empty if requests are not signed.
    package var signing: [SecretText]
    package let insecure: Bool
    package let allowNetworks: [Network]
    package let proxy: String?
    package let ca: String?

    package static let destinationKey = "url"

    package var secrets: [SecretText] { [url] + signing }
    package var certificateFiles: [String] { [ca].compactMap { $0 } }

    /// The server that the URL names.
    ///
    /// Messages show the server as "elsewhere", because the URL may be a secret. If the URL cannot
    /// be read or a proxy is used, the server counts as not on loopback.
    package var destinations: [ChannelDestination] {
        guard case .success(let text) = Secrets.resolve(url), let url = try? WebhookURL(text) else {
            return [ChannelDestination(isOnLoopback: false, port: 0, shown: "elsewhere")]
        }
        return [ChannelDestination(isOnLoopback: url.isLoopback && proxy == nil, port: url.port, shown: "elsewhere")]
    }

    package func makeChannel(_ name: String, _ services: ChannelServices) throws(SettingRefusal) -> any Announcing {
        WebhookChannel(
            name: name, settings: try running(services.version), wording: services.wording, transfers: services.transfers)
    }

    package func makePreview(_ name: String, _ services: ChannelServices) -> (any Channel)? {
        var bare = self
        if case .inline = url {} else { bare.url = .inline("https://hidden.invalid/") }
        // The preview shows whether the request is signed, but not the signature. Any key can
        // therefore be used here.
        if !signing.isEmpty { bare.signing = [.inline("whsec_" + String(repeating: "A", count: 32))] }
        return try? bare.makeChannel(name, services)
    }

    private func running(_ version: String) throws(SettingRefusal) -> WebhookSettings {
        var secrets: [WebhookSecret] = []
        for secret in signing { secrets.append(try WebhookSecret(secret.resolved("secret"))) }
        let written = try url.resolved("url")
        // A URL that is not in the configuration must meet the same rules as a URL in the
        // configuration.
        let allowed = WebhookPolicy.Allowed(insecure: insecure, networks: allowNetworks, isProxied: proxy != nil)
        if let refusal = WebhookPolicy.refusal(of: written, allowed) { throw SettingRefusal("url: \(refusal)") }
        let address = try WebhookURL(written)
        var isSecret = true
        if case .inline = url { isSecret = false }
        // Only the content of a file can change while the daemon runs. Credentials and the
        // environment do not change.
        var renewed: (@Sendable () -> WebhookSettings?)?
        if self.secrets.contains(where: \.isFile) { renewed = { try? running(version) } }
        return WebhookSettings(
            url: address, urlIsSecret: isSecret, secrets: secrets, allowNetworks: allowNetworks, proxy: proxy, ca: ca,
            version: version, renewed: renewed)
    }
}

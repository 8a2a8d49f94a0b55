import Diagnostics
import Documents
import Transport

/// Rules for the URLs of webhooks, proxies and the heartbeat, in addition to the URL grammar.
package enum WebhookPolicy {
    /// The ports of 1024 or above to which an HTTP request must never connect.
    ///
    /// These ports belong to databases, caches, file servers and remote desktops. Below 1024, only
    /// the ports 80 and 443 are allowed.
    package static let deniedPorts: Set<Int> = [1_433, 1_521, 2_049, 3_306, 5_432, 5_900, 6_000, 6_379, 11_211, 27_017]

    /// The settings that relax the rules for one destination.
    package struct Allowed: Hashable, Sendable {
        /// Whether `http://` is allowed beyond this machine.
        package let insecure: Bool
        /// The private ranges to which `https://` may connect, and `http://` to this machine.
        package let networks: [Network]
        /// The private ranges to which `http://` may connect beyond this machine.
        package let clearNetworks: [Network]
        /// Whether requests go through a proxy, which then decides to which addresses it connects.
        ///
        /// Even then, a URL with an address that is never allowed is refused.
        package let isProxied: Bool
        /// Whether the destination has the setting `ca`.
        private(set) var hasCertificates = true

        package init(insecure: Bool, networks: [Network], isProxied: Bool) {
            self.insecure = insecure
            self.networks = networks
            clearNetworks = networks
            self.isProxied = isProxied
        }

        private init(heartbeat insecure: Bool, networks: [Network], clearNetworks: [Network]) {
            self.insecure = insecure
            self.networks = networks
            self.clearNetworks = clearNetworks
            isProxied = false
            hasCertificates = false
        }

        /// Returns the settings for a heartbeat, which calls the administrator's own machines.
        ///
        /// Most of these machines are in private networks, and the call sends no data. All networks
        /// are therefore allowed for `https://`, unless `allow_networks` names some.
        ///
        /// - Parameter networks: the value of `allow_networks`; nil if the key is absent.
        package static func heartbeat(insecure: Bool, networks: [Network]?) -> Allowed {
            Allowed(heartbeat: insecure, networks: networks ?? Network.everywhere, clearNetworks: networks ?? [])
        }

        package static let proxy = Allowed(insecure: true, networks: Network.everywhere, isProxied: false)

        /// Returns the private ranges to which requests to a URL may connect.
        package func networks(for url: WebhookURL) -> [Network] {
            url.isEncrypted || url.isLoopback ? networks : clearNetworks
        }
    }

    /// Returns whether a URL in the configuration can be used. If it cannot, reports an error.
    package static func check(_ text: String, _ value: YAMLValue, _ what: LocalizedText, _ allowed: Allowed) -> Bool {
        guard let refusal = refusal(of: text, allowed) else { return true }
        // Does not show a URL with an @, because the text before the @ may be a password.
        let shown: LocalizedText = text.contains("@") ? what : "\(what) \(value.shown)"
        let trimmed = text.drop { $0 == "/" }
        let isHost = !text.contains("://") && (try? WebhookURL("https://" + trimmed)) != nil
        value.error("\(shown): \(refusal)", hints: isHost ? ["https://" + trimmed] : WebhookURL.inASCII(text).map { [$0] } ?? [])
        return false
    }

    /// Returns the reason why a URL cannot be used; nil if it can be used.
    ///
    /// The reason does not repeat the URL.
    package static func refusal(of text: String, _ allowed: Allowed) -> LocalizedText? {
        let url: WebhookURL
        do throws(SettingRefusal) {
            url = try WebhookURL(text)
        } catch {
            return error.localizedText
        }
        let lowered = text.lowercased()
        if ["%0d", "%0a", "%00"].contains(where: lowered.contains) { return "it holds an encoded line break or NUL" }
        guard url.port == 80 || url.port == 443 || url.port >= 1_024, !deniedPorts.contains(url.port) else {
            return "port \(url.port) is not for webhooks; allowed: 80, 443, and 1024 or above less those of other services"
        }
        if let address = url.address, AddressPolicy.isNeverAllowed(address) { return refusal(ofHost: url, allowed) }
        guard url.isEncrypted || allowed.insecure || url.isLoopback else {
            let second = secondSetting(url, allowed)
            return "http:// sends in clear and is allowed to loopback only; use https://, or set insecure: true\(second)"
        }
        return refusal(ofHost: url, allowed)
    }

    /// Returns the words for the setting that is missing besides `insecure: true`.
    ///
    /// Both settings are in one message. If there were two messages, the administrator would see
    /// the second only after fixing the first.
    private static func secondSetting(_ url: WebhookURL, _ allowed: Allowed) -> LocalizedText {
        guard let address = url.address else {
            let isOpen = allowed.isProxied || !allowed.clearNetworks.isEmpty
            return isOpen ? "" : "; a private address needs allow_networks: [10.20.0.0/16] too"
        }
        guard refusal(ofHost: url, allowed) != nil else { return "" }
        let setting = "allow_networks: [\(network(of: address))]"
        return AddressPolicy.allow(address, networks: allowed.networks) ? " with \(setting)" : "; either needs \(setting) too"
    }

    private static func network(of address: IPAddress) -> String {
        "\(address)/\(address.description.contains(":") ? 128 : 32)"
    }

    /// Returns the reason why the host of a URL cannot be used; nil if it can be used.
    ///
    /// IP addresses and the names of this machine are checked here. Any other host name is checked
    /// at every connection, by the address that it resolves to.
    private static func refusal(ofHost url: WebhookURL, _ allowed: Allowed) -> LocalizedText? {
        if let address = url.address {
            if AddressPolicy.isNeverAllowed(address) {
                return "\(address) is link-local, a metadata service, multicast or reserved; it is never allowed"
            }
            guard !allowed.isProxied, !AddressPolicy.allow(address, networks: allowed.networks(for: url)) else { return nil }
            let setting = "allow_networks: [\(network(of: address))]"
            let certificate: LocalizedText =
                url.isEncrypted && !url.isLoopback && allowed.hasCertificates
                ? ", and ca: FILE where its certificate is from an authority of your own" : ""
            return "\(address) is private, loopback or reserved; if it is meant, add \(setting)\(certificate)"
        }
        guard url.isLoopback, !allowed.isProxied else { return nil }
        let reachesSelf = ["127.0.0.1", "::1"].compactMap(IPAddress.init).contains { address in
            AddressPolicy.allow(address, networks: allowed.networks(for: url))
        }
        return reachesSelf ? nil : "\(url.host) is this machine; if it is meant, add allow_networks: [127.0.0.0/8]"
    }
}

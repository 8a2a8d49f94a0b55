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
    package struct Allowed {
        /// Whether `insecure` is set; nil if the destination has no such setting.
        ///
        /// If nil or false, `http://` is allowed only to loopback.
        package let insecure: Bool?
        package let networks: [Network]
        /// Whether requests go through a proxy, which then decides to which addresses it connects.
        ///
        /// Even then, a URL with an address that is never allowed is refused.
        package let isProxied: Bool

        package init(insecure: Bool?, networks: [Network], isProxied: Bool) {
            self.insecure = insecure
            self.networks = networks
            self.isProxied = isProxied
        }

        /// The settings for the heartbeat, which calls the administrator's own machines.
        ///
        /// Most of these machines are in private networks, so all networks are allowed.
        package static let heartbeat = Allowed(insecure: nil, networks: Network.everywhere, isProxied: false)
        package static let proxy = Allowed(insecure: true, networks: Network.everywhere, isProxied: false)
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
        guard url.isEncrypted || allowed.insecure == true || url.isLoopback else {
            // Names both missing settings in one message. If there were two messages, the
            // administrator would see the second only after fixing the first.
            let closed = refusal(ofHost: url, allowed) == nil ? nil : url.address
            let second: LocalizedText = closed.map { "; either needs allow_networks: [\(network(of: $0))] too" } ?? ""
            let setting: LocalizedText = allowed.insecure == nil ? "" : ", or set insecure: true\(second)"
            return "http:// sends in clear and is allowed to loopback only; use https://\(setting)"
        }
        return refusal(ofHost: url, allowed)
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
            guard !allowed.isProxied, !AddressPolicy.allow(address, networks: allowed.networks) else { return nil }
            let setting = "allow_networks: [\(network(of: address))]"
            let certificate: LocalizedText =
                url.isEncrypted && !url.isLoopback ? ", and ca: FILE where its certificate is from an authority of your own" : ""
            return "\(address) is private, loopback or reserved; if it is meant, add \(setting)\(certificate)"
        }
        guard url.isLoopback, !allowed.isProxied else { return nil }
        let reachesSelf = ["127.0.0.1", "::1"].compactMap(IPAddress.init).contains { address in
            AddressPolicy.allow(address, networks: allowed.networks)
        }
        return reachesSelf ? nil : "\(url.host) is this machine; if it is meant, add allow_networks: [127.0.0.0/8]"
    }
}

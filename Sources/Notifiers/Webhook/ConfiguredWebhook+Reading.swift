import Documents

/// The keys of a `webhook:` channel, and the functions that read their values.
extension ConfiguredWebhook {
    package static let key = "webhook"
    package static let about = "Signed POSTs to one address."
    package static let keys = Keys(
        [
            .required(
                "url", .either([.text(most: 2_000, pattern: "^[hH][tT][tT][pP][sS]?://"), .table(SecretReader.keys)]),
                "Where requests go; {file: PATH} where the address itself is a secret."),
            .optional(
                "secret", .either([.table(SecretReader.keys), .list(.table(SecretReader.keys))]),
                "Keys for the signature (Standard Webhooks, whsec_…)."),
            .optional("allow_networks", .networks, "Private or loopback ranges this destination may use."),
            .optional(
                "proxy", .text(most: 2_000, pattern: "^https?://"), "Send through this proxy; never taken from the environment."),
            .optional("insecure", .flag, "Accept http:// beyond loopback. Default: false."),
            .rate(of: "requests"),
            .certificates,
            .formerChannels,
        ], holdsSecrets: true)
    package static let secretKeys = ["secret", "url", "proxy"]

    package init?(_ table: ChannelTable) {
        let insecure = table.flag("insecure")
        let networks = table.networks("allow_networks")
        let signing = table["secret"].map { table.secrets.oneOrMore($0, "secret") } ?? []
        let proxy = table["proxy"].flatMap(ConfiguredWebhook.proxy)
        guard let place = table["url"], let url = table.secrets.text(place, "url", inline: true) else { return nil }
        if case .inline(let text) = url {
            let allowed = WebhookPolicy.Allowed(insecure: insecure, networks: networks, isProxied: table["proxy"] != nil)
            guard WebhookPolicy.check(text, place, "url", allowed) else { return nil }
        }
        (self.url, self.signing, self.insecure) = (url, signing, insecure)
        (allowNetworks, self.proxy) = (networks, proxy)
        ca = table.path("ca")
        if signing.isEmpty, table["secret"] == nil {
            table.warning("channel \(table.name) has no secret: its requests carry no signature")
        }
    }

    private static func proxy(_ value: YAMLValue) -> String? {
        guard let text = value.text("proxy", maxCharacters: 2_000) else { return nil }
        guard !text.contains("@") else {
            // Does not show the value, because the text before the @ is a password.
            value.error(
                "proxy has a user name or password, which must not stand in the configuration; a proxy is asked without")
            return nil
        }
        return WebhookPolicy.check(text, value, "proxy", .proxy) ? text : nil
    }
}

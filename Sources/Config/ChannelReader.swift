import Documents
import Foundation
import Notifiers
import Scheduler

/// Reads `channels:`.
package struct ChannelReader {
    package let folder: String

    package static let emailKeys = Keys(
        [
            .required(
                "server", .text(most: 300, pattern: "^smtps?://"),
                "smtp://HOST:PORT (STARTTLS) or smtps://HOST:PORT (TLS from the first byte)."),
            .required("from", .text(most: 320), "The sender: an address, or Name <address>."),
            .optional(
                "tls", .choice(TLS.allCases.map(\.rawValue)),
                "off: only to loopback, or to a relay within allow_networks. Default: required."),
            .optional("ca", .path, "Certificates to trust instead of the system's."),
            .optional("ehlo", .text(), "The name given in EHLO. Default: this machine's full name, else the sender's domain."),
            .optional(
                "auth", .choice(Auth.allCases.map(\.rawValue)),
                "How to log in: password (the default), or xoauth2 with a token, as Microsoft 365 and Gmail want it."),
            .optional("token", .table(tokenKeys), "For auth: xoauth2; a file that another program keeps fresh."),
            .optional("username", .text(most: 255), "For the log-in."),
            .optional("password", .table(SecretReader.keys), "For the log-in; never written here."),
            .optional("reply_to", .text(most: 320), "Where an answer goes. Default: the sender."),
            .optional("rate", rateShape, "At most so many messages: 100 per minute. Default: no limit."),
            .optional(
                "on_unknown", .choice(ChannelKind.OnUnknown.allCases.map(\.rawValue)),
                "When nobody knows whether a mail was taken: resend (once; the default) or hold."),
            .optional("allow_networks", networksShape, "Private ranges a relay without TLS may stand in."),
            .optional(
                "formerly", FormerNames.shape, "Names the channel had before, newest first: what waits for them is its own."),
        ], holdsSecrets: true)
    package static let secretKeys = ["password", "token", "secret", "url", "proxy"]
    package static let tokenKeys = Keys(
        [.required("file", .path, "The token alone, readable by remindd; read again at each login.")], holdsSecrets: true)
    package static let webhookKeys = Keys(
        [
            .required(
                "url", .either([.text(most: 2_000, pattern: "^[hH][tT][tT][pP][sS]?://"), .table(SecretReader.keys)]),
                "Where requests go; {file: PATH} where the address itself is a secret."),
            .optional(
                "secret", .either([.table(SecretReader.keys), .list(.table(SecretReader.keys))]),
                "Keys for the signature (Standard Webhooks, whsec_…)."),
            .optional("allow_networks", networksShape, "Private or loopback ranges this destination may use."),
            .optional(
                "proxy", .text(most: 2_000, pattern: "^https?://"), "Send through this proxy; never taken from the environment."),
            .optional("insecure", .flag, "Accept http:// beyond loopback. Default: false."),
            .optional("rate", rateShape, "At most so many requests: 100 per minute. Default: no limit."),
            .optional("ca", .path, "Certificates to trust instead of the system's."),
            .optional(
                "formerly", FormerNames.shape, "Names the channel had before, newest first: what waits for them is its own."),
        ], holdsSecrets: true)
    package static let kinds = Keys(
        [
            .optional("email", .table(emailKeys), "Mail through one server."),
            .optional("webhook", .table(webhookKeys), "Signed POSTs to one address."),
        ], isChoice: true)
    package static let shape = Shape.table(kinds)
    private static let rateShape = Shape.text(pattern: "^[0-9]+ per (second|minute|hour)$")
    private static let networksShape = Shape.list(.text(pattern: "^[0-9a-fA-F:.]+(/[0-9]{1,3})?$"))

    /// The channels that could be read, and the names of all: a slip within a channel is reported there, not wherever it is used.
    package func channels(_ value: YAMLValue?) -> (read: [ChannelSettings], names: [String]) {
        guard let value, !value.isNull else { return ([], []) }
        var channels: [ChannelSettings] = []
        var names: [String] = []
        var formerNames = FormerNames()
        for (name, place, settings) in value.entries("channels") ?? [] where !value.context.problems.isFull {
            guard Identifier.check(name, place, "a channel's name") else { continue }
            names.append(name)
            guard let table = settings.table("channel \(name)", keys: ChannelReader.kinds) else { continue }
            guard table.values.count == 1 else {
                settings.error("channel \(name) must have one of: email, webhook")
                continue
            }
            if let email = table["email"], let read = self.email(email, name, &formerNames) { channels.append(read) }
            if let webhook = table["webhook"], let read = self.webhook(webhook, name, &formerNames) { channels.append(read) }
        }
        formerNames.check { names.contains($0) }
        return (channels, names)
    }

    private func email(_ value: YAMLValue, _ name: String, _ formerNames: inout FormerNames) -> ChannelSettings? {
        guard let table = value.table("channel \(name)", keys: ChannelReader.emailKeys) else { return nil }
        let formerly = formerNames.read(table["formerly"], of: name, "a channel")
        let server = table["server"].flatMap(server)
        let from = table["from"].flatMap { mailbox($0, "from") }
        let replyTo = table["reply_to"].flatMap { mailbox($0, "reply_to") }
        let tls = table["tls"]?.choice("tls", TLS.self) ?? .required
        let networks = networks(table["allow_networks"])
        let login = login(table)
        guard let server, let from else { return nil }
        if tls == .off, server.implicitTLS { table["tls"]?.error("tls: off cannot go with smtps://") }
        if tls == .off, let place = table["tls"], !mayGoInClear(to: server.host, networks) {
            let network = IPAddress(server.host).map { "\($0)/\($0.description.contains(":") ? 128 : 32)" } ?? "10.20.0.0/16"
            place.error(
                "tls: off sends mail in clear; allowed for a loopback server, or for a relay of your own network with both: "
                    + "tls: off and allow_networks: [\(network)]", hints: ["required"])
            return nil
        }
        if let place = table["from"], let doubt = SenderDoubt(from.address, username: login.username, host: server.host) {
            place.warning(doubt.words)
        }
        if let place = table["password"], login.password != nil, let doubt = LoginDoubt.words(host: server.host) {
            place.warning(doubt)
        }
        let email = ChannelSettings.Email(
            host: server.host, port: server.port, implicitTLS: server.implicitTLS, tlsRequired: tls == .required,
            ca: table["ca"]?.path("ca", in: folder),
            ehlo: table["ehlo"].flatMap(ehlo), username: login.username, password: login.password, token: login.token,
            from: from, replyTo: replyTo,
            onUnknown: table["on_unknown"]?.choice("on_unknown", ChannelKind.OnUnknown.self) ?? .resend,
            allowNetworks: networks)
        return ChannelSettings(
            name: name, rate: rate(table["rate"]), kind: .email(email), formerly: formerly, place: value.place)
    }

    private struct Login {
        var username: String?
        var password: SecretText?
        var token: SecretText?
    }

    package enum Auth: String, CaseIterable {
        case password, xoauth2
    }

    /// What belongs together is asked for together.
    private func login(_ table: YAMLTable) -> Login {
        let username = table["username"]?.text("username", maxCharacters: 255)
        guard let auth = table["auth"]?.choice("auth", Auth.self) ?? (table["auth"] == nil ? .password : nil) else {
            return Login(username: username)
        }
        switch auth {
        case .password:
            let password = table["password"].flatMap { SecretReader(folder: folder).text($0, "password", inline: false) }
            if let place = table["token"] {
                place.error("a token logs in with auth: xoauth2; write auth: xoauth2 beside it, or a password instead")
            }
            if table["username"] == nil, let place = table["password"] { place.error("a password needs a username beside it") }
            if table["password"] == nil, table["token"] == nil, let place = table["username"] {
                place.error("a username needs a password beside it, or auth: xoauth2 and token: {file: PATH}")
            }
            return Login(username: username, password: password)
        case .xoauth2:
            if let place = table["password"] {
                place.error("auth: xoauth2 logs in with a token, token: {file: PATH}; leave the password out")
            }
            let missing = ["username", "token"].filter { table[$0] == nil }
            if !missing.isEmpty {
                table["auth"]?.error(
                    "auth: xoauth2 needs a username and a token beside it, such as token: {file: secrets/token}; "
                        + "missing: \(missing.joined(separator: ", "))")
            }
            return Login(username: username, token: table["token"].flatMap(token))
        }
    }

    private func token(_ value: YAMLValue) -> SecretText? {
        if case .scalar = value.node {
            // The value itself may be a secret: it is not shown.
            value.error("token must not stand in the configuration; write {file: PATH}")
            return nil
        }
        guard let place = value.table("token", keys: ChannelReader.tokenKeys)?["file"] else { return nil }
        return place.path("token.file", in: folder).map(SecretText.file)
    }

    /// A name is judged by what it stands for at every connection.
    private func mayGoInClear(to host: String, _ networks: [Network]) -> Bool {
        guard let address = IPAddress(host) else { return host == "localhost" || !networks.isEmpty }
        return Destinations.allowClearText(address, networks: networks)
    }

    package enum TLS: String, CaseIterable {
        case required, off
    }

    private func webhook(_ value: YAMLValue, _ name: String, _ formerNames: inout FormerNames) -> ChannelSettings? {
        guard let table = value.table("channel \(name)", keys: ChannelReader.webhookKeys) else { return nil }
        let formerly = formerNames.read(table["formerly"], of: name, "a channel")
        let secrets = SecretReader(folder: folder)
        let insecure = table["insecure"].flatMap { flag($0, "insecure") } ?? false
        let networks = networks(table["allow_networks"])
        let signing = table["secret"].map { secrets.oneOrMore($0, "secret") } ?? []
        let proxy = table["proxy"].flatMap(proxy)
        guard let place = table["url"], let url = secrets.text(place, "url", inline: true) else { return nil }
        if case .inline(let text) = url {
            let allowed = WebhookPolicy.Allowed(insecure: insecure, networks: networks, isProxied: table["proxy"] != nil)
            guard WebhookPolicy.check(text, place, "url", allowed) else { return nil }
        }
        let webhook = ChannelSettings.Webhook(
            url: url, secrets: signing, insecure: insecure, allowNetworks: networks, proxy: proxy,
            ca: table["ca"]?.path("ca", in: folder))
        if signing.isEmpty, table["secret"] == nil {
            value.warning("channel \(name) has no secret: its requests carry no signature")
        }
        return ChannelSettings(
            name: name, rate: rate(table["rate"]), kind: .webhook(webhook), formerly: formerly, place: value.place)
    }

    private func server(_ value: YAMLValue) -> (host: String, port: Int, implicitTLS: Bool)? {
        guard let text = value.text("server", maxCharacters: 300) else { return nil }
        let implicit = text.hasPrefix("smtps://")
        // What stands before an @ may be a password: it is not repeated.
        let shown = text.contains("@") ? "server holds an @" : "server is \(value.shown)"
        guard implicit || text.hasPrefix("smtp://") else {
            let bare = text.range(of: "//", options: .backwards).map { text[$0.upperBound...] } ?? text[...]
            let meant = endpoint(bare).map { [(isImplicit(text, port: $0.port) ? "smtps://" : "smtp://") + bare] }
            value.error("\(shown); allowed: smtp://HOST:PORT or smtps://HOST:PORT", hints: meant ?? [])
            return nil
        }
        guard let (host, port) = endpoint(text.dropFirst(implicit ? 8 : 7)) else {
            value.error(
                "\(shown); allowed: smtp://HOST:PORT without a path or user name, and HOST a name or an IPv4 address")
            return nil
        }
        let server = (host: host, port: port ?? (implicit ? 465 : 587), implicitTLS: implicit)
        if let habit = PortHabit(port: server.port), habit.isImplicitTLS != implicit {
            value.warning("\(shown): \(habit.words)", hints: [habit.url(host)])
        }
        return server
    }

    /// Whether another scheme stands for TLS from the first byte: by the port where that is known, else by the word.
    private func isImplicit(_ text: String, port: Int?) -> Bool {
        if let habit = port.flatMap(PortHabit.init) { return habit.isImplicitTLS }
        return ["smtps:", "ssl:", "tls:", "smtp+ssl:"].contains(where: text.lowercased().hasPrefix)
    }

    /// `HOST` or `HOST:PORT`; nil for anything else.
    private func endpoint(_ text: Substring) -> (host: String, port: Int?)? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let host = try? HostName.parse(String(parts[0])) else { return nil }
        guard parts.count == 2 else { return (host, nil) }
        guard let port = Units.number(parts[1]), (1...65_535).contains(port) else { return nil }
        return (host, port)
    }

    /// `Name <address>` or an address alone.
    private func mailbox(_ value: YAMLValue, _ what: String) -> Mailbox? {
        guard let text = value.text(what, isProse: true, maxCharacters: 320) else { return nil }
        do throws(AddressRefusal) {
            return try Mailbox(text)
        } catch {
            value.error("\(what) \(value.shown): \(error)")
            return nil
        }
    }

    private func ehlo(_ value: YAMLValue) -> String? {
        guard let text = value.text("ehlo") else { return nil }
        guard let name = try? HostName.parse(text) else {
            value.error("ehlo is \(value.shown); allowed: a host name")
            return nil
        }
        return name
    }

    private func networks(_ value: YAMLValue?) -> [Network] {
        (value?.texts("allow_networks") ?? []).compactMap { text, place in
            guard !place.context.problems.isFull else { return nil }
            if let network = Network(text) { return network }
            place.error("\(place.shown) is no network; allowed: an address and a prefix length", hints: ["127.0.0.0/8"])
            return nil
        }
    }

    private func rate(_ value: YAMLValue?) -> Rate? {
        guard let value, let text = value.text("rate") else { return nil }
        if let rate = Units.rate(text) { return rate }
        value.error("rate is \(value.shown); allowed: N per second, minute or hour", hints: ["100 per minute"])
        return nil
    }

    private func proxy(_ value: YAMLValue) -> String? {
        guard let text = value.text("proxy", maxCharacters: 2_000) else { return nil }
        guard !text.contains("@") else {
            // What stands before an @ is a password: it is not repeated.
            value.error(
                "proxy has a user name or password, which must not stand in the configuration; a proxy is asked without")
            return nil
        }
        return WebhookPolicy.check(text, value, "proxy", .proxy) ? text : nil
    }

    private func flag(_ value: YAMLValue, _ what: String) -> Bool? {
        guard let text = value.text(what) else { return nil }
        switch text {
        case "true": return true
        case "false": return false
        default:
            value.error("\(what) is \(value.shown); allowed: true, false")
            return nil
        }
    }
}

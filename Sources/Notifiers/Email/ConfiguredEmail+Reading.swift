import Diagnostics
import Documents
import Foundation
import Transport

/// The keys of an `email:` channel, and the functions that read their values.
extension ConfiguredEmail {
    package static let key = "email"
    package static let about = "Mail through one server."
    package static let keys = Keys(
        [
            .required(
                "server", .text(most: 300, pattern: "^smtps?://"),
                "smtp://HOST:PORT (STARTTLS) or smtps://HOST:PORT (TLS from the first byte)."),
            .required("from", .text(most: 320), "The sender: an address, or Name <address>."),
            .optional(
                "tls", .choice(TLS.allCases.map(\.rawValue)),
                "off: only to loopback, or to a relay within allow_networks. Default: required."),
            .certificates,
            .optional("ehlo", .text(), "The name given in EHLO. Default: this machine's full name, else the sender's domain."),
            .optional(
                "auth", .choice(EmailLogin.Auth.allCases.map(\.rawValue)),
                "How to log in: password (the default), or xoauth2 with a token, as Microsoft 365 and Gmail want it."),
            .optional("token", .table(tokenKeys), "For auth: xoauth2; a file that another program keeps fresh."),
            .optional("username", .text(most: 255), "For the login."),
            .optional("password", .table(SecretReader.keys), "For the login; never written here."),
            .optional("reply_to", .text(most: 320), "Where an answer goes. Default: the sender."),
            .rate(of: "messages"),
            .optional(
                "on_unknown", .choice(OnUnknown.allCases.map(\.rawValue)),
                "If it is unknown whether a mail was accepted: resend (once; the default) or hold."),
            .optional("attach_ics", .flag, "Attach the occurrence as a calendar file. Default: true."),
            .optional("allow_networks", .networks, "Private ranges that may contain a relay without TLS."),
            .formerChannels,
        ], holdsSecrets: true)
    package static let secretKeys = ["password", "token"]
    static let tokenKeys = Keys(
        [.required("file", .path, "The token alone, readable by remindd; read again at each login.")], holdsSecrets: true)

    package init?(_ table: ChannelTable) {
        let server = table["server"].flatMap(ConfiguredEmail.server)
        let from = table["from"].flatMap { ConfiguredEmail.mailbox($0, "from") }
        let replyTo = table["reply_to"].flatMap { ConfiguredEmail.mailbox($0, "reply_to") }
        let tls = table["tls"]?.choice("tls", TLS.self) ?? .required
        let networks = table.networks("allow_networks")
        let login = EmailLogin(table)
        guard let server, let from else { return nil }
        if tls == .off, server.implicitTLS { table["tls"]?.error("tls: off cannot go with smtps://") }
        if tls == .off, let place = table["tls"], !ConfiguredEmail.mayGoInClear(to: server.host, networks) {
            place.error(
                "tls: off sends mail in clear; allowed for a loopback server, or for a relay of your own network with both: "
                    + "tls: off and allow_networks: [\(ConfiguredEmail.network(of: server.host))]")
            return nil
        }
        if let place = table["from"], let doubt = SenderDoubt(from.address, username: login.username, host: server.host) {
            place.warning(doubt.words)
        }
        if let place = table["password"], login.password != nil, let doubt = LoginDoubt.words(host: server.host) {
            place.warning(doubt)
        }
        (host, port, implicitTLS) = (server.host, server.port, server.implicitTLS)
        (self.from, self.replyTo, allowNetworks) = (from, replyTo, networks)
        tlsRequired = tls == .required
        ca = table.path("ca")
        ehlo = table["ehlo"].flatMap(ConfiguredEmail.ehlo)
        (username, password, token) = (login.username, login.password, login.token)
        attachesCalendar = table["attach_ics"] == nil || table.flag("attach_ics")
        onUnknown = table["on_unknown"]?.choice("on_unknown", OnUnknown.self) ?? .resend
    }

    /// Returns the range for `allow_networks` that has a server; an example if `host` is a name.
    static func network(of host: String) -> String {
        IPAddress(host).map { "\($0)/\($0.description.contains(":") ? 128 : 32)" } ?? "10.20.0.0/16"
    }

    /// Returns whether mail to this host may be sent without TLS.
    ///
    /// If `host` is a name, the address that it resolves to is checked at every connection.
    private static func mayGoInClear(to host: String, _ networks: [Network]) -> Bool {
        guard let address = IPAddress(host) else { return host == "localhost" || !networks.isEmpty }
        return AddressPolicy.allowClearText(address, networks: networks)
    }

    enum TLS: String, CaseIterable {
        case required, off
    }

    private static func server(_ value: YAMLValue) -> (host: String, port: Int, implicitTLS: Bool)? {
        guard let text = value.text("server", maxCharacters: 300) else { return nil }
        let implicit = text.hasPrefix("smtps://")
        // Does not show a URL with an @, because the text before the @ may be a password.
        let shown: LocalizedText = text.contains("@") ? "server holds an @" : "server is \(value.shown)"
        guard implicit || text.hasPrefix("smtp://") else {
            let bare = text.range(of: "//", options: .backwards).map { text[$0.upperBound...] } ?? text[...]
            let meant = endpoint(bare).map { [(isImplicit(text, port: $0.port) ? "smtps://" : "smtp://") + bare] }
            value.error(
                "\(shown); allowed: smtp://HOST:PORT or smtps://HOST:PORT\(settingsOfRelay(endpoint(bare)?.host))",
                hints: meant ?? [])
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

    /// Returns the other settings that a relay in a private network usually needs.
    ///
    /// They are in the message about the scheme, because the administrator would otherwise see them
    /// only in the messages after it.
    private static func settingsOfRelay(_ host: String?) -> LocalizedText {
        guard let host, let address = IPAddress(host), !AddressPolicy.allow(address, networks: []),
            !AddressPolicy.isNeverAllowed(address), !Loopback.holds(host)
        else { return "" }
        return "; a relay without TLS needs both tls: off and allow_networks: [\(network(of: host))], and one with a "
            + "certificate of your own authority needs ca: FILE"
    }

    /// Guesses whether a URL with an unsupported scheme means TLS from the first byte.
    ///
    /// A well-known port decides. For any other port, the scheme decides.
    private static func isImplicit(_ text: String, port: Int?) -> Bool {
        if let habit = port.flatMap(PortHabit.init) { return habit.isImplicitTLS }
        return ["smtps:", "ssl:", "tls:", "smtp+ssl:"].contains(where: text.lowercased().hasPrefix)
    }

    /// Reads `HOST` or `HOST:PORT`. Returns nil for any other text.
    private static func endpoint(_ text: Substring) -> (host: String, port: Int?)? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let host = try? HostName.parse(String(parts[0])) else { return nil }
        guard parts.count == 2 else { return (host, nil) }
        guard let port = number(parts[1]), (1...65_535).contains(port) else { return nil }
        return (host, port)
    }

    /// Reads `Name <address>`, or an address alone. Reports an error and returns nil for any other
    /// text.
    private static func mailbox(_ value: YAMLValue, _ what: LocalizedText) -> Mailbox? {
        guard let text = value.text(what, isProse: true, maxCharacters: 320) else { return nil }
        do throws(AddressRefusal) {
            return try Mailbox(text)
        } catch {
            value.error("\(what) \(value.shown): \(error)")
            return nil
        }
    }

    /// Reads a number that consists of digits. `Int` would also accept a sign, which the schema
    /// forbids.
    private static func number(_ text: Substring) -> Int? {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
    }

    private static func ehlo(_ value: YAMLValue) -> String? {
        guard let text = value.text("ehlo") else { return nil }
        guard let name = try? HostName.parse(text) else {
            value.error("ehlo is \(value.shown); allowed: a host name")
            return nil
        }
        return name
    }
}

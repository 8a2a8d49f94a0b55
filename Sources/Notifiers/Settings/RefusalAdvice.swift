import Config
import Scheduler

/// Which key of the configuration mends a refusal, for `send-test`: what a server says is about one recipient, about us, about load, or
/// about the server, and each has its keys.
enum RefusalAdvice {
    /// One sentence; nil where nothing is wrong, or nothing in the configuration would mend it.
    static func words(_ receipt: Receipt, channel: ChannelSettings, recipient: String) -> String? {
        guard receipt.outcome != .delivered else { return nil }
        let said = " " + receipt.reply.lowercased() + " "
        func says(_ words: String...) -> Bool { words.contains { said.contains($0) } }
        let name = channel.name
        if says("allow_networks") { return "channels.\(name).allow_networks: let it hold the server's network" }
        // The reply names the key itself.
        if receipt.reply.contains("write server: ") || receipt.reply.contains("write auth: ") { return nil }
        if isAboutTLS(said) { return tls(says, channel) }
        switch channel.kind {
        case .email(let email): return mail(receipt, says, email, name, recipient)
        case .webhook: return webhook(receipt, name)
        }
    }

    /// By whole words: `tls.example.vn` and `mail-ssl` are names.
    private static func isAboutTLS(_ said: String) -> Bool {
        let words = said.split { !($0.isLetter || $0.isNumber || ".-".contains($0)) }
        return words.contains { word in
            ["certificate", "starttls", "ssl", "tls"].contains(word) || word.hasPrefix("tlsv1") || word.hasPrefix("sslv3")
        }
    }

    private static func tls(_ says: (String...) -> Bool, _ channel: ChannelSettings) -> String {
        let name = channel.name
        if says("subject name", "does not match", "host name") {
            return
                "channels.\(name): the server's certificate has another name; use the name in it (\(channel.isMail ? "server" : "url"))"
        }
        if says("wrong version number", "starttls", "try_ssl", "ssl level", "requires ssl") {
            return channel.isMail
                ? "channels.\(name).server: smtps:// is TLS from the first byte (port 465), smtp:// is STARTTLS (port 587 or 25); or tls: off within allow_networks"
                : "channels.\(name).url: that port does not speak TLS"
        }
        return "channels.\(name).ca: the certificate authority of the server, where it is not one of the system's"
    }

    private static func mail(
        _ receipt: Receipt, _ says: (String...) -> Bool, _ email: ChannelSettings.Email, _ name: String, _ recipient: String
    ) -> String? {
        switch receipt.about {
        // Greylisting and full mailboxes are no matter of the configuration.
        case .recipient where receipt.outcome != .refusedForGood || says("5.2.2", "quota", "full"): return nil
        case .recipient: return "recipients: the address (email) of \(recipient)"
        case .load: return "channels.\(name).rate: fewer messages in a time, if the server says so often"
        case .server: return "channels.\(name).server: host and port; or the server is out of order"
        case .nobody, .endpointGone: return nil
        case .us, .comparison: break
        }
        if says("helo", "ehlo") {
            return "channels.\(name).ehlo: this machine's full name, with dots\(email.ehlo.map { " (now: \($0))" } ?? "")"
        }
        if says("limit exceeded", "quota", "threshold") { return "channels.\(name).rate: the server allows fewer messages" }
        if says("5.7.139", "5.7.30", "basic authentication") {
            return "channels.\(name).auth: xoauth2, with token: the server takes no password any more"
        }
        let isSender = says("spf", "dkim", "dmarc", "5.1.7", "5.1.8", "5.7.26", "5.7.60", "mail from")
        let isLogin = receipt.code.map { [530, 534, 535, 538].contains($0) } ?? false
        if !isSender, isLogin || says("authenticat", "5.7.8", "5.7.57", "log in", "log-in", "login") {
            if email.token != nil { return "channels.\(name).token: the server does not take it" }
            return email.username == nil
                ? "channels.\(name).username and password: the server wants a login"
                : "channels.\(name).username and password: the server does not take them"
        }
        if isSender || says("sender") {
            return "channels.\(name).from: an address that this login may send from (now: \(email.from.address.shown))"
        }
        if says("5.7.1 client host", "5.7.606", "5.7.708", "blocked using", "this ip", "ip address", "blacklist", "blocklist") {
            return
                "channels.\(name).server: this one refuses the machine's address; ask its administrator, or send through another"
        }
        if says("relay", "rcpthosts"), !says("recipient address rejected: access denied") {
            return email.username == nil
                ? "channels.\(name).username and password; or the server must be told to relay for this machine"
                : "the server does not relay for this login to that address: ask its administrator"
        }
        return receipt.about == .comparison
            ? "whether it is about \(recipient) or about us shows when another recipient is tried: remindd send-test OTHER --via \(name)"
            : "channels.\(name): server, from, ehlo, username"
    }

    private static func webhook(_ receipt: Receipt, _ name: String) -> String? {
        switch (receipt.about, receipt.code) {
        case (.us, .some(401)), (.us, .some(403)):
            "channels.\(name).secret: the endpoint does not take the signature, or url holds an old key"
        case (.us, _), (.endpointGone, _): "channels.\(name).url: the endpoint is not there"
        case (.load, _): "channels.\(name).rate: fewer messages in a time"
        case (.server, _): "channels.\(name).url: host and port; or the endpoint is out of order"
        case (.recipient, _): "the endpoint refuses this message: its own log says why"
        case (.comparison, _), (.nobody, _): nil
        }
    }
}

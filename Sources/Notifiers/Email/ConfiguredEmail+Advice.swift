import Diagnostics
import Scheduler
import Transport

/// Suggests which key of an `email:` channel to change after a refusal.
extension ConfiguredEmail {
    package var tlsAdvice: LocalizedText {
        """
        server: smtps:// is TLS from the first byte (port 465), smtp:// is STARTTLS (port 587 or 25); or, for a relay of \
        your own network without TLS, both tls: off and allow_networks: [\(ConfiguredEmail.network(of: host))]
        """
    }

    package func advice(on refusal: RefusedMessage) -> LocalizedText? {
        let (receipt, name, recipient) = (refusal.receipt, refusal.channel, refusal.recipient)
        switch receipt.about {
        // No key of the configuration fixes greylisting or a full mailbox.
        case .recipient where receipt.outcome != .refusedForGood || refusal.says("5.2.2", "quota", "full"): return nil
        case .recipient: return "recipients: the address (email) of \(recipient)"
        case .load: return "channels.\(name).rate: fewer messages in a time, if the server says so often"
        case .server: return "channels.\(name).server: host and port; or the server is out of order"
        case .nobody, .endpointGone: return nil
        case .us, .comparison: break
        }
        if refusal.says("helo", "ehlo") {
            let now: LocalizedText = ehlo.map { " (now: \($0))" } ?? ""
            return "channels.\(name).ehlo: this machine's full name, with dots\(now)"
        }
        if refusal.says("limit exceeded", "quota", "threshold") {
            return "channels.\(name).rate: the server allows fewer messages"
        }
        if refusal.says("5.7.139", "5.7.30", "basic authentication") {
            return "channels.\(name).auth: xoauth2, with token: the server takes no password any more"
        }
        let isSender = refusal.says("spf", "dkim", "dmarc", "5.1.7", "5.1.8", "5.7.26", "5.7.60", "mail from")
        let isLogin = receipt.code.map { [530, 534, 535, 538].contains($0) } ?? false
        if !isSender, isLogin || refusal.says("authenticat", "5.7.8", "5.7.57", "log in", "log-in", "login") {
            if token != nil { return "channels.\(name).token: the server does not take it" }
            return username == nil
                ? "channels.\(name).username and password: the server wants a login"
                : "channels.\(name).username and password: the server does not take them"
        }
        if isSender || refusal.says("sender") {
            return "channels.\(name).from: an address that this login may send from (now: \(from.address.shown))"
        }
        if refusal.says(
            "5.7.1 client host", "5.7.606", "5.7.708", "blocked using", "this ip", "ip address", "blacklist", "blocklist")
        {
            return
                "channels.\(name).server: this one refuses the machine's address; ask its administrator, or send through another"
        }
        if refusal.says("relay", "rcpthosts"), !refusal.says("recipient address rejected: access denied") {
            return username == nil
                ? "channels.\(name).username and password; or let the server relay for this machine"
                : "the server does not relay for this login to that address: ask its administrator"
        }
        return receipt.about == .comparison
            ? "whether it is about \(recipient) or about us shows when another recipient is tried: remindd send-test OTHER --via \(name)"
            : "channels.\(name): server, from, ehlo, username"
    }
}

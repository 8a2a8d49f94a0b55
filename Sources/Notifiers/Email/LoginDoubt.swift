import Diagnostics

/// Explains why a mail server may refuse a password. Microsoft's servers require a token.
package enum LoginDoubt {
    /// Returns the reason why the server `host` may refuse a password; nil if no reason is known.
    package static func words(host: String) -> LocalizedText? {
        let host = host.lowercased()
        if consumer.contains(host) {
            return
                "\(host) takes no password, only a token; write auth: xoauth2 and token: {file: PATH}, or send through a relay"
        }
        guard business.contains(host) else { return nil }
        return
            "Microsoft 365 switches logins with a password off by default at the end of December 2026, and then takes only a token; "
            + "write auth: xoauth2 and token: {file: PATH}, or send through a relay (MAIL SERVERS in remindd(8))"
    }

    /// The servers of Outlook.com, which have refused passwords since September 2024.
    private static let consumer: Set<String> = ["smtp-mail.outlook.com", "smtp.live.com"]
    /// The servers of Microsoft 365.
    private static let business: Set<String> = ["smtp.office365.com", "smtp-legacy.office365.com", "outlook.office365.com"]
}

import Diagnostics
import Transport

/// The reason why a mail server may refuse mail from a sender.
///
/// There are two reasons. The sender's domain differs from the login's domain, or the owner of the
/// sender's domain does not allow the server to send mail for it.
package struct SenderDoubt {
    package let words: LocalizedText

    /// Returns nil if no reason is known.
    package init?(_ sender: EmailAddress, username: String?, host: String) {
        if let login = username.flatMap({ try? EmailAddress($0) }) {
            guard SenderDoubt.owner(of: login.domain) != SenderDoubt.owner(of: sender.domain) else { return nil }
            words =
                "from is at \(sender.shownDomain), and the login at \(login.shownDomain): most servers refuse a sender that the "
                + "login does not own; write an address at \(login.shownDomain), or ask the server's administrator"
            return
        }
        guard !Loopback.holds(host), let provider = SenderDoubt.providers.first(where: { $0.domains.contains(sender.domain) }),
            !provider.hosts.contains(where: { host == $0 || host.hasSuffix("." + $0) })
        else { return nil }
        words =
            "from is at \(sender.shownDomain), and \(host) does not send for it: recipients' servers refuse such mail or take it "
            + "for spam (SPF, DMARC); write an address of your own domain"
    }

    /// Returns the part of a domain that an owner registers.
    ///
    /// It consists of the last two labels, or of the last three if the domain ends in a shared
    /// suffix of a country, such as `gov.vn` or `edu.vn`.
    private static func owner(of domain: String) -> Substring {
        let labels = domain.split(separator: ".")
        let isShared = labels.count > 2 && labels[labels.count - 1].count == 2 && shared.contains(labels[labels.count - 2])
        let count = labels.suffix(isShared ? 3 : 2).reduce(-1) { $0 + $1.count + 1 }
        return domain.suffix(count)
    }

    private static let shared: Set<Substring> = [
        "ac", "biz", "co", "com", "edu", "gov", "health", "info", "int", "mil", "name", "net", "org", "pro",
    ]

    /// Public mail providers, which do not allow other servers to send mail for their domains.
    private static let providers: [(domains: Set<String>, hosts: [String])] = [
        (["gmail.com", "googlemail.com"], ["google.com", "gmail.com", "googlemail.com"]),
        (["outlook.com", "hotmail.com", "live.com", "msn.com"], ["outlook.com", "office365.com", "hotmail.com", "live.com"]),
        (["yahoo.com", "yahoo.com.vn", "ymail.com"], ["yahoo.com"]), (["icloud.com", "me.com", "mac.com"], ["me.com"]),
    ]
}

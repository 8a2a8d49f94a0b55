import Diagnostics
import Scheduler
import Transport

/// The settings of an `email:` channel in the configuration.
package struct ConfiguredEmail: ChannelSettings {
    package let host: String
    package let port: Int
    package let implicitTLS: Bool
    package let tlsRequired: Bool
    package let ca: String?
    package let ehlo: String?
    package let username: String?
    package let password: SecretText?
    /// The token for the login by XOAUTH2; nil if the channel uses a password or no login.
    package let token: SecretText?
    package let from: Mailbox
    package let replyTo: Mailbox?
    package let onUnknown: OnUnknown
    /// Whether mails have the occurrence as a calendar file.
    package let attachesCalendar: Bool
    package let allowNetworks: [Network]

    /// The values of the key `on_unknown`.
    package enum OnUnknown: String, CaseIterable, Sendable {
        case resend, hold

        fileprivate var policy: ChannelPolicy.UnknownOutcome {
            switch self {
            case .resend: .resend
            case .hold: .hold
            }
        }
    }

    package static let addressKind: AddressKind? = .email
    package static let destinationKey = "server"

    package var secrets: [SecretText] { [password, token].compactMap { $0 } }
    package var certificateFiles: [String] { [ca].compactMap { $0 } }
    package var encryptsMail: Bool { implicitTLS || tlsRequired }
    package var destinations: [ChannelDestination] {
        [ChannelDestination(isOnLoopback: Loopback.holds(host), port: port, shown: "at \(host):\(port)")]
    }

    /// A warning if the name in EHLO has no domain, because many servers refuse it (504 5.5.2).
    package var remarks: [LocalizedText] {
        let name = ehlo ?? MachineName.full ?? from.address.domain
        guard !MachineName.isFull(name) else { return [] }
        return [
            "introduces itself as \"\(printable(name))\", which is no full domain name: many mail servers "
                + "refuse that; write ehlo: remindd.example.vn with your own domain"
        ]
    }

    package func makeChannel(_ name: String, _ services: ChannelServices) throws(SettingRefusal) -> any Announcing {
        EmailChannel(name: name, settings: try running(), wording: services.wording)
    }

    private func running() throws(SettingRefusal) -> EmailSettings {
        let security: SMTPServer.Security = implicitTLS ? .implicitTLS : tlsRequired ? .startTLS : .off
        let secret = token ?? password
        let server = try SMTPServer(
            host: host, port: port, security: security, clearNetworks: allowNetworks, ca: ca, ehlo: ehlo,
            senderDomain: from.address.domain, username: username, login: token == nil ? .password : .xoauth2,
            // Reads the secret on each call, because its file may have been replaced since the last
            // call. A systemd credential cannot change.
            password: { secret.flatMap { try? Secrets.resolve($0).get() } })
        return EmailSettings(
            server: server, from: from, replyTo: replyTo, onUnknown: onUnknown.policy,
            attachesCalendar: attachesCalendar)
    }
}

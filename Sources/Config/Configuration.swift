import Dates
import Diagnostics
import Notifiers
import Scheduler

/// `remindd.yaml` as read: names and settings, before any plan is loaded or any secret looked up.
package struct Configuration: Sendable {
    /// The folder that relative paths in it start from.
    package var folder: String
    package var timezone: Zone
    /// Files or folders, absolute, each with its place for messages.
    package var plans: [String]
    package var workingDays: String?
    package var templates: String?
    /// The SQLite file; nil: the state folder's.
    package var ledger: String?
    package var socket: String?
    package var catchUp: CatchUp
    package var contact: String?
    package var alerts: Alerts?
    package var heartbeat: Heartbeat?
    /// By name, in the order written.
    package var channels: [ChannelSettings]
    package var directory: Directory
    /// Where each key's value stands, for what is found wrong with it later; the file itself for keys left out.
    package var places: [String: Problem.Place] = [:]
    package let file: String

    package func place(of key: String) -> Problem.Place {
        places[key] ?? Problem.Place(file: file, line: 1, column: 1)
    }

    package struct Alerts: Hashable, Sendable {
        package let to: [String]
        package let weekly: Weekly?

        package struct Weekly: Hashable, Sendable {
            package let day: Weekday
            package let at: TimeOfDay
        }
    }

    package struct Heartbeat: Hashable, Sendable {
        package let url: SecretText
        package let every: Span
    }
}

/// One entry under `channels:`.
package struct ChannelSettings: Sendable {
    package let name: String
    package let rate: Rate?
    package let kind: Kind
    /// Names it had before, newest first.
    package var formerly: [String] = []
    /// Where it stands, for messages about what is found later (secrets, unused).
    package let place: Problem.Place

    package init(name: String, rate: Rate?, kind: Kind, formerly: [String] = [], place: Problem.Place) {
        self.name = name
        self.rate = rate
        self.kind = kind
        self.formerly = formerly
        self.place = place
    }

    package enum Kind: Sendable {
        case email(Email)
        case webhook(Webhook)
    }

    package struct Email: Sendable {
        package let host: String
        package let port: Int
        package let implicitTLS: Bool
        package let tlsRequired: Bool
        package let ca: String?
        package let ehlo: String?
        package let username: String?
        package let password: SecretText?
        /// For XOAUTH2, in place of a password.
        package let token: SecretText?
        package let from: Mailbox
        package let replyTo: Mailbox?
        package let onUnknown: ChannelKind.OnUnknown
        package let allowNetworks: [Network]
    }

    package struct Webhook: Sendable {
        package var url: SecretText
        package var secrets: [SecretText]
        package let insecure: Bool
        package let allowNetworks: [Network]
        package let proxy: String?
        package let ca: String?
    }

    /// The secrets of the channel, as the configuration names them.
    package var secrets: [SecretText] {
        switch kind {
        case .email(let email): [email.password, email.token].compactMap { $0 }
        case .webhook(let webhook): [webhook.url] + webhook.secrets
        }
    }

    /// A file of certificates to trust instead of the system's.
    package var certificates: String? {
        switch kind {
        case .email(let email): email.ca
        case .webhook(let webhook): webhook.ca
        }
    }

    package var isMail: Bool {
        if case .email = kind { return true }
        return false
    }
}

/// A value that is either written in the configuration (never a password) or kept elsewhere.
package enum SecretText: Hashable, Sendable {
    case inline(String)
    /// A systemd credential: a file in `$CREDENTIALS_DIRECTORY`.
    case credential(String)
    case file(String)
    case environment(String)

    package var isFile: Bool { path != nil }

    /// The path of the file that holds the secret; nil if no file holds it.
    package var path: String? {
        if case .file(let path) = self { return path }
        return nil
    }
}

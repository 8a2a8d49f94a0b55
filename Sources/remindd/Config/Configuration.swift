import Notifiers
import Scheduler

/// `remindd.yaml` as read: names and settings, before any plan is loaded or any secret looked up.
struct Configuration: Sendable {
    /// The folder that relative paths in it start from.
    var folder: String
    var timezone: Zone
    /// Files or folders, absolute, each with its place for messages.
    var plans: [String]
    var workingDays: String?
    var templates: String?
    /// The SQLite file; nil: the state folder's.
    var ledger: String?
    var socket: String?
    var catchUp: CatchUp
    var contact: String?
    var alerts: Alerts?
    var heartbeat: Heartbeat?
    /// By name, in the order written.
    var channels: [ChannelSettings]
    var directory: Directory
    /// Where each key's value stands, for what is found wrong with it later; the file itself for keys left out.
    var places: [String: Problem.Place] = [:]
    let file: String

    func place(of key: String) -> Problem.Place {
        places[key] ?? Problem.Place(file: file, line: 1, column: 1)
    }

    struct Alerts: Hashable, Sendable {
        let to: [String]
        let weekly: Weekly?

        struct Weekly: Hashable, Sendable {
            let day: Weekday
            let at: TimeOfDay
        }
    }

    struct Heartbeat: Hashable, Sendable {
        let url: SecretText
        let every: Span
    }
}

/// One entry under `channels:`.
struct ChannelSettings: Sendable {
    let name: String
    let rate: Rate?
    let kind: Kind
    /// Names it had before, newest first.
    var formerly: [String] = []
    /// Where it stands, for messages about what is found later (secrets, unused).
    let place: Problem.Place

    enum Kind: Sendable {
        case email(Email)
        case webhook(Webhook)
    }

    struct Email: Sendable {
        let host: String
        let port: Int
        let implicitTLS: Bool
        let tlsRequired: Bool
        let ca: String?
        let ehlo: String?
        let username: String?
        let password: SecretText?
        /// For XOAUTH2, in place of a password.
        let token: SecretText?
        let from: Mailbox
        let replyTo: Mailbox?
        let onUnknown: ChannelKind.OnUnknown
        let allowNetworks: [Network]
    }

    struct Webhook: Sendable {
        var url: SecretText
        var secrets: [SecretText]
        let insecure: Bool
        let allowNetworks: [Network]
        let proxy: String?
        let ca: String?
    }

    /// What the channel names and does not say.
    var secrets: [SecretText] {
        switch kind {
        case .email(let email): [email.password, email.token].compactMap { $0 }
        case .webhook(let webhook): [webhook.url] + webhook.secrets
        }
    }

    /// A file of certificates to trust instead of the system's.
    var certificates: String? {
        switch kind {
        case .email(let email): email.ca
        case .webhook(let webhook): webhook.ca
        }
    }

    var isMail: Bool {
        if case .email = kind { return true }
        return false
    }
}

/// A value that is either written in the configuration (never a password) or kept elsewhere.
enum SecretText: Hashable, Sendable {
    case inline(String)
    /// A systemd credential: a file in `$CREDENTIALS_DIRECTORY`.
    case credential(String)
    case file(String)
    case environment(String)

    var isFile: Bool { path != nil }

    /// Of a file.
    var path: String? {
        if case .file(let path) = self { return path }
        return nil
    }
}

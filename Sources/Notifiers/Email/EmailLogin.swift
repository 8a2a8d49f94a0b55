import Diagnostics
import Documents

/// The user name and the secret with which a channel logs in to its mail server.
struct EmailLogin {
    private(set) var username: String?
    private(set) var password: SecretText?
    private(set) var token: SecretText?

    enum Auth: String, CaseIterable {
        case password, xoauth2
    }

    /// Reads the login. Reports keys that are missing or do not fit together.
    init(_ table: ChannelTable) {
        let username = table["username"]?.text("username", maxCharacters: 255)
        guard let auth = table["auth"]?.choice("auth", Auth.self) ?? (table["auth"] == nil ? .password : nil) else {
            self.username = username
            return
        }
        switch auth {
        case .password:
            let password = table["password"].flatMap { table.secrets.text($0, "password", inline: false) }
            if let place = table["token"] {
                place.error("a token logs in with auth: xoauth2; write auth: xoauth2 beside it, or a password instead")
            }
            if table["username"] == nil, let place = table["password"] { place.error("a password needs a username beside it") }
            if table["password"] == nil, table["token"] == nil, let place = table["username"] {
                place.error("a username needs a password beside it, or auth: xoauth2 and token: {file: PATH}")
            }
            (self.username, self.password) = (username, password)
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
            (self.username, token) = (username, table["token"].flatMap { EmailLogin.token($0, in: table.folder) })
        }
    }

    private static func token(_ value: YAMLValue, in folder: String) -> SecretText? {
        if case .scalar = value.node {
            // Does not show the value, because it may be a secret.
            value.error("token must not stand in the configuration; write {file: PATH}")
            return nil
        }
        guard let place = value.table("token", keys: ConfiguredEmail.tokenKeys)?["file"] else { return nil }
        return place.path("token.file", in: folder).map(SecretText.file)
    }
}

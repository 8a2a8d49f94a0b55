/// A value that is written in the configuration (never a password) or stored elsewhere.
package enum SecretText: Hashable, Sendable {
    case inline(String)
    /// The name of a systemd credential, which is a file in `$CREDENTIALS_DIRECTORY`.
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

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

/// A value in the configuration (never a password), or the place where a secret is stored.
package enum SecretText: Hashable, Sendable {
    case inline(String)
    /// The name of a systemd credential, which is a file in the folder `$CREDENTIALS_DIRECTORY`.
    case credential(String)
    case file(String)
    case environment(String)

    package var isFile: Bool { path != nil }

    /// The path of the file if the secret is in a file; nil for the other cases.
    package var path: String? {
        if case .file(let path) = self { return path }
        return nil
    }
}

/// A value written in the configuration (never a password), or a reference to where it is stored.
package enum SecretText: Hashable, Sendable {
    case inline(String)
    /// The name of a systemd credential, which is a file in `$CREDENTIALS_DIRECTORY`.
    case credential(String)
    case file(String)
    case environment(String)

    package var isFile: Bool { path != nil }

    /// The path in `file`; nil for the other cases.
    package var path: String? {
        if case .file(let path) = self { return path }
        return nil
    }
}

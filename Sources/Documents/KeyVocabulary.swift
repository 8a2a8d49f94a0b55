/// The keys of all files, and those with secret values. Decides which values a message may repeat.
package struct KeyVocabulary: Sendable {
    /// Keys whose values are not secret.
    let plain: Set<String>
    let secret: [String]

    /// - Parameter secretSources: keys that say where a secret is read from.
    package init(keys: Set<String>, secret: [String], secretSources: [String]) {
        plain = keys.subtracting(secret + secretSources)
        self.secret = secret
    }

    /// A vocabulary without keys, so that no value may be repeated.
    static let none = KeyVocabulary(keys: [], secret: [], secretSources: [])
}

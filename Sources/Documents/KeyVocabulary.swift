/// The keys of all files, and those under which a secret stands. It decides which values a message may repeat.
package struct KeyVocabulary: Sendable {
    /// Keys under which no secret stands.
    let plain: Set<String>
    let secret: [String]

    /// - Parameter secretSources: keys that say where a secret is read from.
    package init(keys: Set<String>, secret: [String], secretSources: [String]) {
        plain = keys.subtracting(secret + secretSources)
        self.secret = secret
    }

    /// Knows no key. No value may be repeated.
    static let none = KeyVocabulary(keys: [], secret: [], secretSources: [])
}

/// The keys of all files, which decide whether a message may repeat the value of a key.
package struct KeyVocabulary: Sendable {
    /// Keys whose values are not secret.
    let plain: Set<String>
    let secret: [String]

    /// - Parameter secretSources: keys whose values name the source of a secret.
    package init(keys: Set<String>, secret: [String], secretSources: [String]) {
        plain = keys.subtracting(secret + secretSources)
        self.secret = secret
    }

    /// A vocabulary without keys, so that messages repeat no value.
    static let none = KeyVocabulary(keys: [], secret: [], secretSources: [])
}

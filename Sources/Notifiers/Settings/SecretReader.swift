import Diagnostics
import Documents
import Transport

/// Reads where a secret is stored: `{credential: …}`, `{file: …}` or `{env: …}`.
package struct SecretReader {
    package let folder: String

    package init(folder: String) {
        self.folder = folder
    }

    package static let keys = Keys(
        [
            .optional("credential", .text(most: 255, pattern: "^[^/]+$"), "The name of a systemd credential."),
            .optional("file", .path, "A file that only remindd can read."),
            .optional("env", .text(), "An environment variable."),
        ], isChoice: true, holdsSecrets: true)

    package func text(_ value: YAMLValue, _ what: LocalizedText, inline: Bool) -> SecretText? {
        guard !value.isNull else {
            value.error("\(what) is empty; write {credential: NAME}, {file: PATH} or {env: NAME}")
            return nil
        }
        if case .scalar = value.node {
            guard inline else {
                // Does not show the value, because it is a secret.
                value.error("\(what) must not stand in the configuration; write {credential: NAME}, {file: PATH} or {env: NAME}")
                return nil
            }
            return value.text(what, maxCharacters: 2_000).map(SecretText.inline)
        }
        guard let table = value.table(what, keys: SecretReader.keys) else { return nil }
        guard table.values.count == 1, let (key, place) = table.values.first, let text = place.text("\(what).\(key)") else {
            if table.values.count != 1 { value.error("\(what) must have one of: credential, file, env") }
            return nil
        }
        switch key {
        case "credential":
            guard !text.contains("/"), text.utf8.count <= 255 else {
                place.error("\(what).credential is \(place.shown); allowed: the name of a credential, without a slash")
                return nil
            }
            return .credential(text)
        case "file": return place.path("\(what).file", in: folder).map(SecretText.file)
        default: return .environment(text)
        }
    }

    package func oneOrMore(_ value: YAMLValue, _ what: LocalizedText) -> [SecretText] {
        if case .sequence(let listed) = value.node {
            if listed.nodes.isEmpty { value.error("\(what) lists none; leave it out where there is none") }
            return value.list(what)?.compactMap { text($0, what, inline: false) } ?? []
        }
        return text(value, what, inline: false).map { [$0] } ?? []
    }
}

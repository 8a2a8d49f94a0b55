// The keys that tables may have. The readers accept only these keys, and the command `schema`
// prints them for editors.

/// The keys of one table, in the order in which messages and the schema list them.
package struct Keys: Sendable {
    /// One key, with the shape of its value and a sentence about its purpose.
    package struct Key: Sendable {
        package let name: String
        package let shape: Shape
        package let about: String
        package let isRequired: Bool

        package static func required(_ name: String, _ shape: Shape, _ about: String) -> Key {
            Key(name: name, shape: shape, about: about, isRequired: true)
        }

        package static func optional(_ name: String, _ shape: Shape, _ about: String) -> Key {
            Key(name: name, shape: shape, about: about, isRequired: false)
        }
    }

    package let keys: [Key]
    /// Whether a table must have exactly one of the keys. If so, no particular key is required.
    package let isChoice: Bool
    /// Whether the table may contain a secret.
    ///
    /// If the colon after a key is missing, the key and the secret are read as one key. Messages
    /// therefore show an unknown key only if it resembles an allowed key or has the form of a key.
    package let holdsSecrets: Bool
    package let all: [String]
    package let required: [String]

    /// The keys whose values are prose.
    package static let prose: Set = ["title", "note", "cite", "contact", "name", "issuer", "place", "say"]

    /// The keys of this table and of all tables inside its values.
    package var names: Set<String> { keys.reduce(into: Set(all)) { $0.formUnion($1.shape.names) } }

    package init(_ keys: [Key], isChoice: Bool = false, holdsSecrets: Bool = false) {
        self.keys = keys.filter(\.isRequired) + keys.filter { !$0.isRequired }
        self.isChoice = isChoice
        self.holdsSecrets = holdsSecrets
        all = self.keys.map(\.name)
        required = keys.filter(\.isRequired).map(\.name)
    }
}

/// The shape of a value, as far as an editor can check it without parsing phrases.
package indirect enum Shape: Sendable {
    /// Text. A number also counts as text.
    case text(most: Int? = nil, pattern: String? = nil)
    case choice([String])
    case flag
    case list(Shape, most: Int? = nil)
    case table(Keys)
    /// A table whose keys are chosen by the user.
    case map(Shape, keys: String? = nil)
    case either([Shape])
    /// An empty value, or a value of the given shape.
    case orEmpty(Shape)

    /// The keys of all tables in this shape.
    fileprivate var names: Set<String> {
        switch self {
        case .text, .choice, .flag: []
        case .list(let shape, _), .map(let shape, _), .orEmpty(let shape): shape.names
        case .table(let keys): keys.names
        case .either(let shapes): shapes.reduce(into: Set()) { $0.formUnion($1.names) }
        }
    }

    package static let id = Shape.text(pattern: Identifier.pattern)
    package static let time = Shape.text(pattern: "^([01]?[0-9]|2[0-3]):[0-5][0-9]$")
    /// A day as `Day(written:)` reads it.
    package static let day = Shape.text(
        pattern: "^ *([0-9]{4}-[0-9]{2}-[0-9]{2}|([Nn]gày *)?[0-9]{1,2} *([/.-]|tháng) *[0-9]{1,2} *([/.-]|năm) *[0-9]{4}) *$")
    package static let years = Shape.text(pattern: "^ *[0-9]{4}")
    package static let path = Shape.text()
    package static let ids = Shape.list(.id)
}

/// One value of a YAML document as it is written: texts with their style, no types, no defaults.
indirect enum YAMLNode {
    case scalar(Scalar)
    case sequence(Items)
    case mapping(Pairs)

    /// Where a value begins, from 1; columns in Unicode scalars. And the line it ends in, and the column after its last character.
    struct Mark {
        let line: Int
        let column: Int
        let lastLine: Int
        let endColumn: Int
    }

    enum Style {
        /// Without quotes.
        case plain
        case quoted
        /// `|` or `>`.
        case block
    }

    struct Scalar {
        let string: String
        let style: Style
        let tag: String?
        let mark: Mark
    }

    struct Items {
        let nodes: [YAMLNode]
        let tag: String?
        let mark: Mark
    }

    /// In the order written; a key may stand in it twice.
    struct Pairs {
        let pairs: [(key: YAMLNode, value: YAMLNode)]
        let tag: String?
        let mark: Mark
    }

    var mark: Mark {
        switch self {
        case .scalar(let scalar): scalar.mark
        case .sequence(let items): items.mark
        case .mapping(let pairs): pairs.mark
        }
    }

    var tag: String? {
        switch self {
        case .scalar(let scalar): scalar.tag
        case .sequence(let items): items.tag
        case .mapping(let pairs): pairs.tag
        }
    }
}

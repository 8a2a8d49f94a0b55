/// One value of a YAML document as it is written. Texts keep their style and have no type.
package indirect enum YAMLNode {
    case scalar(Scalar)
    case sequence(Items)
    case mapping(Pairs)

    /// Where a value begins and ends.
    ///
    /// Lines and columns count from 1, columns in Unicode scalars. `endColumn` is the column after
    /// the last character.
    package struct Mark {
        package let line: Int
        package let column: Int
        package let lastLine: Int
        package let endColumn: Int
    }

    package enum Style {
        /// Without quotes.
        case plain
        case quoted
        /// `|` or `>`.
        case block
    }

    package struct Scalar {
        package let string: String
        package let style: Style
        package let tag: String?
        package let mark: Mark
    }

    package struct Items {
        package let nodes: [YAMLNode]
        package let tag: String?
        package let mark: Mark
    }

    /// The pairs in the order written. A key may occur twice.
    package struct Pairs {
        package let pairs: [(key: YAMLNode, value: YAMLNode)]
        package let tag: String?
        package let mark: Mark
    }

    package var mark: Mark {
        switch self {
        case .scalar(let scalar): scalar.mark
        case .sequence(let items): items.mark
        case .mapping(let pairs): pairs.mark
        }
    }

    package var tag: String? {
        switch self {
        case .scalar(let scalar): scalar.tag
        case .sequence(let items): items.tag
        case .mapping(let pairs): pairs.tag
        }
    }
}

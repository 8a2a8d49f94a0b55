/// One value of a YAML document, as it is written.
///
/// A scalar keeps its style and has no type.
package indirect enum YAMLNode {
    case scalar(Scalar)
    case sequence(Items)
    case mapping(Pairs)

    /// The places at which a value begins and ends.
    ///
    /// Lines and columns count from 1, and columns count Unicode scalars. `endColumn` is the column
    /// after the last character.
    package struct Mark {
        package let line: Int
        package let column: Int
        package let lastLine: Int
        package let endColumn: Int
    }

    package enum Style {
        /// A scalar without quotes.
        case plain
        case quoted
        /// A scalar after `|` or `>`.
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

    /// The pairs of a mapping, in the order written. A key may occur twice.
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

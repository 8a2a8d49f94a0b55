/// How large a text can become, from the template and the values alone: a list repeats what stands in it, so that a few kilobytes of
/// template and of note come to megabytes, and rendering them would hold up everything else.
struct TemplateWeight: Sendable {
    /// Bytes of one text; the largest mail that anybody reads to its end has a tenth of it.
    static let limit = 256 << 10

    /// Bytes of the template that stand within a list.
    private var listBytes = 0
    /// Tags within a list that give the line itself, and that give something else.
    private var lineTags = 0
    private var otherTags = 0
    /// Bytes and tags outside of lists.
    private var bytes = 0
    private var tags = 0

    /// - Parameter text: a template that `TemplateCheck` has nothing against.
    init(_ text: String) {
        var isInList = false
        for (index, piece) in text.components(before: "{{").enumerated() {
            let size = piece.utf8.count
            if index > 0 {
                let tag = piece.prefix { $0 != "}" }.filter { $0 != " " && $0 != "{" && $0 != "&" }
                let name = tag.drop { "#^/".contains($0) }
                if TemplateVariable(rawValue: String(name))?.isList == true { isInList = tag.first == "#" }
                if isInList { if tag == "." { lineTags += 1 } else { otherTags += 1 } } else { tags += 1 }
            }
            if isInList { listBytes += size } else { bytes += size }
        }
    }

    /// More than a text with these values can have.
    func bound(_ values: Values) -> Int {
        let texts = values.variables.values.compactMap { ($0 as? String)?.utf8.count }
        let longest = texts.max() ?? 0
        let lines = values.variables[TemplateVariable.noteLines.rawValue] as? [String] ?? []
        let note = lines.reduce(0) { $0 + $1.utf8.count }
        return bytes + tags * longest + lines.count * (listBytes + otherTags * longest) + lineTags * note
    }

    /// The heavier of the two, part by part.
    func merged(with other: TemplateWeight) -> TemplateWeight {
        var merged = self
        merged.listBytes = max(listBytes, other.listBytes)
        merged.lineTags = max(lineTags, other.lineTags)
        merged.otherTags = max(otherTags, other.otherTags)
        merged.bytes = max(bytes, other.bytes)
        merged.tags = max(tags, other.tags)
        return merged
    }
}

extension String {
    /// Parted where `mark` begins, which is left out.
    fileprivate func components(before mark: String) -> [Substring] {
        var parts: [Substring] = []
        var rest = self[...]
        while let found = rest.firstRange(of: mark) {
            parts.append(rest[..<found.lowerBound])
            rest = rest[found.upperBound...]
        }
        return parts + [rest]
    }
}

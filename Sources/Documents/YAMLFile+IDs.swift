import Diagnostics

// The command `check --fix` writes ids into a plan.

/// A table or a row that has no `id`, and the id that was made for it.
package struct MadeID: Hashable, Sendable {
    package let file: String
    /// The place where the table or the row begins. Line and column count from 1.
    package let line: Int
    package let column: Int
    package let id: String
    /// Whether the place is a row of a CSV file, and not a table of a YAML file.
    package let isRow: Bool

    package init(file: String, line: Int, column: Int, id: String, isRow: Bool = false) {
        self.file = file
        self.line = line
        self.column = column
        self.id = id
        self.isRow = isRow
    }
}

extension YAMLFile {
    /// Returns the bytes of a YAML file with these ids as the first keys of their tables.
    ///
    /// Nothing else changes: comments, order, quotes, indentation and line ends stay. nil if the
    /// result would not be the same document with these ids.
    ///
    /// - Parameter ids: the ids in the order of their places.
    package static func adding(ids: [MadeID], to bytes: [UInt8]) -> [UInt8]? {
        let lineStarts = lineStarts(of: bytes)
        var changed: [UInt8] = []
        var copied = 0
        for made in ids {
            guard lineStarts.indices.contains(made.line - 1) else { return nil }
            let start = lineStarts[made.line - 1]
            guard let place = offset(ofColumn: made.column, from: start, in: bytes), place >= copied else { return nil }
            changed += bytes[copied..<place]
            if bytes[place] == UInt8(ascii: "{") {
                changed += Array("{id: \(made.id), ".utf8)
                copied = place + 1
            } else {
                // The key that follows stands under the id, in the same column.
                let indentation = String(repeating: " ", count: made.column - 1)
                changed += Array("id: \(made.id)".utf8) + lineEnd(after: place, in: bytes) + Array(indentation.utf8)
                copied = place
            }
        }
        changed += bytes[copied...]
        return isSame(bytes, changed, but: ids.map(\.id)) ? changed : nil
    }

    /// Returns the byte offsets at which the lines begin, after a byte order mark.
    private static func lineStarts(of bytes: [UInt8]) -> [Int] {
        var starts = [bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0]
        for index in bytes.indices {
            let isEnd = bytes[index] == 0x0A || bytes[index] == 0x0D && (index + 1 == bytes.count || bytes[index + 1] != 0x0A)
            if isEnd { starts.append(index + 1) }
        }
        return starts
    }

    /// Returns the byte offset of a column, which counts Unicode scalars from 1.
    private static func offset(ofColumn column: Int, from start: Int, in bytes: [UInt8]) -> Int? {
        var (index, left) = (start, column - 1)
        while index < bytes.count {
            let isFirstByte = bytes[index] & 0xC0 != 0x80
            if isFirstByte {
                if left == 0 { return index }
                left -= 1
            }
            index += 1
        }
        return nil
    }

    /// Returns the line end of the line that holds `place`; for the last line, that of the file.
    private static func lineEnd(after place: Int, in bytes: [UInt8]) -> [UInt8] {
        let first = bytes[place...].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? bytes.firstIndex { $0 == 0x0A || $0 == 0x0D }
        guard let first else { return [0x0A] }
        guard bytes[first] == 0x0D else { return [0x0A] }
        return first + 1 < bytes.count && bytes[first + 1] == 0x0A ? [0x0D, 0x0A] : [0x0D]
    }

    private static func isSame(_ bytes: [UInt8], _ changed: [UInt8], but ids: [String]) -> Bool {
        func root(_ bytes: [UInt8]) -> YAMLNode? {
            let problems = Problems()
            let file = YAMLFile(bytes: bytes, name: "", source: .data, vocabulary: .none, problems: problems)
            return problems.hasErrors ? nil : file?.root.node
        }
        guard let old = root(bytes), let new = root(changed) else { return false }
        var left = ids[...]
        return isSame(old, new, &left) && left.isEmpty
    }

    /// Returns whether `new` is `old` with some of the ids of `left`, and takes these from `left`.
    private static func isSame(_ old: YAMLNode, _ new: YAMLNode, _ left: inout ArraySlice<String>) -> Bool {
        guard old.tag == new.tag else { return false }
        switch (old, new) {
        case (.scalar(let a), .scalar(let b)): return a.string == b.string && a.style == b.style
        case (.sequence(let a), .sequence(let b)):
            guard a.nodes.count == b.nodes.count else { return false }
            for (x, y) in zip(a.nodes, b.nodes) { guard isSame(x, y, &left) else { return false } }
            return true
        case (.mapping(let a), .mapping(let b)):
            var pairs = b.pairs[...]
            if pairs.count == a.pairs.count + 1 {
                guard let added = pairs.popFirst(), case .scalar(let key) = added.key, key.string == "id",
                    case .scalar(let value) = added.value, let id = left.popFirst(), value.string == id
                else { return false }
            }
            guard pairs.count == a.pairs.count else { return false }
            for (x, y) in zip(a.pairs, pairs) {
                guard isSame(x.key, y.key, &left), isSame(x.value, y.value, &left) else { return false }
            }
            return true
        default: return false
        }
    }
}

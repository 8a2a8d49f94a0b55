// The command `check --fix` writes ids into a file of recipients.

extension CSVFile {
    /// Returns the bytes of the file with these ids in the column `id`, and nothing else changed.
    ///
    /// If the file has no column `id`, it becomes the first column. nil if an id belongs into a row
    /// that is not in the file, that has fewer fields than the header, or that already has an id.
    ///
    /// - Parameter ids: the ids of the rows that have none, keyed by the line where a row begins.
    package func adding(ids: [Int: String]) -> [UInt8]? {
        var insertions: [(offset: Int, text: [UInt8])] = []
        var (left, isPossible) = (ids, true)
        let column = header.firstIndex(of: "id")
        if column == nil { insertions.append((headerStart, Array("id".utf8) + [separator])) }
        forEachRow { row in
            let id = left.removeValue(forKey: row.line)
            if let column {
                guard let id else { return true }
                guard column < row.count, let offset = row.offset(column), row.text(column).allSatisfy(\.isWhitespace) else {
                    isPossible = false
                    return false
                }
                insertions.append((offset, Array(id.utf8)))
            } else {
                insertions.append((row.start, Array((id ?? "").utf8) + [separator]))
            }
            return true
        }
        guard isPossible, left.isEmpty else { return nil }
        var changed: [UInt8] = []
        changed.reserveCapacity(bytes.count + insertions.reduce(0) { $0 + $1.text.count })
        var copied = 0
        for (offset, text) in insertions {
            changed += bytes[copied..<offset]
            changed += text
            copied = offset
        }
        return changed + bytes[copied...]
    }
}

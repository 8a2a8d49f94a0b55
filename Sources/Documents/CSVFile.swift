import Diagnostics

/// Reads a CSV file with a header line (RFC 4180), including the variants that spreadsheets write.
///
/// The variants are a byte order mark, and semicolons or tabs instead of commas. Rows are read one
/// after the other and are not copied, so a large file needs no memory beyond its own bytes.
package struct CSVFile {
    package let header: [String]
    package let headerLine: Int
    let bytes: [UInt8]
    let separator: UInt8
    private let context: YAMLContext
    /// The byte offset at which the header begins.
    let headerStart: Int
    /// The byte offset and the line number at which the rows after the header begin.
    private let body: (index: Int, line: Int)

    /// The maximum size of a file in bytes.
    ///
    /// A million recipients of 200 bytes each need less than half of it.
    package static let byteLimit = 512 << 20

    /// Reads the header. If the header cannot be read, reports the reason and returns nil.
    package init?(bytes: [UInt8], name: String, problems: Problems, limit: Int = byteLimit) {
        context = YAMLContext(file: name, source: .data, problems: problems)
        self.bytes = bytes
        guard bytes.count <= limit else {
            context.error(line: 1, column: 1, "the file has more than \(limit) bytes, which is the most")
            return nil
        }
        let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        let content = bytes[start...]
        if let refusal = TextFile.refusal(of: content, saveAs: "\"CSV UTF-8\"", controls: false) {
            context.error(line: refusal.line, column: refusal.column, refusal.message)
            return nil
        }
        let firstLine = content.prefix { $0 != 0x0A && $0 != 0x0D }
        let separators = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]
        // Excel may write a line such as `sep=;` before the header. That line names the separator.
        let isSeparatorLine = firstLine.count == 5 && firstLine.starts(with: Array("sep=".utf8))
        separator =
            isSeparatorLine
            ? firstLine.last! : separators.max { a, b in firstLine.count { $0 == a } < firstLine.count { $0 == b } }!
        var found: (header: [String], line: Int, start: Int, next: Int, nextLine: Int)?
        var skips = isSeparatorLine
        CSVFile.read(bytes, from: start, line: 1, separator: separator, context) { row in
            if skips {
                skips = false
                return true
            }
            let names = (0..<row.count).map { row.text($0).trimmed.lowercased() }
            found = (names, row.line, row.start, row.next, row.nextLine)
            return false
        }
        guard let found else {
            context.error(
                line: 1, column: 1, "the file is empty; its first line must name the columns, such as id,name,email,via")
            return nil
        }
        (header, headerLine, headerStart) = (found.header, found.line, found.start)
        body = (found.next, found.nextLine)
    }

    /// The number of line feeds in the file, which is an estimate of the number of rows.
    package var lineCount: Int { bytes.withUnsafeBufferPointer { $0.reduce(0) { $1 == 0x0A ? $0 + 1 : $0 } } }

    /// Calls `take` with each row after the header until `take` returns false. Skips blank rows.
    package func forEachRow(_ take: (Row) -> Bool) {
        CSVFile.read(bytes, from: body.index, line: body.line, separator: separator, context) { row in
            row.isBlank || take(row)
        }
    }

    /// One row of the file. It is valid only during the call that receives it.
    package struct Row {
        package let line: Int
        /// The byte offset at which the row begins.
        let start: Int
        fileprivate let next: Int
        fileprivate let nextLine: Int
        fileprivate let file: UnsafeBufferPointer<UInt8>
        fileprivate let fields: [Field]
        /// The decoded text of the quoted fields that cannot be used as written.
        ///
        /// The texts follow one another without separators. Such a field contains doubled
        /// quotation marks, has text after its closing mark, or has no closing mark.
        fileprivate let unquoted: [UInt8]

        package var count: Int { fields.count }

        /// Returns the byte offset at which the text of a field begins in the file.
        ///
        /// nil if the text of the field is in `unquoted`.
        func offset(_ index: Int) -> Int? { fields[index].isUnquoted ? nil : fields[index].start }

        /// Returns the bytes of a field in the file, without its quotation marks.
        ///
        /// The bytes are valid only as long as the row. nil if the text of the field is in
        /// `unquoted`.
        package func bytes(_ index: Int) -> UnsafeBufferPointer<UInt8>? {
            let field = fields[index]
            return field.isUnquoted ? nil : UnsafeBufferPointer(rebasing: file[field.start..<field.end])
        }

        /// Returns the text of a field in NFC.
        package func text(_ index: Int) -> String {
            let field = fields[index]
            let text = bytes(index).map { String(decoding: $0, as: UTF8.self) }
            return (text ?? String(decoding: unquoted[field.start..<field.end], as: UTF8.self))
                .composed
        }

        /// Whether the row consists of one empty field.
        fileprivate var isEmpty: Bool { fields.count == 1 && fields[0].start == fields[0].end }

        fileprivate var isBlank: Bool {
            (0..<count).allSatisfy { index in
                // Checks the first byte first, because nearly every row begins with an ASCII letter
                // or digit.
                bytes(index)?.first.map { $0 > 0x20 && $0 < 0x7F } != true
                    && text(index).allSatisfy(\.isWhitespace)
            }
        }
    }

    fileprivate struct Field {
        let start: Int
        let end: Int
        /// Whether `start` and `end` are offsets in the row's `unquoted`, not in the file.
        let isUnquoted: Bool
    }

    private static func read(
        _ bytes: [UInt8], from start: Int, line: Int, separator: UInt8, _ context: YAMLContext, _ take: (Row) -> Bool
    ) {
        bytes.withUnsafeBufferPointer { file in
            var scanner = Scanner(file: file, separator: separator, index: start, line: line)
            while let row = scanner.nextRow() {
                if scanner.isOpen {
                    context.error(line: row.line, column: 1, "a quotation mark is opened in this row and never closed")
                }
                guard row.isEmpty || take(row) else { return }
            }
        }
    }

    private struct Scanner {
        let file: UnsafeBufferPointer<UInt8>
        let separator: UInt8
        var index: Int
        var line: Int
        /// Whether the last quoted field lacks its closing quotation mark.
        var isOpen = false
        private var fields: [Field] = []
        private var unquoted: [UInt8] = []

        init(file: UnsafeBufferPointer<UInt8>, separator: UInt8, index: Int, line: Int) {
            self.file = file
            self.separator = separator
            self.index = index
            self.line = line
        }

        /// Returns the next row that is not empty; nil at the end of the file.
        ///
        /// An empty row is returned if its quotation mark is not closed.
        mutating func nextRow() -> Row? {
            while index < file.count {
                let (first, start) = (line, index)
                fields.removeAll(keepingCapacity: true)
                unquoted.removeAll(keepingCapacity: true)
                readFields()
                let row = Row(
                    line: first, start: start, next: index, nextLine: line, file: file, fields: fields,
                    unquoted: unquoted)
                if isOpen || !row.isEmpty { return row }
            }
            return nil
        }

        /// Reads the fields of one row and the line end after it.
        private mutating func readFields() {
            while true {
                readField()
                guard index < file.count else { return }
                let byte = file[index]
                index += 1
                if byte == separator {
                    // Adds the empty field after a separator at the end of the file.
                    if index < file.count { continue }
                    return fields.append(Field(start: index, end: index, isUnquoted: false))
                }
                // A row ends at a line feed, at a carriage return, or at a carriage return with a
                // line feed.
                if byte == 0x0D, index < file.count, file[index] == 0x0A { index += 1 }
                line += 1
                return
            }
        }

        /// Reads one field, up to the separator, the line end or the end of the file.
        private mutating func readField() {
            let start = index
            if index < file.count, file[index] == UInt8(ascii: "\"") {
                return readsWholeQuotedField() ? () : readQuotedField()
            }
            while index < file.count {
                let byte = file[index]
                if byte == separator || byte == 0x0A || byte == 0x0D { break }
                index += 1
            }
            fields.append(Field(start: start, end: index, isUnquoted: false))
        }

        /// Reads a quoted field that can be used as it is written in the file.
        ///
        /// If the text has a quotation mark, or if text follows the closing mark, reads nothing and
        /// returns false.
        private mutating func readsWholeQuotedField() -> Bool {
            var (end, lines) = (index + 1, 0)
            while end < file.count, file[end] != UInt8(ascii: "\"") {
                if file[end] == 0x0A { lines += 1 }
                end += 1
            }
            guard end < file.count else { return false }
            if end + 1 < file.count {
                let next = file[end + 1]
                guard next == separator || next == 0x0A || next == 0x0D else { return false }
            }
            fields.append(Field(start: index + 1, end: end, isUnquoted: false))
            line += lines
            index = end + 1
            return true
        }

        /// Reads a quoted field in which quotation marks may be doubled.
        ///
        /// Text may follow the closing mark. A quotation mark in that text has no special meaning.
        private mutating func readQuotedField() {
            let mark = UInt8(ascii: "\"")
            let start = unquoted.count
            var isQuoted = false
            while index < file.count {
                let byte = file[index]
                let next = index + 1 < file.count ? file[index + 1] : 0
                if byte == mark, isQuoted {
                    if next == mark {
                        unquoted.append(byte)
                        index += 1
                    } else {
                        isQuoted = false
                    }
                } else if byte == mark, unquoted.count == start {
                    isQuoted = true
                } else if !isQuoted, byte == separator || byte == 0x0A || byte == 0x0D {
                    break
                } else {
                    if byte == 0x0A { line += 1 }
                    unquoted.append(byte)
                }
                index += 1
            }
            isOpen = isQuoted
            fields.append(Field(start: start, end: unquoted.count, isUnquoted: true))
        }
    }
}

extension String {
    /// The text without the white space at its beginning and end.
    package var trimmed: String {
        guard first?.isWhitespace == true || last?.isWhitespace == true else { return self }
        var rest = drop(while: \.isWhitespace)
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}

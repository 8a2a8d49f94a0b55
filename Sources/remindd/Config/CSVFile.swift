import Notifiers
import Scheduler

/// A table of text with a header line: RFC 4180, and what spreadsheets make of it (a BOM, semicolons or tabs for commas).
struct CSVFile {
    struct Row {
        let line: Int
        let fields: [String]
    }

    let header: [String]
    let headerLine: Int
    let rows: [Row]

    /// A million recipients of 200 bytes, with room.
    static let byteLimit = 512 << 20

    /// nil after reporting why.
    init?(bytes: [UInt8], name: String, problems: Problems) {
        let context = YAMLContext(file: name, source: .data, problems: problems)
        var content = bytes[...]
        if content.starts(with: [0xEF, 0xBB, 0xBF]) { content = content.dropFirst(3) }
        if let refusal = TextFile.refusal(of: content, saveAs: "\"CSV UTF-8\"", controls: false) {
            context.error(line: refusal.line, column: refusal.column, refusal.message)
            return nil
        }
        let firstLine = content.prefix { $0 != 0x0A && $0 != 0x0D }
        let separators = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]
        // Excel may name its separator in a line of its own, before the header.
        let isSeparatorLine = firstLine.count == 5 && firstLine.starts(with: Array("sep=".utf8))
        let separator =
            isSeparatorLine
            ? firstLine.last! : separators.max { a, b in firstLine.count { $0 == a } < firstLine.count { $0 == b } }!
        var records = CSVFile.records(content, separator: separator, context)
        if isSeparatorLine, !records.isEmpty { records.removeFirst() }
        guard !records.isEmpty else {
            context.error(
                line: 1, column: 1, "the file is empty; its first line must name the columns, such as id,name,email,via")
            return nil
        }
        let first = records.removeFirst()
        headerLine = first.line
        header = first.fields.map { $0.trimmed.lowercased() }
        rows = records.filter { !$0.fields.allSatisfy { $0.allSatisfy(\.isWhitespace) } }
    }

    private static func records(_ bytes: ArraySlice<UInt8>, separator: UInt8, _ context: YAMLContext) -> [Row] {
        var rows: [Row] = []
        var fields: [String] = []
        var field: [UInt8] = []
        var line = 1
        var rowLine = 1
        var isQuoted = false
        var index = bytes.startIndex
        func endField() {
            fields.append(String(decoding: field, as: UTF8.self).composed)
            field.removeAll(keepingCapacity: true)
        }
        func endRow() {
            endField()
            if fields != [""] { rows.append(Row(line: rowLine, fields: fields)) }
            fields.removeAll(keepingCapacity: true)
        }
        while index < bytes.endIndex {
            let byte = bytes[index]
            let next = index + 1 < bytes.endIndex ? bytes[index + 1] : 0
            switch byte {
            case UInt8(ascii: "\"") where isQuoted && next == byte:
                field.append(byte)
                index += 1
            case UInt8(ascii: "\"") where isQuoted: isQuoted = false
            case UInt8(ascii: "\"") where field.isEmpty: isQuoted = true
            case separator where !isQuoted: endField()
            case 0x0D where !isQuoted && next == 0x0A: break
            case 0x0A where !isQuoted, 0x0D where !isQuoted:
                endRow()
                line += 1
                rowLine = line
            default:
                if byte == 0x0A { line += 1 }
                field.append(byte)
            }
            index += 1
        }
        if isQuoted { context.error(line: rowLine, column: 1, "a quotation mark is opened in this row and never closed") }
        if !field.isEmpty || !fields.isEmpty { endRow() }
        return rows
    }
}

extension String {
    /// Without white space at its ends.
    var trimmed: String {
        guard first?.isWhitespace == true || last?.isWhitespace == true else { return self }
        var rest = drop(while: \.isWhitespace)
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}

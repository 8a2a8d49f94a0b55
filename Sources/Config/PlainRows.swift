import Documents
import Notifiers
import Scheduler

/// The rows of one CSV file that need no second look, which are nearly all: where their columns stand, and what they repeat,
/// read once. Whatever is not plain is left to the reader of all rows, which has the words for what is wrong.
package struct PlainRows {
    /// By which channels and in which language somebody is told, as it was written.
    package struct Reach {
        package let number: Int
        package let needsAddress: Bool
    }

    /// Where each known column stands; nil where it does not.
    private let id, name, email, via, otherwise, language, group: Int?
    private let columnCount: Int
    /// Columns without a name: nothing may stand in them.
    private let nameless: [Int]
    private var reaches: [[UInt8]: Reach] = [:]
    private var groups: [[UInt8]: [String]] = [:]
    private var last: (written: [UInt8], reach: Reach)?

    /// nil where a column stands twice or is unknown.
    package init?(header: [String], known: [String]) {
        let named = header.enumerated().filter { !$0.element.isEmpty }
        guard named.allSatisfy({ known.contains($0.element) }), Set(named.map(\.element)).count == named.count else { return nil }
        columnCount = header.count
        // A former id is rare, and judged by the reader of all rows.
        nameless = header.indices.filter { header[$0].isEmpty || header[$0] == "formerly" }
        id = header.firstIndex(of: "id")
        name = header.firstIndex(of: "name")
        email = header.firstIndex(of: "email")
        via = header.firstIndex(of: "via")
        otherwise = header.firstIndex(of: "otherwise")
        language = header.firstIndex(of: "language")
        group = header.firstIndex(of: "group")
    }

    /// A row's fields, plain and without spaces around them; valid while the row is.
    package struct Fields {
        package var id, name, email, via, otherwise, language, group: UnsafeBufferPointer<UInt8>
    }

    /// nil where one of them is not plain, or the id is none.
    package func fields(_ row: CSVFile.Row) -> Fields? {
        guard row.count <= columnCount else { return nil }
        for index in nameless where index < row.count {
            guard row.bytes(index)?.isEmpty == true else { return nil }
        }
        guard let id = field(id, row), PlainRows.isID(id), let name = field(name, row), let email = field(email, row),
            let via = field(via, row), !via.isEmpty, let otherwise = field(otherwise, row),
            let language = field(language, row), let group = field(group, row)
        else { return nil }
        return Fields(
            id: id, name: name.isEmpty ? id : name, email: email, via: via, otherwise: otherwise, language: language,
            group: group)
    }

    private func field(_ column: Int?, _ row: CSVFile.Row) -> UnsafeBufferPointer<UInt8>? {
        guard let column, column < row.count else { return UnsafeBufferPointer(start: nil, count: 0) }
        return row.bytes(column).flatMap(PlainRows.trimmed)
    }

    /// As `Identifier.isValid`.
    private static func isID(_ id: UnsafeBufferPointer<UInt8>) -> Bool {
        (1...64).contains(id.count) && id.first != UInt8(ascii: "-")
            && id.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") }
    }

    /// A field without the spaces around it; nil where it is not plain.
    private static func trimmed(_ text: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8>? {
        guard PlainText.holds(text) else { return nil }
        var (start, end) = (0, text.count)
        while start < end, text[start] == 0x20 { start += 1 }
        while start < end, text[end - 1] == 0x20 { end -= 1 }
        return UnsafeBufferPointer(rebasing: text[start..<end])
    }

    /// - Parameter read: what is written, as a number of the recipients'; nil where something in it is wrong.
    package mutating func reach(of fields: Fields, read: (_ via: String, _ otherwise: String, _ language: String) -> Reach?)
        -> Reach?
    {
        let line = UInt8(ascii: "\n")
        var written: [UInt8] = []
        written.reserveCapacity(fields.via.count + fields.otherwise.count + fields.language.count + 2)
        for field in [fields.via, fields.otherwise] {
            written.append(contentsOf: field)
            written.append(line)
        }
        written.append(contentsOf: fields.language)
        if let last, last.written == written { return last.reach }
        guard
            let reach = reaches[written]
                ?? read(
                    String(decoding: fields.via, as: UTF8.self), String(decoding: fields.otherwise, as: UTF8.self),
                    String(decoding: fields.language, as: UTF8.self))
        else { return nil }
        reaches[written] = reach
        last = (written, reach)
        return reach
    }

    /// - Parameter mayJoin: whether somebody may join this group.
    package mutating func groups(of fields: Fields, mayJoin: (String) -> Bool) -> [String]? {
        if fields.group.isEmpty { return [] }
        let written = Array(fields.group)
        if let known = groups[written] { return known }
        let words = String(decoding: fields.group, as: UTF8.self).split(separator: " ").map(String.init)
        guard words.allSatisfy(mayJoin) else { return nil }
        groups[written] = words
        return words
    }
}

import Documents
import Notifiers
import Scheduler

/// Reads plain rows of a CSV file fast. Nearly all rows are plain.
///
/// A row is plain if its fields need no normalization or escaping (`PlainText`), its id is valid,
/// and it has neither former ids nor a salutation.
///
/// The reader looks up the column positions once and caches values that many rows repeat.
/// `RecipientReader` reads all other rows and reports their mistakes.
package struct PlainRows {
    /// The channels and the language of a recipient.
    package struct Reach {
        /// The number of this combination in the `RecipientTable`.
        package let number: Int
        /// The kinds of address that the channels need.
        package let addressKinds: [AddressKind]
    }

    /// The index of each known column; nil if the file does not have it.
    private let id, name, email, via, otherwise, language, group: Int?
    private let columnCount: Int
    /// The columns that must be empty in a plain row.
    ///
    /// They are the columns without a name, `formerly`, `salutation` and units.
    private let nameless: [Int]
    private var reaches: [[UInt8]: Reach] = [:]
    private var groups: [[UInt8]: [String]] = [:]
    private var last: (written: [UInt8], reach: Reach)?

    /// The channels of rows that name none.
    private let defaultVia: [UInt8]

    /// Returns nil if a column occurs twice, or if rows may be without an id.
    ///
    /// - Parameters:
    ///   - columns: the columns of the file. Those that are not known are ignored.
    ///   - defaultVia: the channels of rows that name none.
    package init?(columns: RecipientColumns, defaultVia: [String]) {
        let header = columns.names
        let named = header.filter { !$0.isEmpty }
        guard Set(named).count == named.count, named.contains("id") else { return nil }
        columnCount = header.count
        self.defaultVia = Array(defaultVia.joined(separator: " ").utf8)
        // Former ids, salutations and units are rare, so `RecipientReader` reads rows that have
        // one.
        nameless = header.indices.filter {
            columns.isNameless($0) || ["formerly", "salutation", RecipientColumns.unit].contains(header[$0])
        }
        id = header.firstIndex(of: "id")
        name = header.firstIndex(of: "name")
        email = header.firstIndex(of: "email")
        via = header.firstIndex(of: "via")
        otherwise = header.firstIndex(of: "otherwise")
        language = header.firstIndex(of: "language")
        group = header.firstIndex(of: "group")
    }

    /// The fields of a plain row, without spaces around them; valid only while the row is valid.
    package struct Fields {
        package var id, name, email, via, otherwise, language, group: UnsafeBufferPointer<UInt8>
    }

    /// Returns the fields of a row.
    ///
    /// Returns nil if a field is not plain, the id is invalid or the row has no channel.
    package func fields(_ row: CSVFile.Row) -> Fields? {
        guard row.count <= columnCount else { return nil }
        for index in nameless where index < row.count {
            guard row.bytes(index)?.isEmpty == true else { return nil }
        }
        guard let id = field(id, row), PlainRows.isID(id), let name = field(name, row), let email = field(email, row),
            let via = field(via, row), !via.isEmpty || !defaultVia.isEmpty, let otherwise = field(otherwise, row),
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

    /// Returns whether the bytes are a valid id, by the rules of `Identifier.isValid`.
    private static func isID(_ id: UnsafeBufferPointer<UInt8>) -> Bool {
        (1...64).contains(id.count) && id.first != UInt8(ascii: "-")
            && id.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") }
    }

    /// Returns a field without the spaces around it; nil if the field is not plain.
    private static func trimmed(_ text: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8>? {
        guard PlainText.holds(text) else { return nil }
        var (start, end) = (0, text.count)
        while start < end, text[start] == 0x20 { start += 1 }
        while start < end, text[end - 1] == 0x20 { end -= 1 }
        return UnsafeBufferPointer(rebasing: text[start..<end])
    }

    /// Returns the channels and the language of a row; nil if one of them has a mistake.
    ///
    /// - Parameter read: parses values that have not occurred in this file yet. The closure returns
    ///   nil if a value has a mistake.
    package mutating func reach(of fields: Fields, read: (_ via: String, _ otherwise: String, _ language: String) -> Reach?)
        -> Reach?
    {
        let line = UInt8(ascii: "\n")
        var written: [UInt8] = []
        written.reserveCapacity(fields.via.count + fields.otherwise.count + fields.language.count + 2)
        if fields.via.isEmpty { written += defaultVia } else { written += fields.via }
        written.append(line)
        written += fields.otherwise
        written.append(line)
        written.append(contentsOf: fields.language)
        if let last, last.written == written { return last.reach }
        guard
            let reach = reaches[written]
                ?? read(
                    fields.via.isEmpty
                        ? String(decoding: defaultVia, as: UTF8.self) : String(decoding: fields.via, as: UTF8.self),
                    String(decoding: fields.otherwise, as: UTF8.self),
                    String(decoding: fields.language, as: UTF8.self))
        else { return nil }
        reaches[written] = reach
        last = (written, reach)
        return reach
    }

    /// Returns the groups named in a row; nil if the recipient may not join one of them.
    ///
    /// - Parameter mayJoin: returns whether the recipient may join the group with this id.
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

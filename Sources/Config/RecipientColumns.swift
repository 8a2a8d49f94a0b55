import Diagnostics
import Documents
import Plans

/// The columns of a file of recipients, whatever people call them.
package struct RecipientColumns {
    /// The key of the column `Đơn vị`, whose text is the name of a recipient that has no name.
    static let unit = "unit"

    /// Headings without accents, and the columns that they name. `phone` is known and not used.
    private static let headings: [String: String] = [
        "ho ten": "name", "ho va ten": "name", "ten": "name", "full name": "name", "don vi": unit, "co quan": unit,
        "dia chi email": "email", "e-mail": "email", "thu dien tu": "email", "hop thu": "email", "dien thoai": "phone",
        "so dien thoai": "phone", "phone": "phone", "nhom": "group", "ngon ngu": "language", "kenh": "via",
    ]

    /// Values of the column of languages, without accents.
    static let languages: [String: Language] = [
        "tieng viet": .vi, "viet": .vi, "vietnamese": .vi, "tieng anh": .en, "anh": .en, "english": .en,
    ]

    /// The name of each column; empty for a column that is ignored.
    package let names: [String]
    /// The headings of the columns that are not known.
    let unknown: [String]
    /// Whether groups stand under `Nhóm`, where people write their names and not their ids.
    private let hasGroupNames: Bool
    private let nameless: [Bool]

    /// - Parameter headings: the fields of the first line, in lower case and without spaces around.
    package init(headings: [String]) {
        var (names, unknown): ([String], [String]) = ([], [])
        for heading in headings {
            let plain = Spelling.withoutAccents(heading).split(separator: " ").joined(separator: " ")
            let name = RecipientReader.columns.contains(heading) ? heading : RecipientColumns.headings[plain]
            if name == nil, !heading.isEmpty { unknown.append(heading) }
            names.append(name ?? "")
        }
        self.names = names
        self.unknown = unknown
        nameless = headings.map(\.isEmpty)
        hasGroupNames = !headings.contains("group")
    }

    /// Whether a column has no heading. Its fields must be empty.
    func isNameless(_ index: Int) -> Bool { nameless[index] }

    /// Returns the ids of the groups in a field.
    ///
    /// Under `Nhóm`, names stand between commas or semicolons, and their ids are made from them.
    func groups(_ field: String) -> [String] {
        let words = field.split(separator: " ").map(String.init)
        guard hasGroupNames, !words.allSatisfy(Identifier.isValid) else { return words }
        return field.split { $0 == "," || $0 == ";" }.map { Identifier.made(from: String($0)) ?? String($0) }
    }
}

/// Makes the ids of recipients that have none, from their names.
///
/// If several rows without an id have one name, each gets the local part of its address behind its
/// id. So an id does not depend on the order of the rows.
final class Namesakes {
    /// The number of rows without an id, keyed by the id that their name gives.
    private let counts: [String: Int]
    /// The highest number that was tried behind each id without a number.
    private var numbers: [String: Int] = [:]

    /// Counts the names of a file.
    init(_ file: CSVFile, _ columns: [String]) {
        let id = columns.firstIndex(of: "id")
        let name = columns.firstIndex(of: "name")
        let unit = columns.firstIndex(of: RecipientColumns.unit)
        var counts: [String: Int] = [:]
        file.forEachRow { row in
            func text(_ column: Int?) -> String { column.map { $0 < row.count ? row.text($0).trimmed : "" } ?? "" }
            // Nearly every id begins with an ASCII letter, so its text need not be decoded.
            if let id, id < row.count, let first = row.bytes(id)?.first, first > 0x20, first < 0x7F { return true }
            guard text(id).isEmpty else { return true }
            let named = text(name).isEmpty ? text(unit) : text(name)
            if let made = Identifier.made(from: named) { counts[made, default: 0] += 1 }
            return true
        }
        self.counts = counts
    }

    /// Returns an id for a row that has none; nil if it has neither a name nor an address.
    ///
    /// - Parameters:
    ///   - field: the fields of the row, keyed by column.
    ///   - isFree: whether no recipient and no group has an id.
    func id(of field: [String: String], isFree: (String) -> Bool) -> String? {
        let local = field["email"].flatMap { Identifier.made(from: String($0.prefix { $0 != "@" }), most: 20) }
        guard let name = field["name"].flatMap({ Identifier.made(from: $0) }) ?? local else { return nil }
        if counts[name, default: 0] <= 1, isFree(name) { return name }
        let base = local.map { $0 == name ? name : "\(name)-\($0)" } ?? name
        if isFree(base) { return base }
        var number = numbers[base, default: 1]
        var id: String
        repeat {
            number += 1
            id = "\(base)-\(number)"
        } while !isFree(id)
        numbers[base] = number
        return id
    }
}

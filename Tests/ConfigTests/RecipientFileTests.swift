import Foundation
import Notifiers
import Randomness
import Scheduler
import Support
import Testing

@testable import Config
@testable import Diagnostics
@testable import Documents
@testable import Transport

/// Compares the fast code that reads CSV files with slower, simpler code.
@Suite("Recipient files")
struct RecipientFileTests {
    // MARK: CSV tables

    /// Parses CSV by RFC 4180, byte by byte, and accepts the deviations of spreadsheets.
    ///
    /// Empty lines are left out. `isOpen` is true if the last quoted field is not closed.
    private static func records(_ bytes: [UInt8], separator: UInt8) -> (rows: [(line: Int, fields: [String])], isOpen: Bool) {
        var (rows, fields, field): ([(Int, [String])], [String], [UInt8]) = ([], [], [])
        var (line, first, isQuoted, index) = (1, 1, false, 0)
        func endField() {
            fields.append(String(decoding: field, as: UTF8.self).precomposedStringWithCanonicalMapping)
            field = []
        }
        func endRow() {
            endField()
            if fields != [""] { rows.append((first, fields)) }
            fields = []
        }
        while index < bytes.count {
            let byte = bytes[index]
            let next = index + 1 < bytes.count ? bytes[index + 1] : 0
            if byte == 0x22, isQuoted, next == byte {
                field.append(byte)
                index += 1
            } else if byte == 0x22, isQuoted || field.isEmpty {
                isQuoted.toggle()
            } else if byte == separator, !isQuoted {
                endField()
            } else if byte == 0x0D, next == 0x0A, !isQuoted {
            } else if byte == 0x0A || byte == 0x0D, !isQuoted {
                endRow()
                line += 1
                first = line
            } else {
                if byte == 0x0A { line += 1 }
                field.append(byte)
            }
            index += 1
        }
        if !field.isEmpty || !fields.isEmpty { endRow() }
        return (rows, isQuoted)
    }

    @Test("The CSV reader agrees with a parser that reads byte by byte", arguments: 0..<50 as Range<UInt64>)
    func tables(seed: UInt64) throws {
        var random = RandomSource(seed: seed)
        let pieces = ["a", "bc", ",", ",", "\"", "\"\"", "\n", "\r\n", "\r", " ", "é", "e\u{301}", ";"]
        for _ in 0..<200 {
            let body = (0..<Int.random(in: 0...20, using: &random)).map { _ in pieces.randomElement(using: &random)! }.joined()
            let text = "id,x\n" + body
            let expected = Self.records(Array(text.utf8), separator: UInt8(ascii: ","))
            let problems = Problems()
            let file = try #require(CSVFile(bytes: Array(text.utf8), name: "f", problems: problems), "\(body.debugDescription)")
            var rows: [String] = []
            file.forEachRow { row in
                rows.append("\(row.line): \((0..<row.count).map(row.text))")
                return true
            }
            let wanted = expected.rows.dropFirst().filter { row in
                !row.fields.allSatisfy { $0.allSatisfy(\.isWhitespace) }
            }
            #expect(file.header == ["id", "x"])
            #expect(rows == wanted.map { "\($0.line): \($0.fields)" }, "\(body.debugDescription)")
            #expect(!problems.all.isEmpty == expected.isOpen, "\(body.debugDescription)")
        }
    }

    // MARK: Rows of recipients

    private struct Outcome: Equatable {
        let recipients: [Recipient]
        let groups: [String: [Int]]
        let problems: [String]
    }

    private static func read(_ csv: String, in folder: TemporaryFolder) throws -> Outcome {
        try folder.write("people.csv", csv)
        try folder.write(
            "remindd.yaml",
            """
            plans: []
            channels:
              mail: {email: {server: "smtp://127.0.0.1:9", tls: off, from: a@example.vn}}
              hub: {webhook: {url: "http://127.0.0.1:8088/", allow_networks: [127.0.0.0/8]}}
            recipients: [{id: an, email: an@example.vn, via: [mail]}]
            groups: {people: {file: people.csv}, both: [an, people]}
            """)
        let problems = Problems()
        let reader = ConfigurationReader(problems: problems, zones: SystemZones())
        let directory = try #require(reader.read(path: folder.path("remindd.yaml"))).directory
        return Outcome(
            recipients: Array(directory.recipients),
            groups: Dictionary(uniqueKeysWithValues: directory.groupNames.map { ($0, Array(directory.resolve([$0]))) }),
            problems: problems.sorted.map(\.description))
    }

    /// Compares the results of the reader's fast path and slow path.
    ///
    /// White space in a column without a name forces the reader to use the slow path.
    @Test("The fast and the slow path read the same recipients and report the same problems", arguments: 0..<40 as Range<UInt64>)
    func rows(seed: UInt64) throws {
        var random = RandomSource(seed: seed)
        func one(_ choices: [String]) -> String { choices.randomElement(using: &random)! }
        let folder = try TemporaryFolder()
        var rows: [String] = []
        for number in 0..<60 {
            let id = one([
                "r\(number)", "r\(number)", "r\(number)", "r\(number)", " r\(number) ", "r\(number / 2)", "R", "an", "people", "",
            ])
            let names = [
                "", "Nguyễn Thị An", " Lê\u{A0}Văn – “Bình” ", "Tra\u{302}\u{300}n", "\"Sở Y tế, Hà Nội\"", "\"a \"\"b\"\" c\"",
                "x\u{202E}y", "\u{3000}", "tab\t",
            ]
            let emails = [
                "a\(number)@example.vn", "a\(number)@example.vn", "a@Example.VN", "x@bücher.test", "a@b", "", "a b@c.vn", "a@1.2",
            ]
            let fields = [
                id, one(names), one(emails), one(["mail", "mail", "hub", "mail hub", " mail ", "mail mail", "post", ""]),
                one(["", "", "hub", "post"]), one(["", "", "vi", "en", "fr"]),
                one(["", "", "north", "north south", "an", "r\(number)", "people", "N", "r0"]),
            ]
            rows.append(fields.prefix(Int.random(in: 4...7, using: &random)).joined(separator: ","))
        }
        let header = "id,name,email,via,otherwise,language,group"
        let short = ([header] + rows).joined(separator: "\n")
        let long =
            ([header + ","]
            + rows.map { row in
                // Adds commas up to the column without a name. The fields are counted with
                // `records`, because a field in quotation marks may contain commas.
                row
                    + String(
                        repeating: ",",
                        count: 7 - Self.records(Array(row.utf8), separator: 0x2C).rows.reduce(0) { $0 + $1.fields.count - 1 })
                    + " "
            }).joined(separator: "\n")
        #expect(try Self.read(short, in: folder) == Self.read(long, in: folder), "\(short)")
    }

    @Test("A bad row does not affect the good rows of its file, and ids are unique across files and lists")
    func members() throws {
        let folder = try TemporaryFolder()
        let rows = (0..<20).map { "r\($0),Người \($0),r\($0)@example.vn,mail,,,\($0 % 2 == 0 ? "even" : "odd third")" }
        let outcome = try Self.read(
            (["id,name,email,via,otherwise,language,group"] + rows + ["an,,an@example.vn,mail,,,"]).joined(separator: "\n"),
            in: folder)
        #expect(outcome.recipients.count == 21)
        #expect(outcome.groups["people"] == Array(1...20))
        #expect(outcome.groups["both"] == Array(0...20))
        #expect(outcome.groups["even"] == Array(stride(from: 1, through: 19, by: 2)))
        #expect(outcome.groups["third"] == outcome.groups["odd"])
        let mistakes = outcome.problems.filter { $0.contains(": error: ") }
        #expect(mistakes.count == 1)
        #expect(mistakes.first?.contains("people.csv:22:1: error: the id an is taken already, at ") == true)
    }

    @Test("Recipients beyond the limit of a million are refused")
    func tooMany() throws {
        let folder = try TemporaryFolder()
        try folder.write("people.csv", "id,via\n" + (0..<5).map { "r\($0),hub\n" }.joined())
        let problems = Problems()
        let yaml = try #require(
            YAMLFile(
                bytes: Array("groups: {people: {file: people.csv}}".utf8), name: "c", source: .configuration, vocabulary: .all,
                problems: problems))
        let reader = RecipientReader(folder: folder.path("."), problems: problems, channels: [], channelNames: ["hub"], limit: 3)
        let groups = yaml.root.entries("the configuration")?.first?.value
        #expect(reader.directory(nil, groups).recipients.count == 3)
        #expect(problems.all.map(\.message) == ["more than 3 recipients; no more are allowed"])
        #expect(problems.all.map(\.place.line) == [5])
    }

    @Test("A CSV file over the limit is refused, because only its beginning was read")
    func tooLarge() {
        let text = Array("id,via\nan,hub\n".utf8)
        let problems = Problems()
        #expect(CSVFile(bytes: text, name: "people.csv", problems: problems, limit: text.count) != nil)
        #expect(problems.all.isEmpty)
        #expect(CSVFile(bytes: text, name: "people.csv", problems: problems, limit: text.count - 1) == nil)
        #expect(problems.all.map { "\($0)" } == ["people.csv:1:1: error: the file has more than 13 bytes, which is the most"])
    }

    // MARK: Texts

    @Test("NFC leaves a plain text unchanged, and all of its characters may be shown")
    func plainTexts() {
        let plain = (0x20...0x2FFF as ClosedRange<UInt32>).compactMap(Unicode.Scalar.init).map { String($0) }.filter {
            PlainText.holds($0)
        }
        #expect(plain.count > 700)
        for text in plain {
            #expect(text.precomposedStringWithCanonicalMapping.unicodeScalars.elementsEqual(text.unicodeScalars))
            #expect(text.unicodeScalars.allSatisfy(isShowable))
            #expect(text == " " || !text.unicodeScalars.contains { CharacterSet.whitespacesAndNewlines.contains($0) })
            // Checks that no character combines with the character before it.
            #expect(("a" + text).count == 2)
            #expect(("o" + text).precomposedStringWithCanonicalMapping.unicodeScalars.count == 2)
        }
        #expect(PlainText.holds("Sở Lao động – Thương binh và Xã hội “Hà Nội”"))
        #expect(!PlainText.holds("a\nb"))
        #expect(PlainText.holds("a\nb", lineFeeds: true))
    }

    @Test("Invalid UTF-8 is found wherever it begins", arguments: 0..<50 as Range<UInt64>)
    func encodings(seed: UInt64) {
        var random = RandomSource(seed: seed)
        let pieces: [[UInt8]] = [
            [0x41], Array("abcdefgh".utf8), [0xC3, 0xA9], [0xE1, 0xBB, 0x87], [0xF0, 0x9F, 0x98, 0x80], [0xC0, 0x80],
            [0xED, 0xA0, 0x80],
            [0xF4, 0x90, 0x80, 0x80], [0xE0, 0x80, 0x80], [0x80], [0xFF], [0xE1, 0xBB], [0xC3],
        ]
        for _ in 0..<500 {
            let bytes = (0..<Int.random(in: 0...6, using: &random)).flatMap { _ in pieces.randomElement(using: &random)! }
            let isText = String(validating: bytes, as: UTF8.self) != nil
            #expect((TextFile.firstInvalidUTF8(bytes[...]) == nil) == isText, "\(bytes)")
        }
    }
}

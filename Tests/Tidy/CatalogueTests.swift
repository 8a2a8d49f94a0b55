import Foundation
import Support
import Testing

/// Compares the texts of the sources with the Vietnamese catalogue (`packaging/texts.py`).
@Suite("Vietnamese catalogue")
struct CatalogueTests {
    private static let script = "packaging/texts.py"

    @Test("Every text of the program has one Vietnamese text with the same placeholders in NFC, and none is unused")
    func complete() async throws {
        let check = try await Subprocess.run(["/usr/bin/python3", PackageRoot.path(Self.script)])
        #expect(check.status == 0, "\(check.output)\(check.errors)")
    }

    /// A change of the catalogue that makes it wrong, and the finding that the script must report.
    struct Fault: CustomTestStringConvertible, Sendable {
        let entry: String
        let changed: String
        let finding: String

        var testDescription: String { finding }
    }

    static let faults = [
        Fault(
            entry: "the phrase is empty\n", changed: "the phrase is void\n", finding: "has no Vietnamese: 'the phrase is empty'"),
        Fault(
            entry: "the phrase is empty\n", changed: "the phrase is void\n",
            finding: "no source has this text: 'the phrase is void'"),
        Fault(entry: "không có tháng {1}", changed: "không có tháng {2}", finding: "other placeholders: 'there is no month {1}'"),
        Fault(entry: "chưa ghi gì", changed: "chu\u{31B}a ghi gi\u{300}", finding: "not in NFC"),
        Fault(entry: "        chưa ghi gì\n", changed: "", finding: "an entry has two lines"),
        Fault(
            entry: "        thiếu tháng\n", changed: "        thiếu tháng\n\n        the phrase is empty\n        chưa ghi gì\n",
            finding: "stands twice: 'the phrase is empty'"),
    ]

    @Test("The comparison finds a missing, unused, double, decomposed or incomplete entry", arguments: faults)
    func finds(_ fault: Fault) async throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path("packaging"), withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            atPath: PackageRoot.path(Self.script), toPath: folder.path(Self.script))
        try FileManager.default.copyItem(atPath: PackageRoot.path("Sources"), toPath: folder.path("Sources"))
        let path = folder.path("Sources/Diagnostics/VietnameseCatalogue.swift")
        let catalogue = try String(contentsOfFile: path, encoding: .utf8)
        let changed = catalogue.replacingOccurrences(of: fault.entry, with: fault.changed, options: .literal)
        try #require(changed != catalogue || changed.unicodeScalars.count != catalogue.unicodeScalars.count)
        try changed.write(toFile: path, atomically: true, encoding: .utf8)
        let check = try await Subprocess.run(["/usr/bin/python3", folder.path(Self.script)])
        #expect(check.status == 1 && check.output.contains(fault.finding), "\(check.output)\(check.errors)")
    }
}

import Foundation
import Support
import Testing

/// Checks `CHANGELOG.md`, from which `packaging/changelog.py` makes the Debian package's changelog.
@Suite("Changelog")
struct ChangelogTests {
    @Test("The newest section has the program's version or is unreleased, and every other section has a date")
    func versions() throws {
        let program = try String(contentsOfFile: PackageRoot.path("Sources/remindd/Version.swift"), encoding: .utf8)
        let version = try #require(program.firstMatch(of: /static let number = "([0-9.]+)"/)?.1)
        let headings = try lines().filter { $0.hasPrefix("## ") }.map { String($0.dropFirst(3)) }
        let released = headings.filter { $0 != "Unreleased" }
        #expect(headings.first == "Unreleased" || headings.first?.hasPrefix("\(version) (") == true, "\(headings)")
        #expect(released.count >= headings.count - 1)
        for heading in released {
            #expect(heading.wholeMatch(of: /[0-9]+\.[0-9]+\.[0-9]+ \([0-9]{4}-[0-9]{2}-[0-9]{2}\)/) != nil, "\(heading)")
        }
    }

    @Test("Every entry is one line of at most 160 characters under Added, Changed or Fixed")
    func entries() throws {
        var group = ""
        for (number, line) in zip(1..., try lines()) {
            if line.hasPrefix("## ") { group = "" }
            if line.hasPrefix("### ") {
                group = String(line.dropFirst(4))
                #expect(["Added", "Changed", "Fixed"].contains(group), "CHANGELOG.md:\(number)")
            }
            #expect(!line.hasPrefix(" "), "CHANGELOG.md:\(number): an entry has one line")
            if line.hasPrefix("- ") {
                #expect(group != "" && line.count <= 160, "CHANGELOG.md:\(number): \(line.count) characters")
            }
        }
    }

    private func lines() throws -> [String] {
        try String(contentsOfFile: PackageRoot.path("CHANGELOG.md"), encoding: .utf8)
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }
}

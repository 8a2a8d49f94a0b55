import Foundation
import Ledgers
import Testing

@testable import Diagnostics
@testable import Reports
@testable import remindd

/// Tests the texts that the program can show in two languages.
@Suite("Texts in two languages")
struct LocalizedTextTests {
    @Test("Interpolations become numbered placeholders, and the English text is the literal")
    func template() {
        let text: LocalizedText = "\("when") has no \"\(3)\"; it is required"
        #expect(text.template == "{1} has no \"{2}\"; it is required")
        #expect("\(text)" == "when has no \"3\"; it is required")
        #expect(text.text(in: .vietnamese) == "when thiếu \"3\"; đây là mục bắt buộc")
    }

    @Test("A text within a text is translated too, and text from a file is never translated")
    func nested() {
        let list: LocalizedText = "a list"
        let text: LocalizedText = "\("a list") must be a list; found \(list)"
        #expect("\(text)" == "a list must be a list; found a list")
        #expect(text.text(in: .vietnamese) == "a list phải là danh sách; ở đây là danh sách")
    }

    @Test("Joined literals are one text, and braces of a literal stay")
    func joined() {
        let text: LocalizedText = "{id: \(1), " + "\(2)} and {n} \(3)"
        #expect(text.template == "{id: {1}, {2}} and {n} {3}")
        #expect("\(text)" == "{id: 1, 2} and {n} 3")
        #expect("\("\\u{\(1)}" as LocalizedText)" == "\\u{1}")
    }

    @Test("A text survives the control socket in both languages, and a plain string of an older daemon is read")
    func coded() throws {
        let inner: LocalizedText = "an empty value"
        let text: LocalizedText = "\("plan") must be a text; found \(inner)"
        let read = try JSONDecoder().decode(LocalizedText.self, from: JSONEncoder().encode(text))
        #expect(read == text && read.text(in: .vietnamese) == "plan phải là văn bản; ở đây là giá trị trống")
        let both = LocalizedText(english: "works again", vietnamese: "đã gửi lại được")
        #expect(
            try JSONDecoder().decode(LocalizedText.self, from: JSONEncoder().encode(both)).text(in: .vietnamese)
                == "đã gửi lại được")
        let old = try JSONDecoder().decode(Answer.self, from: Data(#"{"status":75,"report":{"failure":{"_0":"it stops"}}}"#.utf8))
        guard case .failure(let why) = old.report else { throw Missing() }
        #expect(why == "it stops")
    }

    private struct Missing: Error {}

    @Test(
        "The first of LC_ALL, LC_MESSAGES and LANG that is set decides the language",
        arguments: [
            (["LANG": "vi_VN.UTF-8"], DisplayLanguage.vietnamese), (["LANG": "vi"], .vietnamese), ([:], .english),
            (["LC_MESSAGES": "vi_VN", "LANG": "en_US.UTF-8"], .vietnamese), (["LC_ALL": "C.UTF-8", "LANG": "vi_VN"], .english),
            (["LC_ALL": "", "LANG": "vi_VN"], .vietnamese), (["LANG": "en_US.UTF-8"], .english), (["LC_ALL": "POSIX"], .english),
        ] as [([String: String], DisplayLanguage)])
    func environment(variables: [String: String], language: DisplayLanguage) {
        #expect(DisplayLanguage(environment: variables) == language)
    }

    @Test("--language is found in every form, and before the command it is taken out of the arguments")
    func option() {
        #expect(Interface.requested(in: ["remindd", "check", "--language", "vi"]) == .vietnamese)
        #expect(Interface.requested(in: ["remindd", "--language=en", "check"]) == .english)
        #expect(Interface.requested(in: ["remindd", "check", "--language", "fr"]) == nil)
        #expect(Interface.requested(in: ["remindd", "check", "--", "--language", "vi"]) == nil)
        #expect(Interface.withoutLeadingLanguage(["--language", "vi", "check", "--strict"]) == ["check", "--strict"])
        #expect(Interface.withoutLeadingLanguage(["--language=vi", "--help"]) == ["--help"])
        #expect(Interface.withoutLeadingLanguage(["check", "--language", "vi"]) == ["check", "--language", "vi"])
        #expect(Interface.withoutLeadingLanguage(["--language", "fr", "check"]) == ["--language", "fr", "check"])
    }

    @Test("The reason why a ledger was not opened reads the same with and without a language")
    func ledger() {
        let refusals: [LedgerRefusal] = [
            .heldBy(pid: 7), .heldBy(pid: nil), .newer(version: 9), .older(version: 1), .corrupt("x"), .notARehearsal,
            .isRehearsal,
            .missing, .unusable("No space left on device"),
        ]
        for refusal in refusals {
            #expect(refusal.localizedText.description == refusal.description)
            #expect(refusal.localizedText.text(in: .vietnamese).contains("sổ"), "\(refusal)")
        }
    }

    @Test("No entry of the catalogue has a word of English administration left, and names of commands and keys stay")
    func vietnamese() {
        for (english, vietnamese) in VietnameseCatalogue.entries {
            #expect(!vietnamese.contains(/\b(the|must|cannot|allowed|found|is not)\b/), "\(vietnamese)")
            for name in english.matches(of: #/--[a-z-]+|remindd (?:check|reload|release|backup|restore|failed|new-ledger)/#) {
                #expect(vietnamese.contains(name.output), "\(english)")
            }
        }
        #expect(VietnameseCatalogue.entries.count > 600)
    }
}

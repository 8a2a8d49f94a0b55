import Diagnostics
import Foundation
import ProgramHarness
import Support
import Testing

/// Tests a plan of forty lines with what a word processor makes of it: quotes, dashes, commas.
@Suite("A plan from a word processor passes after two runs of `check`")
struct WordPlanTests {
    /// A mistake in the plan, the answer of `check`, and the correction.
    private struct Correction {
        let line: Int
        /// The part of the answer that leads to the correction.
        let answer: [DisplayLanguage: String]
        /// The text that the correction replaces.
        let from: String
        let to: String

        init(_ line: Int, _ english: String, _ vietnamese: String, from: String, to: String) {
            (self.line, self.from, self.to) = (line, from, to)
            answer = [.english: english, .vietnamese: vietnamese]
        }

        /// Creates a correction that the answer names.
        init(_ line: Int, from: String, meant: String) {
            self.init(line, "; did you mean \"\(meant)\"?", "; có phải là \"\(meant)\"?", from: from, to: meant)
        }
    }

    private static let corrections = [
        Correction(1, from: "Kế hoạch nữ công 2027", meant: "ke-hoach-nu-cong-2027"),
        Correction(5, from: "“2027”", meant: "2027"), Correction(10, from: "“ngày 8/3”", meant: "ngày 8/3"),
        Correction(12, from: "20–3", meant: "20/3"),
        Correction(
            13, "; put the value in quotes", "; hãy đặt giá trị trong dấu ngoặc kép", from: "Hội thao: cầu lông, bóng bàn",
            to: "\"Hội thao: cầu lông, bóng bàn\""),
        Correction(
            17, "; put a value with a comma in quotes;", "; giá trị có dấu phẩy phải đặt trong dấu ngoặc kép;",
            from: "Phòng, chống đuối nước trẻ em", to: "\"Phòng, chống đuối nước trẻ em\""),
        Correction(19, from: "28-6", meant: "28/6"),
        Correction(24, from: "when:\u{A0}rằm tháng Tám", meant: "when: rằm tháng Tám"),
        Correction(
            25, "\"–\" is not the \"-\" of a list; write \"- \"", "\"–\" không phải là dấu \"-\" của danh sách; hãy viết \"- \"",
            from: "–", to: "-"),
        Correction(35, from: "26–12", meant: "26/12"),
        Correction(
            37, "; for example \"chậm nhất 30/11\"", "; ví dụ \"chậm nhất 30/11\"", from: "chậm nhất ngày 31 tháng 11",
            to: "chậm nhất 30/11"),
    ]

    @Test(
        "Each answer of the first run leads to the correction in both languages, and the second run finds no error",
        arguments: DisplayLanguage.allCases)
    func twoRuns(language: DisplayLanguage) async throws {
        let source = PackageRoot.path("Tests/reminddTests/Refusals/new-user-19-a-plan-from-word")
        let folder = try TemporaryFolder()
        for name in ["plan.yaml", "remindd.yaml"] {
            try FileManager.default.copyItem(atPath: "\(source)/\(name)", toPath: folder.path(name))
        }
        func check(_ more: String...) async throws -> Subprocess.Finished {
            try await Program.run(
                ["check", "--config", "remindd.yaml", "--language", language.rawValue] + more, in: folder.path)
        }
        let error = language == .english ? ": error: " : ": lỗi: "
        var lines = try String(contentsOfFile: folder.path("plan.yaml"), encoding: .utf8).components(separatedBy: "\n")
        #expect(lines.count == 41)
        let first = try await check()
        let errors = first.errors.split(separator: "\n").filter { $0.contains(error) }
        #expect(first.status == 65 && errors.count == Self.corrections.count, "\(first.errors)")
        for correction in Self.corrections {
            let answer = try #require(correction.answer[language])
            #expect(
                errors.contains { $0.hasPrefix("plan.yaml:\(correction.line):") && $0.contains(answer) },
                "line \(correction.line)")
            lines[correction.line - 1] = lines[correction.line - 1].replacing(correction.from, with: correction.to)
        }
        try folder.write("plan.yaml", lines.joined(separator: "\n"))
        let second = try await check("--fix")
        #expect(second.status == 0 && !second.errors.contains(error), "\(second.errors)")
        let fixed = language == .english ? "plan.yaml: 14 ids written\n" : "plan.yaml: đã ghi 14 id\n"
        #expect(second.output.contains(fixed), "\(second.output)")
    }
}

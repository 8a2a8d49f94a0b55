import Foundation
import ProgramHarness
import Support
import Testing

/// Tests a plan of forty lines with what a word processor makes of it: quotes, dashes, commas.
@Suite("A plan from a word processor passes after two runs of `check`")
struct WordPlanTests {
    /// The line, a part of its answer, what the answer says to replace, and by what.
    private static let corrections: [(line: Int, answer: String, from: String, to: String)] = [
        (1, "did you mean \"ke-hoach-nu-cong-2027\"?", "Kế hoạch nữ công 2027", "ke-hoach-nu-cong-2027"),
        (5, "did you mean \"2027\"?", "“2027”", "2027"), (10, "did you mean \"ngày 8/3\"?", "“ngày 8/3”", "ngày 8/3"),
        (12, "did you mean \"20/3\"?", "20–3", "20/3"),
        (13, "put the value in quotes", "Hội thao: cầu lông, bóng bàn", "\"Hội thao: cầu lông, bóng bàn\""),
        (
            17, "put a value with a comma in quotes", "Phòng, chống đuối nước trẻ em",
            "\"Phòng, chống đuối nước trẻ em\""
        ),
        (19, "did you mean \"28/6\"?", "28-6", "28/6"),
        (24, "did you mean \"when: rằm tháng Tám\"?", "when:\u{A0}rằm tháng Tám", "when: rằm tháng Tám"),
        (25, "\"–\" is not the \"-\" of a list; write \"- \"", "–", "-"), (35, "did you mean \"26/12\"?", "26–12", "26/12"),
        (37, "for example \"chậm nhất 30/11\"", "chậm nhất ngày 31 tháng 11", "chậm nhất 30/11"),
    ]

    @Test("Each answer of the first run leads to the correction, and the second run finds no error")
    func twoRuns() async throws {
        let source = PackageRoot.path("Tests/reminddTests/Refusals/new-user-19-a-plan-from-word")
        let folder = try TemporaryFolder()
        for name in ["plan.yaml", "remindd.yaml"] {
            try FileManager.default.copyItem(atPath: "\(source)/\(name)", toPath: folder.path(name))
        }
        var lines = try String(contentsOfFile: folder.path("plan.yaml"), encoding: .utf8).components(separatedBy: "\n")
        #expect(lines.count == 41)
        let first = try await Program.run(["check", "--config", "remindd.yaml"], in: folder.path)
        let errors = first.errors.split(separator: "\n").filter { $0.contains(": error: ") }
        #expect(first.status == 65 && errors.count == Self.corrections.count, "\(first.errors)")
        for (line, answer, from, to) in Self.corrections {
            #expect(errors.contains { $0.hasPrefix("plan.yaml:\(line):") && $0.contains(answer) }, "line \(line)")
            lines[line - 1] = lines[line - 1].replacing(from, with: to)
        }
        try folder.write("plan.yaml", lines.joined(separator: "\n"))
        let second = try await Program.run(["check", "--fix", "--config", "remindd.yaml"], in: folder.path)
        #expect(second.status == 0 && !second.errors.contains("error"), "\(second.errors)")
        #expect(second.output.contains("plan.yaml: 14 ids written"), "\(second.output)")
    }
}

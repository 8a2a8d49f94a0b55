import Foundation
import ProgramHarness
import Support
import Testing

/// Tests `years` and `except` of lunar dates with the built program.
@Suite("Lunar dates in plan files")
struct LunarYearFilesTests {
    private static let plan = """
        plan: tet
        title: Kế hoạch Tết
        remind: [on the day]
        campaigns:
          - {id: year, title: Tiễn ông Công ông Táo, when: lunar 23/12, years: 2027}
          - {id: open, title: Giao thừa, when: ngày cuối tháng Chạp, years: 2027-}
          - {id: moved, title: Gặp mặt cuối năm, when: lunar 23/12, except: {2027: 2027-01-29}}
          - {id: window, title: Trực Tết, when: lunar 23/12 - 7/1, years: 2027}
          - {id: both, title: Rằm tháng Một, when: lunar 15/11, except: {2026: none}}
          - {id: one, title: Rằm tháng Một, when: lunar 15/11, except: {2026: 2026-12-20}}

        """

    @Test("Finding 6: lunar dates in years and except mean the dates of a printed calendar (fault 141)")
    func dates() async throws {
        let folder = try TemporaryFolder()
        try folder.write("tet.yaml", Self.plan)
        let answer = try await Program.run(
            ["occurrences", "tet.yaml", "--from", "2026-01-01", "--to", "2028-12-31", "--format", "json"], in: folder.path)
        #expect(answer.status == 0, "\(answer.errors)")
        var starts: [String: [String]] = [:]
        for line in try Line.all(answer.lines.joined(separator: "\n")) {
            starts[line["campaign"], default: []].append(line["start"])
        }
        #expect(starts["year"] == ["2027-01-30"])
        #expect(starts["open"] == ["2027-02-05", "2028-01-25"])
        #expect(starts["moved"] == ["2026-02-10", "2027-01-29", "2028-01-19"])
        #expect(starts["window"] == ["2027-01-30"])
        #expect(starts["both"] == ["2027-12-12", "2028-12-30"])
        #expect(starts["one"] == ["2026-01-03", "2026-12-20", "2027-12-12", "2028-12-30"])
    }

    @Test("Finding 6: explain names an exception by the year that the plan uses for it")
    func explained() async throws {
        let office = try Office.small(
            plan: Self.plan.replacingOccurrences(of: "campaigns:", with: "notify: [an]\ncampaigns:"),
            channels: Office.plainChannels(smtp: 2_525, http: 8_088), more: "plans: plans/\n")
        let answer = try await Program.run(
            ["explain", "moved", "--on", "2027-01-01", "--config", office.configuration, "--language", "vi"])
        #expect(answer.status == 0, "\(answer.errors)")
        #expect(answer.lines.contains { $0.contains("except: 2027 trong kế hoạch") })
        #expect(answer.lines.contains { $0.contains("29/01/2027") })
    }
}

import Diagnostics
import Foundation
import Support
import Testing

@testable import Config

@Suite("Files that have only mistakes")
struct ManyProblemsTests {
    @Test("A list with more wrong networks than the limit of problems gives exactly that many problems")
    func networks() throws {
        let folder = try TemporaryFolder()
        let wrong = (1...1_100).map { "n\($0)" }.joined(separator: ", ")
        try folder.write("plan.yaml", "plan: p\ntitle: P\ncampaigns:\n  - {id: a, title: A, when: 28/6}\n")
        try folder.write(
            "remindd.yaml",
            """
            channels:
              a: {webhook: {url: "https://hub.example.vn/nhac", allow_networks: [\(wrong)]}}
            recipients:
              - {id: an, via: [a]}
            plans: [plan.yaml]

            """)
        let loader = Loader()
        _ = loader.load(configuration: folder.path("remindd.yaml"))
        #expect(loader.problems.all.count == Problems.limit)
    }
}

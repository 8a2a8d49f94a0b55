import Foundation
import Support
import Testing

@testable import Config
@testable import Dates
@testable import Plans
@testable import Scheduler

/// Checks the five shipped plans.
@Suite("The five shipped plans")
struct PlanFilesTests {
    /// The numbers of the documents from which the plans were made, keyed by plan id.
    static let documents = [
        "ninh-binh-education-union": "000", "quang-ninh-transport": "001", "lao-cai-officials-union": "002",
        "thua-thien-hue-labour": "003", "bac-ninh-gender-equality": "004",
    ]

    private static func load() throws -> Loaded {
        let loader = Loader()
        let loaded = try #require(loader.load(configuration: PackageRoot.path("config/remindd.yaml")))
        #expect(loader.problems.all.filter { $0.severity == .error } == [])
        return loaded
    }

    @Test("The shipped configuration and its plans load without an error")
    func loads() throws {
        #expect(Set(try Self.load().accepted.plans.plans.map(\.id)) == Set(Self.documents.keys))
    }

    @Test("Every cite is an exact quotation from its document")
    func cites() throws {
        let plans = try Self.load().accepted.plans.plans
        guard let seeds = SeedDocuments() else {
            print("NOTE: ../shared/seeds is missing: the cites are compared with stored hashes instead of the documents")
            let hashes = try String(contentsOfFile: PackageRoot.path("Tests/ConfigTests/cites.sha256"), encoding: .utf8)
            let known = Set(hashes.split(separator: "\n").map(String.init))
            for plan in plans { for campaign in plan.campaigns { #expect(known.contains(Self.hash(plan, campaign))) } }
            return
        }
        for plan in plans {
            let document = try seeds.text(try #require(Self.documents[plan.id])).precomposedStringWithCanonicalMapping
            for campaign in plan.campaigns {
                let cite = try #require(campaign.cite, "\(plan.id)/\(campaign.id) cites nothing")
                #expect(document.contains(cite), "\(plan.id)/\(campaign.id)")
            }
        }
    }

    @Test("The stored hashes of the cites match the plans")
    func hashes() throws {
        let stored = try String(contentsOfFile: PackageRoot.path("Tests/ConfigTests/cites.sha256"), encoding: .utf8)
        let now = try Self.load().accepted.plans.plans.flatMap { plan in plan.campaigns.map { Self.hash(plan, $0) } }
        #expect(stored.split(separator: "\n").map(String.init).sorted() == now.sorted())
    }

    private static func hash(_ plan: Plan, _ campaign: Campaign) -> String {
        let digest = SHA256.digest(Array("\(plan.id)/\(campaign.id)\n\(campaign.cite ?? "")".utf8))
        return digest.map { String(format: "%02x", $0) }.joined()
    }

    @Test("The built-in working days equal the shipped file")
    func workingDays() throws {
        let file = try String(contentsOfFile: PackageRoot.path("config/working-days/vn.yaml"), encoding: .utf8)
        #expect(EmbeddedWorkingDays.vietnam == file, "run packaging/embed.sh")
    }

    @Test("Yearly, monthly, lunar and dated campaigns have the right dates")
    func dates() throws {
        let plans = try Self.load().accepted.plans
        func dates(_ plan: String, _ campaign: String, _ year: Int) -> String? {
            guard let found = plans.find(plan: plan, campaign: campaign) else { return nil }
            let span = Day(year, 1, 1)!...Day(year, 12, 31)!
            return found.campaign.occurrences(overlapping: span, workingDays: plans.workingDays)
                .map { "\($0.start) – \($0.end)" }.joined(separator: ", ")
        }
        #expect(dates("quang-ninh-transport", "drowning-prevention", 2027) == "2027-04-01 – 2027-04-30")
        #expect(dates("quang-ninh-transport", "mid-autumn", 2027) == "2027-09-15 – 2027-09-15")
        #expect(dates("quang-ninh-transport", "mid-autumn", 2034) == "2034-09-26 – 2034-09-26")
        #expect(dates("quang-ninh-transport", "mid-autumn", 2041) == "2041-09-09 – 2041-09-09")
        #expect(dates("ninh-binh-education-union", "children-month", 2027) == "2027-06-01 – 2027-06-30")
        #expect(dates("ninh-binh-education-union", "workers-month", 2027) == "2027-05-01 – 2027-05-31")
        #expect(dates("bac-ninh-gender-equality", "gender-equality-month", 2030) == "2030-11-15 – 2030-12-15")
        #expect(dates("lao-cai-officials-union", "targets-2025", 2025) == "2025-12-31 – 2025-12-31")
        #expect(dates("lao-cai-officials-union", "targets-2030", 2030) == "2030-12-31 – 2030-12-31")
        #expect(dates("bac-ninh-gender-equality", "theme-2024", 2025) == "")
    }
}

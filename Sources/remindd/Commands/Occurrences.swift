import ArgumentParser
import Config
import Dates
import Diagnostics
import Documents
import JSON
import Plans
import Scheduler

struct Occurrences: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What happens when: every occurrence that overlaps a span of days.",
        discussion: """
            With plan files named, works on them alone; else on the configuration's plans.

            Example: remindd occurrences plans/quang-ninh.yaml --from 2027-01-01 --to 2027-12-31
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: FormatOption
    @Argument(help: ArgumentHelp("Plan files.", valueName: "PLAN"), transform: Paths.existing) var plans: [String] = []
    @Option(help: ArgumentHelp("First day.", valueName: "DAY"), transform: DayArgument.parse) var from: DayArgument
    @Option(help: ArgumentHelp("Last day.", valueName: "DAY"), transform: DayArgument.parse) var to: DayArgument

    func validate() throws {
        guard from.day <= to.day else { throw ValidationError("--from \(from.day) lies after --to \(to.day)") }
    }

    func run() throws {
        for row in try rows() {
            switch output.format {
            case .json: Output.line(row.json)
            case .text: Output.line(row.text)
            }
        }
    }

    private func planSet() throws -> PlanSet {
        try CommandLoader.requireFiles(plans)
        guard plans.isEmpty || common.config != CommonOptions.defaultConfiguration else {
            let loader = Loader()
            let set = loader.load(plans: plans)
            try CommandLoader.report(loader.problems, showWarnings: false)
            guard let set else { throw ExitCode.failure }
            return set
        }
        return try CommandLoader.load(common.config).loaded.accepted.plans.only(plans, common.config)
    }

    private struct Row {
        let plan: String
        let campaign: String
        let title: String
        let dates: OccurrenceDates

        var json: String {
            var line = JSONObject(escaping: .invisibles)
            line.add("plan", plan)
            line.add("campaign", campaign)
            line.add("title", title)
            line.add("occurrence", dates.name)
            line.add("start", dates.start.description)
            line.add("end", dates.end.description)
            return line.text
        }

        var text: String {
            let span = dates.start == dates.end ? "\(dates.start)             " : "\(dates.start) – \(dates.end)"
            return "\(span)  \(plan)/\(campaign)  \(printable(title, limit: 200))"
        }
    }

    private func rows() throws -> [Row] {
        let set = try planSet()
        var rows: [Row] = []
        for plan in set.plans {
            for campaign in plan.campaigns {
                rows += campaign.occurrences(overlapping: from.day...to.day, workingDays: set.workingDays).map {
                    Row(plan: plan.id, campaign: campaign.id, title: campaign.title, dates: $0)
                }
            }
        }
        return rows.sorted { ($0.dates.start, $0.plan, $0.campaign) < ($1.dates.start, $1.plan, $1.campaign) }
    }
}

extension PlanSet {
    /// The plans that these files hold; all when none is named.
    func only(_ files: [String], _ configuration: String) throws -> PlanSet {
        guard !files.isEmpty else { return self }
        let loader = Loader()
        guard let named = loader.load(plans: files) else { throw ExitCode.failure }
        try CommandLoader.report(loader.problems, showWarnings: false)
        let ids = Set(named.plans.map(\.id))
        let known = plans.filter { ids.contains($0.id) }
        let others = named.plans.filter { plan in !known.contains { $0.id == plan.id } }
        return PlanSet(plans: known + others, workingDays: workingDays)
    }
}

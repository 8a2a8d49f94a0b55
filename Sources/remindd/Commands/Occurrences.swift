import ArgumentParser
import Config
import Diagnostics
import Documents
import Plans
import Reports
import Scheduler

struct Occurrences: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: localized("Lists every occurrence that overlaps a span of days."),
        discussion: localized(
            """
            Reads only the named plan files, or the configuration's plans if none is named.

            Example: remindd occurrences plans/quang-ninh.yaml --from 2027-01-01 --to 2027-12-31
            """))

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: FormatOption
    @Argument(help: ArgumentHelp(localized("Plan files."), valueName: "PLAN"), transform: Paths.existing) var plans: [String] = []
    @Option(help: ArgumentHelp(localized("First day."), valueName: "DAY"), transform: DayArgument.parse) var from: DayArgument
    @Option(help: ArgumentHelp(localized("Last day."), valueName: "DAY"), transform: DayArgument.parse) var to: DayArgument

    func validate() throws {
        guard from.day <= to.day else { throw ValidationError(localized("--from \(from.day) lies after --to \(to.day)")) }
    }

    func run() throws {
        for occurrence in OccurrenceReport.all(of: try planSet(), overlapping: from.day...to.day) {
            if output.format == .json {
                Output.line(occurrence.json.text)
            } else {
                Output.line(LocalizedText(verbatim: occurrence.text))
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
}

extension PlanSet {
    /// Returns the plans in these files; all plans if no file is named.
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

import ArgumentParser
import Clocks
import Dates
import Diagnostics
import Plans
import Reports
import Scheduler

struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: localized("Shows how the dates and reminders of a campaign are computed."),
        discussion: localized(
            """
            Prints the phrase as written and as understood, the days with their lunar dates, every \
            reminder with its due time and the reason for a shift, and the source.

            Example: remindd explain quang-ninh-transport/mid-autumn --on 2027-09-01
            """))

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: FormatOption
    @Argument(help: ArgumentHelp(localized("campaign, or plan/campaign."), valueName: "CAMPAIGN")) var campaign: String
    @Option(
        help: ArgumentHelp(localized("Show the first occurrence not over on this day. Default: today."), valueName: "DAY"),
        transform: DayArgument.parse)
    var on: DayArgument?

    func run() throws {
        let (loaded, _) = try CommandLoader.load(common.config)
        let set = loaded.accepted.plans
        let found = try CommandLoader.campaign(campaign, in: set)
        let plan = set.plans[found.plan]
        let subject = plan.campaigns[found.campaign]
        let day = on?.day ?? plan.zone.civil(at: SystemClock().now()).day
        guard let dates = subject.firstOccurrence(notOverOn: day, workingDays: set.workingDays) else {
            Output.problem("remindd: campaign \(subject.id) does not come on or after \(day)")
            throw ExitCode.notFound
        }
        // JSON is in the plan's language, so that all programs read the same text.
        let language = output.format == .json ? plan.language : Interface.planLanguage
        let explanation = Explanation(
            plan: plan, campaign: subject, dates: dates, workingDays: set.workingDays, language: language)
        switch output.format {
        case .json: Output.line(explanation.json)
        case .text: for line in explanation.lines { Output.line(LocalizedText(verbatim: printable(line, limit: 10_000))) }
        }
    }
}

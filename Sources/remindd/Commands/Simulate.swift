import ArgumentParser
import Clocks
import Config
import Dates
import Diagnostics
import Foundation
import Messages
import Notifiers
import Reports

struct Simulate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: localized("Lists every delivery that would be sent in a span of days."),
        discussion: localized(
            """
            The span is from 00:00 of the first day to 24:00 of the last. The ledger is not read. Everything due before the span \
            counts as sent. The text is grouped by month and day, and an entry has all recipients of a reminder; with --wide \
            each message is one line.

            Example: remindd simulate --from 2027-01-01 --to 2027-12-31
            """))

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: FormatOption
    @Option(help: ArgumentHelp(localized("First day. Default: today."), valueName: "DAY"), transform: DayArgument.parse)
    var from: DayArgument?
    @Option(
        help: ArgumentHelp(localized("Last day. Default: 30 days after the first."), valueName: "DAY"),
        transform: DayArgument.parse)
    var to: DayArgument?
    @Option(help: ArgumentHelp(localized("Only messages to this recipient."), valueName: "RECIPIENT")) var recipient: String?
    @Option(help: ArgumentHelp(localized("Only this campaign: campaign, or plan/campaign."), valueName: "CAMPAIGN"))
    var campaign: String?
    @Flag(help: localized("Print each message on one line, however long.")) var wide = false

    /// The number of days after the first day, if the command names no last day.
    static let defaultDays = 30

    func validate() throws {
        guard let from, let to else { return }
        guard from.day <= to.day else { throw ValidationError(localized("--from \(from.day) lies after --to \(to.day)")) }
    }

    func run() throws {
        let (loaded, _) = try CommandLoader.load(common.config)
        let days = try span(today: loaded.configuration.timezone.civil(at: SystemClock().now()).day)
        let accepted = loaded.accepted
        var filter = ReminderReports.Filter()
        if let campaign { filter.campaign = try CommandLoader.campaign(campaign, in: accepted.plans) }
        if let recipient {
            let found = try CommandLoader.recipient(recipient, in: accepted.directory)
            filter.recipient = accepted.directory.position(found.id)
        }
        var reports = ReminderReports(accepted: accepted, wording: try CommandWording.make(loaded), filter: filter)
        var lines = LineBuffer(Output.write)
        if output.format == .json || wide {
            var rows = ReminderRows(format: output.format)
            reports.simulate(from: days.lowerBound, to: days.upperBound) { rows.write($0, to: &lines) }
        } else {
            var agenda = ReminderAgenda(terminal: .current, namesCampaigns: accepted.plans.plans.count > 1)
            reports.simulate(from: days.lowerBound, to: days.upperBound) { agenda.write($0, to: &lines) }
            agenda.finish(&lines)
        }
        lines.flush()
    }

    private func span(today: Day) throws -> ClosedRange<Day> {
        let first = from?.day ?? today
        let latest = Day.last(ofMonth: 12, year: Day.plannableYears.upperBound)
        let last = to?.day ?? max(first, min(first + Simulate.defaultDays, latest))
        guard first <= last else {
            throw ValidationError(localized("--to \(last) lies before today, \(first); name the first day with --from"))
        }
        return first...last
    }
}

/// Reads the templates of a configuration. Ends the command if a template is broken.
enum CommandWording {
    static func make(_ loaded: Loaded) throws -> Wording {
        let (wording, problems) = Wording.reading(loaded.templates)
        for problem in problems { Output.problem("remindd: \(problem)") }
        if !problems.isEmpty { throw ExitCode.configurationError }
        return wording
    }
}

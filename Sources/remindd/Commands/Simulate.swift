import ArgumentParser
import Config
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
            counts as sent.

            Example: remindd simulate --from 2027-01-01 --to 2027-12-31
            """))

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: FormatOption
    @Option(help: ArgumentHelp(localized("First day."), valueName: "DAY"), transform: DayArgument.parse) var from: DayArgument
    @Option(help: ArgumentHelp(localized("Last day."), valueName: "DAY"), transform: DayArgument.parse) var to: DayArgument

    func validate() throws {
        guard from.day <= to.day else { throw ValidationError(localized("--from \(from.day) lies after --to \(to.day)")) }
    }

    func run() throws {
        let (loaded, _) = try CommandLoader.load(common.config)
        var reports = ReminderReports(accepted: loaded.accepted, wording: try CommandWording.make(loaded))
        var rows = ReminderRows(format: output.format)
        var lines = LineBuffer(Output.write)
        reports.simulate(from: from.day, to: to.day) { rows.write($0, to: &lines) }
        lines.flush()
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

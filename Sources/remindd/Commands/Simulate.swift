import ArgumentParser
import Config
import Foundation
import Messages
import Notifiers
import Scheduler

struct Simulate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lists every delivery that would be sent in a span of days.",
        discussion: """
            The span is from 00:00 of the first day to 24:00 of the last. The ledger is not read. Everything due before the span \
            counts as sent.

            Example: remindd simulate --from 2027-01-01 --to 2027-12-31
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: FormatOption
    @Option(help: ArgumentHelp("First day.", valueName: "DAY"), transform: DayArgument.parse) var from: DayArgument
    @Option(help: ArgumentHelp("Last day.", valueName: "DAY"), transform: DayArgument.parse) var to: DayArgument

    func validate() throws {
        guard from.day <= to.day else { throw ValidationError("--from \(from.day) lies after --to \(to.day)") }
    }

    func run() throws {
        let (loaded, _) = try CommandLoader.load(common.config)
        let subjects = try Subjects(loaded)
        var rows = SimulatedRows(accepted: loaded.accepted, subjects: subjects, format: output.format)
        var lines = LineBuffer()
        loaded.accepted.simulate(from: from.day, to: to.day) { reminders in
            for reminder in reminders.sorted(by: Simulate.precedes) { rows.write(reminder, to: &lines) }
        }
        lines.flush()
    }

    /// Returns whether `a` comes before `b` among reminders with the same due time: by identity
    /// (contract, section 3).
    private static func precedes(_ a: ActiveConfiguration.SimulatedReminder, _ b: ActiveConfiguration.SimulatedReminder) -> Bool {
        let (x, y) = (a.scheduled.reminder.key, b.scheduled.reminder.key)
        return (x.plan, x.campaign, x.lead, x.anchor) < (y.plan, y.campaign, y.lead, y.anchor)
    }
}

/// Renders the subjects of the messages that the channels would send.
struct Subjects {
    private let wording: Wording

    init(_ loaded: Loaded) throws {
        wording = try CommandWording.make(loaded)
    }

    func subject(of notice: ReminderContent, _ recipient: Recipient, _ channel: String) -> String {
        let id = DeliveryID(
            reminder: notice.reminder.key, recipient: recipient.id, channel: channel, rehearsal: notice.rehearsal)
        let message = Message(
            delivery: id, attempt: 1, at: notice.firedAt, notice: notice, recipient: recipient, groups: [],
            possibleDuplicate: false)
        return wording.subject(of: message)
    }
}

/// Reads the templates of a configuration. A broken template ends the command.
enum CommandWording {
    static func make(_ loaded: Loaded) throws -> Wording {
        let (wording, problems) = Wording.reading(loaded.templates)
        for problem in problems { Output.problem("remindd: \(problem)") }
        if !problems.isEmpty { throw ExitCode.configurationError }
        return wording
    }
}

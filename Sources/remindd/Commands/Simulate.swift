import ArgumentParser
import Foundation
import Notifiers
import Scheduler

struct Simulate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Every delivery that would be sent in a span of days.",
        discussion: """
            From 00:00 of the first day to 24:00 of the last. The ledger is left aside; what was due before counts as told.

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
        var writer = RowWriter(format: output.format)
        let reminders = loaded.accepted.simulate(from: from.day, to: to.day).sorted(by: Simulate.precedes)
        for reminder in reminders {
            let rows = SimulatedRow.rows(of: reminder, accepted: loaded.accepted, subjects: subjects)
            for row in rows { writer.write(row) }
        }
        writer.finish()
    }

    /// By due, then identity (contract, section 3).
    private static func precedes(_ a: Accepted.SimulatedReminder, _ b: Accepted.SimulatedReminder) -> Bool {
        let (x, y) = (a.scheduled.reminder, b.scheduled.reminder)
        if x.due != y.due { return x.due < y.due }
        return (x.key.plan, x.key.campaign, x.key.lead, x.key.anchor) < (y.key.plan, y.key.campaign, y.key.lead, y.key.anchor)
    }

    /// Collects lines, so that half a million rows are not half a million writes.
    private struct RowWriter {
        let format: OutputFormat
        var buffer: [UInt8] = []

        init(format: OutputFormat) {
            self.format = format
        }

        mutating func write(_ row: SimulatedRow) {
            buffer += (format == .json ? row.json : row.text).utf8
            buffer.append(0x0A)
            if buffer.count > 1 << 18 { finish() }
        }

        mutating func finish() {
            FileHandle.standardOutput.write(Data(buffer))
            buffer.removeAll(keepingCapacity: true)
        }
    }
}

/// One delivery of a simulated reminder.
struct SimulatedRow {
    let scheduled: Scheduled
    let zone: Zone
    let recipient: String
    let channel: String
    let subject: String

    /// In the order of the recipients' ids, then the channels': the identity orders rows of one due.
    ///
    /// - Parameter sentAt: when it would be sent; on time, when nil.
    static func rows(
        of simulated: Accepted.SimulatedReminder, accepted: Accepted, subjects: Subjects, sentAt: Instant? = nil
    ) -> [SimulatedRow] {
        let notice = accepted.notice(of: simulated.scheduled, firedAt: sentAt)
        var bySpeech: [Language: String] = [:]
        return accepted.directory.deliveries(
            of: simulated.scheduled.reminder.key, to: simulated.recipients, rehearsal: false
        )
        .sorted { ($0.recipient, $0.channel) < ($1.recipient, $1.channel) }
        .map { delivery in
            let recipient = accepted.directory.recipient(delivery.recipient)!
            let language = recipient.language ?? notice.planLanguage
            let subject = bySpeech[language] ?? subjects.subject(of: notice, recipient, delivery)
            bySpeech[language] = subject
            return SimulatedRow(
                scheduled: simulated.scheduled, zone: notice.zone, recipient: delivery.recipient, channel: delivery.channel,
                subject: subject)
        }
    }

    var json: String {
        let reminder = scheduled.reminder
        var line = JSONLine()
        line.add("due", zone.rfc3339(reminder.due))
        line.add("plan", reminder.key.plan)
        line.add("campaign", reminder.key.campaign)
        line.add("occurrence", reminder.occurrence)
        line.add("lead", reminder.key.lead)
        line.add("anchor", reminder.key.anchor.description)
        line.add("recipient", recipient)
        line.add("channel", channel)
        line.add("start", reminder.start.description)
        line.add("end", reminder.end.description)
        line.add("subject", subject)
        return line.finished
    }

    var text: String {
        let due = zone.rfc3339(scheduled.reminder.due)
        return "\(due.prefix(10)) \(due.dropFirst(11).prefix(5))  \(recipient) (\(channel))  \(printable(subject, limit: 300))"
    }
}

/// Subjects as the channels would write them.
struct Subjects {
    private let wording: Wording

    init(_ loaded: Loaded) throws {
        wording = try CommandWording.make(loaded)
    }

    func subject(of notice: Notice, _ recipient: Recipient, _ delivery: NewDelivery) -> String {
        let message = Message(
            delivery: delivery.id, attempt: 1, at: notice.firedAt, notice: notice, recipient: recipient, groups: [],
            possibleDuplicate: false)
        return wording.render(message).subject
    }
}

/// The templates of a configuration; a broken one ends a command.
enum CommandWording {
    static func make(_ loaded: Loaded) throws -> Wording {
        let (wording, problems) = Wording.reading(loaded.templates)
        for problem in problems { Output.problem("remindd: \(problem)") }
        if !problems.isEmpty { throw ExitCode.configurationError }
        return wording
    }
}

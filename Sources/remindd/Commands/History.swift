import ArgumentParser
import Dates
import Diagnostics
import Documents
import JSON
import Ledgers
import Scheduler

struct History: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What was sent, to whom, and what the servers said.",
        discussion: """
            All times are shown in the plan's zone.

            Example: remindd history --campaign drowning-prevention --limit 20
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: FormatOption
    @Option(help: ArgumentHelp("Only this campaign (campaign or plan/campaign).", valueName: "CAMPAIGN")) var campaign: String?
    @Option(help: ArgumentHelp("Only this recipient.", valueName: "RECIPIENT")) var recipient: String?
    @Option(help: ArgumentHelp("Only reminders due on this day or later.", valueName: "DAY"), transform: DayArgument.parse)
    var since: DayArgument?
    @Option(help: ArgumentHelp("The latest this many.", valueName: "N")) var limit = 1_000
    @Option(
        help: ArgumentHelp("Another ledger than the configuration's, such as a rehearsal's.", valueName: "FILE"),
        transform: Paths.existing)
    var ledger: String?

    func validate() throws {
        guard (1...10_000_000).contains(limit) else { throw ValidationError("--limit must be 1 or more") }
    }

    func run() throws {
        let query = ControlRequest.HistoryQuery(
            campaign: campaign, recipient: recipient, since: since?.day.description, limit: limit, json: output.format == .json)
        try ControlClient.run(.history(query), config: common.config, ledger: ledger)
    }
}

/// One row of the history, for programs and for people.
struct HistoryLine {
    let row: HistoryRow
    /// The plan's.
    let zone: Zone

    /// Fired late, or tried on a later local date than its due (contract, section 1).
    private var isLate: Bool {
        guard !row.stored.late, let last = row.attempts.last else { return row.stored.late }
        return zone.civil(at: last.at).day > zone.civil(at: row.stored.reminder.due).day
    }

    var json: String {
        let reminder = row.stored.reminder
        var line = JSONObject(escaping: .invisibles)
        line.add("delivery", row.delivery?.text)
        line.add("plan", reminder.key.plan)
        line.add("campaign", reminder.key.campaign)
        line.add("occurrence", reminder.occurrence)
        line.add("lead", reminder.key.lead)
        line.add("anchor", reminder.key.anchor.description)
        line.add("recipient", row.recipient)
        line.add("channel", row.channel)
        line.add("due", zone.rfc3339(reminder.due))
        line.add("state", row.state)
        if let why = row.why { line.add("why", why.rawValue) }
        line.add("late", isLate)
        line.add(
            "attempts",
            row.attempts.map { attempt in
                var line = JSONObject(escaping: .invisibles)
                line.add("at", zone.rfc3339(attempt.at))
                line.add("outcome", attempt.outcome.rawValue)
                line.add("code", attempt.code)
                line.add("reply", printable(attempt.reply, limit: 512))
                return line
            })
        return line.text
    }

    /// - Parameter withID: for lists whose rows are taken up again by id.
    func text(withID: Bool) -> String {
        let reminder = row.stored.reminder
        let due = zone.rfc3339(reminder.due)
        let state = row.state == DeliveryState.delivered.rawValue ? "accepted by the server" : row.state
        let whom = row.recipient.map { "  \($0) (\(row.channel ?? ""))" } ?? ""
        var text = "\(due.prefix(10)) \(due.dropFirst(11).prefix(5))  \(reminder.key.plan)/\(reminder.key.campaign) "
        let why = row.why.map { " (\($0.rawValue))" } ?? ""
        text += "\(reminder.occurrence)  \(reminder.key.lead)\(whom)  \(state)\(why)\(isLate ? ", late" : "")"
        if withID, let id = row.delivery { text += "  \(id)" }
        for attempt in row.attempts where attempt.outcome != .delivered || row.attempts.count > 1 {
            let code = attempt.code.map { " \($0)" } ?? ""
            let reply = printable(attempt.reply, limit: 512)
            text += "\n    \(zone.rfc3339(attempt.at))  \(attempt.outcome.rawValue)\(code)  \(reply)"
        }
        return text
    }
}

import ArgumentParser
import Documents
import Reports
import Transport

struct History: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: localized("Lists what was sent, to whom, and the servers' replies."),
        discussion: localized(
            """
            All times are shown in the plan's zone.

            Example: remindd history --campaign drowning-prevention --limit 20
            """))

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: FormatOption
    @Option(help: ArgumentHelp(localized("Only this campaign (campaign or plan/campaign)."), valueName: "CAMPAIGN")) var campaign:
        String?
    @Option(help: ArgumentHelp(localized("Only this recipient."), valueName: "RECIPIENT")) var recipient: String?
    @Option(
        help: ArgumentHelp(localized("Only reminders due on this day or later."), valueName: "DAY"), transform: DayArgument.parse)
    var since: DayArgument?
    @Option(help: ArgumentHelp(localized("How many of the latest to list."), valueName: "N")) var limit = 1_000
    @Option(
        help: ArgumentHelp(localized("Another ledger than the configuration's, such as a rehearsal's."), valueName: "FILE"),
        transform: Paths.existing)
    var ledger: String?

    func validate() throws {
        guard (1...10_000_000).contains(limit) else { throw ValidationError(localized("--limit must be 1 or more")) }
    }

    func run() throws {
        let query = HistoryReport.Query(
            campaign: campaign, recipient: recipient, since: since?.day.description, limit: limit)
        try ControlClient.run(.history(query), config: common.config, ledger: ledger, as: output.format)
    }
}

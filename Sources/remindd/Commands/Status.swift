import ArgumentParser
import Documents

struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: localized("Shows the next reminder, waiting and failed deliveries, and troubles."),
        discussion: localized("Example: remindd status --format json"))

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: FormatOption
    @Option(
        help: ArgumentHelp(localized("Another ledger than the configuration's, such as a rehearsal's."), valueName: "FILE"),
        transform: Paths.existing)
    var ledger: String?

    func run() throws {
        try ControlClient.run(.status, config: common.config, ledger: ledger, as: output.format)
    }
}

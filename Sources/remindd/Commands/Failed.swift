import ArgumentParser
import Scheduler

struct Missed: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Reminders whose deadline passed while nobody looked.",
        discussion: "Example: remindd missed --format json")

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: FormatOption

    func run() throws {
        try ControlClient.run(
            .listing(states: [ReminderState.missed.rawValue], json: output.format == .json), config: common.config)
    }
}

struct Failed: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Deliveries that were given up, or may not have arrived; and another try for them.",
        discussion: """
            dead: refused for good, or not accepted before the deadline. unknown: it may have been delivered.

            Example: remindd failed
            Example: remindd failed retry jrxyxgb3pt6ebqgddi2ew2ajvm
            """,
        subcommands: [ListFailed.self, RetryFailed.self], defaultSubcommand: ListFailed.self)
}

struct ListFailed: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "The deliveries that failed.", discussion: "Example: remindd failed list --format json")

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: FormatOption

    func run() throws {
        let states = [DeliveryState.dead.rawValue, DeliveryState.unknown.rawValue]
        try ControlClient.run(.listing(states: states, json: output.format == .json), config: common.config)
    }
}

struct RetryFailed: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Tries these deliveries again, under the same ids.",
        discussion: """
            A running daemon takes them up at once; else they go at its next start.

            Example: remindd failed retry jrxyxgb3pt6ebqgddi2ew2ajvm
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("Delivery ids, as `failed` shows them.", valueName: "ID")) var ids: [String]

    func run() throws {
        try ControlClient.run(.retry(ids: ids), config: common.config, changes: true)
    }
}

import ArgumentParser
import Ledgers
import Scheduler

struct Missed: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Reminders whose deadline passed while nobody looked.",
        discussion: "Example: remindd missed --format json")

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: FormatOption

    func run() throws {
        try HistoryListing(states: [ReminderState.missed.rawValue]).run(common, output)
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
        try HistoryListing(states: Set(states)).run(common, output)
    }
}

struct RetryFailed: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Tries these deliveries again, under the same ids.",
        discussion: """
            The daemon must not hold the ledger; it takes them up at its next start.

            Example: remindd failed retry jrxyxgb3pt6ebqgddi2ew2ajvm
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("Delivery ids, as `failed` shows them.", valueName: "ID")) var ids: [String]

    func run() throws {
        let (loaded, _) = try CommandLoader.load(common.config)
        let path = LedgerAccess.path(loaded.configuration)
        let now = SystemClock().now()
        let wanted = ids.map(DeliveryID.init(stored:))
        guard let ledger = try LedgerAccess.openForWriting(path) else {
            Output.problem("remindd: there is no ledger yet at \(path)")
            throw ExitCode.notFound
        }
        let failed = HistoryFilter(limit: .max, states: [DeliveryState.dead.rawValue, DeliveryState.unknown.rawValue])
        let (known, retried) = try LedgerAccess.read { () throws(LedgerFailure) in
            (Set(try ledger.history(failed).compactMap(\.delivery)), try ledger.retry(wanted, now: now))
        }
        ledger.close()
        for id in retried { Output.line("\(id): pending again") }
        let left = wanted.filter { !retried.contains($0) }
        for id in left {
            let isKnown = known.contains(id)
            Output.problem(
                "remindd: \(printable(id.text)): \(isKnown ? "its deadline is past" : "no failed delivery has this id")")
        }
        if left.contains(where: { !known.contains($0) }) { throw ExitCode.notFound }
        if !left.isEmpty { throw ExitCode.failure }
    }
}

/// `missed` and `failed` are views of the history.
struct HistoryListing {
    let states: Set<String>

    func run(_ common: CommonOptions, _ output: FormatOption) throws {
        let (loaded, _) = try CommandLoader.load(common.config)
        guard let ledger = try LedgerAccess.openForReading(LedgerAccess.path(loaded.configuration)) else { return }
        let filter = HistoryFilter(limit: 10_000, states: states)
        for row in try LedgerAccess.read({ () throws(LedgerFailure) in try ledger.history(filter) }) {
            let plan = loaded.accepted.plans.plans.first { $0.id == row.stored.reminder.key.plan }
            let line = HistoryLine(row: row, zone: plan?.zone ?? loaded.configuration.timezone)
            Output.line(output.format == .json ? line.json : line.text(withID: true))
        }
    }
}

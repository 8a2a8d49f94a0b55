import ArgumentParser
import Diagnostics
import JSON
import Reports
import Scheduler

struct Missed: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: localized("Lists reminders whose deadline passed before they could be sent."),
        discussion: localized("Example: remindd missed --format json"))

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: FormatOption

    func run() throws {
        try ControlClient.run(
            .listing(states: [ReminderState.missed.rawValue]), config: common.config, as: output.format)
    }
}

struct Failed: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: localized("Lists or retries deliveries that were given up or may not have arrived."),
        discussion: localized(
            """
            dead: refused for good, or not accepted before the deadline. unknown: it may have been delivered.

            Example: remindd failed
            Example: remindd failed retry jrxyxgb3pt6ebqgddi2ew2ajvm
            """),
        subcommands: [ListFailed.self, RetryFailed.self], defaultSubcommand: ListFailed.self)
}

struct ListFailed: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: localized("Lists the failed deliveries."),
        discussion: localized("Example: remindd failed list --format json"))

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: FormatOption

    func run() throws {
        let states = [DeliveryState.dead.rawValue, DeliveryState.unknown.rawValue]
        try ControlClient.run(.listing(states: states), config: common.config, as: output.format)
    }
}

struct RetryFailed: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: localized("Tries failed deliveries again, under the same ids."),
        discussion: localized(
            """
            Tries deliveries with the given ids, or all of a campaign, of a channel, or of reminders due since a day. Several \
            options narrow the selection. Deliveries whose deadline has passed stay as they are. A running daemon tries them at \
            once. Otherwise they go at its next start.

            Example: remindd failed retry jrxyxgb3pt6ebqgddi2ew2ajvm
            Example: remindd failed retry --campaign drowning-prevention --since 2027-03-01
            """))

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: FormatOption
    @Argument(help: ArgumentHelp(localized("Delivery ids, as `failed` shows them."), valueName: "ID")) var ids: [String] = []
    @Option(help: ArgumentHelp(localized("All of this campaign (campaign or plan/campaign)."), valueName: "CAMPAIGN"))
    var campaign: String?
    @Option(help: ArgumentHelp(localized("All of this channel."), valueName: "CHANNEL")) var channel: String?
    @Option(
        help: ArgumentHelp(localized("All of reminders due on this day or later."), valueName: "DAY"),
        transform: DayArgument.parse)
    var since: DayArgument?

    func run() throws {
        var query = ControlRequest.RetryQuery(
            ids: ids.isEmpty ? nil : ids, campaign: campaign, channel: channel, since: since?.day.description)
        guard query.isNarrowed else {
            Output.problem(
                "remindd: name what is to be tried again: ids, as `remindd failed` shows them, or --campaign, --channel, --since")
            throw ExitCode.usage
        }
        try ControlClient.converse(config: common.config, changes: true) { ask in
            guard !ids.isEmpty else { return try retryAll(&query, ask) }
            try retryNamed(query, ask)
        }
    }

    /// Retries the deliveries that are named by id, and prints the result of each retry.
    private func retryNamed(_ query: ControlRequest.RetryQuery, _ ask: (ControlRequest) throws -> Answer) throws {
        var query = query
        var status: Int32 = 0
        var left = ids[...]
        while !left.isEmpty {
            let some = Array(left.prefix(FailedSelection.partLimit))
            left = left.dropFirst(some.count)
            query.ids = some
            let part = try report(of: ask(.retry(query)))
            let (retried, expired) = (Set(part.retried), Set(part.expired))
            for id in part.retried {
                if output.format == .json { Output.line(pending(id)) } else { Output.line("\(id): pending again") }
            }
            for id in some where !retried.contains(id) {
                let isFailed = expired.contains(id)
                let why: LocalizedText =
                    isFailed ? "its deadline is past" : "no failed delivery has this id\(narrowed)"
                Output.problem("remindd: \(printable(id)): \(why)")
                status = max(status, isFailed ? 1 : ExitCode.notFound.rawValue)
            }
        }
        if status != 0 { throw ExitCode(status) }
    }

    private func pending(_ id: String) -> String {
        var line = JSONObject(escaping: .invisibles)
        line.add("delivery", id)
        line.add("state", DeliveryState.pending.rawValue)
        return line.text
    }

    private var narrowed: LocalizedText { campaign ?? channel ?? since.map { "\($0.day)" } == nil ? "" : " and fits the options" }

    /// Retries the selected deliveries in several requests, so that a daemon can send in between.
    ///
    /// An interrupted command leaves the deliveries of its completed requests pending.
    private func retryAll(_ query: inout ControlRequest.RetryQuery, _ ask: (ControlRequest) throws -> Answer) throws {
        var (retried, expired) = (0, 0)
        defer {
            if output.format == .json {
                var line = JSONObject(escaping: .invisibles)
                line.add("retried", retried)
                line.add("expired", expired)
                Output.line(line.text)
            } else {
                let rest: LocalizedText = expired == 0 ? "" : " \(expired) left: their deadline is past."
                Output.line("\(counted(retried, "failed delivery", "failed deliveries")) pending again.\(rest)")
            }
        }
        repeat {
            let part = try report(of: ask(.retry(query)))
            retried += part.retried.count
            expired += part.expired.count
            query.from = part.next
        } while query.from != nil
        if retried == 0, expired > 0 { throw ExitCode.failure }
    }

    private func report(of answer: Answer) throws -> RetryReport {
        guard case .retry(let report) = answer.report else {
            try ControlClient.show(answer)
            throw ExitCode.failure
        }
        return report
    }
}

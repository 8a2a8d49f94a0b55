import ArgumentParser
import Ledgers
import Scheduler

struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "How things stand: what comes next, what waits, what failed.",
        discussion: "Example: remindd status --format json")

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: FormatOption
    @Option(help: ArgumentHelp("Another ledger than the configuration's, such as a rehearsal's.", valueName: "FILE"))
    var ledger: String?

    func run() throws {
        let (loaded, _) = try CommandLoader.load(common.config)
        let path = ledger ?? LedgerAccess.path(loaded.configuration)
        let opened = try LedgerAccess.openForReading(path)
        let (counts, lookedUntil) = try LedgerAccess.read { () throws(LedgerFailure) in
            (try opened?.counts() ?? [:], try opened?.lookedUntil())
        }
        // A rehearsal's ledger stands at the rehearsal's time.
        let now = opened?.isRehearsal == true ? lookedUntil ?? SystemClock().now() : SystemClock().now()
        let agenda = Agenda(plans: loaded.accepted.plans, after: now)
        let zone = loaded.configuration.timezone
        let next = agenda.nextDue.map(zone.rfc3339)
        let looked = lookedUntil.map(zone.rfc3339)
        if output.format == .json {
            var line = JSONLine()
            line.add("plans", loaded.accepted.plans.plans.count)
            line.add("campaigns", loaded.accepted.plans.campaignCount)
            line.add("recipients", loaded.accepted.directory.recipients.count)
            line.add("next_due", next)
            line.add("looked_until", looked)
            for state in DeliveryState.allCases {
                line.add(state.rawValue.replacing(" ", with: "_"), counts[state] ?? 0)
            }
            Output.line(line.finished)
            return
        }
        Output.line("plans         \(loaded.accepted.plans.plans.count), with \(loaded.accepted.plans.campaignCount) campaigns")
        Output.line("recipients    \(loaded.accepted.directory.recipients.count)")
        Output.line("next due      \(next ?? "nothing")")
        Output.line("ledger        \(path)\(opened == nil ? " (there is none: remindd has not run with it)" : "")")
        Output.line("looked until  \(looked ?? "never")")
        let states = DeliveryState.allCases.compactMap { state in
            counts[state].flatMap { $0 > 0 ? "\($0) \(state == .delivered ? "accepted by the server" : state.rawValue)" : nil }
        }
        Output.line("deliveries    \(states.isEmpty ? "none" : states.joined(separator: ", "))")
    }
}

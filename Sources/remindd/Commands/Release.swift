import ArgumentParser
import Ledgers
import Scheduler

struct Release: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The operator's answer to a hold.",
        discussion: """
            A hold keeps what is uncertain from being sent: after a clock that could not be believed, or a ledger restored \
            from a copy. --send: what is still worth telling goes, as late; --drop: it does not. What is past its deadline \
            is recorded as missed in either case. The daemon must not hold the ledger.

            Example: remindd release --drop
            """)

    @OptionGroup var common: CommonOptions
    @Flag(help: "Send what is still worth telling.") var send = false
    @Flag(help: "Do not send it.") var drop = false

    func validate() throws {
        guard send != drop else { throw ValidationError("say one of --send and --drop") }
    }

    func run() throws {
        let (loaded, _) = try CommandLoader.load(common.config)
        let path = LedgerAccess.path(loaded.configuration)
        guard let ledger = try LedgerAccess.openForWriting(path) else {
            Output.line("Nothing is held: there is no ledger yet at \(path).")
            return
        }
        let now = SystemClock().now()
        let plans = loaded.accepted.plans
        let (held, look) = try LedgerAccess.read { () throws(LedgerFailure) in
            let (held, lookedUntil) = (try ledger.held(), try ledger.lookedUntil())
            let complaint = ClockBounds.complaint(now: now, lookedUntil: lookedUntil, built: Remindd.released)
            guard held != nil || complaint != nil else { return (false, LookResult(lookedUntil: now)) }
            let look = ClockBounds.release(plans, lookedUntil: lookedUntil, held: held, now: now, drops: drop)
            try ledger.release(look, sendsPending: send)
            return (true, look)
        }
        let own = LedgerWitness(generation: ledger.generation, lookedUntil: now)
        own.write(ofLedger: path)
        ledger.close()
        guard held else { return Output.line("Nothing is held.") }
        let dropped = drop ? ", \(look.superseded.count) not sent" : ""
        Output.line("Released: \(look.missed.count) missed\(dropped). The next start of the daemon goes on from here.")
    }
}

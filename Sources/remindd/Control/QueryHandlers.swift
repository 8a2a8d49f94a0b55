import Config
import Dates
import Diagnostics
import Ledgers
import Reports
import Scheduler

/// Handles requests that need only files and ledger. `DaemonRuntime` handles other requests.
struct QueryHandlers {
    let context: QueryContext
    /// The ledger of `context`; nil if no ledger exists yet.
    let ledger: SQLiteLedger?

    init(loaded: Loaded, ledger: SQLiteLedger?, path: String, now: Instant, running: RunningFacts?) {
        self.ledger = ledger
        context = QueryContext(
            loaded: loaded, ledger: ledger, ledgerPath: path, now: now, released: Version.released, running: running)
    }

    func answer(_ request: ControlRequest) -> Answer {
        do throws(LedgerFailure) {
            switch request {
            case .status: return Answer(.status(try StatusReport(context)))
            case .history(let query):
                return try history { () throws(HistoryReport.Failure) in
                    .history(try HistoryReport(query, context))
                }
            case .listing(let states):
                return try history { () throws(HistoryReport.Failure) in
                    .listing(try HistoryReport(states: Set(states), context))
                }
            case .retry(let query): return try retry(query)
            case .release(let sends, let clockIsRight): return try release(sends: sends, clockIsRight: clockIsRight)
            case .evaluation(let question):
                guard let ledger else { return noLedger }
                return Answer(.evaluation(try question.reply(ledger, context.loaded.accepted.directory)))
            case .reload, .sendTest, .sendRendered, .metrics, .health, .readiness, .backup:
                return
                    .failure("only a running daemon does this")
            }
        } catch {
            return .failure("the ledger cannot be read: \(error)")
        }
    }

    private var noLedger: Answer { .failure("there is no ledger yet at \(context.ledgerPath)", status: 3) }

    private func history(_ report: () throws(HistoryReport.Failure) -> Report) throws(LedgerFailure) -> Answer {
        do throws(HistoryReport.Failure) {
            return Answer(try report())
        } catch {
            switch error {
            case .ledger(let failure): throw failure
            case .name(let refusal): return .failure(refusal.message, status: refusal.status)
            }
        }
    }

    // MARK: changes of the ledger

    private func retry(_ query: ControlRequest.RetryQuery) throws(LedgerFailure) -> Answer {
        guard let ledger else { return noLedger }
        guard try ledger.held() == nil else {
            return .failure(
                "the ledger is held: failed deliveries may have been sent since the copy; first: remindd release --send|--drop")
        }
        guard query.isNarrowed, query.ids?.count ?? 0 <= FailedSelection.partLimit else {
            return .failure("name what is to be tried again, at most \(FailedSelection.partLimit) ids at once", status: 2)
        }
        let selection: FailedSelection
        do throws(NameRefusal) {
            selection = try FailedSelection(query, context)
        } catch {
            return .failure(error.message, status: error.status)
        }
        let part = try ledger.retry(selection, from: query.from, limit: FailedSelection.partLimit, now: context.now)
        return Answer(.retry(RetryReport(part)))
    }

    private func release(sends: Bool, clockIsRight: Bool) throws(LedgerFailure) -> Answer {
        func answer(_ result: ReleaseReport.Result, status: Int32 = 0) -> Answer {
            Answer(.release(ReleaseReport(sends: sends, result)), status: status)
        }
        guard let ledger else { return answer(.noLedger(path: context.ledgerPath)) }
        let now = context.now
        let (held, lookedUntil) = (try ledger.held(), try ledger.lookedUntil())
        let complaint =
            context.running?.clockComplaint
            ?? ClockBounds.complaint(now: now, lookedUntil: lookedUntil, built: context.released)
        guard held != nil || complaint != nil else { return answer(.nothingHeld) }
        if let complaint, complaint == .beforeRelease {
            return .failure(
                "\(LocalizedText(lookedUp: complaint.description)): set it right first; sending then goes on by itself")
        }
        let look = ClockBounds.release(
            context.loaded.accepted.plans, lookedUntil: lookedUntil, held: held, now: now, drops: !sends)
        let review = ReleaseReport.Review(
            now: context.local(now), lastEvaluation: context.local(lookedUntil), missed: look.missed.count)
        if let complaint, complaint.isAhead, !clockIsRight {
            return answer(.unconfirmed(review, complaint: LocalizedText(lookedUp: complaint.description)), status: 1)
        }
        // If the clock was set back, lowers the high-water mark before the release. Otherwise a
        // crash between the two writes would leave a ledger that looks like a restored copy.
        if now < lookedUntil { writeHighWaterMark(of: ledger) }
        try ledger.release(look, sendsPending: sends)
        writeHighWaterMark(of: ledger)
        // A daemon releases the remaining deliveries between its steps. Without a daemon, they are
        // released here.
        if context.running == nil { while try ledger.continueRelease(limit: Planner.deliveriesPerTransaction) {} }
        return answer(
            .released(review, notSent: sends ? 0 : look.superseded.count, byDaemon: context.running != nil))
    }

    private func writeHighWaterMark(of ledger: SQLiteLedger) {
        HighWaterMark(generation: ledger.generation, lookedUntil: context.now).write(ofLedger: context.ledgerPath)
    }
}

extension FailedSelection {
    /// Makes a selection that includes the former names of the campaign and the channel.
    fileprivate init(_ query: ControlRequest.RetryQuery, _ context: QueryContext) throws(NameRefusal) {
        self.init(
            ids: query.ids.map { $0.map(DeliveryID.init(stored:)) },
            since: query.since.flatMap { Day($0) }.map(context.zone.startOfDay))
        if let campaign = query.campaign {
            let plans = context.loaded.accepted.plans
            let found = try NameLookup.campaign(campaign, in: plans)
            campaigns = Set(
                plans.names(plan: found.plan, campaign: found.campaign).map {
                    HistoryFilter.CampaignName(plan: $0.plan, campaign: $0.campaign)
                })
        }
        if let channel = query.channel {
            channels = Set([channel] + (try NameLookup.channel(channel, in: context.loaded.configuration)).formerly)
        }
    }
}

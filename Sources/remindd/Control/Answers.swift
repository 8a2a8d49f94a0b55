import Foundation
import Ledgers
import Scheduler

/// The commands that look into the ledger or change it, as functions from a request to an answer.
enum Answers {
    /// What every one of them comes down to. The others need more than a house; see `Start`.
    static func answer(_ request: ControlRequest, _ house: House) -> Answer {
        do throws(LedgerFailure) {
            switch request {
            case .status(let json): return try status(house, json: json)
            case .history(let query): return try history(query, house)
            case .listing(let states, let json): return try listing(Set(states), house, json: json)
            case .retry(let ids): return try retry(ids, house)
            case .release(let sends, let clockIsRight):
                return try release(sends: sends, clockIsRight: clockIsRight, house)
            case .evaluation(let question): return try question.answer(house)
            case .reload, .sendTest, .metrics, .health, .readiness, .backup: return .failure("only a running daemon does this")
            }
        } catch {
            return .failure("the ledger cannot be read: \(error)")
        }
    }

    // MARK: history

    private static func history(_ query: ControlRequest.HistoryQuery, _ house: House) throws(LedgerFailure) -> Answer {
        let isCut = house.running != nil && query.limit > ControlRequest.rowLimit
        var filter = HistoryFilter(recipient: query.recipient, limit: isCut ? ControlRequest.rowLimit : query.limit)
        if let campaign = query.campaign {
            let parts = campaign.split(separator: "/", maxSplits: 1).map(String.init)
            filter.campaign = parts.last
            filter.plan = parts.count == 2 ? parts[0] : nil
            filter.formerCampaigns = house.formerCampaigns(plan: filter.plan, campaign: filter.campaign ?? "")
        }
        if let recipient = query.recipient {
            filter.formerRecipients = house.loaded.accepted.directory.storedIDs(of: recipient)
        }
        filter.since = query.since.flatMap { Day($0) }.map(house.zone.startOfDay)
        var answer = Answer()
        let rows = try house.ledger?.history(filter) ?? []
        if rows.isEmpty, let refusal = unknownName(query, house) {
            answer.problem("remindd: \(refusal.message)")
            answer.status = refusal.status
            return answer
        }
        if house.ledger == nil { answer.problem("remindd: nothing yet: there is no ledger at \(house.path)") }
        if isCut, rows.count == filter.limit {
            answer.problem("remindd: these are the latest \(filter.limit); a running daemon shows no more at once")
        }
        for row in rows {
            let line = HistoryLine(row: row, zone: house.zone(ofPlan: row.stored.reminder.key.plan))
            answer.line(query.json ? line.json : line.text(withID: false))
        }
        return answer
    }

    /// An empty answer for a name that is neither configured nor recorded is a slip of the pen.
    private static func unknownName(_ query: ControlRequest.HistoryQuery, _ house: House) -> NameRefusal? {
        do throws(NameRefusal) {
            if let campaign = query.campaign { _ = try Names.campaign(campaign, in: house.loaded.accepted.plans) }
            if let recipient = query.recipient { _ = try Names.recipient(recipient, in: house.loaded.accepted.directory) }
            return nil
        } catch {
            return error
        }
    }

    private static func listing(_ states: Set<String>, _ house: House, json: Bool) throws(LedgerFailure) -> Answer {
        var answer = Answer()
        for row in try house.ledger?.history(HistoryFilter(limit: ControlRequest.rowLimit, states: states)) ?? [] {
            let line = HistoryLine(row: row, zone: house.zone(ofPlan: row.stored.reminder.key.plan))
            answer.line(json ? line.json : line.text(withID: true))
        }
        return answer
    }

    // MARK: what changes the ledger

    private static func retry(_ ids: [String], _ house: House) throws(LedgerFailure) -> Answer {
        let wanted = ids.map(DeliveryID.init(stored:))
        guard let ledger = house.ledger else { return .failure("there is no ledger yet at \(house.path)", status: 3) }
        let failed = HistoryFilter(limit: .max, states: [DeliveryState.dead.rawValue, DeliveryState.unknown.rawValue])
        let known = Set(try ledger.history(failed).compactMap(\.delivery))
        let retried = try ledger.retry(wanted, now: house.now)
        var answer = Answer()
        for id in retried { answer.line("\(id): pending again") }
        let left = wanted.filter { !retried.contains($0) }
        for id in left {
            let why = known.contains(id) ? "its deadline is past" : "no failed delivery has this id"
            answer.problem("remindd: \(printable(id.text)): \(why)")
        }
        answer.status = left.contains { !known.contains($0) } ? 3 : left.isEmpty ? 0 : 1
        return answer
    }

    private static func release(sends: Bool, clockIsRight: Bool, _ house: House) throws(LedgerFailure) -> Answer {
        var answer = Answer()
        guard let ledger = house.ledger else {
            answer.line("Nothing is held: there is no ledger yet at \(house.path).")
            return answer
        }
        let (held, lookedUntil) = (try ledger.held(), try ledger.lookedUntil())
        let complaint =
            house.running?.clockComplaint
            ?? ClockBounds.complaint(now: house.now, lookedUntil: lookedUntil, built: Remindd.released)
        guard held != nil || complaint != nil else {
            answer.line("Nothing is held.")
            return answer
        }
        let look = ClockBounds.release(
            house.loaded.accepted.plans, lookedUntil: lookedUntil, held: held, now: house.now, drops: !sends)
        answer.line(
            "The clock says \(house.zone.rfc3339(house.now)); the last evaluation was at \(house.zone.rfc3339(lookedUntil)).")
        if complaint?.isAhead == true, !clockIsRight {
            answer.line("Releasing now writes off \(counted(look.missed.count, "reminder")) as missed.")
            answer.problem(
                "remindd: \(complaint!). Set it right, and sending goes on by itself. If it is right: "
                    + "remindd release \(sends ? "--send" : "--drop") --clock-is-right")
            answer.status = 1
            return answer
        }
        try ledger.release(look, sendsPending: sends)
        LedgerWitness(generation: ledger.generation, lookedUntil: house.now).write(ofLedger: house.path)
        // A running daemon lets the rest go between its steps.
        if house.running == nil { while try ledger.continueRelease(limit: Planner.deliveriesPerTransaction) {} }
        let dropped = sends ? "" : ", \(look.superseded.count) not sent"
        let next = house.running == nil ? "The next start of the daemon goes on from here." : "remindd goes on from here."
        answer.line("Released: \(look.missed.count) missed\(dropped). \(next)")
        return answer
    }
}

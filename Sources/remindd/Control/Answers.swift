import Dates
import Foundation
import JSON
import Ledgers
import Scheduler

/// The commands that look into the ledger or change it, as functions from a request to an answer.
enum Answers {
    /// What every one of them comes down to. The others need more than a house; see `DaemonRuntime`.
    static func answer(_ request: ControlRequest, _ house: House) -> Answer {
        do throws(LedgerFailure) {
            switch request {
            case .status(let json): return try status(house, json: json)
            case .history(let query): return try history(query, house)
            case .listing(let states, let json): return try listing(Set(states), house, json: json)
            case .retry(let query): return try retry(query, house)
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

    private static func retry(_ query: ControlRequest.RetryQuery, _ house: House) throws(LedgerFailure) -> Answer {
        guard let ledger = house.ledger else { return .failure("there is no ledger yet at \(house.path)", status: 3) }
        guard try ledger.held() == nil else {
            return .failure("the ledger is held: what has failed may have been sent since; first: remindd release --send|--drop")
        }
        guard query.isNarrowed, query.ids?.count ?? 0 <= FailedSelection.partLimit else {
            return .failure("name what is to be tried again, at most \(FailedSelection.partLimit) ids at once", status: 2)
        }
        let selection: FailedSelection
        do throws(NameRefusal) {
            selection = try FailedSelection(query, house)
        } catch {
            return .failure(error.message, status: error.status)
        }
        let part = try ledger.retry(selection, from: query.from, limit: FailedSelection.partLimit, now: house.now)
        return encoded(RetriedContent(retried: part.retried.map(\.text), expired: part.expired.map(\.text), next: part.next))
    }

    private static func release(sends: Bool, clockIsRight: Bool, _ house: House) throws(LedgerFailure) -> Answer {
        var answer = Answer()
        var object = JSONObject(escaping: .invisibles)
        object.add("answer", sends ? "send" : "drop")
        guard let ledger = house.ledger else {
            answer.line("Nothing is held: there is no ledger yet at \(house.path).")
            object.add("released", false)
            answer.object(object)
            return answer
        }
        let (held, lookedUntil) = (try ledger.held(), try ledger.lookedUntil())
        let complaint =
            house.running?.clockComplaint
            ?? ClockBounds.complaint(now: house.now, lookedUntil: lookedUntil, built: Remindd.released)
        guard held != nil || complaint != nil else {
            answer.line("Nothing is held.")
            object.add("released", false)
            answer.object(object)
            return answer
        }
        if complaint == .beforeRelease {
            return .failure("\(complaint!): set it right first; sending then goes on by itself", status: 1)
        }
        let look = ClockBounds.release(
            house.loaded.accepted.plans, lookedUntil: lookedUntil, held: held, now: house.now, drops: !sends)
        answer.line(
            "The clock says \(house.zone.rfc3339(house.now)); the last evaluation was at \(house.zone.rfc3339(lookedUntil)).")
        object.add("clock", house.zone.rfc3339(house.now))
        object.add("last_evaluation", house.zone.rfc3339(lookedUntil))
        object.add("missed", look.missed.count)
        if complaint?.isAhead == true, !clockIsRight {
            object.add("released", false)
            answer.object(object)
            answer.line("Releasing now writes off \(counted(look.missed.count, "reminder")) as missed.")
            answer.problem(
                "remindd: \(complaint!). Set it right, and sending goes on by itself. If it is right: "
                    + "remindd release \(sends ? "--send" : "--drop") --clock-is-right")
            answer.status = 1
            return answer
        }
        // Where the clock has been set back the witness goes back first: killed in between, the release would pass for a restored copy.
        if house.now < lookedUntil {
            LedgerWitness(generation: ledger.generation, lookedUntil: house.now).write(ofLedger: house.path)
        }
        try ledger.release(look, sendsPending: sends)
        LedgerWitness(generation: ledger.generation, lookedUntil: house.now).write(ofLedger: house.path)
        // A running daemon lets the rest go between its steps.
        if house.running == nil { while try ledger.continueRelease(limit: Planner.deliveriesPerTransaction) {} }
        let dropped = sends ? "" : ", \(look.superseded.count) not sent"
        let next = house.running == nil ? "The next start of the daemon goes on from here." : "remindd goes on from here."
        answer.line("Released: \(look.missed.count) missed\(dropped). \(next)")
        object.add("not_sent", sends ? 0 : look.superseded.count)
        object.add("released", true)
        answer.object(object)
        return answer
    }

    private static func encoded(_ content: some Encodable) -> Answer {
        var answer = Answer()
        if let data = try? JSONEncoder().encode(content) { answer.line(String(decoding: data, as: UTF8.self)) }
        return answer
    }
}

extension FailedSelection {
    /// With the names that the campaign and the channel had before.
    fileprivate init(_ query: ControlRequest.RetryQuery, _ house: House) throws(NameRefusal) {
        self.init(
            ids: query.ids.map { $0.map(DeliveryID.init(stored:)) },
            since: query.since.flatMap { Day($0) }.map(house.zone.startOfDay))
        if let campaign = query.campaign {
            let plans = house.loaded.accepted.plans
            let found = try Names.campaign(campaign, in: plans)
            campaigns = Set(
                plans.names(plan: found.plan, campaign: found.campaign).map {
                    HistoryFilter.CampaignName(plan: $0.plan, campaign: $0.campaign)
                })
        }
        if let channel = query.channel {
            channels = Set([channel] + (try Names.channel(channel, in: house.loaded.configuration)).formerly)
        }
    }
}

/// What one part of a retry came to, on its way through the socket.
struct RetriedContent: Codable {
    let retried: [String]
    /// Failed, but their deadline is past.
    let expired: [String]
    /// nil where everything has been looked at.
    let next: FailedPlace?
}

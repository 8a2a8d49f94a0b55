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
            case .retry(let query): return try retry(query, house)
            case .release(let sends): return try release(sends: sends, house)
            case .recorded(let names): return try recorded(names, house)
            case .given(let names): return try given(names, house)
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

    private static func release(sends: Bool, _ house: House) throws(LedgerFailure) -> Answer {
        var answer = Answer()
        guard let ledger = house.ledger else {
            answer.line("Nothing is held: there is no ledger yet at \(house.path).")
            return answer
        }
        let (held, lookedUntil) = (try ledger.held(), try ledger.lookedUntil())
        let complaint = ClockBounds.complaint(now: house.now, lookedUntil: lookedUntil, built: Remindd.released)
        guard held != nil || complaint != nil else {
            answer.line("Nothing is held.")
            return answer
        }
        let look = ClockBounds.release(
            house.loaded.accepted.plans, lookedUntil: lookedUntil, held: held, now: house.now, drops: !sends)
        try ledger.release(look, sendsPending: sends)
        LedgerWitness(generation: ledger.generation, lookedUntil: house.now).write(ofLedger: house.path)
        let dropped = sends ? "" : ", \(look.superseded.count) not sent"
        let next = house.running == nil ? "The next start of the daemon goes on from here." : "remindd goes on from here."
        answer.line("Released: \(look.missed.count) missed\(dropped). \(next)")
        return answer
    }

    // MARK: check

    private static func recorded(_ names: [ControlRequest.OccurrenceName], _ house: House) throws(LedgerFailure) -> Answer {
        let recorded = try house.ledger?.recorded(of: names.map(\.key)) ?? []
        return encoded(RecordedContent(recorded, lookedUntil: try house.ledger?.lookedUntil() ?? house.now))
    }

    private static func given(_ names: [ControlRequest.OccurrenceName], _ house: House) throws(LedgerFailure) -> Answer {
        let directory = house.loaded.accepted.directory
        var content: [GivenContent] = []
        for name in names {
            for share in try house.ledger?.given(of: name.key, to: directory).shares ?? [] {
                content.append(
                    GivenContent(
                        occurrence: name, due_ms: share.due.milliseconds,
                        recipients: share.recipients.map(directory.recipients.id)))
            }
        }
        return encoded(content)
    }

    private static func encoded(_ content: some Encodable) -> Answer {
        var answer = Answer()
        if let data = try? JSONEncoder().encode(content) { answer.line(String(decoding: data, as: UTF8.self)) }
        return answer
    }
}

extension ControlRequest.OccurrenceName {
    init(_ key: OccurrenceKey) {
        self.init(plan: key.plan, campaign: key.campaign, occurrence: key.occurrence)
    }

    var key: OccurrenceKey { OccurrenceKey(plan: plan, campaign: campaign, occurrence: occurrence) }
}

extension FailedSelection {
    fileprivate init(_ query: ControlRequest.RetryQuery, _ house: House) throws(NameRefusal) {
        self.init(
            ids: query.ids.map { $0.map(DeliveryID.init(stored:)) }, channel: query.channel,
            since: query.since.flatMap { Day($0) }.map(house.zone.startOfDay))
        if let campaign = query.campaign {
            let plans = house.loaded.accepted.plans
            let found = try Names.campaign(campaign, in: plans)
            (self.plan, self.campaign) = (plans.plans[found.plan].id, plans.plans[found.plan].campaigns[found.campaign].id)
        }
        if let channel = query.channel { try Names.channel(channel, in: house.loaded.configuration) }
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

/// What the ledger holds of some occurrences, on its way through the socket.
struct RecordedContent: Codable {
    struct Recorded: Codable {
        let plan, campaign, lead, anchor: String
    }

    let lookedUntil_ms: Int64
    private let recorded: [Recorded]

    init(_ keys: Set<ReminderKey>, lookedUntil: Instant) {
        lookedUntil_ms = lookedUntil.milliseconds
        recorded = keys.map {
            Recorded(plan: $0.plan, campaign: $0.campaign, lead: $0.lead, anchor: $0.anchor.description)
        }
    }

    var keys: Set<ReminderKey> {
        Set(
            recorded.compactMap { one in
                Day(one.anchor).map {
                    ReminderKey(plan: one.plan, campaign: one.campaign, lead: one.lead, anchor: $0)
                }
            })
    }
}

/// Who was given something of an occurrence with one due, on its way through the socket.
struct GivenContent: Codable {
    let occurrence: ControlRequest.OccurrenceName
    let due_ms: Int64
    /// By id: the asker's files may have others in another order.
    let recipients: [String]
}

import Dates
import Foundation
import Scheduler

/// A question of `EvaluationReads`, on its way through the control socket.
enum EvaluationQuestion: Codable, Equatable, Sendable {
    case state
    case rows([ReminderKey])
    case shares(OccurrenceKey)
    case notifiedOccurrences(endingOnOrAfter: Day)
    case notified(after: ReminderKey, of: [OccurrenceKey])
    case highestChange(plan: String, campaign: String)
    case unfinished
}

/// The answer to `EvaluationQuestion.state`.
struct EvaluationState: Codable {
    let isRehearsal: Bool
    let lookedUntil: Instant
    let heldFrom: Instant?
    let heldUntil: Instant?
}

/// A `DeliveryShare` with recipients by id: the files of whoever asks may have them in another order.
struct ShareContent: Codable {
    let stored: StoredReminder
    let serial: Int64
    let notified: [String]
    let waiting: [String]
    let ended: [String]
    let withdrawn: [String]
    let rerouted: [String]
    let perhapsNotified: [String]

    init(_ share: DeliveryShare, _ directory: Directory) {
        func ids(_ positions: Positions) -> [String] { positions.map(directory.recipients.id) }
        stored = share.stored
        serial = share.serial
        notified = ids(share.notified)
        waiting = ids(share.waiting)
        ended = ids(share.ended)
        withdrawn = ids(share.withdrawn)
        rerouted = ids(share.rerouted)
        perhapsNotified = ids(share.perhapsNotified)
    }

    func share(in directory: Directory) -> DeliveryShare {
        func positions(_ ids: [String]) -> Positions { Positions(ids.compactMap(directory.position)) }
        var share = DeliveryShare(stored: stored, serial: serial)
        share.notified = positions(notified)
        share.waiting = positions(waiting)
        share.ended = positions(ended)
        share.withdrawn = positions(withdrawn)
        share.rerouted = positions(rerouted)
        share.perhapsNotified = positions(perhapsNotified)
        return share
    }
}

extension EvaluationQuestion {
    /// JSON for the asker, from the daemon's ledger.
    func answer(_ house: House) throws(LedgerFailure) -> Answer {
        guard let ledger = house.ledger else { return .failure("there is no ledger yet at \(house.path)", status: 3) }
        let directory = house.loaded.accepted.directory
        switch self {
        case .state:
            let held = try ledger.held()
            return encoded(
                EvaluationState(
                    isRehearsal: ledger.isRehearsal, lookedUntil: try ledger.lookedUntil(), heldFrom: held?.lowerBound,
                    heldUntil: held?.upperBound))
        case .rows(let keys): return encoded(try ledger.rows(of: keys))
        case .shares(let occurrence):
            return encoded(try ledger.shares(of: occurrence, in: directory).map { ShareContent($0, directory) })
        case .notifiedOccurrences(let day): return encoded(try ledger.notifiedOccurrences(endingOnOrAfter: day))
        case .notified(let change, let occurrences):
            let found = try ledger.notified(after: change, of: occurrences, in: directory)
            return encoded(found.map(directory.recipients.id))
        case .highestChange(let plan, let campaign):
            return encoded([try ledger.highestChange(plan: plan, campaign: campaign)])
        case .unfinished: return encoded(try ledger.unfinished())
        }
    }

    private func encoded(_ content: some Encodable) -> Answer {
        var answer = Answer()
        if let data = try? JSONEncoder().encode(content) { answer.line(String(decoding: data, as: UTF8.self)) }
        return answer
    }
}

/// The ledger of a running daemon, as an evaluation reads it, over the control socket.
final class RemoteReads: EvaluationReads {
    /// A request's body takes 256 kB; ids have up to 64 characters.
    static let keysAtOnce = 500

    private let ask: (EvaluationQuestion) throws -> Answer?
    private let state: EvaluationState

    /// nil where no daemon runs.
    init?(asking ask: @escaping (EvaluationQuestion) throws -> Answer?) throws {
        self.ask = ask
        guard let answer = try ask(.state) else { return nil }
        guard let state = RemoteReads.decoded(EvaluationState.self, answer) else {
            try ControlClient.show(answer)
            return nil
        }
        self.state = state
    }

    var isRehearsal: Bool { state.isRehearsal }

    func lookedUntil() throws(LedgerFailure) -> Instant { state.lookedUntil }

    func held() throws(LedgerFailure) -> ClosedRange<Instant>? {
        guard let from = state.heldFrom, let until = state.heldUntil else { return nil }
        return from...until
    }

    func rows(of keys: [ReminderKey]) throws(LedgerFailure) -> [RecordedReminder?] {
        var rows: [RecordedReminder?] = []
        for start in stride(from: 0, to: keys.count, by: RemoteReads.keysAtOnce) {
            let part = Array(keys[start..<min(start + RemoteReads.keysAtOnce, keys.count)])
            let found: [RecordedReminder?] = try answer(.rows(part))
            guard found.count == part.count else { throw .broken("the daemon answers for other reminders") }
            rows += found
        }
        return rows
    }

    func shares(of occurrence: OccurrenceKey, in directory: Directory) throws(LedgerFailure) -> [DeliveryShare] {
        let shares: [ShareContent] = try answer(.shares(occurrence))
        return shares.map { $0.share(in: directory) }
    }

    func notifiedOccurrences(endingOnOrAfter day: Day) throws(LedgerFailure) -> [NotifiedOccurrence] {
        try answer(.notifiedOccurrences(endingOnOrAfter: day))
    }

    func notified(
        after change: ReminderKey, of occurrences: [OccurrenceKey], in directory: Directory
    ) throws(LedgerFailure) -> Positions {
        let ids: [String] = try answer(.notified(after: change, of: occurrences))
        return Positions(ids.compactMap(directory.position))
    }

    func highestChange(plan: String, campaign: String) throws(LedgerFailure) -> Int {
        let numbers: [Int] = try answer(.highestChange(plan: plan, campaign: campaign))
        return numbers.first ?? 0
    }

    func unfinished() throws(LedgerFailure) -> [StoredReminder] { try answer(.unfinished) }

    private func answer<Content: Decodable>(_ question: EvaluationQuestion) throws(LedgerFailure) -> Content {
        guard let answer = try? ask(question), let content = RemoteReads.decoded(Content.self, answer) else {
            throw .broken("the daemon does not answer")
        }
        return content
    }

    private static func decoded<Content: Decodable>(_ type: Content.Type, _ answer: Answer) -> Content? {
        answer.lines.first.flatMap { try? JSONDecoder().decode(type, from: Data($0.utf8)) }
    }
}

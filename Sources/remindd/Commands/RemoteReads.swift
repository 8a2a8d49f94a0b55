import Dates
import Reports
import Scheduler

/// Reads the ledger of a running daemon for an evaluation, over the control socket.
final class RemoteReads: EvaluationReads {
    /// Maximum number of keys in one request.
    ///
    /// The body of a request may have 256 kB, and an id may have 64 characters.
    static let keysAtOnce = 500

    private let ask: (EvaluationQuestion) throws -> Answer?
    private let state: EvaluationState

    /// Requests the state of the daemon's ledger. Returns nil if no daemon runs.
    init?(asking ask: @escaping (EvaluationQuestion) throws -> Answer?) throws {
        self.ask = ask
        guard let answer = try ask(.state) else { return nil }
        guard case .evaluation(.state(let state)) = answer.report else {
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
            guard case .rows(let found) = try reply(to: .rows(part)) else { throw RemoteReads.noAnswer }
            guard found.count == part.count else { throw .broken("the daemon answers for other reminders") }
            rows += found
        }
        return rows
    }

    func shares(of occurrence: OccurrenceKey, in directory: RecipientDirectory) throws(LedgerFailure) -> [DeliveryShare] {
        guard case .shares(let shares) = try reply(to: .shares(occurrence)) else { throw RemoteReads.noAnswer }
        return shares.map { $0.share(in: directory) }
    }

    func notifiedOccurrences(endingOnOrAfter day: Day) throws(LedgerFailure) -> [NotifiedOccurrence] {
        guard case .notifiedOccurrences(let found) = try reply(to: .notifiedOccurrences(endingOnOrAfter: day)) else {
            throw RemoteReads.noAnswer
        }
        return found
    }

    func notified(
        after change: ReminderKey, of occurrences: [OccurrenceKey], in directory: RecipientDirectory
    ) throws(LedgerFailure) -> RecipientSet {
        guard case .notified(let ids) = try reply(to: .notified(after: change, of: occurrences)) else {
            throw RemoteReads.noAnswer
        }
        return RecipientSet(ids.compactMap(directory.position))
    }

    func highestChange(plan: String, campaign: String) throws(LedgerFailure) -> Int {
        guard case .highestChange(let number) = try reply(to: .highestChange(plan: plan, campaign: campaign)) else {
            throw RemoteReads.noAnswer
        }
        return number
    }

    func unfinished() throws(LedgerFailure) -> [StoredReminder] {
        guard case .unfinished(let found) = try reply(to: .unfinished) else { throw RemoteReads.noAnswer }
        return found
    }

    private static let noAnswer = LedgerFailure.broken("the daemon does not answer")

    private func reply(to question: EvaluationQuestion) throws(LedgerFailure) -> EvaluationReply {
        guard let answer = try? ask(question), case .evaluation(let reply) = answer.report else { throw RemoteReads.noAnswer }
        return reply
    }
}

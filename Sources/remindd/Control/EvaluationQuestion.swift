import Dates
import Reports
import Scheduler

/// A call of a method of `EvaluationReads`, sent through the control socket.
enum EvaluationQuestion: Codable, Equatable, Sendable {
    case state
    case rows([ReminderKey])
    case shares(OccurrenceKey)
    case notifiedOccurrences(endingOnOrAfter: Day)
    case notified(after: ReminderKey, of: [OccurrenceKey])
    case highestChange(plan: String, campaign: String)
    case unfinished
}

extension EvaluationQuestion {
    /// Calls the method on the daemon's ledger and returns its result.
    func reply(_ ledger: any EvaluationReads, _ directory: RecipientDirectory) throws(LedgerFailure) -> EvaluationReply {
        switch self {
        case .state:
            let held = try ledger.held()
            return .state(
                EvaluationState(
                    isRehearsal: ledger.isRehearsal, lookedUntil: try ledger.lookedUntil(), heldFrom: held?.lowerBound,
                    heldUntil: held?.upperBound))
        case .rows(let keys): return .rows(try ledger.rows(of: keys))
        case .shares(let occurrence):
            return .shares(try ledger.shares(of: occurrence, in: directory).map { ShareContent($0, directory) })
        case .notifiedOccurrences(let day):
            return .notifiedOccurrences(try ledger.notifiedOccurrences(endingOnOrAfter: day))
        case .notified(let change, let occurrences):
            let found = try ledger.notified(after: change, of: occurrences, in: directory)
            return .notified(found.map(directory.recipients.id))
        case .highestChange(let plan, let campaign):
            return .highestChange(try ledger.highestChange(plan: plan, campaign: campaign))
        case .unfinished: return .unfinished(try ledger.unfinished())
        }
    }
}

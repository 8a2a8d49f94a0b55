import Scheduler

/// SQL conditions on a row of `delivery`, made from `DeliveryState.countsAs`.
enum DeliveryCondition {
    /// Returns the condition, in parentheses, that the row has at least one of these meanings.
    static func sql(_ meanings: DeliveryMeaning..., of table: String = "delivery") -> String {
        func reasons(_ state: DeliveryState, _ mayHaveArrived: Bool) -> [WithdrawalReason?] {
            anyReason.filter { why in
                meanings.contains { state.countsAs($0, mayHaveArrived: mayHaveArrived, why: why) }
            }
        }
        let states = DeliveryState.allCases
        let certain = states.filter { reasons($0, false) == anyReason && reasons($0, true) == anyReason }
        let others = states.filter { !certain.contains($0) }
        if others.count < certain.count, others.allSatisfy({ reasons($0, true).isEmpty && reasons($0, false).isEmpty }) {
            return "(\(others.map { "\(table).state <> '\($0.rawValue)'" }.joined(separator: " AND ")))"
        }
        var terms = certain.map { "\(table).state = '\($0.rawValue)'" }
        if states.allSatisfy({ reasons($0, true) == anyReason }) {
            terms.append("\(table).unknowns > 0")
            terms += others.compactMap { term($0, because: reasons($0, false), table) }
        } else {
            for state in others {
                let (arrived, not) = (reasons(state, true), reasons(state, false))
                if arrived == not {
                    terms += [term(state, because: arrived, table)].compactMap { $0 }
                } else {
                    terms += [term(state, because: arrived, table, "unknowns > 0")].compactMap { $0 }
                    terms += [term(state, because: not, table, "unknowns = 0")].compactMap { $0 }
                }
            }
        }
        return "(\(terms.joined(separator: " OR ")))"
    }

    /// Every value that `why` can have; nil stands for no reason.
    private static let anyReason: [WithdrawalReason?] = WithdrawalReason.allCases + [nil]

    /// Returns the condition that the row has this state and one of `reasons`.
    ///
    /// Returns nil if `reasons` is empty.
    private static func term(
        _ state: DeliveryState, because reasons: [WithdrawalReason?], _ table: String, _ more: String? = nil
    ) -> String? {
        guard !reasons.isEmpty else { return nil }
        let parts = [
            "\(table).state = '\(state.rawValue)'", because(reasons, "\(table).why"), more.map { "\(table).\($0)" },
        ]
        return parts.compactMap { $0 }.joined(separator: " AND ")
    }

    /// Returns the condition that the reason is one of `reasons`; nil if any reason is allowed.
    private static func because(_ reasons: [WithdrawalReason?], _ column: String) -> String? {
        guard reasons != anyReason else { return nil }
        let terms = reasons.map { reason in reason.map { "\(column) = '\($0.rawValue)'" } ?? "\(column) IS NULL" }
        return "(\(terms.joined(separator: " OR ")))"
    }

    /// The condition that a cancelled or superseded delivery may become pending again.
    ///
    /// An evaluation makes such a delivery pending if its recipient lacks a delivery. For example,
    /// the delivery that superseded it may have been withdrawn later. A delivery that was cancelled
    /// by a failover may become pending only if all other deliveries of the reminder to this
    /// recipient are cancelled or superseded.
    static let mayReturn = """
        (delivery.state = 'superseded' OR \(sql(.withdrawn))
        AND (delivery.why <> 'failed over' OR NOT EXISTS (SELECT 1 FROM delivery AS other
        WHERE other.reminder = delivery.reminder AND other.recipient = delivery.recipient
        AND \(sql(.standing, of: "other")))))
        """
}

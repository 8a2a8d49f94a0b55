import Diagnostics
import Scheduler

/// The current problems that a person has to correct.
package struct HealthReport: Codable, Sendable {
    package let troubles: [String]

    /// - Parameter failures: the failed deliveries in the ledger. Only those that can still be sent
    ///   are a problem that a person can correct.
    package init(_ facts: RunningFacts, failures: FailedDeliveries = FailedDeliveries()) {
        var troubles = facts.troubles.map(\.description)
        if facts.reloadRefused { troubles.append("the last reload was refused: the files have errors, the old state runs") }
        if failures.withTimeLeft > 0 {
            let states = [(failures.deadWithTimeLeft, "dead"), (failures.unknownWithTimeLeft, "unknown")]
                .filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
            troubles.append("deliveries that can still be sent again (\(states.joined(separator: ", "))): remindd failed")
        }
        self.troubles = troubles
    }
}

/// The reasons why a reminder that is due now would not be sent; empty if it would be sent.
package struct ReadinessReport: Codable, Sendable {
    package let reasons: [String]

    package init(clockIsHeld: Bool, ledgerIsFull: Bool, ledgerIsHeld: Bool) {
        var reasons: [String] = []
        if clockIsHeld { reasons.append("the clock is not trusted: nothing is sent") }
        if ledgerIsFull { reasons.append("the ledger's disk is full: nothing is sent") }
        if ledgerIsHeld { reasons.append("the ledger was restored: reminders due since the copy wait for: remindd release") }
        self.reasons = reasons
    }
}

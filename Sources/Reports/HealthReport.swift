import Diagnostics

/// The current problems that a person has to correct.
package struct HealthReport: Codable, Sendable {
    package let troubles: [String]

    package init(_ facts: RunningFacts) {
        let refused = facts.reloadRefused ? ["the last reload was refused: the files have errors, the old state runs"] : []
        troubles = facts.troubles.map(\.description) + refused
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

import Scheduler

/// A fault that switches off one mechanism of the program. The oracle must detect the fault.
///
/// Each mutation is applied in the simulator's own code. The program under test is unchanged.
enum Mutation: String, CaseIterable {
    /// The most important mechanisms, with the mutations that switch them off.
    static let promises: [(name: String, mutations: [Mutation])] = [
        ("the unique key", [.uniqueKey]), ("the intent write", [.intent]), ("the rule (a)", [.ruleA, .recordedIsClosed]),
        ("looked_until", [.lookedUntil]), ("the unknown outcome", [.unknownDelivered, .unknownNotSent]),
        ("edits", [.withdrawnForever, .whyForgotten, .renameForgotten, .formerlyIgnored, .cancelledAtOnce]),
        ("holds and clocks", [.holdIgnored, .releaseForgotten, .takenBackKept, .clockBelieved]),
        ("whom an answer is about", [.recipientAsServer, .loadBurns, .probe, .comparison]),
    ]

    /// The ledger does not find recorded reminders. They fire again, each under a new key.
    case uniqueKey = "unique-key"
    /// Deliveries in flight become pending before a start looks for them, so it finds none.
    case intent
    /// The ledger hides its deliveries, so recipients get a reminder that they already have.
    case ruleA = "rule-a"
    /// The ledger does not store the time up to which the plans were evaluated.
    case lookedUntil = "looked-until"
    /// An attempt without a reply is recorded as delivered.
    case unknownDelivered = "unknown-delivered"
    /// An attempt without a reply is recorded as not sent.
    case unknownNotSent = "unknown-not-sent"
    /// One in ten successful outcomes is not recorded.
    case outcome
    /// Missed reminders are not recorded.
    case missed
    /// One firing in ten is dropped.
    case firing
    /// A temporary refusal is treated as a permanent refusal.
    case refusal
    /// The `otherwise` channels are never used.
    case otherwise
    /// Changes are not announced.
    case change
    /// Changes of the time of day alone are not announced.
    case timeChange = "time-change"
    /// A temporary refusal of one recipient is treated as a failure of the server.
    case recipientAsServer = "recipient-as-server"
    /// A refusal because of load uses up an attempt.
    case loadBurns = "load-burns"
    /// The probe of an open breaker is the newest delivery that was never tried.
    case probe
    /// A refusal whose cause is unclear is attributed to its recipient.
    case comparison

    // Edits.

    /// `fire` leaves out one reminder in ten and reports that it was written.
    case firingSwallowed = "firing-swallowed"
    /// The ledger reports that no recipients can be added to any recorded reminder.
    case recordedIsClosed = "recorded-is-closed"
    /// `extend` leaves out one in five deliveries.
    case partForgotten = "part-forgotten"
    /// A cancelled delivery never becomes pending again.
    case withdrawnForever = "withdrawn-forever"
    /// The ledger hides the reasons of cancellations, so no delivery becomes pending again.
    case whyForgotten = "why-forgotten"
    /// The rows of a renamed occurrence keep the old name.
    case renameForgotten = "rename-forgotten"
    /// Former names of plans, campaigns, recipients and channels are ignored.
    case formerlyIgnored = "formerly-ignored"
    /// A cancellation is announced immediately.
    case cancelledAtOnce = "cancelled-at-once"

    // Holds and clocks.

    /// The hold is hidden. Firings continue, changes are announced and `otherwise` channels are
    /// used.
    case holdIgnored = "hold-ignored"
    /// Deliveries that were in flight in a restored copy are not held, but sent again immediately.
    case copyInFlightSent = "copy-in-flight-sent"
    /// Deliveries that an operator released stay held.
    case releaseForgotten = "release-forgotten"
    /// Rows that were recorded while the clock was ahead are kept after the clock is corrected.
    case takenBackKept = "taken-back-kept"
    /// A wrong clock is accepted.
    case clockBelieved = "clock-believed"

    func receipt(_ receipt: Receipt) -> Receipt {
        switch (self, receipt.outcome) {
        case (.unknownDelivered, .unknown): Receipt(.delivered, code: 250, reply: "mutated")
        case (.unknownNotSent, .unknown): Receipt(.notSent, reply: "mutated")
        case (.refusal, .refusedForNow): Receipt(.refusedForGood, code: 550, reply: "mutated")
        default: servers(receipt)
        }
    }

    private func servers(_ receipt: Receipt) -> Receipt {
        switch (self, receipt.about, receipt.outcome) {
        case (.recipientAsServer, .recipient, .refusedForNow):
            Receipt(.refusedForNow, about: .server, code: receipt.code, reply: receipt.reply, advice: receipt.advice)
        case (.loadBurns, .load, .refusedForNow):
            Receipt(.refusedForNow, code: receipt.code, reply: receipt.reply, advice: receipt.advice)
        case (.comparison, .comparison, _):
            Receipt(.refusedForGood, code: receipt.code, reply: receipt.reply)
        default: receipt
        }
    }

    /// Returns the active configuration with this mutation applied.
    func accepted(_ accepted: ActiveConfiguration, _ office: Office) -> ActiveConfiguration {
        guard self == .formerlyIgnored else { return accepted }
        var forgetful = office
        forgetful.formerIDs = [:]
        for line in forgetful.lines.indices { forgetful.lines[line].formerly = [] }
        forgetful.plans = office.plans.map { plan in
            plan.with(campaigns: plan.campaigns.map { $0.with(formerly: []) }, formerly: [])
        }
        return forgetful.accepted
    }
}

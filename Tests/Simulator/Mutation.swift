import Scheduler

/// One mechanism switched off between the loops and their surroundings. The oracle must detect it.
///
/// Each mutation works in the simulator's own layers. The program under test is unchanged.
enum Mutation: String, CaseIterable {
    /// The most important mechanisms, with the mutations that switch them off.
    static let promises: [(name: String, mutations: [Mutation])] = [
        ("the unique key", [.uniqueKey]), ("the intent write", [.intent]), ("the rule (a)", [.ruleA, .recordedIsClosed]),
        ("looked_until", [.lookedUntil]), ("the unknown outcome", [.unknownDelivered, .unknownNotSent]),
        ("edits", [.withdrawnForever, .whyForgotten, .renameForgotten, .formerlyIgnored, .cancelledAtOnce]),
        ("holds and clocks", [.holdIgnored, .releaseForgotten, .takenBackKept, .clockBelieved]),
        ("whom an answer is about", [.recipientAsServer, .loadBurns, .probe, .comparison]),
    ]

    /// A recorded reminder is not found and fires into a new row, so identity is no unique key.
    case uniqueKey = "unique-key"
    /// A start finds no deliveries in flight, because the ledger made them pending again.
    case intent
    /// The ledger hides its deliveries, so that rule (a) sends to recipients who already have one.
    case ruleA = "rule-a"
    /// The ledger forgets how far it was evaluated.
    case lookedUntil = "looked-until"
    /// An attempt without an answer is recorded as delivered.
    case unknownDelivered = "unknown-delivered"
    /// An attempt without an answer is recorded as not sent.
    case unknownNotSent = "unknown-not-sent"
    /// One outcome in ten is not recorded.
    case outcome
    /// Missed reminders are not recorded.
    case missed
    /// One firing in ten is dropped.
    case firing
    /// A refusal for now is treated as a refusal for good.
    case refusal
    /// The `otherwise` channels are never used.
    case otherwise
    /// Changes are not announced.
    case change
    /// An answer about one recipient is treated as a failure of the server.
    case recipientAsServer = "recipient-as-server"
    /// A refusal because of load uses up an attempt.
    case loadBurns = "load-burns"
    /// The probe of an open breaker is the newest delivery that was never tried.
    case probe
    /// A refusal that does not say whom it concerns is attributed to its recipient.
    case comparison

    // Edits.

    /// `fire` leaves out one reminder in ten and reports that it was written.
    case firingSwallowed = "firing-swallowed"
    /// A reminder that has fired is closed for everyone.
    case recordedIsClosed = "recorded-is-closed"
    /// One in five deliveries of a later part of a firing is not written.
    case partForgotten = "part-forgotten"
    /// A cancelled delivery never becomes pending again.
    case withdrawnForever = "withdrawn-forever"
    /// Deliveries are cancelled without a reason.
    case whyForgotten = "why-forgotten"
    /// The rows of a renamed occurrence keep the old name.
    case renameForgotten = "rename-forgotten"
    /// Names from before a rename are not known.
    case formerlyIgnored = "formerly-ignored"
    /// A cancellation is announced at once.
    case cancelledAtOnce = "cancelled-at-once"

    // Holds and clocks.

    /// A hold is ignored: firings are continued, changes announced and `otherwise` channels used.
    case holdIgnored = "hold-ignored"
    /// Deliveries in flight in a copy are sent again at once.
    case copyInFlightSent = "copy-in-flight-sent"
    /// Deliveries that an operator released stay held.
    case releaseForgotten = "release-forgotten"
    /// Rows of a future that did not happen stay.
    case takenBackKept = "taken-back-kept"
    /// Any clock is believed.
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

    /// The plans that the loops get instead of those in the files.
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

import Scheduler

/// Something switched off between the loops and what they stand on, to prove that the oracle sees it.
///
/// Each works in the simulator's own layers; the program under test is as it is shipped.
enum Mutation: String, CaseIterable {
    /// What the whole rests on, and what switching each of it off is called here.
    static let promises: [(name: String, mutations: [Mutation])] = [
        ("the unique key", [.uniqueKey]), ("the intent write", [.intent]), ("the rule (a)", [.ruleA, .recordedIsClosed]),
        ("looked_until", [.lookedUntil]), ("the unknown outcome", [.unknownDelivered, .unknownNotSent]),
        ("edits", [.withdrawnForever, .whyForgotten, .renameForgotten, .formerlyIgnored, .cancelledAtOnce]),
        ("holds and clocks", [.holdIgnored, .releaseForgotten, .takenBackKept, .clockBelieved]),
        ("whom an answer is about", [.recipientAsServer, .loadBurns, .probe, .comparison]),
    ]

    /// A reminder that the ledger has is forgotten, and fires into a new row: identity is no unique key.
    case uniqueKey = "unique-key"
    /// A crash finds no intents: what was in flight was never marked.
    case intent
    /// The ledger hides who has what: rule (a) sends to recipients who know.
    case ruleA = "rule-a"
    /// The ledger forgets how far it was looked.
    case lookedUntil = "looked-until"
    /// An attempt without an answer is called delivered.
    case unknownDelivered = "unknown-delivered"
    /// An attempt without an answer is called not sent.
    case unknownNotSent = "unknown-not-sent"
    /// An outcome is not written down.
    case outcome
    /// What is missed is not written down.
    case missed
    /// What falls due is dropped, one time in ten.
    case firing
    /// Refused for now is taken for refused for good.
    case refusal
    /// The `otherwise` channels are never used.
    case otherwise
    /// Nobody hears of a change.
    case change
    /// What is said of one recipient is taken for a failure of the server.
    case recipientAsServer = "recipient-as-server"
    /// What the server has no time for costs a try.
    case loadBurns = "load-burns"
    /// The single try of an open breaker is the newest that was never tried.
    case probe
    /// A refusal that does not say whom it is about is taken for its recipient's.
    case comparison

    // Edits.

    /// `fire` leaves out one reminder in ten and says that it wrote it.
    case firingSwallowed = "firing-swallowed"
    /// A reminder that has fired is closed for everyone.
    case recordedIsClosed = "recorded-is-closed"
    /// A later part of a large firing, or a delivery that somebody lacks, is not written, one time in five.
    case partForgotten = "part-forgotten"
    /// What was cancelled never becomes pending again.
    case withdrawnForever = "withdrawn-forever"
    /// Deliveries are cancelled without a reason.
    case whyForgotten = "why-forgotten"
    /// An occurrence with another name does not take its rows along.
    case renameForgotten = "rename-forgotten"
    /// The names from before a rename are not known.
    case formerlyIgnored = "formerly-ignored"
    /// A cancellation is announced at once.
    case cancelledAtOnce = "cancelled-at-once"

    // Holds and clocks.

    /// A hold is not seen: the rest of a firing is written, changes are announced, `otherwise` is used.
    case holdIgnored = "hold-ignored"
    /// What was in flight in a copy is sent again at once.
    case copyInFlightSent = "copy-in-flight-sent"
    /// What a person lets go stays.
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

    /// What the loops are given instead of what the files say.
    func accepted(_ accepted: Accepted, _ office: Office) -> Accepted {
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

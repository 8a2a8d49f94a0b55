import Scheduler

/// Something switched off between the loops and what they stand on, to prove that the oracle sees it.
///
/// Each works in the simulator's own layers; the program under test is as it is shipped.
enum Mutation: String, CaseIterable {
    /// What the whole rests on, and what switching each of it off is called here.
    static let promises: [(name: String, mutations: [Mutation])] = [
        ("the unique key", [.uniqueKey]), ("the intent write", [.intent]), ("the look's rule (a)", [.ruleA]),
        ("looked_until", [.lookedUntil]), ("the unknown outcome", [.unknownDelivered, .unknownNotSent]),
        ("whom an answer is about", [.recipientAsServer, .loadBurns, .probe, .comparison]),
    ]

    /// A reminder that the ledger has is forgotten, and fires into a new row: identity is no unique key.
    case uniqueKey = "unique-key"
    /// A crash finds no intents: what was in flight was never marked.
    case intent
    /// `given` hides what was given before: rule (a) sends to readers who know.
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
}

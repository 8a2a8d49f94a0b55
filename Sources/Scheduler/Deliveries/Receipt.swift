import Dates

/// Whom an answer is about: who is affected by it, and who has to do something.
///
/// The spellings are those of the ledger's `attempt.about`.
public enum Scope: String, Hashable, Sendable, CaseIterable {
    /// This one recipient, or this one message. The destination works; nobody else is affected.
    case recipient
    /// We are refused, whoever the recipient is: name, sender, login, certificate. A person has to fix something.
    case us
    /// Too much or too many at this moment. The attempt costs nothing.
    case load
    /// The destination is out of order or cannot be reached.
    case server
    /// The endpoint is gone (HTTP 410): nothing goes there until the configuration is loaded again.
    case endpointGone = "endpoint gone"
    /// A final refusal whose words do not say whom it is about. What the channel answers to others decides (`Comparison`).
    case comparison
    /// Nobody was asked: the attempt was called off before its first byte. It costs nothing.
    case nobody
}

/// What a channel says of one attempt.
public struct Receipt: Hashable, Sendable {
    public let outcome: Outcome
    /// Whom the answer is about. Of an accepted message: its recipient.
    public let about: Scope
    /// The server's reply code (SMTP or HTTP), if one came.
    public let code: Int?
    /// The server's words or the transport's error: at most 512 bytes of UTF-8, unescaped. Never a secret or an address of ours.
    public let reply: String
    /// What the retry policy must know beyond the outcome.
    public let advice: Advice
    /// The words of a final refusal without what differs between recipients; nil where it is not compared with others. Of an answer for
    /// load: it was given to a recipient, and not to the connection, so it may be about that recipient.
    public let comparable: String?
    /// A text of the user's could not be used for this message; what went out is the built-in one.
    public var unrendered: RenderFailure?

    /// - Parameter about: by default the server, where nothing was answered, and else the recipient.
    public init(
        _ outcome: Outcome, about: Scope? = nil, code: Int? = nil, reply: String, advice: Advice = .none,
        comparable: String? = nil
    ) {
        self.outcome = outcome
        self.about = about ?? (outcome == .notSent || outcome == .unknown ? .server : .recipient)
        self.code = code
        self.reply = reply
        self.advice = advice
        self.comparable = comparable
    }

    /// The same answer, found to be about `scope`.
    func judged(about scope: Scope) -> Receipt {
        guard scope != about else { return self }
        var receipt = Receipt(outcome, about: scope, code: code, reply: reply, advice: advice, comparable: comparable)
        receipt.unrendered = unrendered
        return receipt
    }

    /// The attempt does not count: neither for the schedule of retries nor for anything that is allowed once.
    public var isUncounted: Bool { about == .load || about == .nobody }

    /// It is a refusal that ends the delivery when it comes a second time.
    public var countsTwice: Bool {
        if case .once = advice { true } else { false }
    }

    public enum Advice: Hashable, Sendable {
        case none
        /// The server named its own wait (`Retry-After`), already clamped to 1 s ... 24 h.
        case retryAfter(TimeSpan)
        /// Wait at least this long (greylisting).
        case atLeast(TimeSpan)
        /// One more try after this long, then give up (SMTP 552, HTTP 409 and 422).
        case once(after: TimeSpan)
    }
}

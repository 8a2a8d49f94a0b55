import Dates

/// Whom an answer concerns: who is affected by it, and who has to act.
///
/// The spellings are those of the ledger's `attempt.about`.
public enum Scope: String, Hashable, Sendable, CaseIterable {
    /// This recipient or this message alone. The server works, and nobody else is affected.
    case recipient
    /// The sender, for every recipient: its name, address, login or certificate is refused. An
    /// operator has to fix something.
    case us
    /// The load at this moment: too much or too many. The attempt does not count.
    case load
    /// The server, which is out of order or cannot be reached.
    case server
    /// The endpoint, which is gone (HTTP 410). Nothing is sent to it until the configuration is
    /// loaded again.
    case endpointGone = "endpoint gone"
    /// Undecided: a final refusal whose text does not tell whom it concerns. The channel's answers
    /// to other recipients decide (`Comparison`).
    case comparison
    /// Nobody. The attempt does not count.
    ///
    /// remindd aborted the attempt, or a reload changed the channel's settings during it.
    case nobody
}

/// A channel's result of one attempt.
public struct Receipt: Hashable, Sendable {
    public let outcome: Outcome
    /// Whom the answer concerns; the recipient if the message was accepted.
    public let about: Scope
    /// The server's reply code (SMTP or HTTP); nil if none came.
    public let code: Int?
    /// The server's text or the transport's error: at most 512 bytes of UTF-8, unescaped. Contains
    /// no secret and no address of the sender.
    public let reply: String
    /// Advice for the retry policy, beyond the outcome.
    public let advice: Advice
    /// The text of a final refusal without the parts that differ between recipients.
    ///
    /// nil if the refusal is not compared with others. For an answer about load: not nil if the
    /// answer was given to a recipient instead of to the connection, so that it may concern that
    /// recipient.
    public let comparable: String?
    /// The failure of a user's template. The message was sent with the built-in text instead.
    public var unrendered: RenderFailure?

    /// - Parameter about: The server by default if there was no answer, else the recipient.
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

    /// Returns the same answer with `scope` as the result of a comparison.
    func judged(about scope: Scope) -> Receipt {
        guard scope != about else { return self }
        var receipt = Receipt(outcome, about: scope, code: code, reply: reply, advice: advice, comparable: comparable)
        receipt.unrendered = unrendered
        return receipt
    }

    /// Whether the attempt does not count.
    ///
    /// It then counts neither for the schedule of retries nor for anything that is allowed once.
    public var isUncounted: Bool { about == .load || about == .nobody }

    /// Whether the refusal ends the delivery when it comes a second time.
    public var countsTwice: Bool {
        if case .once = advice { true } else { false }
    }

    public enum Advice: Hashable, Sendable {
        case none
        /// The server stated a wait (`Retry-After`), clamped to 1 s ... 24 h.
        case retryAfter(TimeSpan)
        /// The next attempt must wait at least this long (greylisting).
        case atLeast(TimeSpan)
        /// One more attempt after this long (SMTP 552, HTTP 409 and 422).
        ///
        /// If it is refused too, the delivery is dead.
        case once(after: TimeSpan)
    }
}

import Dates

/// The party that the result of an attempt is about, such as the recipient or the server.
///
/// The spellings are those of the ledger's `attempt.about`.
public enum Scope: String, Hashable, Sendable, CaseIterable {
    /// This recipient or this message only. The server works, and nobody else is affected.
    case recipient
    /// The sender: its name, address, login or certificate is refused for every recipient.
    ///
    /// An operator has to fix something.
    case us
    /// The current load: the server gets too much data or too many requests.
    ///
    /// The attempt does not count as a try.
    case load
    /// The server, which fails or cannot be reached.
    case server
    /// The endpoint, which is gone (HTTP 410).
    ///
    /// Nothing is sent to it until the configuration is reloaded.
    case endpointGone = "endpoint gone"
    /// It is not decided yet whether a final refusal is about the recipient or the sender.
    ///
    /// The text of the refusal does not show which of the two. The server's replies about other
    /// recipients of the channel decide (`Comparison`).
    case comparison
    /// Nobody. The attempt does not count as a try.
    ///
    /// remindd aborted the attempt, or a reload changed the channel's settings during the attempt.
    case nobody
}

/// The result of one attempt, as the channel reports it.
public struct Receipt: Hashable, Sendable {
    public let outcome: Outcome
    /// The subject of the reply; the recipient if the message was accepted.
    public let about: Scope
    /// The server's reply code (SMTP or HTTP); nil if there was no reply.
    public let code: Int?
    /// The server's text or the transport's error: at most 512 bytes of UTF-8, unescaped.
    ///
    /// It contains no secret and no address of the sender.
    public let reply: String
    /// Advice for the retry policy, in addition to the outcome; `.none` if there is none.
    public let advice: Advice
    /// The text of a final refusal without the parts that differ between recipients.
    ///
    /// nil if the refusal is not compared with other refusals. For a refusal because of load, a
    /// value means that the server refused a recipient, not the connection.
    public let comparable: String?
    /// The failure to render a user's template; nil if there was none.
    ///
    /// The message was sent with the built-in text instead.
    public var unrendered: RenderFailure?

    /// - Parameter about: The subject of the reply. The default is the server if no reply came, and
    ///   the recipient if a reply came.
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

    /// Returns a copy whose `about` is `scope`.
    func judged(about scope: Scope) -> Receipt {
        guard scope != about else { return self }
        var receipt = Receipt(outcome, about: scope, code: code, reply: reply, advice: advice, comparable: comparable)
        receipt.unrendered = unrendered
        return receipt
    }

    /// Whether the attempt does not count as a try.
    ///
    /// Such an attempt affects neither the schedule of retries nor limits such as a single resend.
    public var isUncounted: Bool { about == .load || about == .nobody }

    /// Whether a second refusal of this kind ends the delivery.
    public var countsTwice: Bool {
        if case .once = advice { true } else { false }
    }

    public enum Advice: Hashable, Sendable {
        case none
        /// The server requested this wait (`Retry-After`), clamped to 1 s ... 24 h.
        case retryAfter(TimeSpan)
        /// The next attempt must wait at least this long (greylisting).
        case atLeast(TimeSpan)
        /// One more attempt is allowed, after this wait (SMTP 552, HTTP 409 and 422).
        ///
        /// If that attempt is refused too, the delivery is dead.
        case once(after: TimeSpan)
    }
}

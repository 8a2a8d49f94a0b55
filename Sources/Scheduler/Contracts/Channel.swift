import Dates

/// A configured mail server or webhook endpoint that delivers messages to their recipients.
///
/// A channel turns a message into bytes, sends them and reports a receipt. It stores nothing,
/// decides nothing about retries and never calls the ledger.
public protocol Channel: AnyObject, Sendable {
    /// The channel's name under `channels:` in the configuration.
    var name: String { get }
    /// The maximum number of attempts under way at one time.
    var concurrency: Int { get }
    /// The initial maximum number of attempts under way, before successes raise the maximum.
    ///
    /// The default is `concurrency`.
    var openingConcurrency: Int { get }
    /// The maximum number of queued messages beyond `concurrency`; 0 by default.
    ///
    /// If attempts take only milliseconds, the dispatcher fills this queue, so that a free
    /// connection does not wait for the ledger's disk. If the process dies, queued messages count
    /// as attempts that had begun.
    var ahead: Int { get }
    /// Whether the channel logs in to its server, with a password or a token; false by default.
    ///
    /// A server may count failed logins. The dispatcher therefore starts a single attempt at first.
    /// It starts further attempts after that attempt has shown that the login works, or has taken
    /// ten seconds.
    var logsIn: Bool { get }
    /// The channel's settings for the retry policy and the breaker.
    var policy: ChannelPolicy { get }

    /// Starts one attempt. Never blocks on the network.
    ///
    /// Calls `report` exactly once, from any thread, whether the attempt succeeds, fails, cannot
    /// start or is aborted by `stop`.
    func deliver(_ message: Message, report: @escaping @Sendable (Receipt) -> Void)

    /// Cancels queued attempts that have not begun. Each of these attempts reports `Scope.nobody`.
    ///
    /// Attempts under way continue. The default implementation does nothing, because a channel
    /// without a queue begins every attempt immediately.
    func withdraw()

    /// Returns the bytes that `deliver` would send, for the command `render`.
    ///
    /// The bytes are in a form that a person can read, without secrets.
    func preview(_ message: Message) throws(RenderFailure) -> [UInt8]

    /// Throws what `preview` throws, without encoding what cannot fail.
    ///
    /// `check` calls this for every text of a year. The default implementation calls `preview`.
    func tryEncoding(_ message: Message) throws(RenderFailure)

    /// Returns the subject line (mail) or `data.subject` (webhook) of this message.
    func subject(_ message: Message) throws(RenderFailure) -> String

    /// Whether no attempt is under way, neither for a reminder nor for an alert; true by default.
    var isIdle: Bool { get }

    /// Waits up to `grace` for attempts under way, then aborts those that have not ended.
    ///
    /// Each attempt still reports a receipt. Blocks until all attempts have ended.
    func stop(grace: TimeSpan)
}

extension Channel {
    public var openingConcurrency: Int { concurrency }
    public var ahead: Int { 0 }
    public var logsIn: Bool { false }
    public var isIdle: Bool { true }
    public func withdraw() {}
    public func tryEncoding(_ message: Message) throws(RenderFailure) { _ = try preview(message) }
}

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
    /// The maximum number of attempts under way at first, before successes raise it.
    ///
    /// By default equal to `concurrency`.
    var openingConcurrency: Int { get }
    /// Number of messages that the channel may queue in addition to `concurrency`; by default none.
    ///
    /// The dispatcher fills this queue while attempts take milliseconds, so that a free connection
    /// need not wait for the ledger's disk. If the process dies, queued messages count as begun.
    var ahead: Int { get }
    /// Whether the channel sends a password or a token; by default false.
    ///
    /// A server may count wrong logins, so the first login is made alone.
    var logsIn: Bool { get }
    /// The channel's settings for the retry policy and the breaker.
    var policy: ChannelPolicy { get }

    /// Starts one attempt. Never blocks on the network.
    ///
    /// Calls `report` exactly once, from any thread, whether the attempt succeeds, fails, cannot
    /// start or is aborted by `stop`.
    func deliver(_ message: Message, report: @escaping @Sendable (Receipt) -> Void)

    /// Cancels queued attempts that have not begun. Each of them reports `Scope.nobody`.
    ///
    /// Attempts under way continue. The default implementation does nothing, because a channel
    /// without a queue begins every attempt immediately.
    func withdraw()

    /// Returns the bytes that `deliver` would send, for the command `render`.
    ///
    /// The bytes are in a form that a person can read, without secrets.
    func preview(_ message: Message) throws(RenderFailure) -> [UInt8]

    /// Returns the subject line (mail) or `data.subject` (webhook) of this message.
    func subject(_ message: Message) throws(RenderFailure) -> String

    /// True if no attempt is under way, neither of the dispatcher nor for an alert. Default: true.
    var isIdle: Bool { get }

    /// Waits up to `grace` for attempts under way, then aborts the rest.
    ///
    /// Each attempt still reports a receipt. Blocks until all have ended.
    func stop(grace: TimeSpan)
}

extension Channel {
    public var openingConcurrency: Int { concurrency }
    public var ahead: Int { 0 }
    public var logsIn: Bool { false }
    public var isIdle: Bool { true }
    public func withdraw() {}
}

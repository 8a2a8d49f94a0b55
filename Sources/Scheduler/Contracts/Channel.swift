import Dates

/// A configured mail server or webhook endpoint that delivers messages to their recipients.
///
/// A channel turns a message into bytes, sends them and reports a receipt. It stores nothing,
/// decides nothing about retries and never calls the ledger.
public protocol Channel: AnyObject, Sendable {
    /// The name under `channels:` in the configuration.
    var name: String { get }
    /// The maximum number of attempts under way at one time.
    var concurrency: Int { get }
    /// Number of attempts under way before the server has shown that it bears more.
    ///
    /// By default all of `concurrency`.
    var openingConcurrency: Int { get }
    /// Number of further messages that the channel may hold; by default none.
    ///
    /// They are handed over while attempts take milliseconds, so that a free connection need not
    /// wait for the ledger's disk. Messages that wait in the channel when the process dies count as
    /// begun.
    var ahead: Int { get }
    /// Whether the channel sends a password or a token; by default not.
    ///
    /// The server may count wrong ones.
    var logsIn: Bool { get }
    /// What the retry policy and the breaker need to know about the channel.
    var policy: ChannelPolicy { get }

    /// Starts one attempt. Never blocks on the network.
    ///
    /// Calls `report` exactly once, from any thread, whether the attempt succeeds, fails, cannot
    /// start or is aborted by `stop`.
    func deliver(_ message: Message, report: @escaping @Sendable (Receipt) -> Void)

    /// Cancels attempts that have not begun; each reports `Scope.nobody`. Attempts under way
    /// continue. The default does nothing, because by default every attempt has begun.
    func withdraw()

    /// Returns the bytes that `deliver` would send, for `render`.
    ///
    /// They are in a form that a person can read, without secrets.
    func preview(_ message: Message) throws(RenderFailure) -> [UInt8]

    /// Returns the subject line (mail) or `data.subject` (webhook) of this message.
    func subject(_ message: Message) throws(RenderFailure) -> String

    /// Whether no attempt is under way, from the dispatcher or from an alert; by default true.
    var isIdle: Bool { get }

    /// Lets attempts under way end within `grace`, then aborts them. Each still reports a receipt.
    /// Blocks until all have ended.
    func stop(grace: TimeSpan)
}

extension Channel {
    public var openingConcurrency: Int { concurrency }
    public var ahead: Int { 0 }
    public var logsIn: Bool { false }
    public var isIdle: Bool { true }
    public func withdraw() {}
}

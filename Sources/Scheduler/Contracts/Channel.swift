import Dates

/// A configured mail server or webhook endpoint, by which messages reach their recipients.
///
/// A channel turns a message into bytes, sends them and reports a receipt. It stores nothing,
/// decides nothing about retries and never calls the ledger.
public protocol Channel: AnyObject, Sendable {
    /// The name under `channels:` in the configuration.
    var name: String { get }
    /// The most attempts it can have under way at one time.
    var concurrency: Int { get }
    /// How many attempts may be under way before the server has shown that it bears more; by default all.
    var openingConcurrency: Int { get }
    /// How many more messages the channel may be handed while attempts take milliseconds; by default none.
    /// They save a free connection the wait for the ledger's disk. Messages that wait here when the
    /// process dies count as begun.
    var ahead: Int { get }
    /// Whether the channel sends a password or a token, of which the server may count wrong ones; by default not.
    var logsIn: Bool { get }
    /// What the retry policy and the breaker need to know about the channel.
    var policy: ChannelPolicy { get }

    /// Starts one attempt. Never blocks on the network. `report` is called exactly once, from any thread, whether
    /// the attempt succeeds, fails, cannot start or is cut off by `stop`.
    func deliver(_ message: Message, report: @escaping @Sendable (Receipt) -> Void)

    /// Calls off attempts that have not begun; each reports `Scope.nobody`. Attempts under way
    /// continue. The default does nothing, because by default every attempt has begun.
    func withdraw()

    /// The exact bytes that `deliver` would send, as a person may read them (`render`): secrets left out.
    func preview(_ message: Message) throws(RenderFailure) -> [UInt8]

    /// The subject line (mail) or `data.subject` (webhook) of this message.
    func subject(_ message: Message) throws(RenderFailure) -> String

    /// Whether the channel has no attempt under way, from the dispatcher or from an alert; by default true.
    var isIdle: Bool { get }

    /// Lets attempts under way end within `grace`, then cuts them off; each still reports. Blocks until all have.
    func stop(grace: TimeSpan)
}

extension Channel {
    public var openingConcurrency: Int { concurrency }
    public var ahead: Int { 0 }
    public var logsIn: Bool { false }
    public var isIdle: Bool { true }
    public func withdraw() {}
}

/// A template could not be rendered. The description names the template and what is wrong with it.
public struct RenderFailure: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) {
        self.description = description
    }
}

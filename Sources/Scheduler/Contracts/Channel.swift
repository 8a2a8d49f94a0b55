/// A way to reach people: one configured mail server or one webhook endpoint.
///
/// Channels turn a message into bytes, send them, and say what became of it. They keep nothing, decide nothing
/// about retries, and never call the ledger.
public protocol Channel: AnyObject, Sendable {
    /// The name under `channels:` in the configuration.
    var name: String { get }
    /// The most attempts it can have under way at one time.
    var concurrency: Int { get }
    /// How many of those before it has shown that it bears more; by default all.
    var openingConcurrency: Int { get }
    /// How many more it may be handed while attempts take milliseconds, so that a connection that is free need not wait for the ledger's
    /// disk; by default none. What waits here when the process dies counts as begun.
    var ahead: Int { get }
    /// A server is told a password or a token, and may count those that are wrong; by default not.
    var logsIn: Bool { get }
    /// What the retry policy needs to know about the channel's kind.
    var kind: ChannelKind { get }

    /// Starts one attempt. Never blocks on the network. `report` is called exactly once, from any thread, whether
    /// the attempt succeeds, fails, cannot start or is cut off by `stop`.
    func deliver(_ message: Message, report: @escaping @Sendable (Receipt) -> Void)

    /// Gives back what has not begun: each reports an attempt that was called off (`Scope.nobody`). What is under way goes on. By default
    /// everything has begun.
    func withdraw()

    /// The exact bytes that `deliver` would send, as a person may read them (`render`): secrets left out.
    func preview(_ message: Message) throws(RenderFailure) -> [UInt8]

    /// The subject line (mail) or `data.subject` (webhook) of this message.
    func subject(_ message: Message) throws(RenderFailure) -> String

    /// Nothing that it was given is under way, by whomever; by default so.
    var isIdle: Bool { get }

    /// Lets attempts under way end within `grace`, then cuts them off; each still reports. Blocks until all have.
    func stop(grace: Span)
}

extension Channel {
    public var openingConcurrency: Int { concurrency }
    public var ahead: Int { 0 }
    public var logsIn: Bool { false }
    public var isIdle: Bool { true }
    public func withdraw() {}
}

/// The kinds of channel that the policies tell apart.
public enum ChannelKind: Hashable, Sendable {
    /// Mail cannot be withdrawn or recognised as a double by its reader's server: unknown outcomes are resent once at most.
    case email(onUnknown: OnUnknown)
    /// A webhook's id makes retries safe.
    case webhook

    public enum OnUnknown: String, Hashable, Sendable, CaseIterable {
        case resend, hold
    }
}

/// A template could not be put into words. The description names the template and what is wrong with it.
public struct RenderFailure: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) {
        self.description = description
    }
}

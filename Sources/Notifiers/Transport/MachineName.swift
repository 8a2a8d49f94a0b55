import Clocks
import Dates
import Glibc
import Scheduler

/// The name by which this machine introduces itself to mail servers.
public enum MachineName {
    /// The full domain name of this machine; nil if it has none.
    ///
    /// The lookup of the name runs once and for at most two seconds, because a resolver that does
    /// not respond must not delay mail.
    public static let full: String? = short.flatMap { isFull($0) ? $0 : lookup?.wait() }

    /// Starts the lookup, so that the name is known when the first mail is sent.
    static func prepare() { _ = lookup }

    private static let lookup = short.flatMap { isFull($0) ? nil : Lookup(of: $0) }

    /// The name that gethostname(2) returns, usually without a domain; nil if the call fails.
    private static let short: String? = {
        var name = [CChar](repeating: 0, count: 256)
        let isThere = gethostname(&name, name.count - 1) == 0
        return isThere ? String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self) : nil
    }()

    /// Returns whether other machines may be able to look up the name.
    ///
    /// Such a name has a dot, is not an IP address, and does not end in a domain that exists only
    /// on this machine or in its network.
    public static func isFull(_ name: String) -> Bool {
        guard let parsed = try? HostName.parse(name), IPAddress(parsed) == nil, parsed.contains(".") else { return false }
        return ![".localhost", ".localdomain", ".local", ".internal", ".invalid"].contains(where: parsed.hasSuffix)
    }

    /// A lookup in /etc/hosts or in the name service.
    ///
    /// Callers stop waiting two seconds after the lookup began.
    private final class Lookup: Sendable {
        private let answer = Monitor<String??>(nil)
        private let deadline = Monotonic.now + TimeSpan.seconds(2)
        private let isAsked: Bool

        init(of short: String) {
            isAsked =
                BlockingThread.start("own-name") { [answer] in
                    let name = lookUp(short)
                    answer.with { $0 = .some(name) }
                } != nil
        }

        func wait() -> String? { isAsked ? answer.wait(until: deadline, { $0 }) ?? nil : nil }
    }

    /// Returns the canonical name of this machine; nil if it has none or if the name has no domain.
    static func lookUp(_ short: String) -> String? {
        var hints = addrinfo()
        hints.ai_flags = AI_CANONNAME
        hints.ai_family = AF_UNSPEC
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(short, nil, &hints, &found) == 0 else { return nil }
        defer { freeaddrinfo(found) }
        guard let name = found?.pointee.ai_canonname.map({ String(cString: $0) }), isFull(name) else { return nil }
        return try? HostName.parse(name)
    }
}

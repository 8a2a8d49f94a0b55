import Dates
import Glibc
import Scheduler

/// What this machine is called where it introduces itself to mail servers.
public enum MachineName {
    /// Its full domain name; nil where it has none. Asked once, for two seconds at most: a resolver that does not answer must not hold
    /// mail up.
    public static let full: String? = short.flatMap { isFull($0) ? $0 : lookup?.wait() }

    /// Begins to ask, so that the answer is there when the first mail goes out.
    static func prepare() { _ = lookup }

    private static let lookup = short.flatMap { isFull($0) ? nil : Lookup(of: $0) }

    /// As gethostname(2) has it, mostly without a domain.
    private static let short: String? = {
        var name = [CChar](repeating: 0, count: 256)
        let isThere = gethostname(&name, name.count - 1) == 0
        return isThere ? String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self) : nil
    }()

    /// A domain name that others can look up: with a dot, no address, and not one of the names that only this machine knows.
    public static func isFull(_ name: String) -> Bool {
        guard let parsed = try? HostName.parse(name), IPAddress(parsed) == nil, parsed.contains(".") else { return false }
        return ![".localhost", ".localdomain", ".local", ".internal", ".invalid"].contains(where: parsed.hasSuffix)
    }

    /// A question to /etc/hosts or the name service. The thread that asks is left alone where it takes too long.
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

    /// The canonical name; nil where nobody knows one, or it has no domain.
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

import Foundation

/// A webhook's URL that is safe to pass to libcurl: `http` or `https`, in ASCII, with a real host.
///
/// A URL that libcurl and a server could read differently is refused (RFC 3986). Examples are
/// spaces, control characters, user information, fragments, zone ids, and numbers that only some
/// parsers read as an address (`127.1`, `0177.0.0.1`).
public struct WebhookURL: Hashable, Sendable {
    /// The whole URL as it was written. It may contain a secret.
    public let text: String
    public let isEncrypted: Bool
    /// The host in ASCII and lower case. An IPv6 address has no brackets.
    public let host: String
    public let port: Int
    /// The path and the query of the URL. It begins with `/`.
    public let path: String

    public init(_ text: String) throws(SettingRefusal) {
        guard text.utf8.count <= 2_048 else { throw SettingRefusal("a URL has at most 2048 characters") }
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !"\"<>\\^`{|}".utf8.contains($0) }) else {
            throw SettingRefusal(
                "a URL has no spaces, control characters or letters outside ASCII; write them %-encoded, a host as xn--…")
        }
        let lower = text.lowercased()
        guard lower.hasPrefix("https://") || lower.hasPrefix("http://") else {
            throw SettingRefusal("such a URL begins with https:// (or http://)")
        }
        guard !text.contains("#") else { throw SettingRefusal("such a URL has no # part") }
        isEncrypted = lower.hasPrefix("https://")
        let rest = text.dropFirst(isEncrypted ? 8 : 7)
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard !authority.contains("@") else { throw SettingRefusal("such a URL has no user name or password") }
        let path = rest.dropFirst(authority.count)
        self.path = path.hasPrefix("/") ? String(path) : "/" + path
        self.text = text
        (host, port) = try Self.endpoint(String(authority), defaultPort: isEncrypted ? 443 : 80)
    }

    /// Returns the URL with its Unicode host converted to ASCII (RFC 5891).
    ///
    /// The result is nil if the host is already ASCII, or if the new URL is not valid.
    public static func inASCII(_ text: String) -> String? {
        guard let scheme = text.range(of: "://") else { return nil }
        let host = text[scheme.upperBound...].prefix { !"/:?#@".contains($0) }
        guard !host.utf8.allSatisfy({ $0 < 0x80 }), let domain = try? DomainName.parse(String(host)) else { return nil }
        let sent = text[..<scheme.upperBound] + domain.ascii + text[host.endIndex...]
        return (try? WebhookURL(String(sent))).map(\.text)
    }

    /// Whether the host as written means this machine (`localhost`, `127.…`, `::1`).
    public var isLoopback: Bool {
        host == "localhost" || host.hasSuffix(".localhost")
            || IPAddress(host).map { $0.bytes.count == 4 ? $0.bytes[0] == 127 : $0.description == "::1" } ?? false
    }

    /// The host as an IP address; nil if the host is a name.
    public var address: IPAddress? { IPAddress(host) }

    /// Returns the strings to redact from replies before they are stored or logged, longest first.
    ///
    /// If the URL is secret, the parts of its path and query are redacted too, because the secret
    /// is usually the last of these parts.
    public func parts(isSecret: Bool) -> [String] {
        var parts = [text, path, path.removingPercentEncoding ?? path]
        if isSecret {
            parts += path.split { "/?&=".contains($0) }.map(String.init).filter { $0.utf8.count >= Self.telling }
        }
        return Set(parts).filter { $0.utf8.count > 1 }.sorted { $0.utf8.count > $1.utf8.count }
    }

    /// The minimum length in bytes of a part to redact. Shorter parts of a path are ordinary words.
    private static let telling = 6

    private static func endpoint(_ authority: String, defaultPort: Int) throws(SettingRefusal) -> (String, Int) {
        var host = Substring(authority)
        var port: Substring?
        if authority.hasPrefix("[") {
            guard let close = authority.firstIndex(of: "]") else { throw SettingRefusal("the ] of the address is missing") }
            let after = authority[authority.index(after: close)...]
            host = authority[authority.index(after: authority.startIndex)..<close]
            guard !host.contains("%") else { throw SettingRefusal("an address in a URL has no zone") }
            guard host.contains(":"), IPAddress(String(host)) != nil else { throw SettingRefusal("[\(host)] is no IPv6 address") }
            if !after.isEmpty {
                guard after.hasPrefix(":") else { throw SettingRefusal("after ] comes :port or nothing") }
                port = after.dropFirst()
            }
        } else if let colon = authority.firstIndex(of: ":") {
            host = authority[..<colon]
            port = authority[authority.index(after: colon)...]
        }
        return (try HostName.parse(String(host)), try port.map(Self.port) ?? defaultPort)
    }

    private static func port(_ text: Substring) throws(SettingRefusal) -> Int {
        guard (1...5).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(text),
            (1...65_535).contains(port)
        else { throw SettingRefusal("a port is 1 to 65535") }
        return port
    }
}

import Dates
import Foundation
import Glibc
import Scheduler
import Support
import Testing

@testable import Notifiers
@testable import Transport

/// Tests the check of addresses before connecting. The URLs reach libcurl without `WebhookURL`.
@Suite("A webhook does not reach forbidden destinations")
struct ForbiddenDestinationsTests {
    /// URLs that lead to this machine, and URLs of other schemes than HTTP.
    ///
    /// `PORT` stands for the listener's port.
    static let spellings = [
        "http://127.0.0.1:PORT/", "http://127.1:PORT/", "http://127.0.1:PORT/", "http://0x7f.1:PORT/", "http://0x7f000001:PORT/",
        "http://0177.0.0.1:PORT/", "http://0177.1:PORT/", "http://2130706433:PORT/", "http://017700000001:PORT/",
        "http://127.0.0.2:PORT/", "http://127.255.255.254:PORT/", "http://127.000.000.001:PORT/", "http://0:PORT/",
        "http://0.0.0.0:PORT/",
        "http://0x0:PORT/", "http://00:PORT/", "http://[::1]:PORT/", "http://[0:0:0:0:0:0:0:1]:PORT/", "http://[::]:PORT/",
        "http://[::ffff:127.0.0.1]:PORT/", "http://[::ffff:7f00:1]:PORT/", "http://[0:0:0:0:0:ffff:7f00:0001]:PORT/",
        "http://[::127.0.0.1]:PORT/", "http://[64:ff9b::7f00:1]:PORT/", "http://[::1%25lo]:PORT/",
        "http://[::ffff:0:127.0.0.1]:PORT/",
        "http://localhost:PORT/", "http://LOCALHOST:PORT/", "http://localhost.:PORT/", "http://x.localhost:PORT/",
        "http://%31%32%37.0.0.1:PORT/",
        "http://127%2e0%2e0%2e1:PORT/", "http://ⓛocalhost:PORT/", "http://127。0。0。1:PORT/", "http://１２７.0.0.1:PORT/",
        "http://①②⑦.0.0.1:PORT/",
        "http://user@127.0.0.1:PORT/", "http://example.test@127.0.0.1:PORT/", "http://127.0.0.1:PORT@example.test/",
        "http://127.0.0.1:PORT#@example.test/", "http://127.0.0.1:PORT?@example.test/", "http://example.test#@127.0.0.1:PORT/",
        "http:127.0.0.1:PORT/", "http:/127.0.0.1:PORT/", "http:///127.0.0.1:PORT/", "http:\\\\127.0.0.1:PORT/",
        "http://127.0.0.1:PORT\\@example.test/",
        "HTTP://127.0.0.1:PORT/", " http://127.0.0.1:PORT/", "http://127.0.0.1:PORT/\r\nHost: x", "127.0.0.1:PORT",
        "//127.0.0.1:PORT/",
        "gopher://127.0.0.1:PORT/_x", "dict://127.0.0.1:PORT/x", "ftp://127.0.0.1:PORT/x", "telnet://127.0.0.1:PORT/",
        "ldap://127.0.0.1:PORT/x",
        "tftp://127.0.0.1:PORT/x", "smtp://127.0.0.1:PORT/x", "rtsp://127.0.0.1:PORT/x", "imap://127.0.0.1:PORT/x",
        "scp://127.0.0.1:PORT/x",
        "file:///etc/passwd", "file://127.0.0.1/etc/passwd", "mqtt://127.0.0.1:PORT/x", "ws://127.0.0.1:PORT/x",
        "https://127.0.0.1:PORT/",
    ]

    @Test("No URL spelling of this machine's addresses leads to a connection")
    func unreachable() async throws {
        #expect(Self.spellings.count >= 60)
        let listener = try Listener()
        let requests = Self.spellings.map { Self.request($0.replacing("PORT", with: String(listener.port)), allow: []) }
        let ended = try await HTTPTransfersTests.send(requests)
        #expect(ended.allSatisfy { $0.stage == .started && $0.code == nil })
        let connections = listener.connections
        #expect(connections == 0)
        print("\(Self.spellings.count) spellings of this machine: \(connections) connections")
    }

    @Test("Allowed requests reach the listener by IPv4 and IPv6")
    func allowed() async throws {
        let listener = try Listener()
        let networks = ["127.0.0.0/8", "::1/128"].compactMap(Network.init)
        let urls = ["http://127.0.0.1:\(listener.port)/", "http://[::1]:\(listener.port)/"]
        _ = try await HTTPTransfersTests.send(urls.map { Self.request($0, allow: networks) })
        #expect(listener.connections == 2)
    }

    @Test("A spelling that the grammar accepts is recognised as a closed address", arguments: spellings)
    func grammar(spelling: String) {
        let text = spelling.replacing("PORT", with: "8088")
        guard let url = try? WebhookURL(text) else { return }
        #expect(url.isLoopback || (url.address.map { !AddressPolicy.allow($0, networks: []) } ?? false), "\(url.host)")
    }

    private static func request(_ url: String, allow: [Network]) -> HTTPRequest {
        HTTPRequest(
            .post, url: url, body: [0x78], allowNetworks: allow,
            limits: HTTPRequest.Limits(lookup: .seconds(2), connect: .seconds(2), total: .seconds(1), answerBody: .seconds(1)))
    }
}

/// A listener on one port of all IPv4 and IPv6 addresses of this machine.
///
/// It only counts connections.
private final class Listener {
    let port: UInt16
    private let socket: Int32

    init() throws {
        socket = Glibc.socket(
            AF_INET6, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        var off: Int32 = 0
        setsockopt(socket, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &off, 4)
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
        let socket = socket
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(socket, pointer, size) == 0 && listen(socket, 128) == 0 && getsockname(socket, pointer, &size) == 0
            }
        }
        port = UInt16(bigEndian: address.sin6_port)
        guard isBound, port != 0 else { throw CocoaError(.fileReadUnknown) }
    }

    deinit { close(socket) }

    /// The number of connections since the last access to this property.
    var connections: Int {
        var count = 0
        while true {
            let connection = accept(socket, nil, nil)
            guard connection >= 0 else { return count }
            close(connection)
            count += 1
        }
    }
}

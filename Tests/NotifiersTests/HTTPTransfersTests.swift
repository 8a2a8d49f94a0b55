import Dates
import Foundation
import Scheduler
import Support
import Testing

@testable import Messages
@testable import Notifiers
@testable import Transport

/// Tests HTTP transfers by the real libcurl to a scripted server on loopback.
struct HTTPTransfersTests {
    static let loopback = ["127.0.0.0/8", "::1"].compactMap(Network.init)
    static let now = Instant(seconds: 1_803_800_000)

    static func limits(total: TimeSpan = .seconds(3)) -> HTTPRequest.Limits {
        HTTPRequest.Limits(lookup: .seconds(2), connect: .seconds(2), total: total, answerBody: .seconds(1))
    }

    static func request(
        _ port: UInt16, _ path: String, allow: [Network] = loopback, host: String = "127.0.0.1", size: Int = 500,
        limits: HTTPRequest.Limits = limits()
    ) -> HTTPRequest {
        HTTPRequest(
            .post, url: "http://\(host):\(port)\(path)", headers: ["content-type: application/json"],
            body: Array(repeating: UInt8(ascii: "x"), count: size), allowNetworks: allow, limits: limits)
    }

    static func send(_ requests: [HTTPRequest]) async throws -> [Transfer<HTTPStage>] {
        let transfers = HTTPTransfers()
        let ended = Collected<Transfer<HTTPStage>>()
        for request in requests { transfers.submit(request) { ended.add($0) } }
        let all = try await ended.first(requests.count)
        await offThread { transfers.stop(grace: .zero) }
        return all
    }

    static func send(_ request: HTTPRequest) async throws -> Transfer<HTTPStage> {
        try await send([request])[0]
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let path: String
        let stage: HTTPStage
        let code: Int?
        let outcome: Outcome
        var about = Scope.recipient
        var advice = Receipt.Advice.none
        var testDescription: String { path }
    }

    static let rows = [
        Row(path: "/204", stage: .answered, code: 204, outcome: .delivered),
        Row(path: "/continue", stage: .answered, code: 204, outcome: .delivered),
        Row(path: "/slow", stage: .answered, code: 200, outcome: .delivered),
        Row(path: "/huge", stage: .answered, code: 200, outcome: .delivered),
        Row(path: "/status/500", stage: .answered, code: 500, outcome: .refusedForNow, about: .server),
        Row(
            path: "/status/503?retry-after=120", stage: .answered, code: 503, outcome: .refusedForNow,
            about: .load, advice: .retryAfter(.seconds(120))),
        Row(path: "/status/503?retry-after=twice", stage: .answered, code: 503, outcome: .refusedForNow, about: .server),
        Row(path: "/status/410", stage: .answered, code: 410, outcome: .refusedForGood, about: .endpointGone),
        Row(path: "/status/404", stage: .answered, code: 404, outcome: .refusedForNow, about: .us),
        Row(path: "/redirect", stage: .answered, code: 302, outcome: .refusedForNow, about: .us),
        Row(path: "/hang", stage: .bodyEnded, code: nil, outcome: .unknown, about: .server),
        Row(path: "/rst", stage: .bodyEnded, code: nil, outcome: .unknown, about: .server),
        Row(path: "/headers", stage: .bodyEnded, code: nil, outcome: .unknown, about: .server),
        Row(path: "/nonsense", stage: .bodyEnded, code: nil, outcome: .unknown, about: .server),
    ]

    @Test("Each kind of answer gets its stage, code and outcome (faults 76 to 90)", arguments: rows)
    func answers(_ row: Row) async throws {
        let peer = try await ScriptedServer("http_faults.py")
        let start = ContinuousClock.now
        let transfer = try await Self.send(Self.request(peer.port, row.path))
        #expect(ContinuousClock.now - start < .seconds(10))
        #expect(transfer.stage == row.stage && transfer.code == row.code, "\(transfer)")
        let receipt = WebhookOutcome.receipt(transfer, now: Self.now)
        #expect(receipt.outcome == row.outcome && receipt.advice == row.advice && receipt.about == row.about)
        #expect(receipt.reply.utf8.count <= 512)
        #expect(peer.requests.count == 1, "no redirect is followed, and nothing is sent twice")
    }

    @Test("A reset before the body's end ends the request as not sent, and no body waits for 100 Continue (faults 89, 90)")
    func resetEarly() async throws {
        let peer = try await ScriptedServer("http_faults.py")
        let transfer = try await Self.send(Self.request(peer.port, "/rst-early", size: 8_000_000))
        // The reset may be so quick that it arrives before the first byte of the body is sent.
        #expect(transfer.stage == .bodyBegun || transfer.stage == .connected, "\(transfer)")
        #expect(WebhookOutcome.receipt(transfer, now: Self.now).outcome == .notSent)
        let large = try await Self.send(Self.request(peer.port, "/204", size: 2_000_000))
        #expect(large.code == 204)
        #expect(peer.requests.last?.headers?["expect"] == nil && peer.requests.last?.bytes.count == 2_000_000)
    }

    @Test("A hundred requests, one after another, use one connection")
    func keepAlive() async throws {
        let peer = try await ScriptedServer("http_faults.py")
        let transfers = HTTPTransfers()
        for _ in 0..<100 {
            let ended = Collected<Transfer<HTTPStage>>()
            transfers.submit(Self.request(peer.port, "/204")) { ended.add($0) }
            #expect(try await ended.first()[0].code == 204)
        }
        await offThread { transfers.stop(grace: .zero) }
        #expect(peer.connections == 1 && peer.requests.count == 100)
    }

    @Test(
        "If a kept connection dies unanswered, libcurl sends again, which is safe because of the id (decision 11; fault 91)")
    func keptAndDead() async throws {
        let peer = try await ScriptedServer("http_faults.py")
        let transfers = HTTPTransfers()
        for turn in 0..<3 {
            let ended = Collected<Transfer<HTTPStage>>()
            transfers.submit(Self.request(peer.port, "/drop-kept")) { ended.add($0) }
            let transfer = try await ended.first()[0]
            #expect(transfer.code == 204)
            #expect(transfer.wasSentTwice == (turn > 0), "the server may have accepted the first copy")
        }
        await offThread { transfers.stop(grace: .zero) }
        #expect(peer.connections == 3)
    }

    @Test("A silent endpoint and an endless answer do not delay two hundred other requests (fault 95)")
    func manyAtOnce() async throws {
        let peer = try await ScriptedServer("http_faults.py")
        let transfers = HTTPTransfers()
        let slow = Collected<Transfer<HTTPStage>>()
        for path in ["/hang", "/huge", "/slow", "/hang"] { transfers.submit(Self.request(peer.port, path)) { slow.add($0) } }
        let ended = Collected<Transfer<HTTPStage>>()
        let start = ContinuousClock.now
        for _ in 0..<200 { transfers.submit(Self.request(peer.port, "/204")) { ended.add($0) } }
        #expect(try await ended.first(200).allSatisfy { $0.code == 204 })
        #expect(ContinuousClock.now - start < .seconds(2.5))
        _ = try await slow.first(4)
        await offThread { transfers.stop(grace: .zero) }
    }

    @Test(
        "No spelling of a closed address leads to a connection, unless the destination allows it",
        arguments: ["127.0.0.1", "localhost", "0x7f.1", "2130706433", "[::ffff:127.0.0.1]"])
    func closedAddress(_ host: String) async throws {
        let peer = try await ScriptedServer("http_faults.py")
        let refused = try await Self.send(Self.request(peer.port, "/204", allow: [], host: host))
        #expect(refused.cut == .addressRefused && refused.stage == .started, "\(refused)")
        let receipt = WebhookOutcome.receipt(refused, now: Self.now)
        #expect(receipt.outcome == .notSent && receipt.about == .us)
        #expect(peer.connections == 0)
        let allowed = try await Self.send(Self.request(peer.port, "/204", host: host))
        #expect(allowed.code == 204, "\(allowed)")
    }

    @Test("A destination cannot reach a forbidden address over another destination's connection")
    func connectionOfAnother() async throws {
        let peer = try await ScriptedServer("http_faults.py")
        let transfers = HTTPTransfers()
        for (allow, code) in [(Self.loopback, 204), ([], nil), (Self.loopback, 204)] {
            let ended = Collected<Transfer<HTTPStage>>()
            transfers.submit(Self.request(peer.port, "/204", allow: allow)) { ended.add($0) }
            let transfer = try await ended.first()[0]
            #expect(transfer.code == code, "\(transfer)")
            #expect((transfer.cut == .addressRefused) == allow.isEmpty, "\(transfer)")
        }
        await offThread { transfers.stop(grace: .zero) }
        #expect(peer.requests.count == 2, "the second request was not sent")
    }

    @Test(
        "Other schemes, and ports without a listener, give an error before a connection",
        arguments: [("file:///etc/passwd", Int32(1)), ("gopher://127.0.0.1:70/", 1), ("http://127.0.0.1:1/", 7)])
    func schemes(_ url: String, _ result: Int32) async throws {
        let transfer = try await Self.send(
            HTTPRequest(.get, url: url, allowNetworks: Self.loopback, limits: Self.limits()))
        #expect(transfer.result.rawValue == result && transfer.stage == .started)
        #expect(!transfer.reply.isEmpty)
    }

    @Test("A configured proxy is used, and a proxy from the environment is not (fault 103)")
    func proxies() async throws {
        // This block runs in another process, because the environment belongs to the whole process.
        await #expect(processExitsWith: .success) {
            setenv("http_proxy", "http://127.0.0.1:1", 1)
            setenv("ALL_PROXY", "http://127.0.0.1:1", 1)
            let peer = try await ScriptedServer("http_faults.py")
            let transfer = try await HTTPTransfersTests.send(HTTPTransfersTests.request(peer.port, "/204"))
            precondition(transfer.code == 204, "\(transfer)")
        }
        let proxy = try await ScriptedServer("http_faults.py")
        let request = HTTPRequest(
            .post, url: "http://hub.example.test/204", body: [1], proxy: "http://127.0.0.1:\(proxy.port)", limits: Self.limits())
        #expect(try await Self.send(request).code == 204)
        #expect(proxy.requests.map(\.target) == ["http://hub.example.test/204"])
    }

    @Test("HTTPS succeeds with the given authority and is refused without it (fault 92)")
    func tls() async throws {
        let folder = try TemporaryFolder()
        let certificate = try await Certificate.make(in: folder)
        let peer = try await ScriptedServer("http_faults.py", ["--tls", certificate.path, certificate.keyPath])
        for (ca, code) in [(certificate.path as String?, 204 as Int?), (nil, nil)] {
            let transfer = try await Self.send(
                HTTPRequest(
                    .post, url: "https://localhost:\(peer.port)/204", body: [1], allowNetworks: Self.loopback, ca: ca,
                    limits: Self.limits()))
            #expect(transfer.code == code, "\(transfer)")
            if code == nil {
                let receipt = WebhookOutcome.receipt(transfer, now: Self.now)
                #expect(receipt.outcome == .notSent && receipt.about == .us)
            }
        }
        #expect(peer.requests.count == 1)
    }

    @Test(
        "A server with an expired, foreign or SHA-1 certificate gets no request (fault 92)",
        arguments: Certificate.Flaw.allCases)
    func flawed(_ flaw: Certificate.Flaw) async throws {
        let certificate = try await Certificate.make(flaw, in: try TemporaryFolder())
        try await refused(
            ["--tls", certificate.path, certificate.keyPath], ca: certificate.authority,
            about: flaw == .signedWithSHA1 ? .server : .us)
    }

    @Test("A server with TLS 1.0 only, or one that requires a client certificate, gets no request (fault 92)")
    func outdated() async throws {
        let certificate = try await Certificate.make(in: try TemporaryFolder())
        let options = ["--tls", certificate.path, certificate.keyPath]
        try await refused(options + ["--old"], ca: certificate.path, about: .server)
        let (transfer, peer) = try await transfer(options + ["--client-ca", certificate.path], ca: certificate.path)
        // With TLS 1.3, the client may send its request before the server rejects the handshake.
        #expect(WebhookOutcome.receipt(transfer, now: Self.now).outcome != .delivered && peer.requests.isEmpty, "\(transfer)")
        let told = Transfer(
            result: CurlResult(rawValue: 56), stage: HTTPStage.bodyEnded, code: nil,
            reply: "OpenSSL SSL_read: error:0A00045C:SSL routines::tlsv13 alert certificate required, errno 0")
        #expect(WebhookOutcome.receipt(told, now: Self.now).about == .us)
    }

    private func transfer(_ options: [String], ca: String) async throws -> (Transfer<HTTPStage>, ScriptedServer) {
        let peer = try await ScriptedServer("http_faults.py", options)
        let request = HTTPRequest(
            .post, url: "https://localhost:\(peer.port)/204", body: [1], allowNetworks: Self.loopback, ca: ca,
            limits: Self.limits())
        return (try await Self.send(request), peer)
    }

    private func refused(_ options: [String], ca: String, about: Scope = .us) async throws {
        let (transfer, peer) = try await transfer(options, ca: ca)
        let receipt = WebhookOutcome.receipt(transfer, now: Self.now)
        #expect(receipt.outcome == .notSent && receipt.about == about, "\(transfer)")
        #expect(peer.requests.isEmpty)
    }

    @Test(
        "After GOAWAY or a refused HTTP/2 stream the request is not delivered and tried again later (fault 93)",
        arguments: ["goaway", "refused-stream"])
    func http2Refusals(_ way: String) async throws {
        let certificate = try await Certificate.make(in: try TemporaryFolder())
        let peer = try await ScriptedServer("h2_refusals.py", [way, certificate.path, certificate.keyPath])
        let transfer = try await Self.send(
            HTTPRequest(
                .post, url: "https://localhost:\(peer.port)/204", body: [1], allowNetworks: Self.loopback,
                ca: certificate.path, limits: Self.limits()))
        #expect(peer.lines.contains { $0.command == "HEADERS" }, "the request came as HTTP/2")
        let outcome = WebhookOutcome.receipt(transfer, now: Self.now).outcome
        #expect(outcome == .notSent || outcome == .unknown, "\(transfer)")
    }

    @Test("Many requests share one HTTP/2 connection if the server supports it, and each gets its own answer")
    func http2() async throws {
        let nginx = try await Nginx.start()
        let codes = [204, 503, 404, 204]
        let requests = (0..<100).map { number in
            HTTPRequest(
                .post, url: nginx.tlsURL + (codes[number % 4] == 204 ? "/ok" : "/s/\(codes[number % 4])"),
                headers: ["webhook-id: \(number)"], body: Array("{}".utf8), allowNetworks: Self.loopback,
                ca: nginx.certificate.path, limits: Self.limits(total: .seconds(20)))
        }
        let transfers = try await Self.send(requests)
        #expect(transfers.count { $0.code == 204 } == 50 && transfers.count { $0.code == 404 } == 25)
        #expect(transfers.filter { $0.code == 503 }.map(\.retryAfter) == Array(repeating: "1", count: 25))
        #expect(await nginx.holds(100))
        let seen = try nginx.requests()
        #expect(Set(seen.map(\.webhookID)).count == 100 && seen.count == 100)
        #expect(seen.allSatisfy { $0.version == "HTTP/2.0" })
        let connections = Set(seen.map(\.connection)).count
        #expect(connections == 1)
        try await nginx.stop()
    }

    @Test("finish cuts off only its owner's requests, after the grace; stop ends all requests")
    func finish() async throws {
        let peer = try await ScriptedServer("http_faults.py")
        let transfers = HTTPTransfers()
        let ended = Collected<(String, Transfer<HTTPStage>)>()
        let patient = Self.limits(total: .minutes(1))
        for owner in ["a", "b"] {
            transfers.submit(Self.request(peer.port, "/hang", limits: patient), owner: owner) { ended.add((owner, $0)) }
        }
        #expect(await eventually(within: .seconds(5)) { peer.requests.count == 2 })
        let start = ContinuousClock.now
        await offThread { transfers.finish(owner: "a", grace: .seconds(1)) }
        #expect(ended.all.map(\.0) == ["a"] && ended.all[0].1.cut == .stopped && ended.all[0].1.stage == .bodyEnded)
        await offThread { transfers.stop(grace: .zero) }
        #expect(ended.all.map(\.0) == ["a", "b"])
        #expect(ContinuousClock.now - start < .seconds(4))
        transfers.submit(Self.request(peer.port, "/204")) { ended.add(("c", $0)) }
        #expect(ended.all.last?.1.cut == .stopped)
    }

    @Test("A channel signs with every secret, and the received id, time and body match the signatures")
    func channel() async throws {
        let peer = try await ScriptedServer("http_faults.py")
        let transfers = HTTPTransfers()
        let texts = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"]
        let secrets = try texts.map { try WebhookSecret($0) }
        let channel = WebhookChannel(
            name: "hub",
            settings: WebhookSettings(
                url: try WebhookURL("http://127.0.0.1:\(peer.port)/echo"), secrets: secrets, allowNetworks: Self.loopback,
                version: "9.9"), wording: Wording(), transfers: transfers)
        let message = Fixture.Case().message()
        let receipts = Collected<Receipt>()
        channel.deliver(message) { receipts.add($0) }
        let receipt = try await receipts.first()[0]
        #expect(receipt.code == 404 && receipt.about == .us && receipt.reply.hasSuffix("no such path: (url)"))
        let request = try #require(peer.requests.first)
        let headers = try #require(request.headers)
        #expect(request.method == "POST" && headers["content-type"] == "application/json; charset=utf-8")
        #expect(headers["user-agent"] == "remindd/9.9" && headers["webhook-id"] == message.delivery.text)
        #expect(headers["webhook-timestamp"] == "\(message.at.seconds)")
        let expected = secrets.map {
            $0.signature(id: message.delivery.text, timestamp: message.at.seconds, body: request.bytes)
        }
        #expect(headers["webhook-signature"] == expected.joined(separator: " "))
        await offThread { channel.stop(grace: .zero) }
        await offThread { transfers.stop(grace: .zero) }
    }
}

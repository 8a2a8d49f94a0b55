import Testing

@testable import Listener

/// Tests the checks of parsed request heads, through the whole pipeline.
@Suite("Checks of requests")
struct RequestCheckTests {
    @Test(
        "Each request gets its status",
        arguments: [
            ("GET / HTTP/1.1\r\n\r\n", 200), ("HEAD / HTTP/1.1\r\n\r\n", 200),
            ("POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\na", 200),
            ("TRACE / HTTP/1.1\r\n\r\n", 405), ("CONNECT a:1 HTTP/1.1\r\n\r\n", 405), ("PUT / HTTP/1.1\r\n\r\n", 405),
            ("OPTIONS * HTTP/1.1\r\n\r\n", 405), ("FOO / HTTP/1.1\r\n\r\n", 400), ("get / HTTP/1.1\r\n\r\n", 400),
            ("PRI * HTTP/2.0\r\n\r\n", 400),
            // These requests test the body.
            ("POST / HTTP/1.1\r\n\r\n", 411), ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 411),
            ("POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 411),
            ("POST / HTTP/1.1\r\nContent-Length: 10000000000\r\n\r\n", 413),
            ("POST / HTTP/1.1\r\nContent-Length: 262145\r\n\r\n", 413),
            ("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na", 400),
            ("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na", 400),
            ("POST / HTTP/1.1\r\nContent-Length: 1, 1\r\n\r\na", 400),
            ("POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\na", 400),
            ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\na", 400),
            ("POST / HTTP/1.1\r\nContent-Length: +5\r\n\r\nabcde", 400), ("POST / HTTP/1.1\r\nContent-Length: -5\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nContent-Length: 5 5\r\n\r\nabcde", 400), ("POST / HTTP/1.1\r\nContent-Length: 0x5\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nContent-Length:\r\n\r\n", 400), ("POST / HTTP/1.1\r\nContent-Length: ٥\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nContent-Length: 1\r\n\r\na", 400), ("GET / HTTP/1.1\r\nContent-Length: 0\r\n\r\n", 200),
            ("GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
            // These requests test the target.
            ("GET /a-b._~@/C9 HTTP/1.1\r\n\r\n", 200), ("GET /a/ HTTP/1.1\r\n\r\n", 200), ("GET /%00 HTTP/1.1\r\n\r\n", 404),
            ("GET /a/%zz HTTP/1.1\r\n\r\n", 404), ("GET /a/%c0%ae HTTP/1.1\r\n\r\n", 404), ("GET /a/../b HTTP/1.1\r\n\r\n", 404),
            ("GET /a/.. HTTP/1.1\r\n\r\n", 404), ("GET /. HTTP/1.1\r\n\r\n", 404), ("GET /a//b HTTP/1.1\r\n\r\n", 404),
            ("GET // HTTP/1.1\r\n\r\n", 404), ("GET /a/... HTTP/1.1\r\n\r\n", 200), ("GET a HTTP/1.1\r\n\r\n", 400),
            ("GET http://remindd/a HTTP/1.1\r\n\r\n", 404), ("GET * HTTP/1.1\r\n\r\n", 404), ("GET /a#b HTTP/1.1\r\n\r\n", 404),
            ("GET /?a=%41%c3%a9+b&c HTTP/1.1\r\n\r\n", 200), ("GET /?a=%00 HTTP/1.1\r\n\r\n", 400),
            ("GET /?a=%0d%0a HTTP/1.1\r\n\r\n", 400), ("GET /?a=%7f HTTP/1.1\r\n\r\n", 400),
            ("GET /?a=%zz HTTP/1.1\r\n\r\n", 400),
            ("GET /?a=%4 HTTP/1.1\r\n\r\n", 400), ("GET /?a=% HTTP/1.1\r\n\r\n", 400), ("GET /?a=%c0%ae HTTP/1.1\r\n\r\n", 400),
            ("GET /?a=%ed%a0%80 HTTP/1.1\r\n\r\n", 400), ("GET /?a#b HTTP/1.1\r\n\r\n", 400),
            // These header fields are ignored.
            ("GET / HTTP/1.1\r\nRange: bytes=5-\r\nExpect: 100-continue\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n", 200),
        ])
    func status(request: String, status: Int) {
        let conversation = Conversation()
        #expect(conversation.statuses(request) == [status])
        #expect(
            conversation.isOpen == (status == 200 && !request.contains("Upgrade")),
            "only refused connections, and those that cannot continue, are closed")
    }

    @Test("The program gets the path and the body as they were sent, and the query decoded")
    func understood() {
        let conversation = Conversation()
        conversation.send("POST /a/b?x=%e1%ba%bf+1&&y&=z HTTP/1.1\r\nContent-Length: 3\r\n\r\na\r\n")
        #expect(conversation.received().hasSuffix("\r\n\r\npost /a/b x=ế 1&y=&=z a\r\n"))
    }

    @Test("HEAD is answered like GET, but without the body")
    func head() throws {
        let conversation = Conversation()
        conversation.send("GET /a HTTP/1.1\r\n\r\n")
        let get = conversation.received()
        conversation.send("HEAD /a HTTP/1.1\r\n\r\n")
        let head = conversation.received()
        #expect(get.hasSuffix("get /a  ") && head.hasSuffix("\r\n\r\n"))
        #expect(get.contains("content-length: 8\r\n") && head.contains("content-length: 9\r\n"))
        conversation.send("HEAD /%00 HTTP/1.1\r\n\r\n")
        #expect(conversation.received().hasSuffix("\r\n\r\n"))
    }

    @Test(
        "A configured host must be given exactly once, in any case of letters",
        arguments: [
            ("Host: nhac.example.vn:8480\r\n", 200), ("HOST: NHAC.example.VN:8480\r\n", 200), ("", 400),
            ("Host: nhac.example.vn:8480\r\nHost: nhac.example.vn:8480\r\n", 400), ("Host: nhac.example.vn\r\n", 421),
            ("Host:\r\n", 421),
            ("Host: 127.0.0.1:8480\r\n", 421),
        ])
    func host(field: String, status: Int) {
        var limits = Conversation.limits
        limits.request.host = "nhac.example.vn:8480"
        #expect(Conversation(limits).statuses("GET / HTTP/1.1\r\n\(field)\r\n") == [status])
    }
}

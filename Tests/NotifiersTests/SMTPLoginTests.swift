import Foundation
import Scheduler
import Support
import Testing

@testable import Notifiers

/// Log-ins with a token, against a server that offers nothing else; and what is said where server and channel want different ones.
@Suite("Mail servers that want a token")
struct SMTPLoginTests {
    static let token = "ya29.Kanarienvogel-token-of-some-length"

    private struct Trial {
        let folder: TemporaryFolder
        let peer: ScriptedServer

        /// - Parameter wanted: what the server takes.
        init(offers: String = "XOAUTH2", wanted: String = token) async throws {
            folder = try TemporaryFolder()
            try folder.write("wanted", wanted + "\n")
            peer = try await ScriptedServer(
                "smtp_stages.py",
                ["--user", "nv@cq.example.vn", "--password", "word", "--offers", offers, "--token", folder.path("wanted")])
        }

        func send(_ login: SMTPServer.Login, _ secrets: [String?]) async throws -> (
            receipt: Receipt, transfer: Transfer<SMTPStage>
        ) {
            let left = Collected<String?>()
            let server = try SMTPServer(
                host: "127.0.0.1", port: Int(peer.port), security: .off, ehlo: "remindd.example.vn", username: "nv@cq.example.vn",
                login: login,
                password: {
                    left.add(nil)
                    return secrets[min(left.all.count, secrets.count) - 1]
                }, limits: SMTPLanesTests.limits())
            let (transfer, _) = try await SMTPLanesTests.send(server, SMTPLanesTests.mail("ok@x.test"))
            return (EmailOutcome.receipt(transfer, secrets: server.loginTexts(in: transfer)), transfer)
        }

        var logins: [String] { peer.lines.compactMap(\.method) }
    }

    @Test(
        "A token logs in by XOAUTH2, whatever else the server offers",
        arguments: ["XOAUTH2", "LOGIN XOAUTH2", "PLAIN LOGIN XOAUTH2 CRAM-MD5", "LOGIN PLAIN XOAUTH2 OAUTHBEARER"])
    func accepted(offers: String) async throws {
        let trial = try await Trial(offers: offers)
        let (receipt, _) = try await trial.send(.xoauth2, [Self.token])
        #expect(receipt.outcome == .delivered, "\(receipt)")
        #expect(trial.logins == ["XOAUTH2"])
    }

    @Test("A token that was replaced meanwhile is taken at the refusal of the old one, and the mail goes at once")
    func replaced() async throws {
        let trial = try await Trial()
        let (receipt, _) = try await trial.send(.xoauth2, ["an-old-token", Self.token])
        #expect(receipt.outcome == .delivered, "\(receipt)")
        #expect(trial.logins == ["XOAUTH2", "XOAUTH2"])
    }

    @Test(
        "A token that is refused and has not changed is tried once; it is about us, and the token stands in no answer (fault 137)"
    )
    func refused() async throws {
        let trial = try await Trial(wanted: "another")
        let (receipt, transfer) = try await trial.send(.xoauth2, [Self.token])
        #expect(receipt.outcome == .refusedForNow && receipt.about == .us, "\(receipt) \(transfer)")
        #expect(trial.logins == ["XOAUTH2"])
        #expect(!receipt.reply.contains("Kanarienvogel"), "\(receipt.reply)")
        #expect(receipt.reply.contains("token") || receipt.reply.contains("535"), "\(receipt.reply)")
    }

    @Test("A token whose file is gone sends no log-in, and says so")
    func missing() async throws {
        let trial = try await Trial()
        let (receipt, _) = try await trial.send(.xoauth2, [nil])
        #expect(receipt.outcome != .delivered)
        #expect(receipt.reply == "Login denied: the token's file cannot be read", "\(receipt.reply)")
    }

    @Test(
        "Where the server offers no log-in that the channel knows, the answer names what it offers and what to write",
        arguments: [
            (
                "XOAUTH2", SMTPServer.Login.password,
                "the mail server offers XOAUTH2 only, and no password; write auth: xoauth2 with token: {file: PATH}, or send through a relay"
            ),
            (
                "GSSAPI NTLM", .password,
                "the mail server offers GSSAPI, NTLM only, none of which is supported; send through a relay"
            ),
            (
                "PLAIN LOGIN", .xoauth2,
                "the mail server offers PLAIN, LOGIN only, and no token; write auth: password with password:"
            ),
        ])
    func otherwise(offers: String, login: SMTPServer.Login, advice: String) async throws {
        let trial = try await Trial(offers: offers)
        let (receipt, _) = try await trial.send(login, [Self.token])
        #expect(receipt.outcome == .refusedForNow && receipt.about == .us, "\(receipt)")
        #expect(receipt.reply == "Login denied: \(advice)", "\(receipt.reply)")
        #expect(trial.logins.isEmpty)
    }

    @Test(
        "A scheme that does not fit the port is named where nothing comes of the connection",
        arguments: [
            (465 as UInt16, SMTPServer.Security.startTLS, "write server: smtps://127.0.0.1:465"),
            (587, .implicitTLS, "write server: smtp://127.0.0.1:587"), (25, .implicitTLS, "write server: smtp://127.0.0.1:25"),
        ])
    func ports(port: UInt16, security: SMTPServer.Security, advice: String) async throws {
        let (transfer, _) = try await SMTPLanesTests.send(
            SMTPLanesTests.server(port, security), SMTPLanesTests.mail("ok@x.test"))
        #expect(EmailOutcome.receipt(transfer).reply.hasSuffix(advice), "\(transfer)")
        let plain = try SMTPLanesTests.server(port, security == .startTLS ? .implicitTLS : .startTLS)
        #expect(plain.portAdvice == nil)
    }

    @Test("Without ehlo the server is told a full domain name: the machine's, else the sender's domain")
    func introduction() async throws {
        let peer = try await ScriptedServer("smtp_stages.py")
        let server = try SMTPServer(
            host: "127.0.0.1", port: Int(peer.port), security: .off, senderDomain: "cq.example.vn",
            limits: SMTPLanesTests.limits())
        let (transfer, _) = try await SMTPLanesTests.send(server, SMTPLanesTests.mail("ok@x.test"))
        #expect(transfer.result == .ok)
        let name = MachineName.full ?? "cq.example.vn"
        #expect(peer.lines.contains { $0.command == "EHLO \(name)" }, "\(peer.lines)")
        #expect(MachineName.isFull(name))
    }

    @Test("A machine whose name nobody knows, or knows without a domain, has no full name")
    func unknownNames() {
        #expect(MachineName.lookUp("no-such-name.invalid") == nil)
        #expect(MachineName.lookUp("localhost") == nil)
    }

    @Test("A libcurl without the options that are set is refused by its version (fault 138)")
    func oldLibrary() {
        #expect(CurlLibrary.refusal == nil)
        #expect(CurlLibrary.refusal(of: 0x07_51_00) == "libcurl 7.81.0 is too old: remindd needs 7.87 or a later one")
        #expect(CurlLibrary.refusal(of: 0x07_57_00) == nil && CurlLibrary.refusal(of: 0x08_00_01) == nil)
    }

    @Test(
        "Full is a name that others can look up",
        arguments: [
            ("remindd.example.vn", true), ("mail.cq.gov.vn", true), ("vm", false), ("localhost", false),
            ("localhost.localdomain", false), ("nas.local", false), ("127.0.0.1", false), ("", false),
        ])
    func full(name: String, isFull: Bool) {
        #expect(MachineName.isFull(name) == isFull)
    }
}

import Foundation
import Scheduler
import Support
import Testing

@testable import Notifiers
@testable import Transport

/// Tests logins with a token, and the advice if a server does not offer the channel's login.
@Suite("Mail servers that require a token")
struct SMTPLoginTests {
    static let token = "ya29.Kanarienvogel-token-of-some-length"

    private struct Trial {
        let folder: TemporaryFolder
        let peer: ScriptedServer

        /// - Parameter wanted: the token that the server accepts.
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
        "A token logs in by XOAUTH2, even if the server offers other mechanisms",
        arguments: ["XOAUTH2", "LOGIN XOAUTH2", "PLAIN LOGIN XOAUTH2 CRAM-MD5", "LOGIN PLAIN XOAUTH2 OAUTHBEARER"])
    func accepted(offers: String) async throws {
        let trial = try await Trial(offers: offers)
        let (receipt, _) = try await trial.send(.xoauth2, [Self.token])
        #expect(receipt.outcome == .delivered, "\(receipt)")
        #expect(trial.logins == ["XOAUTH2"])
    }

    @Test("After the refusal of an old token its replacement is tried, and the mail is sent at once")
    func replaced() async throws {
        let trial = try await Trial()
        let (receipt, _) = try await trial.send(.xoauth2, ["an-old-token", Self.token])
        #expect(receipt.outcome == .delivered, "\(receipt)")
        #expect(trial.logins == ["XOAUTH2", "XOAUTH2"])
    }

    @Test(
        "A refused token that has not changed is tried once, is about us, and is in no reply (fault 137)"
    )
    func refused() async throws {
        let trial = try await Trial(wanted: "another")
        let (receipt, transfer) = try await trial.send(.xoauth2, [Self.token])
        #expect(receipt.outcome == .refusedForNow && receipt.about == .us, "\(receipt) \(transfer)")
        #expect(trial.logins == ["XOAUTH2"])
        #expect(!receipt.reply.contains("Kanarienvogel"), "\(receipt.reply)")
        #expect(receipt.reply.contains("token") || receipt.reply.contains("535"), "\(receipt.reply)")
    }

    @Test("If the token's file is gone, the mail is not delivered and the reply gives the reason")
    func missing() async throws {
        let trial = try await Trial()
        let (receipt, _) = try await trial.send(.xoauth2, [nil])
        #expect(receipt.outcome != .delivered)
        #expect(receipt.reply == "Login denied: the token's file cannot be read", "\(receipt.reply)")
    }

    @Test(
        "If the server offers no login that the channel can use, the reply names the server's offers and the setting to write",
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
        "If a connection fails and the scheme does not fit the port, the reply explains this",
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

    @Test("Without ehlo, the EHLO name is the machine's full name, else the sender's domain")
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

    @Test("A machine whose name is unknown, or known only without a domain, has no full name")
    func unknownNames() {
        #expect(MachineName.lookUp("no-such-name.invalid") == nil)
        #expect(MachineName.lookUp("localhost") == nil)
    }

    @Test("A libcurl that is too old for the options in use is refused (fault 138)")
    func oldLibrary() {
        #expect(CurlLibrary.refusal == nil)
        #expect(CurlLibrary.refusal(of: 0x07_51_00) == "libcurl 7.81.0 is too old: remindd needs 7.87 or a later one")
        #expect(CurlLibrary.refusal(of: 0x07_57_00) == nil && CurlLibrary.refusal(of: 0x08_00_01) == nil)
    }

    @Test(
        "A name is full if others can look it up",
        arguments: [
            ("remindd.example.vn", true), ("mail.cq.gov.vn", true), ("vm", false), ("localhost", false),
            ("localhost.localdomain", false), ("nas.local", false), ("127.0.0.1", false), ("", false),
        ])
    func full(name: String, isFull: Bool) {
        #expect(MachineName.isFull(name) == isFull)
    }
}

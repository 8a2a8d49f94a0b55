import Dates
import Foundation
import Scheduler
import Support
import Testing

@testable import Messages
@testable import Notifiers
@testable import Transport

/// Tests SMTP transfers by the real libcurl to a scripted server on loopback.
struct SMTPLanesTests {
    static let sender = "cd@example.vn"
    static let body = Array("Subject: x\r\n\r\nhello\r\n".utf8)

    static func limits(answer: TimeSpan = .seconds(5), final: TimeSpan = .seconds(5)) -> SMTPServer.Limits {
        SMTPServer.Limits(connect: .seconds(2), answer: answer, body: .seconds(8), final: final, quit: .seconds(1))
    }

    static func server(
        _ port: UInt16, _ security: SMTPServer.Security = .off, ca: String? = nil, username: String? = nil,
        password: @escaping @Sendable () -> String? = { nil }, limits: SMTPServer.Limits = limits()
    ) throws -> SMTPServer {
        try SMTPServer(
            host: "127.0.0.1", port: Int(port), security: security, ca: ca, ehlo: "remindd.example.vn", username: username,
            password: password, limits: limits)
    }

    static func mail(_ recipient: String, from: String = sender, _ bytes: [UInt8] = body) throws -> SMTPMail {
        SMTPMail(sender: try EmailAddress(from), recipient: try EmailAddress(recipient), bytes: bytes)
    }

    /// Sends one mail through new lanes. Returns the transfer and its duration in seconds.
    static func send(_ server: SMTPServer, _ mail: SMTPMail) async throws -> (Transfer<SMTPStage>, seconds: Double) {
        let lanes = SMTPLanes(server: server, count: 1)
        let ended = Collected<Transfer<SMTPStage>>()
        let start = ContinuousClock.now
        lanes.submit(mail) { ended.add($0) }
        let transfer = try await ended.first()[0]
        let took = (ContinuousClock.now - start) / .seconds(1)
        await offThread { lanes.stop(grace: .zero) }
        return (transfer, took)
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let recipient: String
        var from = sender
        let stage: SMTPStage
        let code: Int?
        let outcome: Outcome
        var about = Scope.recipient
        var advice = Receipt.Advice.none
        var testDescription: String { "\(from) to \(recipient)" }
    }

    static let rows = [
        Row(recipient: "ok@x.test", stage: .answered, code: 250, outcome: .delivered),
        Row(recipient: "d252@x.test", stage: .answered, code: 252, outcome: .delivered),
        Row(recipient: "r452@x.test", stage: .senderTaken, code: 452, outcome: .refusedForNow, advice: .atLeast(.minutes(5))),
        Row(recipient: "ok@x.test", from: "m452@x.test", stage: .ready, code: 452, outcome: .refusedForNow, about: .server),
        Row(recipient: "r450@x.test", stage: .senderTaken, code: 450, outcome: .refusedForNow, advice: .atLeast(.minutes(5))),
        Row(recipient: "r550-5.1.1@x.test", stage: .senderTaken, code: 550, outcome: .refusedForGood),
        Row(recipient: "r554-5.7.1@x.test", stage: .senderTaken, code: 554, outcome: .refusedForGood, about: .comparison),
        Row(recipient: "ok@x.test", from: "m550@x.test", stage: .ready, code: 550, outcome: .refusedForNow, about: .us),
        Row(recipient: "t554@x.test", stage: .recipientTaken, code: 554, outcome: .refusedForGood, about: .comparison),
        Row(recipient: "d554@x.test", stage: .answered, code: 554, outcome: .refusedForGood, about: .comparison),
        Row(recipient: "d451@x.test", stage: .answered, code: 451, outcome: .refusedForNow, advice: .atLeast(.minutes(5))),
        Row(recipient: "d552@x.test", stage: .answered, code: 552, outcome: .refusedForGood, advice: .once(after: .hours(1))),
        Row(recipient: "drop@x.test", stage: .bodyEnded, code: 354, outcome: .unknown, about: .server),
        Row(recipient: "rst@x.test", stage: .bodyEnded, code: 354, outcome: .unknown, about: .server),
    ]

    @Test("A transfer reports the stage and code of each answer (faults 55, 56, 57, 58, 59, 64)", arguments: rows)
    func answers(_ row: Row) async throws {
        let peer = try await ScriptedServer("smtp_stages.py")
        let (transfer, _) = try await Self.send(Self.server(peer.port), Self.mail(row.recipient, from: row.from))
        #expect(transfer.stage == row.stage, "\(transfer)")
        #expect(transfer.code == row.code)
        let receipt = EmailOutcome.receipt(transfer, hiding: [row.recipient])
        #expect(receipt.outcome == row.outcome && receipt.advice == row.advice && receipt.about == row.about)
        #expect(!receipt.reply.contains(row.recipient))
        if row.outcome == .refusedForGood { #expect(receipt.reply.hasPrefix("\(row.code ?? 0) ")) }
    }

    @Test("A mail arrives byte for byte, with the configured EHLO name and one recipient (decision 6)")
    func bytes() async throws {
        let peer = try await ScriptedServer("smtp_stages.py")
        let dots = Array("Subject: x\r\n\r\n.\r\n..two\r\nend .\r\n".utf8)
        let (transfer, _) = try await Self.send(Self.server(peer.port), Self.mail("ok@x.test", dots))
        #expect(transfer.result == .ok && transfer.reply == "250 2.0.0 queued")
        let mail = try #require(peer.mails.first)
        #expect(mail.bytes == dots && mail.sender == Self.sender && mail.recipient == "ok@x.test")
        #expect(peer.lines.contains { $0.command == "EHLO remindd.example.vn" })
        #expect(await eventually(within: .seconds(5)) { peer.lines.contains { $0.command == "QUIT" } })
    }

    @Test("A connection is kept for many mails and closed when it has been idle")
    func reuse() async throws {
        let peer = try await ScriptedServer("smtp_stages.py")
        var limits = Self.limits()
        limits.idle = TimeSpan(milliseconds: 300)
        let lanes = SMTPLanes(server: try Self.server(peer.port, limits: limits), count: 1)
        let ended = Collected<Transfer<SMTPStage>>()
        for number in 0..<50 { lanes.submit(try Self.mail("ok\(number)@x.test")) { ended.add($0) } }
        #expect(try await ended.first(50).allSatisfy { $0.stage == .answered && $0.result == .ok })
        #expect(peer.connections == 1 && peer.mails.count == 50)
        #expect(await eventually(within: .seconds(5)) { peer.lines.contains { $0.command == "QUIT" } })
        lanes.submit(try Self.mail("late@x.test")) { ended.add($0) }
        #expect(try await ended.first(51)[50].result == .ok)
        #expect(peer.connections == 2)
        await offThread { lanes.stop(grace: .zero) }
    }

    @Test("Closing an idle connection does not wait for a server that does not answer QUIT")
    func deafToQuit() async throws {
        let peer = try await ScriptedServer("smtp_stages.py", ["--deaf-quit"])
        var limits = Self.limits()
        limits.idle = TimeSpan(milliseconds: 100)
        let lanes = SMTPLanes(server: try Self.server(peer.port, limits: limits), count: 1)
        let ended = Collected<Transfer<SMTPStage>>()
        let start = ContinuousClock.now
        for number in 1...3 {
            lanes.submit(try Self.mail("ok@x.test")) { ended.add($0) }
            #expect(try await ended.first(number)[number - 1].result == .ok)
            #expect(await eventually(within: .seconds(5)) { peer.lines.count { $0.command == "QUIT" } == number })
        }
        await offThread { lanes.stop(grace: .zero) }
        #expect(ContinuousClock.now - start < .seconds(5))
    }

    @Test("Four lanes deliver in parallel, and a refusal does not affect the next mail")
    func lanes() async throws {
        let peer = try await ScriptedServer("smtp_stages.py")
        let lanes = SMTPLanes(server: try Self.server(peer.port), count: 4)
        let ended = Collected<Transfer<SMTPStage>>()
        for number in 0..<40 {
            lanes.submit(try Self.mail(number % 4 == 0 ? "r550@x.test" : "ok\(number)@x.test")) { ended.add($0) }
        }
        let all = try await ended.first(40)
        #expect(all.count { $0.code == 550 } == 10 && all.count { $0.code == 250 } == 30)
        #expect(peer.mails.count == 30)
        await offThread { lanes.stop(grace: .zero) }
    }

    @Test("A lane that has taken a mail is no longer idle, so another lane takes the next queued mail")
    func queue() {
        var queue = LaneQueue<Int>()
        queue.rests(isOpen: true)
        queue.rests(isOpen: false)
        queue.jobs = [1]
        #expect(queue.isMixed && queue.take(isOpen: false) == nil, "the mail is for the lane with a connection")
        queue.jobs = [1, 2]
        #expect(queue.take(isOpen: true) == 1)
        #expect(queue.take(isOpen: false) == 2, "no other lane is idle")
        #expect(queue.idle == 0 && queue.idleOpen == 0)
    }

    @Test("Of two mails submitted together, one does not wait for the other's answer to the final dot")
    func twoAtOnce() async throws {
        let peer = try await ScriptedServer("smtp_stages.py")
        for _ in 1...6 {
            let lanes = SMTPLanes(server: try Self.server(peer.port, limits: Self.limits(final: .seconds(9))), count: 2)
            let ended = Collected<Transfer<SMTPStage>>()
            // After these two mails, one lane has a connection and the other has none.
            lanes.submit(try Self.mail("ok@x.test")) { ended.add($0) }
            lanes.submit(try Self.mail("r550@x.test")) { ended.add($0) }
            _ = try await ended.first(2)
            lanes.submit(try Self.mail("hang@x.test")) { _ in }
            lanes.submit(try Self.mail("ok2@x.test")) { ended.add($0) }
            #expect(await eventually(within: .seconds(4)) { ended.all.count == 3 })
            await offThread { lanes.stop(grace: .zero) }
        }
    }

    @Test("Lanes are idle when every submitted mail is completed")
    func idle() async throws {
        let peer = try await ScriptedServer("smtp_stages.py")
        let lanes = SMTPLanes(server: try Self.server(peer.port), count: 2)
        #expect(lanes.isIdle)
        let ended = Collected<Transfer<SMTPStage>>()
        lanes.submit(try Self.mail("late1@x.test")) { ended.add($0) }
        #expect(!lanes.isIdle)
        #expect(try await ended.first()[0].code == 250)
        #expect(await eventually(within: .seconds(2)) { lanes.isIdle })
        await offThread { lanes.stop(grace: .zero) }
    }

    @Test("If a server refuses every connection, no lane counts the attempts of the others as open connections")
    func deadServer() async throws {
        let port = FreePort.next()
        let lanes = SMTPLanes(server: try Self.server(port), count: 4)
        let ended = Collected<Transfer<SMTPStage>>()
        for number in 0..<40 { lanes.submit(try Self.mail("ok\(number)@x.test")) { ended.add($0) } }
        let all = try await ended.first(40)
        #expect(all.allSatisfy { !$0.othersOpen && EmailOutcome.receipt($0).about == .server })
        await offThread { lanes.stop(grace: .zero) }
    }

    @Test("A mail uses an open connection before a lane opens another, because servers limit connections (fault 54)")
    func openOnesFirst() async throws {
        let peer = try await ScriptedServer("smtp_stages.py")
        let lanes = SMTPLanes(server: try Self.server(peer.port), count: 4)
        let ended = Collected<Transfer<SMTPStage>>()
        // A refused mail closes its lane's connection, so only some of the four lanes have a
        // connection.
        for number in 0..<8 {
            lanes.submit(try Self.mail(number % 2 == 0 ? "r550@x.test" : "ok\(number)@x.test")) { ended.add($0) }
        }
        _ = try await ended.first(8)
        lanes.submit(try Self.mail("ok@x.test")) { ended.add($0) }
        _ = try await ended.first(9)
        let before = peer.connections
        for number in 10...40 {
            lanes.submit(try Self.mail("ok\(number)@x.test")) { ended.add($0) }
            #expect(try await ended.first(number)[number - 1].result == .ok)
        }
        #expect(peer.connections == before)
        await offThread { lanes.stop(grace: .zero) }
    }

    @Test("If the server has closed a kept connection, the mail is sent over a new one (fault 75)")
    func halfDead() async throws {
        let peer = try await ScriptedServer("smtp_stages.py", ["--close-after", "2"])
        let lanes = SMTPLanes(server: try Self.server(peer.port), count: 1)
        let ended = Collected<Transfer<SMTPStage>>()
        for number in 1...7 {
            lanes.submit(try Self.mail("ok\(number)@x.test")) { ended.add($0) }
            #expect(try await ended.first(number)[number - 1].result == .ok)
        }
        #expect(peer.mails.compactMap(\.recipient) == (1...7).map { "ok\($0)@x.test" })
        #expect(peer.connections == 4)
        await offThread { lanes.stop(grace: .zero) }
    }

    @Test("If the server is silent after the final dot, the outcome is unknown at the final limit and not before (fault 63)")
    func silentAfterDot() async throws {
        let peer = try await ScriptedServer("smtp_stages.py")
        let limits = Self.limits(answer: .seconds(1), final: .seconds(3))
        let (transfer, took) = try await Self.send(Self.server(peer.port, limits: limits), Self.mail("hang@x.test"))
        #expect(transfer.stage == .bodyEnded && EmailOutcome.receipt(transfer).outcome == .unknown, "\(transfer)")
        #expect(took > 2.5 && took < 8, "\(took)")
    }

    @Test(
        "If the answer comes after the final limit, the outcome is unknown although the mail arrived once (fault 65)")
    func late() async throws {
        let peer = try await ScriptedServer("smtp_stages.py")
        let limits = Self.limits(answer: .seconds(1), final: .seconds(2))
        let (transfer, took) = try await Self.send(Self.server(peer.port, limits: limits), Self.mail("late4@x.test"))
        #expect(EmailOutcome.receipt(transfer).outcome == .unknown, "\(transfer)")
        #expect(took < 6)
        #expect(peer.mails.count == 1, "a retry a quarter of an hour later would be the only duplicate")
    }

    @Test("A late answer is not taken for the answer to the next mail, which uses a new connection (fault 65)")
    func lateForTheNext() async throws {
        let peer = try await ScriptedServer("smtp_stages.py")
        let limits = Self.limits(answer: .seconds(4), final: .seconds(1))
        let lanes = SMTPLanes(server: try Self.server(peer.port, limits: limits), count: 1)
        let ended = Collected<Transfer<SMTPStage>>()
        for recipient in ["late3@x.test", "d550@x.test"] { lanes.submit(try Self.mail(recipient)) { ended.add($0) } }
        let all = try await ended.first(2)
        #expect(EmailOutcome.receipt(all[0]).outcome == .unknown, "\(all[0])")
        #expect(all[1].stage == .answered && all[1].code == 550, "\(all[1])")
        #expect(peer.connections == 2)
        await offThread { lanes.stop(grace: .zero) }
    }

    @Test("A mail needs no 8BITMIME and no SMTPUTF8, because every byte has seven bits (fault 73)")
    func sevenBits() async throws {
        let peer = try await ScriptedServer("smtp_stages.py")
        let channel = EmailChannel(
            name: "mail",
            settings: EmailSettings(server: try Self.server(peer.port), from: try Mailbox("Công đoàn <cd@example.vn>")),
            wording: Wording())
        let receipts = Collected<Receipt>()
        channel.deliver(Fixture.Case().message()) { receipts.add($0) }
        #expect(try await receipts.first()[0].outcome == .delivered)
        let mail = try #require(peer.mails.first)
        #expect(mail.bytes.allSatisfy { $0 < 0x80 })
        let begun = try #require(peer.lines.compactMap(\.command).first { $0.hasPrefix("MAIL") })
        #expect(!begun.contains("BODY=") && !begun.contains("SMTPUTF8"))
        await offThread { channel.stop(grace: .zero) }
    }

    @Test(
        "A server with an expired, foreign or SHA-1 certificate gets no mail (fault 68)",
        arguments: Certificate.Flaw.allCases)
    func flawed(_ flaw: Certificate.Flaw) async throws {
        let certificate = try await Certificate.make(flaw, in: try TemporaryFolder())
        let peer = try await ScriptedServer("smtp_stages.py", ["--tls", certificate.path, certificate.keyPath])
        let server = try Self.server(peer.port, .startTLS, ca: certificate.authority)
        let (transfer, _) = try await Self.send(server, Self.mail("ok@x.test"))
        let receipt = EmailOutcome.receipt(transfer)
        // A server with a SHA-1 certificate cannot present it, because the handshake fails first.
        #expect(receipt.outcome == .notSent && receipt.about == (flaw == .signedWithSHA1 ? .server : .us), "\(transfer)")
        #expect(peer.mails.isEmpty && !peer.lines.contains { $0.command?.hasPrefix("MAIL") == true })
    }

    @Test("Silence at the greeting or at RCPT, or a cut in the body, ends the mail as not sent (faults 61, 62)")
    func silentBefore() async throws {
        let silent = try await ScriptedServer("smtp_stages.py", ["--silent"])
        let limits = Self.limits(answer: .seconds(1))
        let (greeting, took) = try await Self.send(Self.server(silent.port, limits: limits), Self.mail("ok@x.test"))
        #expect(greeting.stage == .started && EmailOutcome.receipt(greeting).outcome == .notSent)
        #expect(took < 5)
        let peer = try await ScriptedServer("smtp_stages.py")
        let (rcpt, _) = try await Self.send(Self.server(peer.port, limits: limits), Self.mail("hangrcpt@x.test"))
        #expect(rcpt.stage == .senderTaken && EmailOutcome.receipt(rcpt).outcome == .notSent)
        let large = Self.body + Array(String(repeating: "0123456789\r\n", count: 400_000).utf8)
        let (cut, _) = try await Self.send(Self.server(peer.port), Self.mail("midbody@x.test", large))
        #expect(cut.stage == .bodyBegun && EmailOutcome.receipt(cut).outcome == .notSent, "\(cut)")
    }

    @Test("A greeting with 421 is about load, and a greeting with 554 is about the server (faults 54, 59)")
    func greetings() async throws {
        for (line, about) in [("421 4.3.2 too busy", Scope.load), ("554 5.7.1 no", .server)] {
            let peer = try await ScriptedServer("smtp_stages.py", ["--greeting", line])
            let (transfer, _) = try await Self.send(Self.server(peer.port), Self.mail("ok@x.test"))
            let receipt = EmailOutcome.receipt(transfer)
            #expect(transfer.stage == .greeted && receipt.outcome == .refusedForNow && receipt.about == about, "\(transfer)")
            #expect(receipt.reply == line)
        }
    }

    @Test("If there is no server, the mail is not sent")
    func nobodyThere() async throws {
        let (transfer, _) = try await Self.send(Self.server(1), Self.mail("ok@x.test"))
        #expect(transfer.stage == .started && transfer.result.rawValue == 7)
        #expect(EmailOutcome.receipt(transfer).outcome == .notSent)
    }

    @Test("Without TLS, mail is sent only to this machine or within allow_networks")
    func inClear() throws {
        let outside = try #require(IPAddress("192.0.2.1"))
        for (networks, mayGo) in [([], false), (["10.20.0.0/16"], false), (["192.0.2.0/24"], true), (["0.0.0.0/0"], true)] {
            let networks = networks.compactMap(Network.init)
            #expect(AddressPolicy.allowClearText(outside, networks: networks) == mayGo)
            func server() throws { _ = try SMTPServer(host: "192.0.2.1", port: 25, security: .off, clearNetworks: networks) }
            if mayGo { try server() } else { #expect(throws: SettingRefusal.self) { try server() } }
        }
        #expect(!AddressPolicy.allowClearText(try #require(IPAddress("169.254.1.1")), networks: Network.everywhere))
        #expect(AddressPolicy.allowClearText(try #require(IPAddress("::1")), networks: []))
    }

    @Test("If STARTTLS is required and not offered, nothing is sent (fault 66)")
    func noStartTLS() async throws {
        let peer = try await ScriptedServer("smtp_stages.py")
        let (transfer, _) = try await Self.send(Self.server(peer.port, .startTLS), Self.mail("ok@x.test"))
        let receipt = EmailOutcome.receipt(transfer)
        #expect(transfer.result.rawValue == 64 && receipt.outcome == .notSent && receipt.about == .us)
        #expect(!peer.lines.contains { $0.command?.hasPrefix("MAIL") == true })
    }

    @Test(
        "STARTTLS and implicit TLS deliver over one kept connection; with an unknown authority nothing is sent (fault 68)")
    func tls() async throws {
        let folder = try TemporaryFolder()
        let certificate = try await Certificate.make(in: folder)
        for (security, extra) in [(SMTPServer.Security.startTLS, [String]()), (.implicitTLS, ["--implicit"])] {
            let peer = try await ScriptedServer(
                "smtp_stages.py",
                ["--tls", certificate.path, certificate.keyPath, "--user", "remindd", "--password", "pässwort"] + extra)
            let server = try Self.server(
                peer.port, security, ca: certificate.path, username: "remindd", password: { "pässwort" })
            let lanes = SMTPLanes(server: server, count: 1)
            let ended = Collected<Transfer<SMTPStage>>()
            for _ in 0..<3 { lanes.submit(try Self.mail("ok@x.test")) { ended.add($0) } }
            #expect(try await ended.first(3).allSatisfy { $0.result == .ok && $0.stage == .answered }, "\(ended.all)")
            await offThread { lanes.stop(grace: .zero) }
            #expect(peer.connections == 1 && peer.lines.count { $0.command == "AUTH" } == 1)

            let (stranger, _) = try await Self.send(Self.server(peer.port, security), Self.mail("ok@x.test"))
            let receipt = EmailOutcome.receipt(stranger)
            #expect(stranger.result.rawValue == 60 && receipt.outcome == .notSent && receipt.about == .us, "\(stranger)")
            #expect(peer.mails.count == 3)
        }
    }

    @Test("A refused login is about us, and a password that was replaced meanwhile is tried once (faults 69, 70)")
    func login() async throws {
        let peer = try await ScriptedServer("smtp_stages.py", ["--user", "remindd", "--password", "new"])
        let (wrong, _) = try await Self.send(
            Self.server(peer.port, username: "remindd", password: { "old" }), Self.mail("ok@x.test"))
        let receipt = EmailOutcome.receipt(wrong)
        #expect(receipt.outcome == .refusedForNow && receipt.about == .us && receipt.code == 535, "\(wrong)")
        #expect(peer.lines.count { $0.command == "AUTH" } == 1)
        let asked = Collected<Int>()
        let (renewed, _) = try await Self.send(
            Self.server(
                peer.port, username: "remindd",
                password: {
                    asked.add(1)
                    return asked.all.count == 1 ? "old" : "new"
                }), Self.mail("ok@x.test"))
        #expect(renewed.result == .ok && renewed.stage == .answered, "\(renewed)")
    }

    @Test("If a user name is configured, a server that offers no login gets no mail (fault 69)")
    func noAuth() async throws {
        let peer = try await ScriptedServer("smtp_stages.py")
        let (transfer, _) = try await Self.send(
            Self.server(peer.port, username: "remindd", password: { "x" }), Self.mail("ok@x.test"))
        let receipt = EmailOutcome.receipt(transfer)
        #expect(transfer.cut == .authNotOffered && receipt.outcome == .notSent && receipt.about == .us, "\(transfer)")
        #expect(!peer.lines.contains { $0.command?.hasPrefix("MAIL") == true })
    }

    @Test("withdraw returns mail that no lane has begun as not sent, and the lanes continue")
    func withdraw() async throws {
        let peer = try await ScriptedServer("smtp_stages.py")
        let lanes = SMTPLanes(server: try Self.server(peer.port, limits: Self.limits(final: .seconds(2))), count: 1)
        let ended = Collected<Transfer<SMTPStage>>()
        lanes.submit(try Self.mail("hang@x.test")) { ended.add($0) }
        #expect(await eventually(within: .seconds(5)) { peer.lines.contains { $0.command == "DATA" } })
        for _ in 0..<2 { lanes.submit(try Self.mail("ok@x.test")) { ended.add($0) } }
        lanes.withdraw()
        #expect(ended.all.map(\.stage) == [.started, .started])
        #expect(ended.all.allSatisfy { EmailOutcome.receipt($0).outcome == .notSent && $0.cut == .stopped })
        #expect(try await ended.first(3)[2].stage == .bodyEnded)
        lanes.submit(try Self.mail("ok@x.test")) { ended.add($0) }
        let next = try await ended.first(4)[3]
        #expect(next.result == .ok, "\(next)")
        await offThread { lanes.stop(grace: .zero) }
    }

    @Test("`stop` lets mail end within the grace period, then cuts it off, and completes each mail once (fault 9)")
    func stop() async throws {
        let peer = try await ScriptedServer("smtp_stages.py", ["--deaf-quit"])
        let lanes = SMTPLanes(server: try Self.server(peer.port, limits: Self.limits(final: .minutes(10))), count: 2)
        let ended = Collected<Transfer<SMTPStage>>()
        lanes.submit(try Self.mail("ok@x.test")) { ended.add($0) }
        _ = try await ended.first()
        for recipient in ["hang@x.test", "hang@x.test", "ok@x.test"] {
            lanes.submit(try Self.mail(recipient)) { ended.add($0) }
        }
        #expect(await eventually(within: .seconds(5)) { peer.lines.count { $0.command == "DATA" } == 3 })
        let start = ContinuousClock.now
        await offThread { lanes.stop(grace: .seconds(1)) }
        #expect(ContinuousClock.now - start < .seconds(8))
        let all = ended.all
        #expect(all.count == 4 && all.count { $0.stage == .bodyEnded && $0.cut == .stopped } == 2, "\(all)")
        #expect(all.count { $0.stage == .started && $0.cut == .stopped } == 1)
        lanes.submit(try Self.mail("ok@x.test")) { ended.add($0) }
        #expect(ended.all.last?.cut == .stopped)
    }

    @Test("A channel delivers a whole Vietnamese mail and reports the server's reply")
    func channel() async throws {
        let peer = try await ScriptedServer("smtp_stages.py")
        let channel = EmailChannel(
            name: "mail",
            settings: EmailSettings(server: try Self.server(peer.port), from: try Mailbox("Công đoàn <cd@example.vn>")),
            wording: Wording())
        let message = Fixture.Case().message()
        let receipts = Collected<Receipt>()
        channel.deliver(message) { receipts.add($0) }
        #expect(try await receipts.first() == [Receipt(.delivered, code: 250, reply: "250 2.0.0 queued")])
        let mail = try #require(peer.mails.first)
        #expect(mail.bytes == (try channel.preview(message)) && mail.recipient == "nucong@example.vn")
        #expect(channel.policy == .email(onUnknown: .resend) && channel.concurrency == 8)
        await offThread { channel.stop(grace: .zero) }
    }
}

/// Runs a blocking call on a new thread, so that it blocks none of the few threads for tasks.
func offThread(_ body: @escaping @Sendable () -> Void) async {
    await withCheckedContinuation { continuation in
        Thread.detachNewThread {
            body()
            continuation.resume()
        }
    }
}

import Foundation
import ProgramHarness
import Support
import Testing

@testable import Config

/// Changes secrets in files while the daemon runs. The servers require the correct secrets.
@Suite("Secrets that change", .serialized)
struct ChangedSecretTests {
    private struct Trial {
        let office: Office
        let peer: ScriptedServer
        /// The folder with the secrets that the servers require.
        let wanted: TemporaryFolder
        let daemon: Subprocess

        init() async throws {
            wanted = try TemporaryFolder()
            for (name, text) in Self.secrets("old") { try wanted.write(name, text) }
            peer = try await ScriptedServer("login.py", [wanted.path])
            let noon = Noon()
            office = try Office.small(
                plan: noon.plan([("later", "Việc", noon.at(minutes: 300))]),
                channels: """
                      mail: {email: {server: "smtp://127.0.0.1:\(peer.port)", tls: off, from: nhac@example.vn, username: remindd, password: {file: password}}}
                      hub: {webhook: {url: {file: url}, secret: {file: secret}, allow_networks: [127.0.0.0/8]}}
                    """, more: "plans: plans/\n")
            try Self.put("old", in: office, http: peer.lines.first?.status ?? 0)
            daemon = try await Program.daemon(office)
        }

        private static func secrets(_ word: String) -> [(String, String)] {
            let secret = "whsec_" + Data("\(word)-signing-secret-of-24-bytes".utf8).base64EncodedString()
            return [("password", "\(word)-password"), ("secret", secret), ("path", "/services/\(word)")]
        }

        private static func put(_ word: String, in office: Office, http: Int) throws {
            for (name, text) in secrets(word) {
                let isPath = name == "path"
                let path = try office.folder.write(isPath ? "url" : name, isPath ? "http://127.0.0.1:\(http)\(text)" : text)
                chmod(path, 0o600)
            }
        }

        /// Sets the secrets that the servers require.
        func serversWant(_ word: String) throws { for (name, text) in Self.secrets(word) { try wanted.write(name, text) } }

        /// Writes the secrets to the daemon's files.
        func write(_ word: String) throws { try Self.put(word, in: office, http: peer.lines.first?.status ?? 0) }

        func sendTest(_ recipient: String) async throws -> Subprocess.Finished {
            try await Program.run(["send-test", recipient, "--config", office.configuration])
        }

        var refusedLogins: Int { peer.lines.count { $0.refused == 535 } }
        var answers: [Int] { peer.lines.dropFirst().compactMap(\.status) }
    }

    @Test(
        "If a server refuses an old password, signature or address, the replaced file is read again once (fault 70)"
    )
    func readAgain() async throws {
        let trial = try await Trial()
        for recipient in ["an", "desk"] { #expect(try await trial.sendTest(recipient).status == 0) }
        #expect(trial.refusedLogins == 0)
        #expect(trial.answers == [204])

        try trial.serversWant("new")
        try trial.write("new")
        let mail = try await trial.sendTest("an")
        #expect(mail.status == 0, "\(mail.output)\(mail.errors)")
        #expect(trial.refusedLogins == 1, "one login with the old password")
        let hook = try await trial.sendTest("desk")
        #expect(hook.status == 0, "\(hook.output)\(hook.errors)")
        #expect(trial.answers == [204, 404, 204], "the old address, then the new one with the new signature")
        #expect(trial.peer.lines.compactMap(\.id).suffix(2).reduce(into: Set()) { $0.insert($1) }.count == 1, "the same id")

        try trial.wanted.write("secret", "whsec_" + Data("another-signing-secret-of-24-bytes".utf8).base64EncodedString())
        try trial.office.folder.write("secret", try String(contentsOfFile: trial.wanted.path("secret"), encoding: .utf8))
        chmod(trial.office.folder.path("secret"), 0o600)
        #expect(try await trial.sendTest("desk").status == 0)
        #expect(trial.answers.suffix(2) == [401, 204], "only the signature was old")
        #expect(try await Program.stop(trial.daemon).status == 0)
    }

    @Test("If the file has not changed, a refused secret is tried only once (fault 70)")
    func notAgain() async throws {
        let trial = try await Trial()
        try trial.serversWant("new")
        let mail = try await trial.sendTest("an")
        #expect(mail.status == 1)
        #expect(mail.output.contains("535"), "\(mail.output)")
        #expect(trial.refusedLogins == 1)
        let hook = try await trial.sendTest("desk")
        #expect(hook.status == 1)
        #expect(trial.answers == [404])
        // The daemon refuses a secret file that other users can read. Without the secret it cannot
        // sign the message, so it sends nothing.
        chmod(trial.office.folder.path("secret"), 0o644)
        #expect(try await trial.sendTest("desk").status == 1)
        #expect(trial.answers == [404, 404])
        #expect(try await Program.stop(trial.daemon).status == 0)
    }

    @Test("A reload reads secrets again before any server has refused the old ones")
    func reloaded() async throws {
        let trial = try await Trial()
        for recipient in ["an", "desk"] { #expect(try await trial.sendTest(recipient).status == 0) }
        try trial.serversWant("new")
        try trial.write("new")
        let reload = try await Program.run(["reload", "--config", trial.office.configuration])
        #expect(reload.status == 0, "\(reload.errors)")
        for recipient in ["an", "desk"] { #expect(try await trial.sendTest(recipient).status == 0) }
        #expect(trial.refusedLogins == 0)
        #expect(trial.answers == [204, 204])
        #expect(try await Program.stop(trial.daemon).status == 0)
    }

    @Test(
        "After a server refused a token, a reload uses the new one, and no answer contains a token (fault 137)"
    )
    func token() async throws {
        let wanted = try TemporaryFolder()
        try wanted.write("token", "old-Kanarienvogel")
        for name in ["password", "secret", "path"] { try wanted.write(name, "x") }
        let peer = try await ScriptedServer("login.py", [wanted.path])
        let noon = Noon()
        let channel = """
              mail: {email: {server: "smtp://127.0.0.1:\(peer.port)", tls: off, from: nhac@example.vn, auth: xoauth2, username: remindd, token: {file: token}}}
            """
        let office = try Office.small(
            plan: noon.plan([("later", "Việc", noon.at(minutes: 300))], notify: "an"), channels: channel,
            recipients: "  - {id: an, email: an@example.vn, via: [mail]}", more: "plans: plans/\n")
        func put(_ token: String) throws {
            chmod(try office.folder.write("token", token + "\n"), 0o600)
        }
        let test = ["send-test", "an", "--config", office.configuration]
        let missing = try await Program.run(["run", "--config", office.configuration])
        #expect(missing.status == 78 && missing.errors.contains("token: No such file or directory"), "\(missing.errors)")
        try put("old-Kanarienvogel")
        let daemon = try await Program.daemon(office)
        #expect(try await Program.run(test).status == 0)
        try wanted.write("token", "new-Kanarienvogel")
        let refused = try await Program.run(test)
        #expect(refused.status == 1 && !refused.output.contains("Kanarienvogel"), "\(refused.output)")
        #expect(peer.lines.count { $0.refused == 535 } == 1)
        try put("new-Kanarienvogel")
        // After a refused login, the daemon logs in at most once in a quarter of an hour, unless a
        // reload finds another secret.
        let left = try await Program.run(test)
        #expect(
            left.status == 1 && left.output.contains("a reload with other settings or another secret ends the pause"),
            "\(left.output)"
        )
        #expect(try await Program.run(["reload", "--config", office.configuration]).status == 0)
        #expect(try await Program.run(test).status == 0)
        // If a channel uses a password, the output names the login method that this server
        // requires.
        try office.folder.write(
            "remindd.yaml",
            office.folder.text("remindd.yaml").replacing("auth: xoauth2, ", with: "").replacing("token: {", with: "password: {"))
        #expect(try await Program.run(["reload", "--config", office.configuration]).status == 0)
        let other = try await Program.run(test)
        #expect(
            other.status == 1
                && other.output.contains(
                    "the mail server offers XOAUTH2 only, and no password; write auth: xoauth2 with token: {file: PATH}"),
            "\(other.output)")
        #expect(try await Program.stop(daemon).status == 0)
    }
}

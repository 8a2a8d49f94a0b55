import Foundation
import ProgramHarness
import Support
import Testing

@Suite("`remindd init` writes a first configuration and plan")
struct InitTests {
    /// Runs a program on a pseudo-terminal, types the answers, and prints what the terminal shows.
    private static let terminal = """
        import os, pty, sys
        answers, command = sys.argv[1].split("|"), sys.argv[2:]
        pid, terminal = pty.fork()
        if pid == 0:
            os.execv(command[0], command)
        shown = b""
        typed = 0
        while True:
            try:
                piece = os.read(terminal, 4096)
            except OSError:
                piece = b""
            if not piece:
                break
            shown += piece
            if shown.rstrip(b" ").endswith(b":") and typed < len(answers):
                os.write(terminal, (answers[typed] + "\\n").encode())
                typed += 1
                shown += b"\\n"
        _, status = os.waitpid(pid, 0)
        sys.stdout.buffer.write(shown)
        sys.exit(os.waitstatus_to_exitcode(status))
        """

    private static func check(_ folder: TemporaryFolder, _ name: String) async throws {
        let check = try await Program.run(["check", "--strict", "--config", "\(name)/remindd.yaml"], in: folder.path)
        #expect(check.status == 0 && check.errors == "", "\(check.output)\(check.errors)")
    }

    @Test("With flags it asks nothing, writes files that pass `check --strict`, and sends a test", arguments: ["vi", "en"])
    func flags(language: String) async throws {
        let server = try await ScriptedServer("mail.py")
        let folder = try TemporaryFolder()
        let arguments = [
            "init", "office", "--from", "nhac@example.vn", "--server", "smtp://127.0.0.1:\(server.port)", "--to",
            "lan@example.vn",
            "--name", "Nguyễn Thị \"Lan\"", "--language", language,
        ]
        let made = try await Program.run(arguments, in: folder.path)
        #expect(made.status == 0, "\(made.output)\(made.errors)")
        #expect(made.output.contains("office/remindd.yaml") && made.output.contains("office/plans/ke-hoach.yaml"))
        let isVietnamese = language == "vi"
        #expect(made.output.hasPrefix(isVietnamese ? "Đã ghi office/" : "Written: office/"), "\(made.output)")
        let delivered = isVietnamese ? "nguyen-thi-lan qua mail: đã nhận 250" : "nguyen-thi-lan by mail: delivered 250"
        #expect(made.output.contains(delivered), "\(made.output)")
        #expect(Set(server.mails.map(\.recipient)) == ["lan@example.vn"])
        #expect(server.lines.count { $0.accepted != nil } == 1)
        try await Self.check(folder, "office")

        // A second run overwrites nothing, and neither does one with a single file.
        let before = try String(contentsOfFile: folder.path("office/remindd.yaml"), encoding: .utf8)
        let again = try await Program.run(arguments, in: folder.path)
        let refusal =
            isVietnamese
            ? "remindd: đã có office/remindd.yaml; chưa ghi gì\n"
            : "remindd: office/remindd.yaml is there already; nothing was written\n"
        #expect(again.status == 1 && again.errors == refusal, "\(again.errors)")
        try FileManager.default.removeItem(atPath: folder.path("office/remindd.yaml"))
        let half = try await Program.run(arguments, in: folder.path)
        #expect(
            half.status == 1 && half.errors == refusal.replacing("remindd.yaml", with: "plans/ke-hoach.yaml"), "\(half.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder.path("office/remindd.yaml")) && !before.isEmpty)
    }

    @Test("On a terminal it asks, asks again after a wrong address, and takes the defaults")
    func terminal() async throws {
        let server = try await ScriptedServer("mail.py")
        let folder = try TemporaryFolder()
        let answers = "nhac|nhac@example.vn|smtp://127.0.0.1:\(server.port)||lan@example.vn|Trần Thị Lan"
        let asked = try await Subprocess.run(
            ["/usr/bin/python3", "-c", Self.terminal, answers, Program.path, "init", "office", "--language", "vi"],
            in: folder.path)
        #expect(asked.status == 0, "\(asked.output)\(asked.errors)")
        for text in ["Địa chỉ thư điện tử gửi đi: ", "Máy chủ thư [smtp://127.0.0.1:25]: ", "Đã ghi office/remindd.yaml"] {
            #expect(asked.output.contains(text), "\(asked.output)")
        }
        #expect(asked.output.contains("tran-thi-lan qua mail: đã nhận 250"), "\(asked.output)")
        try await Self.check(folder, "office")
    }

    @Test("Without a terminal and flags, with a wrong address or server, nothing is written")
    func refusals() async throws {
        let folder = try TemporaryFolder()
        func run(_ arguments: String...) async throws -> Subprocess.Finished {
            try await Program.run(["init", "office"] + arguments, in: folder.path)
        }
        let missing = try await run("--from", "a@example.vn")
        #expect(missing.status == 64 && missing.errors.contains("no terminal is there to ask; give --to"), "\(missing.errors)")
        let address = try await run("--from", "a@example.vn", "--to", "b")
        #expect(address.status == 2 && address.errors.hasPrefix("remindd: --to \"b\": "), "\(address.errors)")
        let server = try await run("--from", "a@example.vn", "--to", "b@example.vn", "--server", "ftp://x.vn")
        #expect(server.status == 78 && server.errors.hasSuffix("remindd: nothing was written\n"), "\(server.errors)")
        let login = try await run("--from", "a@example.vn", "--to", "b@example.vn", "--username", "x")
        #expect(login.status == 64 && login.errors.contains("--username and --password-file belong together"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    }

    @Test("If the test is not delivered, the files stay and the command says how to go on")
    func testFails() async throws {
        let folder = try TemporaryFolder()
        let made = try await Program.run(
            ["init", "o", "--from", "a@example.vn", "--to", "b@example.vn", "--server", "smtp://127.0.0.1:1"], in: folder.path)
        #expect(made.status == 1 && made.errors.contains("remindd send-test b --config o/remindd.yaml"), "\(made.errors)")
        try await Self.check(folder, "o")
        let quiet = try await Program.run(
            ["init", "p", "--from", "a@example.vn", "--to", "b@example.vn", "--server", "mail.example.vn", "--no-test"],
            in: folder.path)
        #expect(quiet.status == 0 && quiet.errors == "", "\(quiet.errors)")
        let text = try String(contentsOfFile: folder.path("p/remindd.yaml"), encoding: .utf8)
        #expect(text.contains("server: \"smtp://mail.example.vn:587\"\n") && !text.contains("tls: off"), "\(text)")
        try await Self.check(folder, "p")
    }
}

import ArgumentParser
import Config
import Diagnostics
import Documents
import Foundation
import Plans
import Scheduler
import Transport

struct Init: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Writes a first configuration and plan, and sends a test.",
        discussion: """
            Asks for the sender, the mail server and the first recipient if a terminal is there. Without a terminal, --from and \\
            --to are required. No file is ever overwritten: if one is there already, nothing is written.

            Example: remindd init /etc/remindd
            Example: remindd init office --from nhac@example.vn --server smtp://mail.example.vn:587 --to lan@example.vn
            """)

    @Argument(help: ArgumentHelp("The folder. It is made if it is missing.", valueName: "DIR")) var folder = "."
    @Option(help: ArgumentHelp("The address that mails come from.", valueName: "ADDRESS")) var from: String?
    @Option(help: ArgumentHelp("The mail server. Default: this machine's, smtp://127.0.0.1:25.", valueName: "URL"))
    var server: String?
    @Option(help: ArgumentHelp("The login of the mail server, if it wants one.", valueName: "NAME")) var username: String?
    @Option(help: ArgumentHelp("The file with the password of the login.", valueName: "FILE")) var passwordFile: String?
    @Option(help: ArgumentHelp("The address of the first recipient.", valueName: "ADDRESS")) var to: String?
    @Option(help: ArgumentHelp("The name of the first recipient.", valueName: "NAME")) var name: String?
    @Option(help: "The language of plan and mails: vi or en. Default: that of the environment.") var language: Language?
    @Flag(help: "Send no test message.") var noTest = false

    private static var hasTerminal: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 }

    func validate() throws {
        guard (username == nil) == (passwordFile == nil) else {
            throw ValidationError("--username and --password-file belong together")
        }
        guard !Init.hasTerminal else { return }
        let missing = [("--from", from), ("--to", to)].filter { $0.1 == nil }.map(\.0)
        guard missing.isEmpty else {
            throw ValidationError("no terminal is there to ask; give \(missing.joined(separator: " and "))")
        }
    }

    func run() throws {
        signal(SIGPIPE, SIG_IGN)
        let language = language ?? Language.ofEnvironment
        let names = FirstFiles.names(in: folder)
        if let present = names.first(where: { FileManager.default.fileExists(atPath: $0) }) {
            Output.problem("remindd: \(printable(present)) is there already; nothing was written")
            throw ExitCode.failure
        }
        let answers = try answers(language)
        let files = FirstFiles(answers, language)
        try Init.check(files)
        try files.write(to: folder)
        for name in names { Output.line(language == .vi ? "Đã ghi \(printable(name))" : "Written: \(printable(name))") }
        guard !noTest else { return }
        do {
            try SendTest.sendHere(to: answers.id, via: nil, config: names[0], as: .text)
        } catch {
            Output.problem(
                "remindd: the files are written, but the test was not delivered; correct \(printable(names[0])), then: "
                    + "remindd send-test \(answers.id) --config \(printable(names[0]))")
            throw error
        }
    }

    // MARK: Answers

    private func answers(_ language: Language) throws -> FirstFiles.Input {
        let isVietnamese = language == .vi
        let sender = try address(
            from, isVietnamese ? "Địa chỉ thư điện tử gửi đi" : "Address that mails come from", "--from")
        let server =
            try self.server
            ?? ask(isVietnamese ? "Máy chủ thư" : "Mail server", default: FirstFiles.localServer, when: from == nil || to == nil)
        let recipient = try address(
            to, isVietnamese ? "Địa chỉ thư của người nhận đầu tiên" : "Address of the first recipient", "--to")
        let name =
            try self.name
            ?? ask(isVietnamese ? "Họ tên người nhận" : "Name of the recipient", default: "", when: to == nil)
        let local = String(recipient.prefix { $0 != "@" })
        let id = Identifier.made(from: name) ?? Identifier.made(from: local) ?? "first"
        return FirstFiles.Input(
            sender: sender, server: FirstFiles.url(of: server), username: username,
            passwordFile: passwordFile.map { URL(fileURLWithPath: $0).path }, recipient: recipient,
            name: name.isEmpty ? recipient : name, id: id)
    }

    /// Returns a valid address: the flag's, or one that the person types.
    private func address(_ given: String?, _ question: String, _ flag: String) throws -> String {
        if let given {
            do throws(AddressRefusal) {
                return try EmailAddress(given).ascii
            } catch {
                Output.problem("remindd: \(flag) \"\(printable(given))\": \(error)")
                throw ExitCode.usage
            }
        }
        while true {
            let typed = try ask(question, default: nil, when: true)
            do throws(AddressRefusal) {
                return try EmailAddress(typed).ascii
            } catch {
                Output.problem("\"\(printable(typed))\": \(error)")
            }
        }
    }

    /// Asks a question on the terminal. An empty answer is the default, if there is one.
    ///
    /// - Parameter when: whether to ask at all. If not, or without a terminal, returns the default.
    private func ask(_ question: String, default value: String?, when isAsked: Bool) throws -> String {
        if let value, !isAsked || !Init.hasTerminal { return value }
        while true {
            let shown = value.map { $0.isEmpty ? "" : " [\($0)]" } ?? ""
            Output.write(Array("\(question)\(shown): ".utf8))
            guard let line = readLine() else {
                Output.problem("remindd: no answer; nothing was written")
                throw ExitCode.failure
            }
            let answer = line.trimmed.composed
            if !answer.isEmpty { return answer }
            if let value { return value }
        }
    }

    // MARK: Checking

    /// Reads the files as the program will read them. Ends the command if they have an error.
    private static func check(_ files: FirstFiles) throws {
        let trial = FileManager.default.temporaryDirectory.appendingPathComponent("remindd-init-\(getpid())").path
        defer { try? FileManager.default.removeItem(atPath: trial) }
        try files.write(to: trial)
        let loader = Loader()
        _ = loader.load(configuration: FirstFiles.names(in: trial)[0])
        let errors = loader.problems.sorted.filter { $0.severity == .error }
        guard !errors.isEmpty else { return }
        for problem in errors { Output.problem(problem.description.replacing(trial + "/", with: "")) }
        Output.problem("remindd: nothing was written")
        throw ExitCode.configurationError
    }
}

extension Language: ExpressibleByArgument {
    /// The language of `LC_ALL`, `LC_MESSAGES` or `LANG`, the first that is set: Vietnamese if it
    /// begins with `vi`, else English.
    static var ofEnvironment: Language {
        let environment = ProcessInfo.processInfo.environment
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        return locale?.hasPrefix("vi") == true ? .vi : .en
    }
}

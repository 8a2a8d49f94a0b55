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
        abstract: localized("Writes a first configuration and plan, and sends a test."),
        discussion: localized(
            """
            Asks for the sender, the mail server and the first recipient if a terminal is there. Without a terminal, --from and \
            --to are required. No file is ever overwritten: if one is there already, nothing is written.

            Example: remindd init /etc/remindd
            Example: remindd init office --from nhac@example.vn --server smtp://mail.example.vn:587 --to lan@example.vn
            """))

    @Argument(help: ArgumentHelp(localized("The folder. It is made if it is missing."), valueName: "DIR")) var folder = "."
    @Option(help: ArgumentHelp(localized("The address that mails come from."), valueName: "ADDRESS")) var from: String?
    @Option(help: ArgumentHelp(localized("The mail server. Default: this machine's, smtp://127.0.0.1:25."), valueName: "URL"))
    var server: String?
    @Option(help: ArgumentHelp(localized("The login of the mail server, if it wants one."), valueName: "NAME")) var username:
        String?
    @Option(help: ArgumentHelp(localized("The file with the password of the login."), valueName: "FILE")) var passwordFile:
        String?
    @Option(help: ArgumentHelp(localized("The address of the first recipient."), valueName: "ADDRESS")) var to: String?
    @Option(help: ArgumentHelp(localized("The name of the first recipient."), valueName: "NAME")) var name: String?
    /// `Interface` reads it before the arguments are parsed.
    @Option(help: localized("The language of plan, mails and answers. Default: that of the environment."))
    var language: DisplayLanguage?
    @Flag(help: localized("Send no test message.")) var noTest = false

    private static var hasTerminal: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 }

    func validate() throws {
        guard (username == nil) == (passwordFile == nil) else {
            throw ValidationError(localized("--username and --password-file belong together"))
        }
        guard !Init.hasTerminal else { return }
        let missing = [("--from", from), ("--to", to)].filter { $0.1 == nil }.map(\.0)
        guard missing.isEmpty else {
            let named: LocalizedText = missing.count == 1 ? "\(missing[0])" : "\(missing[0]) and \(missing[1])"
            throw ValidationError(localized("no terminal is there to ask; give \(named)"))
        }
    }

    func run() throws {
        signal(SIGPIPE, SIG_IGN)
        let language = Interface.planLanguage
        let names = FirstFiles.names(in: folder)
        if let present = names.first(where: { FileManager.default.fileExists(atPath: $0) }) {
            Output.problem("remindd: \(printable(present)) is there already; nothing was written")
            throw ExitCode.failure
        }
        let answers = try answers()
        let files = FirstFiles(answers, language)
        try Init.check(files)
        try files.write(to: folder)
        for name in names { Output.line("Written: \(printable(name))") }
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

    private func answers() throws -> FirstFiles.Input {
        let sender = try address(from, "Address that mails come from", "--from")
        let server =
            try self.server ?? ask("Mail server", default: FirstFiles.localServer, when: from == nil || to == nil)
        let recipient = try address(to, "Address of the first recipient", "--to")
        let name = try self.name ?? ask("Name of the recipient", default: "", when: to == nil)
        let local = String(recipient.prefix { $0 != "@" })
        let made = Identifier.made(from: name) ?? Identifier.made(from: local) ?? "first"
        // A plain `null` would be read as an empty value.
        let id = made == "null" ? "first" : made
        return FirstFiles.Input(
            sender: sender, server: FirstFiles.url(of: server), username: username,
            passwordFile: passwordFile.map { URL(fileURLWithPath: $0).path }, recipient: recipient,
            name: name.isEmpty ? recipient : name, id: id)
    }

    /// Returns a valid address: the flag's, or one that the person types.
    private func address(_ given: String?, _ question: LocalizedText, _ flag: String) throws -> String {
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
    private func ask(_ question: LocalizedText, default value: String?, when isAsked: Bool) throws -> String {
        if let value, !isAsked || !Init.hasTerminal { return value }
        while true {
            let shown = value.map { $0.isEmpty ? "" : " [\($0)]" } ?? ""
            Output.write(Array("\(question.shown)\(shown): ".utf8))
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
        let trial = FileManager.default.temporaryDirectory.appendingPathComponent("remindd-init-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: trial) }
        try files.write(to: trial)
        let loader = Loader()
        _ = loader.load(configuration: FirstFiles.names(in: trial)[0])
        let errors = loader.problems.sorted.filter { $0.severity == .error }
        guard !errors.isEmpty else { return }
        for problem in errors { Output.problem(problem.line(in: Interface.language).replacing(trial + "/", with: "")) }
        Output.problem("remindd: nothing was written")
        throw ExitCode.configurationError
    }
}

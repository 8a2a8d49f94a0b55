import ArgumentParser
import Config
import Dates
import Diagnostics
import Documents
import Foundation
import Notifiers
import Plans
import Reports
import Scheduler
import Transport

@main
struct Remindd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remindd",
        abstract: localized("Sends reminders ahead of every deadline of a plan calendar."),
        discussion: localized(
            """
            Exit codes: 0 fine; 1 failed; 2 or 64 usage; 3 a named plan, campaign, recipient or id does not exist; \
            65 a plan, working-day or recipient file has errors; 75 the ledger is held by another process; \
            78 the configuration has errors, or the ledger needs a person.

            Example: remindd check --config /etc/remindd/remindd.yaml
            """),
        version: Version.number,
        subcommands: [
            Run.self, Init.self, Check.self, Occurrences.self, Simulate.self, Year.self, Explain.self, Render.self,
            SendTest.self, History.self, Missed.self, Failed.self, Release.self, Reload.self, Status.self, Backup.self,
            Restore.self, NewLedger.self, Schema.self,
        ])

    /// Runs the command. Unlike ArgumentParser's own `main`, escapes arguments in usage errors.
    static func main() async {
        Output.secureStreams()
        do {
            var command = try await asyncParseAsRoot(
                Interface.withoutLeadingLanguage(Array(CommandLine.arguments.dropFirst())))
            if var waiting = command as? any AsyncParsableCommand { try await waiting.run() } else { try command.run() }
        } catch {
            let status = exitCode(for: error)
            let message = UsageMessage.localized(
                fullMessage(for: error), in: Interface.language,
                width: Interface.width(of: STDOUT_FILENO) ?? Interface.defaultWidth)
            if !message.isEmpty {
                // A message with a successful status is the help, the version or a completion
                // script. Any other message is a usage error.
                if status.isSuccess { Output.write(Array((message + "\n").utf8)) } else { Output.problem(escaped(message)) }
            }
            Output.end(status.rawValue)
        }
        Output.end(0)
    }

    /// Escapes the arguments in a message, including the values after "=".
    ///
    /// A line break in an argument could otherwise start a new line of output.
    private static func escaped(_ message: String) -> String {
        let written = CommandLine.arguments.dropFirst().flatMap { argument in
            [argument] + (argument.firstIndex(of: "=").map { [String(argument[argument.index(after: $0)...])] } ?? [])
        }
        return written.sorted { $0.utf8.count > $1.utf8.count }.reduce(message) { message, text in
            let shown = printable(text, limit: .max)
            return shown == text ? message : message.replacing(text, with: shown)
        }
    }
}

/// The options that every command has.
struct CommonOptions: ParsableArguments {
    static let defaultConfiguration = "/etc/remindd/remindd.yaml"

    @Option(help: ArgumentHelp(localized("The configuration."), valueName: "FILE"), transform: Paths.existing)
    var config = CommonOptions.defaultConfiguration
    @OptionGroup var language: LanguageOption
}

/// The option that every command has. `Interface` reads it before the arguments are parsed.
struct LanguageOption: ParsableArguments {
    @Option(help: localized("The language of the answers. Default: that of the environment (LC_ALL, LC_MESSAGES, LANG)."))
    var language: DisplayLanguage?
}

extension DisplayLanguage: ExpressibleByArgument {}

extension OutputFormat: ExpressibleByArgument {}

struct FormatOption: ParsableArguments {
    @Option(help: localized("text for people, json for one JSON object a line."))
    var format = OutputFormat.text
}

/// The exit codes, as listed in `docs/man/remindd.1.md`.
extension ExitCode {
    static let usage = ExitCode(2)
    static let notFound = ExitCode(3)
    static let dataError = ExitCode(65)
    static let ledgerHeld = ExitCode(75)
    static let configurationError = ExitCode(78)
}

/// A civil day as a command-line argument, such as 2027-01-31 or 31/1/2027.
struct DayArgument {
    let day: Day

    @Sendable
    static func parse(_ argument: String) throws -> DayArgument {
        guard let day = Day(written: argument), Day.plannableYears.contains(day.year) else {
            throw ValidationError(localized("write a day as 2027-01-31 or 31/1/2027, in the years 1970 to 2199"))
        }
        return DayArgument(day: day)
    }
}

/// Loads files for commands, and prints their problems.
///
/// Ends the command if there are errors.
enum CommandLoader {
    static func load(_ path: String, showWarnings: Bool = false) throws -> (loaded: Loaded, loader: Loader) {
        let loader = Loader()
        let loaded = loader.load(configuration: path)
        try report(loader.problems, showWarnings: showWarnings)
        guard let loaded else { throw ExitCode.configurationError }
        return (loaded, loader)
    }

    /// Ends the command with status 3 if a named plan file does not exist.
    static func requireFiles(_ plans: [String]) throws {
        for path in plans where !FileManager.default.fileExists(atPath: path) {
            Output.problem("remindd: there is no plan file \(printable(path))")
            throw ExitCode.notFound
        }
    }

    static func report(_ problems: Problems, showWarnings: Bool) throws {
        Output.problems(problems.sorted.filter { showWarnings || $0.severity == .error })
        if problems.hasErrors(in: .configuration) { throw ExitCode.configurationError }
        if problems.hasErrors(in: .data) { throw ExitCode.dataError }
    }

    /// Finds a campaign by `campaign` or `plan/campaign`.
    ///
    /// Ends the command with status 3 if there is none, and with status 2 if several plans have
    /// one.
    static func campaign(_ name: String, in plans: PlanSet) throws -> (plan: Int, campaign: Int) {
        do throws(NameRefusal) {
            return try NameLookup.campaign(name, in: plans)
        } catch {
            throw end(error)
        }
    }

    /// Finds a plan by its id or by its file.
    ///
    /// Ends the command with status 3 if there is none.
    static func plan(_ name: String, in loaded: Loaded) throws -> Int {
        let plans = loaded.accepted.plans
        let path = Paths.resolved(name)
        let file = plans.plans.firstIndex { loaded.planFiles[$0.id].map(Paths.resolved) == path }
        if plans.plan(name) == nil, let file { return file }
        do throws(NameRefusal) {
            return try NameLookup.plan(name, in: plans)
        } catch {
            throw end(error)
        }
    }

    /// Finds a lead by its id, or by its phrase in either language.
    ///
    /// Ends the command with status 3 if there is none, and with status 2 if several leads have the
    /// phrase.
    static func lead(_ name: String, of campaign: Campaign, in plan: Plan) throws -> Int {
        do throws(NameRefusal) {
            return try NameLookup.lead(name, of: campaign, in: plan)
        } catch {
            throw end(error)
        }
    }

    static func recipient(_ id: String, in directory: RecipientDirectory) throws -> Recipient {
        do throws(NameRefusal) {
            return try NameLookup.recipient(id, in: directory)
        } catch {
            throw end(error)
        }
    }

    /// Prints a refusal, and returns the status with which the command ends.
    static func end(_ refusal: NameRefusal) -> ExitCode {
        Output.problem("remindd: \(refusal.message)")
        return ExitCode(refusal.status)
    }
}

/// Returns a text of the help in the language of this run.
func localized(_ text: LocalizedText) -> String { text.shown }

/// Returns the help of an argument in the language of this run.
func localized(_ text: LocalizedText) -> ArgumentHelp { ArgumentHelp(text.shown) }

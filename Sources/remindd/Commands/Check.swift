import ArgumentParser
import Clocks
import Config
import Dates
import Diagnostics
import Documents
import Foundation
import Ledgers
import Notifiers
import Plans
import Reports
import Scheduler
import Transport

struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: localized("Reads all files, renders every text, and prints all problems and what would be sent."),
        discussion: localized(
            """
            With --fix, campaigns and recipients without an id get one in their files, made from their titles and names. \
            If plan files or folders are named, the problems and reminders of other plans are left out. A named file that does \
            not belong to the configuration is a draft, and is read as if it did. Warnings make the command fail only with \
            --strict.

            Example: remindd check --config /etc/remindd/remindd.yaml --strict
            """))

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: FormatOption
    @Argument(help: ArgumentHelp(localized("Plan files."), valueName: "PLAN"), transform: Paths.existing) var plans: [String] = []
    @Flag(help: localized("Fail on warnings too (exit 1).")) var strict = false
    @Flag(help: localized("Write missing ids into plans and recipient files first, and change nothing else in them.")) var fix =
        false

    /// The number of days, from today on, for which texts are rendered.
    static let trialDays = 400
    /// The number of days, from today on, for which reminders are listed.
    static let shownDays = 30

    func run() throws {
        try CommandLoader.requireFiles(plans)
        if fix { try writeIDs() }
        let places = SourceMap()
        let loader = Loader(places: places)
        guard let loaded = loader.load(configuration: common.config, with: plans) else {
            show(loader.problems.sorted)
            throw ExitCode.configurationError
        }
        let now = SystemClock().now()
        let others = others(loaded)
        CheckReport(loaded: loaded, places: places, problems: loader.problems, now: now, others: others).inspect()
        let problems = loader.problems.sorted.filter { !others.contains($0.place.file) }
        show(problems)
        if loader.problems.isFull, output.format == .text {
            Output.problem("remindd: these are the first \(Problems.limit) problems; there may be more")
        }
        if problems.count < loader.problems.all.count, output.format == .text {
            Output.problem("remindd: other plans have problems too; check without PLAN shows them")
        }
        let errors = problems.filter { $0.severity == .error }
        if errors.contains(where: { $0.source == .configuration }) { throw ExitCode.configurationError }
        guard errors.isEmpty else { throw ExitCode.dataError }
        let shown = loaded.accepted.plans.plans.filter { !others.contains(loaded.planFiles[$0.id] ?? "") }
        try report(loaded, PlanSet(plans: shown, workingDays: loaded.accepted.plans.workingDays), now, warnings: problems.count)
        if strict, !problems.isEmpty { throw ExitCode.failure }
    }

    /// Writes the ids of campaigns and recipients without one into their files.
    ///
    /// Files with errors stay as they are. Ends the command with status 1 if a file cannot be
    /// written, after the other files have been written.
    private func writeIDs() throws {
        let places = SourceMap()
        let loader = Loader(places: places)
        guard let loaded = loader.load(configuration: common.config, with: plans) else { return }
        let others = others(loaded)
        let wrong = Set(loader.problems.all.filter { $0.severity == .error }.map(\.place.file))
        var files: [String] = []
        for made in places.made where !files.contains(made.file) { files.append(made.file) }
        var hasFailed = false
        for file in files where !others.contains(file) && !wrong.contains(file) {
            let ids = places.made.filter { $0.file == file }
            do throws(IDFix.Failure) {
                try IDFix.write(ids, to: file)
                if output.format == .text { Output.line("\(printable(file)): \(counted(ids.count, "id")) written") }
            } catch {
                Output.problem("remindd: \(printable(file)) stays as it is: \(error)")
                hasFailed = true
            }
        }
        if hasFailed { throw ExitCode.failure }
    }

    /// Returns the plan files that the command's arguments do not name; empty without arguments.
    private func others(_ loaded: Loaded) -> Set<String> {
        guard !plans.isEmpty else { return [] }
        let named = Set(plans.map(Paths.resolved))
        return Set(loaded.files.dropFirst()).filter { file in
            let path = Paths.resolved(file)
            return !named.contains(path) && !named.contains(Paths.folder(of: path))
        }
    }

    /// Prints errors first, then warnings, each in the order of their places.
    private func show(_ sorted: [Problem]) {
        let ordered = sorted.filter { $0.severity == .error } + sorted.filter { $0.severity == .warning }
        guard output.format == .json else { return Output.problems(ordered) }
        for problem in ordered { Output.problem(problem.json.text) }
    }

    private func report(_ loaded: Loaded, _ shown: PlanSet, _ now: Instant, warnings: Int) throws {
        let ids = Set(shown.plans.map(\.id))
        let (preview, record) = try firstEvaluation(loaded, now)
        let atOnce = preview?.due.filter { ids.contains($0.scheduled.reminder.key.plan) } ?? []
        let changes = (preview?.changes ?? []).map(CheckResult.Change.init).filter { plans.isEmpty || ids.contains($0.plan) }
        let zone = loaded.configuration.timezone
        let today = zone.civil(at: now).day
        // Starts a day earlier, because it may still be yesterday in the zone of a plan.
        let coming = loaded.accepted.simulate(from: today - 1, to: today + Check.shownDays)
            .filter { $0.scheduled.reminder.due > now && ids.contains($0.scheduled.reminder.key.plan) }
        var reports = ReminderReports(accepted: loaded.accepted, wording: try CommandWording.make(loaded))
        let fired = (at: now, lookedBefore: preview?.lookedUntil ?? now)
        if output.format == .json {
            if case .unread(let why) = record { Output.problem("remindd: what would go out at once is not known: \(why)") }
            var rows = ReminderRows(format: .json)
            var lines = LineBuffer(Output.write)
            for reminder in atOnce { rows.write(reports.report(on: reminder, fired: fired), listing: "at_once", to: &lines) }
            for change in changes {
                lines.add(change.json.bytes)
                lines.endLine()
            }
            for reminder in coming { rows.write(reports.report(on: reminder), listing: "coming", to: &lines) }
            return lines.flush()
        }
        let result = CheckResult(
            plans: shown.plans.count, campaigns: shown.campaignCount,
            recipients: loaded.accepted.directory.recipients.count, warnings: warnings,
            foreignAddresses: foreignAddresses(loaded), record: record,
            atOnce: atOnce.compactMap { CheckResult.Reminder(reports.report(on: $0, fired: fired)) }, changes: changes,
            coming: coming.compactMap { CheckResult.Reminder(reports.report(on: $0)) }, days: Check.shownDays)
        for line in result.lines { Output.line(line) }
    }

    /// Returns addresses whose domain has letters outside ASCII, at most `listedPeople`.
    ///
    /// Each is returned as it is shown and in its ASCII form.
    private func foreignAddresses(_ loaded: Loaded) -> [CheckResult.ForeignAddress] {
        let found = loaded.accepted.directory.recipients.lazy.compactMap { recipient -> CheckResult.ForeignAddress? in
            guard let email = recipient.addresses[.email], email.contains("xn--"), let address = try? EmailAddress(email),
                address.shown != address.ascii
            else { return nil }
            return CheckResult.ForeignAddress(recipient: recipient.id, shown: address.shown, ascii: address.ascii)
        }
        return Array(found.prefix(CheckReport.listedPeople))
    }

    /// Returns what the daemon would send immediately, and which record of the past says so.
    ///
    /// A running daemon is asked, so that the result is that of `reload --dry-run`. The preview is
    /// nil if this user may read neither the daemon's socket nor the ledger.
    private func firstEvaluation(_ loaded: Loaded, _ now: Instant) throws -> (Preview?, CheckResult.Record) {
        let socket = ControlSocket.path(ofConfiguration: common.config)
        if case .forbidden = ControlSocket.standing(socket) {
            return (nil, .unread(why: "\(socket) is not for this user: be root, or of the group remindd"))
        }
        if let remote = try RemoteReads(asking: { try ControlClient.ask(.evaluation($0), config: common.config) }) {
            let preview = try LedgerAccess.read { () throws(LedgerFailure) in try Preview(loaded.accepted, remote, now: now) }
            return (preview, .daemon)
        }
        let path = LedgerFiles.path(loaded.configuration)
        if let why = LedgerAccess.refusalOfPermission(path) { return (nil, .unread(why: why)) }
        let ledger = try LedgerAccess.openForReading(path)
        defer { ledger?.close() }
        return try LedgerAccess.read { () throws(LedgerFailure) in
            if let ledger { return (try Preview(loaded.accepted, ledger, now: now), .ledger) }
            return (try Preview(loaded.accepted, EmptyReads(now: now), now: now), .none)
        }
    }
}

/// Returns a number with its noun, such as `1 plan`, `2 plans` or `2 deliveries`.
func counted(_ number: Int, _ noun: String, _ plural: String? = nil) -> LocalizedText {
    "\(number) \(LocalizedText(lookedUp: number == 1 ? noun : plural ?? noun + "s"))"
}

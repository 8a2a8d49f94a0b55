import Dates
import Diagnostics
import Documents
import Foundation
import Notifiers
import Plans
import Scheduler

/// Everything that was read from the user's files in one pass.
///
/// `Loader.problems` has the problems of these files. The files are used all together or not at
/// all.
package struct Loaded {
    package let configuration: Configuration
    package let accepted: ActiveConfiguration
    /// Template texts by name (`vi/subject`), from the folder of the user's templates.
    package let templates: [String: String]
    /// The file in which each plan was defined.
    package let planFiles: [String: String]
    /// The YAML files that were read, for messages.
    package let files: [String]

    /// Returns a copy with another active configuration.
    package func with(_ accepted: ActiveConfiguration) -> Loaded {
        Loaded(
            configuration: configuration, accepted: accepted, templates: templates, planFiles: planFiles, files: files)
    }
}

/// Reads the configuration and all files that it names. It does not evaluate dates.
package struct Loader {
    package let problems = Problems()
    package let zones: SystemZones
    /// Collects the places of plans and recipients; nil if they are not needed.
    package let places: SourceMap?
    package let userFiles: UserFiles
    /// The kinds of channel that the configuration may use.
    private let channels: Channels

    /// - Parameter zones: the time zones; nil for the zones of the system.
    package init(
        places: SourceMap? = nil, userFiles: UserFiles = UserFiles(), zones: SystemZones? = nil,
        channels: Channels = .registered
    ) {
        self.places = places
        self.userFiles = userFiles
        self.channels = channels
        self.zones = zones ?? SystemZones(copy: userFiles.isCopy ? userFiles : nil)
    }

    /// The maximum number of plan files in one folder.
    package static let planFileLimit = 1_000

    /// Loads a configuration with its plans, recipients, working days and templates.
    ///
    /// Returns nil only if the configuration file itself cannot be used. In both cases, `problems`
    /// contains the errors.
    ///
    /// - Parameter drafts: additional plan files, read as if the configuration named them.
    package func load(configuration path: String, with drafts: [String] = []) -> Loaded? {
        guard
            let configuration = ConfigurationReader(
                problems: problems, zones: zones, places: places, files: userFiles, channels: channels
            ).read(path: path)
        else {
            reportUnsettled(path)
            return nil
        }
        let workingDays = workingDays(configuration)
        var files = configuration.plans.flatMap { planFiles($0, configuration) }
        let known = drafts.isEmpty ? [] : Set(files.map(Paths.resolved))
        files += drafts.flatMap { planFiles($0, configuration) }.filter { !known.contains(Paths.resolved($0)) }
        let (plans, byPlan) = plans(
            files, defaultZone: configuration.timezone, directory: configuration.directory, workingDays: workingDays,
            encryptedChannels: Set(configuration.channels.filter { $0.settings.encryptsMail }.map(\.name)))
        let accepted = ActiveConfiguration(
            plans: PlanSet(plans: plans, workingDays: workingDays), directory: configuration.directory,
            catchUp: configuration.catchUp, contact: configuration.contact)
        let loaded = Loaded(
            configuration: configuration, accepted: accepted, templates: templates(configuration), planFiles: byPlan,
            files: [path] + files)
        userFiles.zoneRules = zones.taken
        reportUnsettled(path)
        return loaded
    }

    /// Whether some of the files were still being written while they were read.
    ///
    /// Always false unless `userFiles` keeps the files that it reads.
    package var foundUnsettled: Bool { problems.all.contains { $0.message == Loader.unsettled } }

    private static let unsettled: LocalizedText =
        "this file changed while it was read: it is being written; try again when it is complete"

    private func reportUnsettled(_ configuration: String) {
        for file in userFiles.unsettled() {
            report(file, Loader.unsettled, Paths.resolved(file) == Paths.resolved(configuration) ? .configuration : .data)
        }
    }

    /// Loads plan files without a configuration, with the built-in working days and zone.
    package func load(plans paths: [String]) -> PlanSet? {
        guard let workingDays = builtInWorkingDays() else { return nil }
        let zone = ConfigurationReader(problems: problems, zones: zones).defaultZone(for: paths.first ?? "plans")
        let (plans, _) = plans(paths, defaultZone: zone, directory: nil, workingDays: workingDays)
        return PlanSet(plans: plans, workingDays: workingDays)
    }

    private func plans(
        _ files: [String], defaultZone: Zone, directory: RecipientDirectory?, workingDays: WorkingCalendar,
        encryptedChannels: Set<String> = []
    ) -> ([Plan], [String: String]) {
        let reader = PlanReader(
            problems: problems, zones: zones, defaultZone: defaultZone, directory: directory, workingDays: workingDays,
            places: places, wasAccepted: userFiles.isCopy, encryptedChannels: encryptedChannels)
        var plans: [Plan] = []
        var byPlan: [String: String] = [:]
        for file in files {
            switch userFiles.read(file, limit: YAMLFile.byteLimit) {
            case .failure(let failure): report(file, "cannot read the plan: \(failure)", .data)
            case .success(let bytes):
                guard let plan = reader.read(bytes: bytes, name: file) else { continue }
                plans.append(plan)
                byPlan[plan.id] = file
            }
        }
        reader.finish()
        return (plans, byPlan)
    }

    /// Returns the path of a file, or the paths of the plans in a folder, sorted by name.
    ///
    /// The plans in a folder are the files that end in `.yaml` or `.yml`, in upper or lower case.
    private func planFiles(_ path: String, _ configuration: Configuration) -> [String] {
        guard let kind = userFiles.kind(of: path) else {
            report(configuration, "plans", "plans: \(path) does not exist")
            return []
        }
        guard kind == .folder else { return [path] }
        do {
            let all = try userFiles.names(in: path)
            let names = all.filter(PlanFolder.isPlan)
            if !userFiles.isCopy { PlanFolder(path).leftOut(all.filter { !PlanFolder.isPlan($0) }).forEach(reportLeftOut) }
            guard names.count <= Loader.planFileLimit else {
                report(
                    configuration, "plans", "plans: \(path) holds \(names.count) files; at most \(Loader.planFileLimit) are read")
                return []
            }
            return names.map { path + "/" + $0 }
        } catch {
            report(configuration, "plans", "plans: \(path) cannot be listed: \(error.localizedDescription)")
            return []
        }
    }

    private func reportLeftOut(_ left: PlanFolder.LeftOut) {
        YAMLContext(file: left.path, source: .data, problems: problems)
            .warning(line: 1, column: 1, left.message, hints: left.hints)
    }

    private func workingDays(_ configuration: Configuration) -> WorkingCalendar {
        guard let path = configuration.workingDays else { return builtInWorkingDays() ?? .mondayToFriday }
        switch userFiles.read(path, limit: YAMLFile.byteLimit) {
        case .failure(let failure):
            report(configuration, "working_days", "working_days: \(path) cannot be read: \(failure)")
            return .mondayToFriday
        case .success(let bytes):
            return WorkingDaysReader(problems: problems).read(bytes: bytes, name: path) ?? .mondayToFriday
        }
    }

    private func builtInWorkingDays() -> WorkingCalendar? {
        WorkingDaysReader(problems: problems).read(
            bytes: Array(EmbeddedWorkingDays.vietnam.utf8), name: "working-days/vn.yaml (built in)")
    }

    private func templates(_ configuration: Configuration) -> [String: String] {
        guard let folder = configuration.templates else { return [:] }
        guard let names = listing(folder) else {
            let why = ReadableFolder.whyNot(folder)
            report(configuration, "templates", "templates: \(folder) \(why)")
            return [:]
        }
        var texts: [String: String] = [:]
        for name in names {
            let known = Loader.templateNames
            let slot = String(name.dropLast(".mustache".count))
            guard known.contains(slot) else {
                let hints = Spelling.nearest(to: slot, among: known).map { ["\($0).mustache"] } ?? []
                YAMLContext(file: "\(folder)/\(name)", source: .configuration, problems: problems).warning(
                    line: 1, column: 1, "no text of this name is ever used; there are \(known.joined(separator: ", "))",
                    hints: hints)
                continue
            }
            texts[slot] = template(folder, name)
        }
        return texts
    }

    private static let templateNames = Language.allCases.flatMap { language in
        ["subject", "text", "html"].map { "\(language.rawValue)/\($0)" }
    }

    /// Returns the paths of all templates in a folder; nil if the folder cannot be read.
    ///
    /// The paths are relative to the folder: `LANGUAGE/PART.mustache` or `NAME.mustache`. If a
    /// language's folder cannot be read, a problem is reported.
    private func listing(_ folder: String) -> [String]? {
        guard let top = try? userFiles.names(in: folder) else { return nil }
        var names: [String] = []
        for entry in top {
            if let inner = try? userFiles.names(in: "\(folder)/\(entry)") {
                names += inner.filter { $0.hasSuffix(".mustache") }.map { "\(entry)/\($0)" }
            } else if Language(rawValue: entry) != nil {
                report(
                    "\(folder)/\(entry)", "the texts in this language: it \(ReadableFolder.whyNot("\(folder)/\(entry)"))",
                    .configuration)
            } else if entry.hasSuffix(".mustache") {
                names.append(entry)
            }
        }
        return names
    }

    private func template(_ folder: String, _ name: String) -> String? {
        let file = "\(folder)/\(name)"
        switch userFiles.read(file, limit: YAMLValue.scalarLimit, within: folder) {
        case .failure(let failure): report(file, "cannot read the template: \(failure)", .configuration)
        case .success(let bytes):
            guard bytes.count <= YAMLValue.scalarLimit else {
                report(file, "the template has more than \(YAMLValue.scalarLimit) bytes, which is the most", .configuration)
                return nil
            }
            let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
            if let refusal = TextFile.refusal(of: content, saveAs: "UTF-8") {
                let context = YAMLContext(file: file, source: .configuration, problems: problems)
                context.error(line: refusal.line, column: refusal.column, refusal.message)
            } else {
                return TextFile.withLineFeeds(content).composed
            }
        }
        return nil
    }

    /// Reports an error about the value of a key of the configuration, at the value's place.
    private func report(_ configuration: Configuration, _ key: String, _ message: LocalizedText) {
        let place = configuration.place(of: key)
        problems.add(Problem(severity: .error, source: .configuration, place: place, message: message, hints: []))
    }

    private func report(_ file: String, _ message: LocalizedText, _ source: Problem.Source) {
        YAMLContext(file: file, source: source, problems: problems).error(line: 1, column: 1, message)
    }
}

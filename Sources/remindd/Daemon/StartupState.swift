import Config
import Dates
import Foundation
import Logging
import Messages
import Notifiers
import Scheduler

/// The configuration that a daemon starts with: the files, or else the last accepted copy.
struct StartupState {
    private(set) var loaded: Loaded
    /// The files that were read, for the next accepted copy; nil if the accepted copy is in use.
    private(set) var files: UserFiles?
    /// The reasons why the accepted copy is in use; empty if the files are in use.
    private(set) var complaints: [String]
    /// The last accepted configuration; nil unless the files differ from it.
    private let previous: Loaded?

    /// The last accepted plans if the files differ from them and are in use; nil otherwise.
    var edited: ActiveConfiguration? { files == nil ? nil : previous?.accepted }

    init(_ options: DaemonOptions, logger: Logger) throws(DaemonFailure) {
        let (files, loader, read) = StartupState.read(options)
        for problem in loader.problems.sorted {
            logger.log(level: problem.severity == .error ? .error : .warning, "\(problem)")
        }
        var complaints = loader.problems.sorted.filter { $0.severity == .error }.map(\.description)
        if let read, complaints.isEmpty {
            complaints = Wording.reading(read.templates).problems.map { "\($0)" }
            for complaint in complaints { logger.error("\(complaint)") }
        }
        if complaints.isEmpty, read == nil { complaints = ["\(options.configuration) cannot be read"] }
        let ledger = read?.configuration.ledger ?? LedgerFiles.likelyPath(ofConfiguration: options.configuration)
        let copy = options.rehearsal == nil ? AcceptedCopy(ofLedger: ledger) : nil
        if let read, complaints.isEmpty {
            let previous = copy.flatMap { $0.holds(files.kept) ? nil : StartupState.load($0, options) }
            let question = previous.flatMap { Edit(from: $0.accepted, to: read.accepted).question }
            guard let question else {
                try StartupState.refuseStrangers(options, read)
                StartupState.sayNewZones(files, copy, logger)
                (loaded, self.files, self.complaints, self.previous) = (read, files, [], previous)
                return
            }
            complaints = [question.description]
            logger.error("\(question)")
        }
        guard let copy else {
            let isData = loader.problems.hasErrors(in: .data) && !loader.problems.hasErrors(in: .configuration)
            throw DaemonFailure(status: isData ? 65 : 78, message: "not started: the files above have errors")
        }
        guard let accepted = StartupState.load(copy, options) else {
            throw DaemonFailure(
                status: 78, message: "not started: the files above have errors, and so has the last accepted copy")
        }
        logger.critical(
            "the files above cannot be used: the last accepted state stays in use until they are fixed; then: remindd reload")
        (loaded, self.files, self.complaints, previous) = (accepted, nil, complaints, nil)
    }

    /// Reads the files. While a file is still being written, reads them again for some seconds.
    ///
    /// After a boot, such a file is usually complete a moment later.
    private static func read(_ options: DaemonOptions) -> (UserFiles, Loader, Loaded?) {
        for _ in 1..<readings {
            let (files, loader, loaded) = readOnce(options)
            if !loader.foundUnsettled { return (files, loader, loaded) }
        }
        return readOnce(options)
    }

    /// The maximum number of times that the files are read.
    ///
    /// A read takes at least 200 ms if a file is still being written, so all take at least three
    /// seconds.
    private static let readings = 15

    private static func readOnce(_ options: DaemonOptions) -> (UserFiles, Loader, Loaded?) {
        let files = UserFiles(keeps: options.rehearsal == nil)
        let loader = Loader(userFiles: files)
        return (files, loader, loader.load(configuration: options.configuration))
    }

    /// Logs zones whose rules changed while the daemon was stopped.
    ///
    /// Due times in these zones may have changed.
    private static func sayNewZones(_ files: UserFiles, _ copy: AcceptedCopy?, _ logger: Logger) {
        let changed = files.zoneRules.filter { path, rules in copy?.bytes(of: path).map { $0 != rules } ?? false }
        guard !changed.isEmpty else { return }
        let names = changed.keys.map { String($0.dropFirst(SystemZones.systemFolder.count + 1)) }.sorted()
        logger.notice("new rules for \(names.joined(separator: ", ")) taken from the system's time zones")
    }

    private static func load(_ copy: AcceptedCopy, _ options: DaemonOptions) -> Loaded? {
        let loader = Loader(userFiles: UserFiles(copy: copy))
        let loaded = loader.load(configuration: options.configuration)
        return loader.problems.hasErrors ? nil : loaded
    }

    /// Uses the accepted copy if changes in the files need confirmation.
    ///
    /// The check needs the open ledger, because it counts the messages that would be sent at once.
    /// The copy stays in use until a person confirms the changes.
    mutating func weigh(_ ledger: any EvaluationReads, now: Instant, _ logger: Logger) throws(LedgerFailure) {
        guard let previous else { return }
        let (old, new) = (previous.accepted, loaded.accepted)
        let messages = Edit.messages(
            from: try Preview(old, ledger, now: now), old, to: try Preview(new, ledger, now: now), new)
        guard let question = Edit(from: old, to: new, messages: messages).question else { return }
        logger.error("\(question)")
        (loaded, files, complaints) = (previous, nil, [question.description])
    }

    private static func refuseStrangers(_ options: DaemonOptions, _ loaded: Loaded) throws(DaemonFailure) {
        guard options.rehearsal != nil, let stranger = Rehearsals.destinationNotOnLoopback(loaded.configuration.channels)
        else { return }
        throw DaemonFailure(
            status: 78, message: "a rehearsal sends to loopback only, at a port of 1024 or above: \(stranger)")
    }
}

import Foundation
import Logging
import Notifiers
import Scheduler

/// What a daemon starts with: its files as they are, or, where they cannot be used, as they were accepted last.
struct Beginning {
    let loaded: Loaded
    /// What was read, for the copy; nil where the copy itself runs.
    let files: UserFiles?
    /// Why the copy runs; empty where the files do.
    let complaints: [String]

    init(_ options: DaemonOptions, logger: Logger) throws(DaemonFailure) {
        let (files, loader, read) = Beginning.read(options)
        for problem in loader.problems.sorted {
            logger.log(level: problem.severity == .error ? .error : .warning, "\(problem)")
        }
        var complaints = loader.problems.sorted.filter { $0.severity == .error }.map(\.description)
        if let read, complaints.isEmpty {
            complaints = Wording.reading(read.templates).problems.map { "\($0)" }
            for complaint in complaints { logger.error("\(complaint)") }
        }
        if complaints.isEmpty, read == nil { complaints = ["\(options.configuration) cannot be read"] }
        let ledger = read?.configuration.ledger ?? LedgerAccess.likelyPath(ofConfiguration: options.configuration)
        let copy = options.rehearsal == nil ? AcceptedCopy(ofLedger: ledger) : nil
        if let read, complaints.isEmpty {
            let loss = CampaignLoss(from: copy?.campaigns ?? [], to: read.accepted.plans)
            if copy == nil || !loss.needsConfirmation {
                try Beginning.refuseStrangers(options, read)
                Beginning.sayNewZones(files, copy, logger)
                (loaded, self.files, self.complaints) = (read, files, [])
                return
            }
            complaints = [Beginning.words(loss)]
            logger.error("\(complaints[0])")
        }
        guard let copy else {
            let isData = loader.problems.hasErrors(in: .data) && !loader.problems.hasErrors(in: .configuration)
            throw DaemonFailure(status: isData ? 65 : 78, message: "not started: the files above have errors")
        }
        let again = Loader(userFiles: UserFiles(copy: copy))
        guard let accepted = again.load(configuration: options.configuration), !again.problems.hasErrors else {
            throw DaemonFailure(
                status: 78, message: "not started: the files above have errors, and so has the copy accepted last")
        }
        logger.critical(
            "the files above cannot be used: the state accepted last runs until they are mended; then: remindd reload")
        (loaded, self.files, self.complaints) = (accepted, nil, complaints)
    }

    /// A file that is being written when the machine starts is complete a moment later: the files are read again for some seconds.
    private static func read(_ options: DaemonOptions) -> (UserFiles, Loader, Loaded?) {
        for _ in 1..<readings {
            let (files, loader, loaded) = readOnce(options)
            if !loader.foundUnsettled { return (files, loader, loaded) }
        }
        return readOnce(options)
    }

    /// Each of them waits for 200 ms.
    private static let readings = 15

    private static func readOnce(_ options: DaemonOptions) -> (UserFiles, Loader, Loaded?) {
        let files = UserFiles(keeps: options.rehearsal == nil)
        let loader = Loader(userFiles: files)
        return (files, loader, loader.load(configuration: options.configuration))
    }

    /// Where the system's zones were updated while the daemon stood still, due times may have moved.
    private static func sayNewZones(_ files: UserFiles, _ copy: AcceptedCopy?, _ logger: Logger) {
        let changed = files.zoneRules.filter { path, rules in copy?.bytes(of: path).map { $0 != rules } ?? false }
        guard !changed.isEmpty else { return }
        let names = changed.keys.map { String($0.dropFirst(SystemZones.systemFolder.count + 1)) }.sorted()
        logger.notice("new rules for \(names.joined(separator: ", ")) taken from the system's time zones")
    }

    /// What a person must say yes to.
    static func words(_ loss: CampaignLoss) -> String {
        let named = loss.gone.prefix(10).joined(separator: ", ") + (loss.gone.count > 10 ? ", …" : "")
        return "\(loss.gone.count) of \(loss.before) campaigns are gone (\(named)); if that is meant: remindd reload --confirm"
    }

    private static func refuseStrangers(_ options: DaemonOptions, _ loaded: Loaded) throws(DaemonFailure) {
        guard options.rehearsal != nil, let stranger = Rehearsals.destinationNotOnLoopback(loaded.configuration.channels)
        else { return }
        throw DaemonFailure(
            status: 78, message: "a rehearsal sends to loopback only, at a port of 1024 or above: \(stranger)")
    }
}

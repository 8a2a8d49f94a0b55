import Config
import Dates
import Diagnostics
import Ledgers
import Reports
import Scheduler

/// A reload as a transaction.
///
/// The reload is prepared without any effect. It is then either accepted as a whole or refused.
struct ReloadTransaction {
    /// The configuration, channels and files that an accepted reload puts into use.
    struct Prepared {
        let loaded: Loaded
        let channels: [any Announcing]
        let files: UserFiles
    }

    struct Refusal: Error {
        /// The reason, on one line of the output of `remindd reload`.
        let why: LocalizedText
        /// The problems that the alert lists.
        let problems: [String]
        /// The exit status of `remindd reload`.
        let status: Int32
    }

    /// The problems of the files, including warnings.
    private(set) var problems: [Problem] = []
    /// The changes that the reload would make; nil if the files cannot be compared.
    private(set) var changes: ReloadChanges?
    private(set) var result: Result<Prepared, Refusal> = .failure(Refusal(why: "", problems: [], status: 1))

    /// - Parameter confirmed: whether a person has confirmed the changes that `Edit` asks about.
    init(
        _ options: DaemonOptions, from old: Loaded, _ ledger: SQLiteLedger, now: Instant, confirmed: Bool
    ) {
        do throws(Refusal) {
            result = .success(try prepare(options, from: old, ledger, now: now, confirmed: confirmed))
        } catch {
            result = .failure(error)
        }
    }

    func report(isDryRun: Bool, _ result: ReloadReport.Result) -> ReloadReport {
        ReloadReport(isDryRun: isDryRun, problems: problems, changes: changes, result)
    }

    private mutating func prepare(
        _ options: DaemonOptions, from old: Loaded, _ ledger: SQLiteLedger, now: Instant, confirmed: Bool
    ) throws(Refusal) -> Prepared {
        let isRehearsal = options.rehearsal != nil
        let fresh = try load(options)
        if isRehearsal, let stranger = Rehearsals.destinationNotOnLoopback(fresh.loaded.configuration.channels) {
            throw Refusal("a rehearsal sends to loopback only: \(stranger)", status: 78)
        }
        if !isRehearsal, let why = RestartKeys.refusal(from: old.configuration, to: fresh.loaded.configuration) {
            throw Refusal(why, status: 78)
        }
        let edit = try edit(from: old, to: fresh.loaded, ledger, now: now)
        if !isRehearsal, !confirmed, let question = edit.question {
            throw Refusal(why: question, problems: edit.questions.map(\.description), status: 1)
        }
        do throws(ChannelFactory.Failure) {
            return Prepared(
                loaded: fresh.loaded, channels: try ChannelFactory.channels(fresh.loaded), files: fresh.files)
        } catch {
            throw Refusal(error.localizedText, status: 78)
        }
    }

    private mutating func load(_ options: DaemonOptions) throws(Refusal) -> (loaded: Loaded, files: UserFiles) {
        let loader = Loader(userFiles: UserFiles(keeps: options.rehearsal == nil))
        let loaded = loader.load(configuration: options.configuration)
        problems = loader.problems.sorted
        if let loaded, !loader.problems.hasErrors { return (loaded, loader.userFiles) }
        let errors = problems.filter { $0.severity == .error }.map(\.description)
        let isData = loader.problems.hasErrors(in: .data) && !loader.problems.hasErrors(in: .configuration)
        throw Refusal(
            why: "the files above have errors",
            problems: errors.isEmpty ? ["\(options.configuration) cannot be read"] : errors, status: isData ? 65 : 78)
    }

    private mutating func edit(
        from old: Loaded, to fresh: Loaded, _ ledger: SQLiteLedger, now: Instant
    ) throws(Refusal) -> Edit {
        do throws(LedgerFailure) {
            let before = try Preview(old.accepted, ledger, now: now)
            let preview = try Preview(fresh.accepted, ledger, now: now)
            let messages = Edit.messages(from: before, old.accepted, to: preview, fresh.accepted)
            changes = ReloadChanges(
                from: old.accepted, to: fresh.accepted, now: now, zone: fresh.configuration.timezone, preview: preview)
            return Edit(from: old.accepted, to: fresh.accepted, messages: messages)
        } catch {
            throw Refusal(why: "the ledger cannot be read: \(error)", problems: ["\(error)"], status: 1)
        }
    }
}

extension ReloadTransaction.Refusal {
    fileprivate init(_ why: LocalizedText, status: Int32) {
        self.init(why: why, problems: [why.description], status: status)
    }
}

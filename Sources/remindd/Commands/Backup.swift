import ArgumentParser
import Diagnostics
import Foundation
import Ledgers
import Notifiers
import Scheduler
import Transport

struct Backup: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: localized("Writes a consistent copy of the ledger to standard output, also while the daemon runs."),
        discussion: localized(
            """
            Copy the configuration and the plans as files.

            Example: remindd backup > ledger-2027-01-31.sqlite
            """))

    @OptionGroup var common: CommonOptions

    func run() throws {
        signal(SIGPIPE, SIG_IGN)
        guard isatty(STDOUT_FILENO) == 0 else {
            throw ValidationError(localized("a copy is not for a terminal; write: remindd backup > FILE"))
        }
        if let socket = try ControlClient.daemon(common.config) { return try ask(socket) }
        let (loaded, _) = try CommandLoader.load(common.config)
        let path = LedgerFiles.path(loaded.configuration)
        guard let ledger = try LedgerAccess.openForReading(path) else {
            throw failed("there is no ledger yet at \(path)", ExitCode.notFound)
        }
        defer { ledger.close() }
        try copy(ledger)
    }

    /// Requests a copy from the daemon, and writes it to standard output as it arrives.
    ///
    /// A copy that is shorter than announced is an error.
    private func ask(_ socket: String) throws {
        var refusal: Int32 = 0
        do {
            try UnixSocketCall.perform(socket: socket, target: "/v1/backup", patience: ControlClient.patience) { piece in
                refusal = Backup.put(piece)
                return refusal == 0
            }
        } catch {
            throw failed(refusal == 0 ? "the daemon gives no copy: \(error)" : Backup.words(refusal))
        }
    }

    private func copy(_ ledger: SQLiteLedger) throws {
        let aside = FileManager.default.temporaryDirectory.appendingPathComponent("remindd-backup-\(getpid())").path
        do {
            let copy = try LedgerCopy(of: ledger, at: aside)
            defer { unlink(aside) }
            while try !copy.step() {}
            let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: aside))
            while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty {
                let refusal = piece.withUnsafeBytes(Backup.put)
                guard refusal == 0 else { throw failed(Backup.words(refusal)) }
            }
        } catch let failure as LedgerCopy.Failure {
            throw failed("\(failure)")
        }
    }

    /// Writes all bytes to standard output. Returns 0, or the errno of the failure.
    private static func put(_ bytes: UnsafeRawBufferPointer) -> Int32 {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = write(STDOUT_FILENO, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return errno }
            rest = rest.dropFirst(count)
        }
        return 0
    }

    private static func words(_ code: Int32) -> LocalizedText {
        "the copy cannot be written to standard output: \(LocalizedText(systemError: code))"
    }

    private func failed(_ message: LocalizedText, _ status: ExitCode = .failure) -> ExitCode {
        Output.problem("remindd: \(message)")
        return status
    }
}

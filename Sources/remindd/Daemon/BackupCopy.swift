import Diagnostics
import Foundation
import Ledgers
import Reports
import Scheduler

/// A backup of the ledger, which the loop makes piece by piece between its steps.
final class BackupCopy {
    private let ledger: SQLiteLedger
    private let path: String
    private let asksLoop: () -> Void
    /// The copy in progress and the callback for its result; nil if no copy is in progress.
    private var copying: (copy: LedgerCopy, reply: @Sendable (Answer) -> Void)?

    init(of ledger: SQLiteLedger, at path: String, asksLoop: @escaping () -> Void) {
        self.ledger = ledger
        self.path = path
        self.asksLoop = asksLoop
    }

    func begin(_ reply: @escaping @Sendable (Answer) -> Void) {
        guard copying == nil else { return reply(.failure("another backup is under way", status: 75)) }
        // The copy must leave 64 MiB free for the ledger itself.
        let values = try? URL(fileURLWithPath: path).resourceValues(forKeys: [.volumeAvailableCapacityKey, .fileSizeKey])
        if let values, let free = values.volumeAvailableCapacity, let size = values.fileSize, free < size + (64 << 20) {
            return reply(.failure("no space for a copy of \(size >> 20) MB beside the ledger: \(free >> 20) MB are free"))
        }
        do throws(LedgerCopy.Failure) {
            copying = (try LedgerCopy(of: ledger, at: path + ".backup"), reply)
            asksLoop()
        } catch {
            reply(.failure(LocalizedText(lookedUp: error.description)))
        }
    }

    /// Copies a few megabytes. If more are left, wakes the loop for another step.
    func step() {
        guard let (copy, reply) = copying else { return }
        do throws(LedgerCopy.Failure) {
            guard try copy.step() else { return asksLoop() }
            copying = nil
            reply(Answer(.backup(path: copy.path)))
        } catch {
            copying = nil
            reply(.failure(LocalizedText(lookedUp: error.description)))
        }
    }

    /// Abandons a copy in progress, because the daemon stops.
    func stop() {
        copying?.reply(.failure("remindd is stopping", status: 75))
        copying = nil
    }
}

import Dates
import Glibc
import Scheduler

/// A small file beside the ledger that says how far the ledger once was: `<ledger>.highWaterMark`.
///
/// Written after the ledger's own commit, never ahead of it. A ledger that is missing, or behind its witness, was lost or
/// restored: it has forgotten what was sent since. (A whole folder put back takes the witness along; nothing can see that.)
public struct HighWaterMark: Hashable, Sendable {
    public let generation: Int
    public let lookedUntil: Instant

    public init(generation: Int, lookedUntil: Instant) {
        self.generation = generation
        self.lookedUntil = lookedUntil
    }

    /// What `restore` leaves: ahead of every ledger, so that the next start holds, whenever it comes.
    public static func restored(lookedUntil: Instant) -> HighWaterMark {
        HighWaterMark(generation: .max, lookedUntil: lookedUntil)
    }

    public var isOfRestore: Bool { generation == .max }

    public static func path(ofLedger path: String) -> String { path + ".witness" }

    /// nil where there is none, or none that can be read: a damaged witness accuses nobody.
    public static func read(ofLedger path: String) -> HighWaterMark? {
        guard let file = fopen(Self.path(ofLedger: path), "re") else { return nil }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 256)
        guard fgets(&buffer, Int32(buffer.count), file) != nil else { return nil }
        let text = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let words = text.split { $0 == " " || $0 == "\n" }
        guard words.count == 4, words[0] == "generation", words[2] == "looked_until", let generation = Int(words[1]),
            let milliseconds = Int64(words[3])
        else { return nil }
        return HighWaterMark(generation: generation, lookedUntil: Instant(milliseconds: milliseconds))
    }

    /// Written aside and renamed, so that it is always whole. False where the disk does not let us: the ledger matters more.
    @discardableResult
    public func write(ofLedger path: String) -> Bool {
        let target = Self.path(ofLedger: path)
        let aside = target + ".new"
        let descriptor = open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return false }
        let bytes = Array("generation \(generation) looked_until \(lookedUntil.milliseconds)\n".utf8)
        let written = Glibc.write(descriptor, bytes, bytes.count) == bytes.count && fdatasync(descriptor) == 0
        close(descriptor)
        guard written, rename(aside, target) == 0 else {
            unlink(aside)
            return false
        }
        return true
    }

    /// This ledger is behind: it was restored from a copy.
    public func isAhead(of ledger: HighWaterMark) -> Bool {
        generation > ledger.generation || lookedUntil > ledger.lookedUntil
    }
}

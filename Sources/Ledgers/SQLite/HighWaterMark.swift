import Dates
import Glibc
import Scheduler

/// The generation of a ledger and the time of its last evaluation, in a file next to it.
///
/// The file is `<ledger>.witness`. It is written after a commit of the ledger, so it is never ahead
/// of an intact ledger. A ledger that is behind the file was restored from an older copy, and has
/// no record of later messages.
///
/// If the whole folder is restored, the file is as old as the ledger, and nothing can detect that.
public struct HighWaterMark: Hashable, Sendable {
    public let generation: Int
    public let lookedUntil: Instant

    public init(generation: Int, lookedUntil: Instant) {
        self.generation = generation
        self.lookedUntil = lookedUntil
    }

    /// Returns the mark that `restore` writes.
    ///
    /// The mark is ahead of every ledger, so the next start holds all deliveries, even if that
    /// start is much later.
    public static func restored(lookedUntil: Instant) -> HighWaterMark {
        HighWaterMark(generation: .max, lookedUntil: lookedUntil)
    }

    /// Whether the mark was written by `restore`.
    public var isOfRestore: Bool { generation == .max }

    /// Returns the path of the mark's file.
    public static func path(ofLedger path: String) -> String { path + ".witness" }

    /// Returns the mark of a ledger; nil if its file is missing or unreadable.
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

    /// Writes the mark next to a ledger. Returns false if the file cannot be written.
    ///
    /// The file is written under another name and then renamed, so it is always complete. A failure
    /// does not stop the ledger, because the ledger matters more than the mark.
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

    /// Returns whether a ledger is behind this mark. If true, the ledger was restored from a copy.
    public func isAhead(of ledger: HighWaterMark) -> Bool {
        generation > ledger.generation || lookedUntil > ledger.lookedUntil
    }
}

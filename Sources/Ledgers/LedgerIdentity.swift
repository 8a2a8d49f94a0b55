import Glibc

/// Whether a file is a ledger, as far as its first bytes say; without opening it as one.
public enum LedgerIdentity {
    /// What stands at the path and was never a ledger, in words; nil for a ledger, whole or damaged, and where nothing stands yet.
    ///
    /// A damaged one is known by the witness beside it. Nobody may put a ledger in the place of anything else.
    public static func otherFile(at path: String) -> String? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: return "a folder"
        default: return "something else than a file"
        }
        guard status.st_size > 0, HighWaterMark.read(ofLedger: path) == nil else { return nil }
        // SQLite's file format: its name at 0, the application's number at 68.
        var head = [UInt8](repeating: 0, count: 72)
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let count = pread(descriptor, &head, head.count, 0)
        // A power cut while a ledger was made leaves zeros.
        guard count > 0, head.contains(where: { $0 != 0 }) else { return nil }
        guard head.starts(with: Array("SQLite format 3\0".utf8).prefix(count)) else { return "a file of another kind" }
        // A crash while the first page was written.
        guard count == head.count else { return nil }
        let number = head[68..<72].reduce(0) { $0 << 8 | Int($1) }
        return number == Schema.applicationID ? nil : "another program's database"
    }
}

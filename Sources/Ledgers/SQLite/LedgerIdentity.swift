import Glibc

/// Recognises a ledger by the first bytes of its file, without opening it as a database.
public enum LedgerIdentity {
    /// Describes what is at the path if it was never a ledger, such as "a folder".
    ///
    /// The caller must not create a ledger there. Returns nil if there is no file, if the file is
    /// empty or cannot be opened, or if it is a ledger, even a damaged one. A damaged ledger is
    /// recognised by the high-water mark file next to it.
    public static func otherFile(at path: String) -> String? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: return "a folder"
        default: return "something else than a file"
        }
        guard status.st_size > 0, HighWaterMark.read(ofLedger: path) == nil else { return nil }
        // SQLite's file format has its name at offset 0 and the application id at offset 68.
        var head = [UInt8](repeating: 0, count: 72)
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let count = pread(descriptor, &head, head.count, 0)
        // A power cut during the creation of a ledger leaves zeros.
        guard count > 0, head.contains(where: { $0 != 0 }) else { return nil }
        guard head.starts(with: Array("SQLite format 3\0".utf8).prefix(count)) else { return "a file of another kind" }
        // A crash while the first page is written leaves fewer bytes.
        guard count == head.count else { return nil }
        let number = head[68..<72].reduce(0) { $0 << 8 | Int($1) }
        return number == Schema.applicationID ? nil : "another program's database"
    }
}

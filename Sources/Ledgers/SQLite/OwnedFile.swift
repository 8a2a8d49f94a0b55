import Glibc
import Synchronization

/// Ensures that this process opens the file of a ledger only once at a time.
///
/// If a process closes any descriptor of a file, it loses all its POSIX locks on the file
/// (fcntl(2), "Record locks"). SQLite's lock would be lost too, and another process could acquire
/// it. Therefore a second opening within the process is refused before it touches the file.
final class OwnedFile {
    private struct Identity: Hashable {
        let device: UInt
        let inode: UInt
    }

    private static let owned = Mutex<Set<Identity>>([])
    private let identity: Identity
    private var held = true

    /// Acquires the file at `path`.
    ///
    /// If there is no file and `create` is true, creates an empty file with mode 0600.
    /// - Throws: `heldBy` if this process already owns the file, `missing` if there is no file and
    ///   `create` is false, and `unusable` for any other failure.
    init(path: String, create: Bool) throws(LedgerRefusal) {
        identity = try OwnedFile.owned.withLock { (owned: inout Set<Identity>) throws(LedgerRefusal) -> Identity in
            var status = stat()
            if stat(path, &status) != 0 {
                guard errno == ENOENT else { throw .unusable(words(errno)) }
                guard create else { throw .missing }
                // No O_EXCL: if another process creates the file at this moment, the lock decides.
                let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
                guard descriptor >= 0 else { throw .unusable(words(errno)) }
                defer { Glibc.close(descriptor) }
                guard fstat(descriptor, &status) == 0 else { throw .unusable(words(errno)) }
            }
            guard status.st_mode & S_IFMT == S_IFREG else { throw .unusable("it is not a file") }
            let identity = Identity(device: UInt(status.st_dev), inode: UInt(status.st_ino))
            guard owned.insert(identity).inserted else { throw .heldBy(pid: getpid()) }
            return identity
        }
    }

    func release() {
        guard held else { return }
        held = false
        OwnedFile.owned.withLock { _ = $0.remove(identity) }
    }
}

/// Returns the C library's description of an errno.
func words(_ code: Int32) -> String { String(cString: strerror(code)) }

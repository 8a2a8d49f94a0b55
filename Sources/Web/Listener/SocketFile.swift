import Glibc

/// The file of a listening Unix socket. A file that is not a socket is never removed.
package struct SocketFile: Sendable {
    package let path: String

    package init(path: String) {
        self.path = path
    }

    /// Maximum length of a path in bytes. `sun_path` has 108 bytes, including the final NUL
    /// (unix(7)).
    package static let longestPath = 107

    package enum State: Equatable, Sendable {
        /// There is no file, or the file is a socket that a killed process left behind.
        case free
        /// Another process listens at the path.
        case taken
        /// The permissions of the socket or of its folder do not allow this user to connect.
        case forbidden
        /// The path is a file, a folder or a symbolic link, but not a socket. The value describes
        /// it.
        case notSocket(String)
        /// The path is too long, or a system call failed. The value is the reason.
        case unusable(String)
    }

    /// The state of the path, found without waiting. It is `taken` if a listener's queue is full.
    package var state: State {
        guard path.utf8.count <= Self.longestPath else {
            return .unusable("the socket's path has more than \(Self.longestPath) bytes: \(path)")
        }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { return .unusable(String(cString: strerror(errno))) }
        defer { close(descriptor) }
        guard withAddress({ connect(descriptor, $0, $1) }) != 0 else { return .taken }
        switch errno {
        case ENOENT, ENOTDIR, ECONNREFUSED:
            // The system also refuses to connect to a file that is not a socket.
            return otherFile.map(State.notSocket) ?? .free
        case EACCES, EPERM: return .forbidden
        case EAGAIN: return .taken
        default: return .unusable("\(path): \(String(cString: strerror(errno)))")
        }
    }

    /// A description of the file at the path; nil if the file is a socket or if there is no file.
    ///
    /// A symbolic link to a socket counts as a socket.
    package var otherFile: String? {
        guard var status else { return nil }
        switch status.st_mode & S_IFMT {
        case S_IFSOCK: return nil
        case S_IFREG: return "a file"
        case S_IFDIR: return "a folder"
        case S_IFLNK: return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK ? nil : "a link"
        default: return "something else"
        }
    }

    /// The reason why the process cannot listen.
    struct Failure: Error {
        let why: String

        init(_ code: Int32) { why = String(cString: strerror(code)) }
    }

    /// Listens at the path with access for owner and group. Replaces a socket that was left behind.
    ///
    /// - Parameters:
    ///   - queue: the number of clients that may wait to be accepted. If the queue is long, the
    ///     last client waits long. If the queue is short, non-blocking clients get EAGAIN and have
    ///     to try again.
    ///   - prepare: prepares the file before clients can connect.
    func listen(queue: Int32, prepare: (_ path: String) -> Void) throws(Failure) -> (descriptor: Int32, identity: Identity) {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(errno) }
        if let status, status.st_mode & S_IFMT == S_IFSOCK { unlink(path) }
        // The file gets the mode of the socket (unix(7)), so its access is never wider than 0660.
        guard fchmod(descriptor, 0o660) == 0, withAddress({ bind(descriptor, $0, $1) }) == 0, let identity else {
            defer { close(descriptor) }
            throw Failure(errno)
        }
        prepare(path)
        guard Glibc.listen(descriptor, queue) == 0 else {
            defer { close(descriptor) }
            throw Failure(errno)
        }
        return (descriptor, identity)
    }

    /// Identifies a file, so that another file that has replaced it at the path is recognised.
    struct Identity: Equatable {
        let device: dev_t
        let inode: ino_t
    }

    /// Removes the file, unless another file has replaced it.
    func remove(_ own: Identity) {
        if identity == own { unlink(path) }
    }

    private var identity: Identity? { status.map { Identity(device: $0.st_dev, inode: $0.st_ino) } }

    /// The status of the path itself, even if the path is a symbolic link; nil if there is no file.
    private var status: stat? {
        var status = stat()
        return lstat(path, &status) == 0 ? status : nil
    }

    private func withAddress(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}

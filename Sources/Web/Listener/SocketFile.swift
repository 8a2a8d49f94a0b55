import Glibc

/// The name of a listening Unix socket in the file system. What is there and is not a socket is never removed.
package struct SocketFile: Sendable {
    package let path: String

    package init(path: String) {
        self.path = path
    }

    /// `sun_path` with its NUL (unix(7)).
    package static let longestPath = 107

    package enum State: Equatable, Sendable {
        /// Nothing there, or a socket that a process left behind when it was killed.
        case free
        /// Another process listens.
        case taken
        /// Not for this user.
        case forbidden
        /// What is there instead, in words: a file, a folder, a link.
        case notSocket(String)
        /// An error of the system, or a path that is too long.
        case unusable(String)
    }

    /// Never waits: where the other's queue is full, it listens.
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
            // Connecting to any other file is refused too.
            return otherFile.map(State.notSocket) ?? .free
        case EACCES, EPERM: return .forbidden
        case EAGAIN: return .taken
        default: return .unusable("\(path): \(String(cString: strerror(errno)))")
        }
    }

    /// What stands at the path and is no socket, in words; nil where a socket or nothing does. A link that leads to a socket counts as one.
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

    /// Why there is no listening socket.
    struct Failure: Error {
        let why: String

        init(_ code: Int32) { why = String(cString: strerror(code)) }
    }

    /// A listening socket under this name, for owner and group only; one left behind makes way.
    /// - Parameters:
    ///   - queue: clients that wait to be accepted. The last of a long queue would wait long; of a short one, clients that do not wait
    ///     (EAGAIN) have to come again.
    ///   - prepare: what else is to be done with the name before anybody can connect.
    func listen(queue: Int32, prepare: (_ path: String) -> Void) throws(Failure) -> (descriptor: Int32, identity: Identity) {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(errno) }
        if let status, status.st_mode & S_IFMT == S_IFSOCK { unlink(path) }
        // The file gets the mode of the socket (unix(7)), so it is never wider than this.
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

    /// What stands at the path, as opposed to what stood there before.
    struct Identity: Equatable {
        let device: dev_t
        let inode: ino_t
    }

    /// Takes the name away, unless somebody has put something else in its place.
    func remove(_ own: Identity) {
        if identity == own { unlink(path) }
    }

    private var identity: Identity? { status.map { Identity(device: $0.st_dev, inode: $0.st_ino) } }

    /// Of the path itself, not of what a link points to.
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

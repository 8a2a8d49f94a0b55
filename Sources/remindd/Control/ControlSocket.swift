import Foundation
import Scheduler

/// Where the control socket is, and whether somebody answers at it.
enum ControlSocket {
    /// `sun_path` with its NUL (unix(7)).
    static let longestPath = 107

    /// The configured path, else systemd's runtime folder, else the package's.
    static func path(_ configured: String?) -> String {
        if let configured { return configured }
        let runtime = ProcessInfo.processInfo.environment["RUNTIME_DIRECTORY"]?.split(separator: ":").first.map(String.init)
        return (runtime ?? "/run/remindd") + "/control.sock"
    }

    /// As a command sees it without reading plans and people: the daemon answers also while its files are being edited.
    static func path(ofConfiguration file: String) -> String {
        path(ConfigurationReader.text(of: "socket", in: file).map { Paths.existing(Paths.join(Paths.folder(of: file), $0)) })
    }

    /// What stands at the path and is no socket, in words; nil where a socket or nothing does. Nobody may remove it to listen there.
    static func otherFile(at path: String) -> String? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        switch status.st_mode & S_IFMT {
        case S_IFSOCK: return nil
        case S_IFREG: return "a file"
        case S_IFDIR: return "a folder"
        case S_IFLNK: return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK ? nil : "a link"
        default: return "something else"
        }
    }

    enum Standing {
        case answers
        /// Nothing there, or what a daemon that was killed left behind.
        case nobody
        /// The socket is not for this user.
        case forbidden
        case unusable(String)
    }

    static func standing(_ path: String) -> Standing {
        guard path.utf8.count <= longestPath else {
            return .unusable("the socket's path has more than \(longestPath) bytes: \(path)")
        }
        if let what = otherFile(at: path) { return .unusable("\(path) is \(what), not a socket: it is left alone") }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return .unusable(String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result != 0 else { return .answers }
        switch errno {
        case ENOENT, ENOTDIR, ECONNREFUSED: return .nobody
        case EACCES, EPERM: return .forbidden
        case EAGAIN: return .answers
        default: return .unusable("\(path): \(String(cString: strerror(errno)))")
        }
    }
}

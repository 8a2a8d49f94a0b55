import Config
import Documents
import Foundation
import Listener

/// Where the control socket is, and whether somebody answers at it.
enum ControlSocket {
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

    static let longestPath = SocketFile.longestPath

    /// What stands at the path and is no socket, in words; nil where a socket or nothing does.
    static func otherFile(at path: String) -> String? { SocketFile(path: path).otherFile }

    enum Standing {
        case answers
        /// Nothing there, or what a daemon that was killed left behind.
        case nobody
        /// The socket is not for this user.
        case forbidden
        case unusable(String)
    }

    static func standing(_ path: String) -> Standing {
        switch SocketFile(path: path).state {
        case .taken: .answers
        case .free: .nobody
        case .notSocket(let what): .unusable("\(path) is \(what), not a socket: it is left alone")
        case .forbidden: .forbidden
        case .unusable(let why): .unusable(why)
        }
    }
}

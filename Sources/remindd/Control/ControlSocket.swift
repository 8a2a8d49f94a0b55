import Config
import Diagnostics
import Documents
import Foundation
import Listener

/// The path of the control socket, and whether a daemon listens on it.
enum ControlSocket {
    /// Returns the configured path; if it is nil, the default path.
    ///
    /// The default is `control.sock` in systemd's runtime folder, or in /run/remindd.
    static func path(_ configured: String?) -> String {
        if let configured { return configured }
        let runtime = ProcessInfo.processInfo.environment["RUNTIME_DIRECTORY"]?.split(separator: ":").first.map(String.init)
        return (runtime ?? "/run/remindd") + "/control.sock"
    }

    /// Returns the path of the control socket for a command.
    ///
    /// Reads only the key `socket` of `remindd.yaml`, so that commands reach the daemon even while
    /// the plans are being edited.
    static func path(ofConfiguration file: String) -> String {
        path(ConfigurationReader.text(of: "socket", in: file).map { Paths.existing(Paths.join(Paths.folder(of: file), $0)) })
    }

    static let longestPath = SocketFile.longestPath

    /// Returns a description of the file at the path if the file is not a socket.
    ///
    /// Returns nil if it is a socket or if there is no file.
    static func otherFile(at path: String) -> String? { SocketFile(path: path).otherFile }

    enum Standing {
        case answers
        /// There is no file, or the file is the socket of a daemon that was killed.
        case nobody
        /// This user may not use the socket.
        case forbidden
        case unusable(LocalizedText)
    }

    static func standing(_ path: String) -> Standing {
        switch SocketFile(path: path).state {
        case .taken: .answers
        case .free: .nobody
        case .notSocket(let what): .unusable("\(path) is \(LocalizedText(lookedUp: what)), not a socket: it is not touched")
        case .forbidden: .forbidden
        case .unusable(let why): .unusable(LocalizedText(lookedUp: why))
        }
    }
}

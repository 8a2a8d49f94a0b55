import Foundation

/// Writes lines with fields to systemd's journal, each line as one datagram.
///
/// The protocol is at https://systemd.io/JOURNAL_NATIVE_PROTOCOL. sd_journal_sendv(3) is not used,
/// because it blocks while the journal does not read. The loop must not wait.
struct JournalSocket: Sendable {
    enum Result { case taken, full, impossible }

    private static let path = "/run/systemd/journal/socket"
    private static let flags = Int32(truncatingIfNeeded: Int(MSG_DONTWAIT) | Int(MSG_NOSIGNAL))
    private let descriptor: Int32

    /// Opens a socket. Returns nil if standard error is not connected to the journal.
    ///
    /// Standard error is compared with the variable `JOURNAL_STREAM` (systemd.exec(5)).
    init?() {
        var status = stat()
        guard let stream = ProcessInfo.processInfo.environment["JOURNAL_STREAM"], fstat(STDERR_FILENO, &status) == 0,
            stream == "\(status.st_dev):\(status.st_ino)"
        else { return nil }
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
    }

    /// - Parameter fields: values without line breaks, keyed by names of capital letters and
    ///   underscores.
    func send(_ message: String, priority: Int, _ fields: [String: String]) -> Result {
        var text = "MESSAGE=\(message)\nPRIORITY=\(priority)\nSYSLOG_IDENTIFIER=remindd\n"
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) { text += "\(name)=\(value)\n" }
        let bytes = Array(text.utf8)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: JournalSocket.path.utf8) }
        // Sends to the path each time, so that lines also reach a restarted journal.
        let sent = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(
                    descriptor, bytes, bytes.count, JournalSocket.flags, $0,
                    socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        if sent == bytes.count { return .taken }
        return errno == EAGAIN || errno == ENOBUFS ? .full : .impossible
    }
}

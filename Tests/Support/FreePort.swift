import Foundation
import Synchronization

/// Loopback TCP ports on which nothing listens.
///
/// The ports are below the range that the kernel uses for outgoing connections. Therefore no
/// outgoing connection takes a port between its check and the server's start. One test process
/// never gets a port twice.
public enum FreePort {
    private static let range: ClosedRange<UInt16> = 12_000...31_999
    private static let given = Mutex<Set<UInt16>>([])

    public static func next() -> UInt16 {
        while true {
            let port = UInt16.random(in: range)
            if given.withLock({ $0.insert(port).inserted }), isFree(port) { return port }
        }
    }

    /// Returns whether a server accepts connections on the port.
    public static func isServed(_ port: UInt16) -> Bool {
        withSocket(port) { connect($0, $1, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
    }

    private static func isFree(_ port: UInt16) -> Bool {
        withSocket(port) { bind($0, $1, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
    }

    private static func withSocket(_ port: UInt16, _ body: (Int32, UnsafePointer<sockaddr>) -> Bool) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body(descriptor, $0) }
        }
    }
}

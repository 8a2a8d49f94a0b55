import Foundation

/// A mailbox folder into which a mail server delivers.
///
/// Each message is one file, which is complete once it is in `new`.
public struct Maildir: Sendable {
    public let path: String

    public init(path: String) {
        self.path = path
    }

    /// The number of messages in `new`.
    public var count: Int { names.count }

    /// Returns all messages as they were stored, in the order of their arrival.
    public func messages() throws -> [[UInt8]] {
        try names.map { Array(try Data(contentsOf: URL(fileURLWithPath: "\(path)/new/\($0)"))) }
    }

    /// Waits until there are at least `count` messages.
    ///
    /// Returns false if there are fewer messages after `limit`.
    public func holds(_ count: Int, within limit: Duration = .seconds(30)) async -> Bool {
        await eventually(within: limit) { self.count >= count }
    }

    /// The names of the files, in the order in which the messages arrived.
    ///
    /// A name begins with the time of delivery: the seconds, then the microseconds after an `M`.
    /// Neither number has leading zeros.
    private var names: [String] {
        let found = (try? FileManager.default.contentsOfDirectory(atPath: "\(path)/new")) ?? []
        return found.sorted { $0.compare($1, options: .numeric) == .orderedAscending }
    }
}

import Foundation

/// A mailbox folder that a mail server fills. Each message is one file, complete once it is in
/// `new`.
public struct Maildir: Sendable {
    public let path: String

    public init(path: String) {
        self.path = path
    }

    /// The number of unread messages.
    public var count: Int { names.count }

    /// Returns every message as it was stored, in order of arrival.
    public func messages() throws -> [[UInt8]] {
        try names.map { Array(try Data(contentsOf: URL(fileURLWithPath: "\(path)/new/\($0)"))) }
    }

    /// Waits until there are at least `count` messages. Returns false if there are fewer after
    /// `limit`.
    public func holds(_ count: Int, within limit: Duration = .seconds(30)) async -> Bool {
        await eventually(within: limit) { self.count >= count }
    }

    /// The names of the files in order of arrival.
    ///
    /// A name begins with the time of delivery in seconds and then in microseconds (`…M123456…`),
    /// neither padded.
    private var names: [String] {
        let found = (try? FileManager.default.contentsOfDirectory(atPath: "\(path)/new")) ?? []
        return found.sorted { $0.compare($1, options: .numeric) == .orderedAscending }
    }
}

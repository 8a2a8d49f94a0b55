import Support
import Synchronization

/// Collects the values of callbacks, so that a test can wait for them.
final class Collected<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])

    func add(_ value: Value) {
        values.withLock { $0.append(value) }
    }

    var all: [Value] { values.withLock { $0 } }

    /// Waits until `count` values have been collected. Returns all values collected so far.
    ///
    /// - Throws: `NotAllCame` if fewer values have been collected after `limit`.
    func first(_ count: Int = 1, within limit: Duration = .seconds(30)) async throws -> [Value] {
        guard await eventually(within: limit, { all.count >= count }) else {
            throw NotAllCame(description: "\(all.count) of \(count) came: \(all)")
        }
        return all
    }
}

struct NotAllCame: Error, CustomStringConvertible {
    let description: String
}

import Support
import Synchronization

/// What callbacks bring, to be waited for.
final class Collected<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])

    func add(_ value: Value) {
        values.withLock { $0.append(value) }
    }

    var all: [Value] { values.withLock { $0 } }

    /// All, once there are `count` of them.
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

import NIOCore

/// Requests that clients have sent ahead, each handled when it is its connection's turn. Belongs to the listener's event loop.
///
/// The loop runs whatever is due until nothing is left, and only then looks at sockets again. Where each answer led to the next request at once,
/// a new client would wait until the last request that was sent ahead is answered. So turns go in rounds: between the last answer of one and
/// the next there is a pause with nothing to run.
final class Turns {
    /// In one round no turn begins later than this.
    private static let round = TimeAmount.milliseconds(1)
    private static let pause = TimeAmount.microseconds(200)

    /// Whether another request may be handled: new clients keep a share of what can be in progress.
    private let isRoom: () -> Bool
    private var waiting: [ByteGuard] = []
    /// Turns of this round whose answers have not begun.
    private var taken = 0
    private var isScheduled = false
    private var loop: (any EventLoop)?

    init(isRoom: @escaping () -> Bool) {
        self.isRoom = isRoom
    }

    /// The connection's `takeTurn` is called once those before it have had theirs. It ends with `end`.
    func wait(_ connection: ByteGuard, on loop: any EventLoop) {
        self.loop = loop
        waiting.append(connection)
        schedule()
    }

    /// The answer begins, or there will be none.
    func end() {
        taken -= 1
        schedule()
    }

    private func schedule() {
        guard !isScheduled, taken == 0, !waiting.isEmpty, let loop else { return }
        isScheduled = true
        loop.assumeIsolated().scheduleTask(in: Self.pause) { [self] in
            run(loop)
            isScheduled = false
            schedule()
        }
    }

    private func run(_ loop: any EventLoop) {
        let end = loop.now + Self.round
        var next = 0
        while next < waiting.count, isRoom(), next == 0 || loop.now < end {
            taken += 1
            waiting[next].takeTurn()
            next += 1
        }
        waiting.removeFirst(next)
    }
}

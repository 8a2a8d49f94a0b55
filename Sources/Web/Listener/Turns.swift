import NIOCore

/// Requests that clients have sent ahead, each handled when it is its connection's turn. Belongs to the listener's event loop.
///
/// The loop runs whatever is due until nothing is left, and only then looks at sockets again. Where each answer led to the next request at once,
/// a new client would wait until the last request that was sent ahead is answered. Turns therefore go in rounds, and the loop has nothing to
/// run between the last answer of one round and the next round. A slow request does not hold up the others: the next round begins after
/// `longestRound` without it.
final class Turns {
    /// In one round no turn begins later than this.
    private static let round = TimeAmount.milliseconds(1)
    private static let pause = TimeAmount.microseconds(200)
    /// The next round begins after this time even if requests of this one are unanswered, or if there was no room.
    private static let longestRound = TimeAmount.milliseconds(20)

    /// Whether another request may be handled: new clients keep a share of what can be in progress.
    private let isRoom: () -> Bool
    private var waiting: [ByteGuard] = []
    /// The round that is under way, and its turns whose answers have not begun.
    private var number = 0
    private var taken = 0
    private var next: Scheduled<Void>?
    private var loop: (any EventLoop)?

    init(isRoom: @escaping () -> Bool) {
        self.isRoom = isRoom
    }

    /// The connection's `takeTurn` is called once those before it have had theirs. The turn ends with `end`.
    func wait(_ connection: ByteGuard, on loop: any EventLoop) {
        self.loop = loop
        waiting.append(connection)
        if next == nil { schedule(in: Self.pause) }
    }

    /// It is closed, or refused while it waits.
    func leave(_ connection: ByteGuard) { waiting.removeAll { $0 === connection } }

    /// The answer begins, or there will be none.
    /// - Parameter round: that of the turn.
    func end(round: Int) {
        guard round == number else { return }
        taken -= 1
        if taken == 0, !waiting.isEmpty { schedule(in: Self.pause) }
    }

    private func schedule(in time: TimeAmount) {
        next?.cancel()
        next = loop?.assumeIsolated().scheduleTask(in: time) { [self] in
            next = nil
            run()
        }
    }

    private func run() {
        guard let loop, !waiting.isEmpty else { return }
        let end = loop.now + Self.round
        (number, taken) = (number + 1, 0)
        var count = 0
        while let connection = waiting.first, isRoom(), count == 0 || loop.now < end {
            waiting.removeFirst()
            count += 1
            taken += 1
            connection.takeTurn(round: number)
        }
        guard !waiting.isEmpty else { return }
        schedule(in: count > 0 && taken == 0 ? Self.pause : Self.longestRound)
    }
}

import NIOCore

/// Schedules the handling of pipelined requests in turns. Used only on the listener's event loop.
///
/// The loop runs all due tasks before it reads sockets again. If each response were followed
/// immediately by the next request, a new client would wait until the last pipelined request has
/// its response. Turns are therefore given in rounds, and between two rounds the loop has nothing
/// to run, so it reads the sockets. A slow request does not delay the others, because the next
/// round begins after `longestRound` even if the slow request has no response yet.
final class Turns {
    /// The time after which a round gives no more turns.
    private static let round = TimeAmount.milliseconds(1)
    private static let pause = TimeAmount.microseconds(200)
    /// The time after which the next round begins, even if requests of this round have no response.
    ///
    /// The next round also begins after this time if no request could be handled.
    private static let longestRound = TimeAmount.milliseconds(20)

    /// Whether another pipelined request may be handled. A share of the requests in progress is
    /// reserved for new clients.
    private let isRoom: () -> Bool
    private var waiting: [ByteGuard] = []
    /// The number of the current round. `taken` counts the turns of this round whose responses have
    /// not begun.
    private var number = 0
    private var taken = 0
    private var next: Scheduled<Void>?
    private var loop: (any EventLoop)?

    init(isRoom: @escaping () -> Bool) {
        self.isRoom = isRoom
    }

    /// Queues a connection. Its `takeTurn` is called in order, and the turn ends with `end`.
    func wait(_ connection: ByteGuard, on loop: any EventLoop) {
        self.loop = loop
        waiting.append(connection)
        if next == nil { schedule(in: Self.pause) }
    }

    /// Removes a connection that is closed or refused while it waits.
    func leave(_ connection: ByteGuard) { waiting.removeAll { $0 === connection } }

    /// Ends a turn, when its response begins or there will be none.
    ///
    /// - Parameter round: the round of the turn.
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

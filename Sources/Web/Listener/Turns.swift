import NIOCore

/// Delays pipelined requests, so that new clients are served too. Used only on the event loop.
///
/// The loop runs all due tasks before it reads sockets again. If each response were followed
/// immediately by the next request, a new client would wait until all pipelined requests are
/// handled. Each pipelined request therefore waits for its turn. Turns are given in rounds, and the
/// loop reads the sockets between two rounds. The next round begins after `longestRound` at the
/// latest, so that a slow request does not delay the others.
final class Turns {
    /// The time for which a round gives turns.
    private static let round = TimeAmount.milliseconds(1)
    private static let pause = TimeAmount.microseconds(200)
    /// The time after which the next round begins, even if requests of this round have no response.
    ///
    /// The next round also begins after this time if this round could give no turn.
    private static let longestRound = TimeAmount.milliseconds(20)

    /// Returns whether another pipelined request may begin.
    ///
    /// It returns false if the remaining capacity is reserved for new clients.
    private let isRoom: () -> Bool
    private var waiting: [ByteGuard] = []
    /// The number of the current round.
    private var number = 0
    /// The number of requests of this round whose responses have not begun.
    private var taken = 0
    private var next: Scheduled<Void>?
    private var loop: (any EventLoop)?

    init(isRoom: @escaping () -> Bool) {
        self.isRoom = isRoom
    }

    /// Queues a connection. Its `takeTurn` is called when its turn comes, and `end` ends the turn.
    func wait(_ connection: ByteGuard, on loop: any EventLoop) {
        self.loop = loop
        waiting.append(connection)
        if next == nil { schedule(in: Self.pause) }
    }

    /// Removes a connection that is closed or refused while it waits.
    func leave(_ connection: ByteGuard) { waiting.removeAll { $0 === connection } }

    /// Ends a turn. Called when the response begins, or when there will be no response.
    ///
    /// - Parameter round: the round in which the connection got the turn.
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

import NIOCore

/// Enforces the limits on size and time before the parser sees a byte. First in the pipeline.
///
/// The guard passes one whole head to the parser, then the bytes of the body, and nothing more
/// until the whole response has been written to the client.
///
/// ```
///   head ──▶ body(n) ──▶ handling ──▶ responding ──▶ head again, or closed
///     │         │            ▲            ▲
///     ├─────────┼─ no body ──┘            │
///     └─────────┴─ refused, or too slow ──┘
/// ```
///
/// `RequestHandler`, the last handler, moves the guard from one phase to the next. Each phase has
/// one absolute deadline. While a request is handled and its response is written, the guard starts
/// no new read from the socket.
final class ByteGuard: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Phase: Equatable {
        case head
        /// The body is being read. The value is the number of bytes that have not arrived yet.
        case body(Int)
        case handling
        case responding
        case closed
    }

    /// The state of a pipelined request that must wait before it may begin (`Turns`).
    private struct Turn {
        /// Whether a request waits for its turn.
        var isAwaited = false
        /// The round of `Turns` in which the request got its turn; nil while it has no turn.
        var round: Int?
    }

    private let limits: Limits
    private let connections: Connections
    private var context: ChannelHandlerContext?
    private(set) var phase = Phase.head
    private var scanner: HeadScanner
    /// Bytes that the parser has not received yet. `scanner` has seen the first `scanned` of them.
    private var waiting = ByteBuffer()
    private var scanned = 0
    /// When the connection began to wait for a complete request; nil while it is not waiting.
    private(set) var waitingSince: NIODeadline?
    /// When the time limits of the current request began; nil before its first byte has arrived.
    ///
    /// For the first request on the connection, they begin when the connection opens.
    private var requestBegan: NIODeadline?
    private var deadline = NIODeadline.distantFuture
    /// A timer that fires at the deadline or earlier.
    private var timer: (moment: NIODeadline, task: Scheduled<Void>)?
    private var turn = Turn()
    private var isAdvancing = false
    /// Whether `read` was requested while reading was not allowed.
    private var isReadHeld = false
    /// Whether further bytes from the client are ignored.
    ///
    /// This is true if the client has closed its side, has sent too many bytes before its response,
    /// or has sent a request that was refused.
    private(set) var isInputOver = false

    init(connections: Connections) {
        self.connections = connections
        limits = connections.limits
        scanner = HeadScanner(limits: limits)
    }

    // MARK: the channel's events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        waitingSince = context.eventLoop.now
        beginHead()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        guard phase != .closed, !isInputOver else { return }
        if phase == .head, requestBegan == nil { beginHead() }
        waiting.writeBuffer(&bytes)
        if !turn.isAwaited { advance(context) }
        if !isReading, waiting.readableBytes > limits.ahead {
            isInputOver = true
            waiting.clear()
        }
    }

    func read(context: ChannelHandlerContext) {
        if isReading {
            context.read()
        } else {
            isReadHeld = true
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let event = event as? ChannelEvent, event == .inputClosed else {
            return context.fireUserInboundEventTriggered(event)
        }
        // The event is not passed to the parser, which would treat the current request as cut off.
        isInputOver = true
        if isReading { close() }
    }

    // MARK: from phase to phase

    /// Starts the phase `body`, with `count` bytes to come. Called when the head is accepted.
    func expectBody(_ count: Int) {
        phase = .body(count)
        arm(limits.times.request, from: requestBegan)
    }

    /// Starts the phase `handling`. Called when the complete request is passed to the program.
    func beginHandling() {
        phase = .handling
        waitingSince = nil
        arm(limits.times.handling)
    }

    /// Replaces the deadline for the program's response. The new deadline is `time` from now.
    func handle(within time: Duration) {
        guard phase == .handling else { return }
        arm(time)
    }

    /// Starts the phase `responding`. Called before a response, or its next piece, is written.
    func beginResponse() {
        guard phase != .closed else { return }
        endTurn()
        phase = .responding
        waitingSince = nil
        arm(limits.times.response)
    }

    /// Waits for another request, or closes the connection. Called when the response is written.
    func awaitNext() {
        guard phase == .responding, let context else { return }
        guard !connections.isStopping, waiting.readableBytes > 0 || !isInputOver else { return close() }
        (phase, scanner, scanned) = (.head, HeadScanner(limits: limits), 0)
        waitingSince = context.eventLoop.now
        requestBegan = nil
        guard waiting.readableBytes > 0 else {
            arm(limits.times.idle)
            return readOn(context)
        }
        beginHead()
        turn.isAwaited = true
        connections.turns.wait(self, on: context.eventLoop)
    }

    /// Processes the bytes of the next pipelined request that have already arrived.
    ///
    /// - Parameter round: the number that `Turns` needs when the turn ends.
    func takeTurn(round: Int) {
        turn.round = round
        guard turn.isAwaited, let context else { return endTurn() }
        turn.isAwaited = false
        advance(context)
        if isReading { endTurn() }
        readOn(context)
    }

    private func endTurn() {
        guard let round = turn.round else { return }
        turn.round = nil
        connections.turns.end(round: round)
    }

    private func readOn(_ context: ChannelHandlerContext) {
        guard isReadHeld, isReading else { return }
        isReadHeld = false
        context.read()
    }

    func close() {
        let context = context
        end()
        context?.close(promise: nil)
    }

    // MARK: inside

    private var isReading: Bool {
        switch phase {
        case .head, .body: !turn.isAwaited
        case .handling, .responding, .closed: false
        }
    }

    private func beginHead() {
        requestBegan = context?.eventLoop.now
        arm(limits.times.head, from: requestBegan)
    }

    /// Passes waiting bytes to the parser, as far as the current phase allows.
    ///
    /// If a response is written immediately, this method may be called again while it runs. The
    /// inner call does nothing, and the outer call continues.
    private func advance(_ context: ChannelHandlerContext) {
        guard !isAdvancing else { return }
        isAdvancing = true
        while waiting.readableBytes > 0, !turn.isAwaited, passOn(context) {}
        isAdvancing = false
        // Frees the buffer while the connection waits.
        if waiting.readableBytes == 0 { waiting = ByteBuffer() }
        // The remaining bytes are not a whole request, and the client will send no more.
        if isInputOver, isReading { close() }
    }

    /// Passes one head, or the next bytes of a body, to the parser. Returns false if it passed
    /// nothing.
    private func passOn(_ context: ChannelHandlerContext) -> Bool {
        switch phase {
        case .head:
            guard let head = takeHead(context) else { return false }
            context.fireChannelRead(wrapInboundOut(head))
            // If the phase is still `head`, the parser found an error but did not report it.
            if phase == .head, scanned > 0 { refuse(.malformed("the request cannot be parsed"), context) }
            return true
        case .body(let left):
            guard let part = waiting.readSlice(length: min(left, waiting.readableBytes)) else { return false }
            phase = .body(left - part.readableBytes)
            context.fireChannelRead(wrapInboundOut(part))
            return true
        case .handling, .responding, .closed: return false
        }
    }

    /// Returns a whole head; nil if the head is incomplete or refused.
    private func takeHead(_ context: ChannelHandlerContext) -> ByteBuffer? {
        let verdict = waiting.withUnsafeReadableBytes { bytes -> HeadScanner.Verdict in
            while scanned < bytes.count {
                let verdict = scanner.take(bytes[scanned])
                scanned += 1
                if verdict != .more { return verdict }
            }
            return .more
        }
        switch verdict {
        case .more: return nil
        case .complete: return waiting.readSlice(length: scanned)
        case .refused(let refusal):
            refuse(refusal, context)
            return nil
        }
    }

    private func leaveTurns() {
        guard turn.isAwaited else { return }
        turn.isAwaited = false
        connections.turns.leave(self)
    }

    private func refuse(_ refusal: Refusal, _ context: ChannelHandlerContext) {
        leaveTurns()
        isInputOver = true
        waiting.clear()
        context.fireUserInboundEventTriggered(refusal)
    }

    /// Sets the deadline of the current phase to `time` after `start`, or after now if that is nil.
    ///
    /// The new deadline replaces the deadline of the previous phase.
    private func arm(_ time: Duration, from start: NIODeadline? = nil) {
        guard let context else { return }
        deadline = (start ?? context.eventLoop.now) + TimeAmount(time)
        setTimer(context)
    }

    /// Sets the timer, unless it is already set for an earlier moment.
    ///
    /// Cancelling a timer takes time in proportion to the number of all timers, and a request has
    /// five deadlines. An earlier timer is therefore not cancelled. It checks the deadline again
    /// when it fires.
    private func setTimer(_ context: ChannelHandlerContext) {
        if let timer {
            guard deadline < timer.moment else { return }
            timer.task.cancel()
        }
        let moment = deadline
        let task = context.eventLoop.assumeIsolated().scheduleTask(deadline: moment) { [self] in
            timer = nil
            if moment < deadline { setTimer(context) } else { expire() }
        }
        timer = (moment, task)
    }

    private func expire() {
        guard let context else { return }
        switch phase {
        case .head where waiting.readableBytes == 0: close()
        // The client sent its request in time, but the request did not get a turn in time.
        case .head where turn.isAwaited: refuse(.tooBusy, context)
        case .head, .body: refuse(.tooSlow, context)
        case .handling: context.fireUserInboundEventTriggered(Refusal.noAnswer)
        case .responding, .closed: close()
        }
    }

    private func end() {
        guard phase != .closed else { return }
        phase = .closed
        waitingSince = nil
        timer?.task.cancel()
        timer = nil
        leaveTurns()
        endTurn()
        waiting = ByteBuffer()
        connections.remove(self)
    }
}

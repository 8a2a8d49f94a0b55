import NIOCore

/// Stands before the parser: counts the bytes and the time of one connection, and lets one whole head through, then the bytes of
/// its body, and nothing more until the response is taken.
///
/// ```
///   head ──▶ body(n) ──▶ handling ──▶ responding ──▶ head again, or closed
///     │         │            ▲            ▲
///     ├─────────┼─ no body ──┘            │
///     └─────────┴─ refused, or too slow ──┘
/// ```
///
/// `RequestHandler`, behind the parser, moves it from one phase to the next. Each phase has one absolute deadline. While a request is
/// handled and answered nothing is read, but what the kernel had already given out.
final class ByteGuard: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Phase: Equatable {
        case head
        /// So many bytes of the body are still to come.
        case body(Int)
        case handling
        case responding
        case closed
    }

    private let limits: Limits
    private let connections: Connections
    private var context: ChannelHandlerContext?
    private(set) var phase = Phase.head
    private var scanner: HeadScanner
    /// Bytes that have not been passed on; those before `scanned` are known to belong to the head.
    private var waiting = ByteBuffer()
    private var scanned = 0
    /// Since when the end of a request is waited for; nil while one is handled or answered.
    private(set) var waitingSince: NIODeadline?
    /// When the deadlines of this request began; nil between a response and the first byte of the next head.
    private var requestBegan: NIODeadline?
    private var deadline = NIODeadline.distantFuture
    /// Set for the deadline or for an earlier moment.
    private var timer: (moment: NIODeadline, task: Scheduled<Void>)?
    /// Of a request that was sent ahead: it waits for its turn, or has it until its answer begins.
    private var isWaitingForTurn = false
    private var turn: Int?
    private var isAdvancing = false
    /// `read` was asked for while nothing was to be read.
    private var isReadHeld = false
    /// The client will send nothing more, or has sent too much ahead.
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
        if !isWaitingForTurn { advance(context) }
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
        // The parser is not told: it would take a request that is being answered for one cut off.
        isInputOver = true
        if isReading { close() }
    }

    // MARK: from phase to phase

    /// The head is accepted, and so many bytes of a body follow it.
    func expectBody(_ count: Int) {
        phase = .body(count)
        arm(limits.requestTime, from: requestBegan)
    }

    /// The request is whole, and the program has it.
    func beginHandling() {
        phase = .handling
        waitingSince = nil
        arm(limits.handlingTime)
    }

    /// The program answers sooner than others, or is not waited for.
    func handle(within time: Duration) {
        guard phase == .handling else { return }
        arm(time)
    }

    /// A response, or the next piece of one, goes out.
    func beginResponse() {
        guard phase != .closed else { return }
        endTurn()
        phase = .responding
        waitingSince = nil
        arm(limits.responseTime)
    }

    /// The response is taken, and the connection waits for another request.
    func awaitNext() {
        guard phase == .responding, let context else { return }
        guard !connections.isStopping, waiting.readableBytes > 0 || !isInputOver else { return close() }
        (phase, scanner, scanned) = (.head, HeadScanner(limits: limits), 0)
        waitingSince = context.eventLoop.now
        requestBegan = nil
        guard waiting.readableBytes > 0 else {
            arm(limits.idleTime)
            return readOn(context)
        }
        beginHead()
        isWaitingForTurn = true
        connections.turns.wait(self, on: context.eventLoop)
    }

    /// The request that was sent ahead is handled, as far as it is there.
    func takeTurn(round: Int) {
        turn = round
        guard isWaitingForTurn, let context else { return endTurn() }
        isWaitingForTurn = false
        advance(context)
        if isReading { endTurn() }
        readOn(context)
    }

    private func endTurn() {
        guard let round = turn else { return }
        turn = nil
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
        case .head, .body: !isWaitingForTurn
        case .handling, .responding, .closed: false
        }
    }

    private func beginHead() {
        requestBegan = context?.eventLoop.now
        arm(limits.headTime, from: requestBegan)
    }

    /// Passes on what may be passed on. A response that is taken at once leads back here: the outer call goes on then.
    private func advance(_ context: ChannelHandlerContext) {
        guard !isAdvancing else { return }
        isAdvancing = true
        while waiting.readableBytes > 0, !isWaitingForTurn, passOn(context) {}
        isAdvancing = false
        // A connection that waits holds no memory for bytes.
        if waiting.readableBytes == 0 { waiting = ByteBuffer() }
        // What is there is no whole request, and nothing follows it.
        if isInputOver, isReading { close() }
    }

    /// One head, or what is there of a body; false where nothing can be passed on now.
    private func passOn(_ context: ChannelHandlerContext) -> Bool {
        switch phase {
        case .head:
            guard let head = takeHead(context) else { return false }
            context.fireChannelRead(wrapInboundOut(head))
            // Unless the handler behind the parser has taken the head, the parser has found a fault and said nothing.
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

    /// A whole head; nil where there is none yet, or where it is refused.
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
        guard isWaitingForTurn else { return }
        isWaitingForTurn = false
        connections.turns.leave(self)
    }

    private func refuse(_ refusal: Refusal, _ context: ChannelHandlerContext) {
        leaveTurns()
        isInputOver = true
        waiting.clear()
        context.fireUserInboundEventTriggered(refusal)
    }

    /// The one deadline that holds from here on, counted from now or from `start`.
    private func arm(_ time: Duration, from start: NIODeadline? = nil) {
        guard let context else { return }
        deadline = (start ?? context.eventLoop.now) + TimeAmount(time)
        setTimer(context)
    }

    /// Cancelling a timer costs time in proportion to the number of all timers, and a request passes through five deadlines. One that is set for an earlier
    /// moment stays, and looks again then.
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
        // The client was in time; its turn did not come.
        case .head where isWaitingForTurn: refuse(.tooBusy, context)
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

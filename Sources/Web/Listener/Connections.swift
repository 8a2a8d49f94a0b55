import NIOCore

/// The open connections of one listener and their shared limits. Used only on the event loop.
final class Connections {
    let limits: Limits
    private var open: [ObjectIdentifier: ByteGuard] = [:]
    private var requestsInProgress = 0
    private var streams = 0
    private var held = 0
    /// Whether the listener is stopping. Each connection then closes after its current response.
    private(set) var isStopping = false
    /// Schedules pipelined requests, so that they do not block new clients.
    ///
    /// A pipelined request may begin only while fewer than half of `limits.requestsInProgress`
    /// requests are in progress.
    private(set) lazy var turns = Turns { [unowned self] in requestsInProgress < max(1, limits.requestsInProgress / 2) }
    /// The action to run when a connection closes, shortly before its descriptor is free.
    var onClose: (() -> Void)?
    /// The action to run when the last connection has closed.
    var onEmpty: (() -> Void)?

    init(limits: Limits) {
        self.limits = limits
    }

    var count: Int { open.count }

    /// Adds a new connection. Returns false if the connection must be closed.
    ///
    /// If there are too many connections, closes the connection that has waited longest for a
    /// complete request.
    func admit(_ connection: ByteGuard) -> Bool {
        guard !isStopping else { return false }
        if open.count >= limits.connections {
            guard let longest = longestWaiting else { return false }
            open[ObjectIdentifier(longest)] = nil
            longest.close()
        }
        open[ObjectIdentifier(connection)] = connection
        return true
    }

    private var longestWaiting: ByteGuard? {
        var longest: (connection: ByteGuard, since: NIODeadline)?
        for connection in open.values {
            guard let since = connection.waitingSince, since < longest?.since ?? .distantFuture else { continue }
            longest = (connection, since)
        }
        return longest?.connection
    }

    func remove(_ connection: ByteGuard) {
        open[ObjectIdentifier(connection)] = nil
        onClose?()
        guard open.isEmpty, let onEmpty else { return }
        self.onEmpty = nil
        onEmpty()
    }

    /// Closes connections that have no complete request. The others close after their response.
    func stop() {
        isStopping = true
        for connection in open.values where connection.waitingSince != nil { connection.close() }
    }

    func closeAll() {
        for connection in open.values { connection.close() }
    }

    // MARK: shared limits

    func beginRequest() -> Bool {
        guard requestsInProgress < limits.requestsInProgress else { return false }
        requestsInProgress += 1
        return true
    }

    func endRequest() { requestsInProgress -= 1 }

    func beginStream() -> Bool {
        guard streams < limits.streams else { return false }
        streams += 1
        return true
    }

    func endStream() { streams -= 1 }

    /// Reserves memory for a body or response. Returns false if too much memory is reserved.
    ///
    /// A body or response of at most `limits.small` bytes needs no reservation. If nothing is
    /// reserved, a reservation may exceed `limits.held`, so that a single large response is
    /// possible.
    func hold(_ count: Int) -> Bool {
        guard count > limits.small else { return true }
        guard held + count <= limits.held || held == 0 else { return false }
        held += count
        return true
    }

    func release(_ count: Int) {
        if count > limits.small { held -= count }
    }
}

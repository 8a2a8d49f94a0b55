import NIOCore

/// The open connections of one listener and their shared limits. Used only on its event loop.
final class Connections {
    let limits: Limits
    private var open: [ObjectIdentifier: ByteGuard] = [:]
    private var requestsInProgress = 0
    private var streams = 0
    private var held = 0
    /// Set at a stop. Each connection then closes after the answer it waits for.
    private(set) var isStopping = false
    /// Turns of pipelined requests, which leave half of the requests in progress to other clients.
    private(set) lazy var turns = Turns { [unowned self] in requestsInProgress < max(1, limits.requestsInProgress / 2) }
    /// Called when a connection closes. Its descriptor is free a moment later.
    var onClose: (() -> Void)?
    /// Called when the last connection has closed.
    var onEmpty: (() -> Void)?

    init(limits: Limits) {
        self.limits = limits
    }

    var count: Int { open.count }

    /// Whether a new connection may stay.
    ///
    /// If there are too many, the one that has waited longest for the end of a request is closed.
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

    /// Closes connections that wait for a request, and the others after their answer.
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

    /// Whether `count` bytes may be kept for a client. Small bodies and responses are always kept.
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

import NIOCore

/// The open connections of one listener, and what they hold together. Belongs to the listener's event loop.
final class Connections {
    let limits: Limits
    private var open: [ObjectIdentifier: ByteGuard] = [:]
    private var requestsInProgress = 0
    private var streams = 0
    private var held = 0
    /// Set at a stop: each connection ends with the answer that it waits for.
    private(set) var isStopping = false
    /// Requests that were sent ahead leave half of what can be in progress to others.
    private(set) lazy var turns = Turns { [unowned self] in requestsInProgress < max(1, limits.requestsInProgress / 2) }
    /// Called when a connection closes; its descriptor is free a moment later.
    var onClose: (() -> Void)?
    /// Called when the last connection has closed.
    var onEmpty: (() -> Void)?

    init(limits: Limits) {
        self.limits = limits
    }

    var count: Int { open.count }

    /// Whether a new connection may stay; where there are too many, the one that has waited longest for the end of a request goes.
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

    /// Connections that wait for a request are closed, the others after their answer.
    func stop() {
        isStopping = true
        for connection in open.values where connection.waitingSince != nil { connection.close() }
    }

    func closeAll() {
        for connection in open.values { connection.close() }
    }

    // MARK: what is held together

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

    /// Whether so many bytes may be kept for a client; those of a small body or response always are.
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

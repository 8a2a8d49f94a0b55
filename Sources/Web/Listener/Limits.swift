/// Everything that bounds what one client, or all of them together, can take from the process.
///
/// Sizes are bytes. Deadlines are absolute and monotonic: bytes that arrive do not renew them. The defaults are the
/// numbers that the page and the control socket share; what they do not share has no default.
package struct Limits: Sendable {
    /// The target of the request line. Longer: 414.
    package var target = 2 * 1_024
    /// The line of one header field. Longer: 431.
    package var field = 8 * 1_024
    /// Header fields of one request. More: 431.
    package var fields = 64
    /// Request line and header fields with their line ends. Larger: 431.
    package var head = 16 * 1_024
    /// The body of a POST. Larger: 413.
    package var body: Int
    /// What `Host` has to say, once, in any case of letters (else 400, 421); nil: `Host` is not looked at.
    package var host: String?

    /// From the connection, or from the first byte of a later head, to the end of the head. Later: 408.
    package var headTime = Duration.seconds(10)
    /// From the same moment to the end of the body. Later: 408.
    package var requestTime = Duration.seconds(20)
    /// From the whole request to the program's answer. Later: 503.
    package var handlingTime: Duration
    /// For the client to take the response; of a response in pieces, each piece. Later: closed.
    package var responseTime = Duration.seconds(20)
    /// From one response to the first byte of the next head. Later: closed.
    package var idleTime = Duration.seconds(15)
    /// On one connection; the last response says that it is closed.
    package var requests = 100

    /// Open connections. One more closes the one that has waited longest for the end of a request; where none does, the new one.
    package var connections: Int
    /// Requests that the program has and has not answered. One more: 503.
    package var requestsInProgress: Int
    /// Responses that go out in pieces, each of which holds an open file. One more: 503.
    package var streams = 8
    /// One piece of such a response.
    package var piece = 64 * 1_024
    /// Bodies and responses held for clients, all of them together, beside the small ones. More: 503.
    package var held = 16 * 1_024 * 1_024
    /// Bodies and responses up to this size are small: they are bounded by the number of connections.
    package var small = 64 * 1_024
    /// What a client may send ahead while its request is answered. More: the connection ends with that answer.
    package var ahead = 64 * 1_024

    /// How long accepting pauses where no file can be opened (EMFILE).
    package var acceptPause = Duration.seconds(1)
    /// Between two tries to listen.
    package var retry = Duration.seconds(5)
    /// What requests in progress have at a stop. The process promises to end within 2 s, on a busy machine too.
    package var stopTime = Duration.milliseconds(1_600)

    package init(body: Int, host: String? = nil, handlingTime: Duration, connections: Int, requestsInProgress: Int) {
        self.body = body
        self.host = host
        self.handlingTime = handlingTime
        self.connections = connections
        self.requestsInProgress = requestsInProgress
    }
}

/// The limits for one client, and for all clients together.
///
/// Sizes are in bytes. Values that depend on the purpose of a server have no default.
package struct Limits: Sendable {
    /// The limits of one request.
    package struct Request: Sendable {
        /// The longest target of a request line; otherwise 414.
        package var target = 2 * 1_024
        /// The longest line of one header field; otherwise 431.
        package var field = 8 * 1_024
        /// The most header fields of one request; otherwise 431.
        package var fields = 64
        /// The largest head: request line and header fields, with their line ends; otherwise 431.
        package var head = 16 * 1_024
        /// The largest body of a POST; otherwise 413.
        package var body: Int
        /// The required value of `Host`, ignoring case; nil if it is not checked.
        ///
        /// Without exactly one `Host` the status is 400, with another value 421.
        package var host: String?
    }

    /// Deadlines are instants of the monotonic clock. Bytes that arrive do not extend them.
    package struct Times: Sendable {
        /// From the connection, or the first byte of a later head, to the end of the head;
        /// otherwise 408.
        package var head = Duration.seconds(10)
        /// From the same moment to the end of the body; otherwise 408.
        package var request = Duration.seconds(20)
        /// From the complete request to the program's response; otherwise 503.
        package var handling: Duration
        /// For writing the response or one of its pieces; otherwise the connection closes.
        package var response = Duration.seconds(20)
        /// From a response to the first byte of the next head; otherwise the connection closes.
        package var idle = Duration.seconds(15)
        /// The pause in accepting when the system has no descriptor or memory for a connection.
        package var acceptPause = Duration.seconds(1)
        /// The time between two attempts to listen.
        package var retry = Duration.seconds(5)
        /// The time that requests in progress have when the server stops.
        ///
        /// The process has to end within 2 s even on a busy machine.
        package var stop = Duration.milliseconds(1_600)
    }

    package var request: Request
    package var times: Times
    /// The most requests of one connection. The last response closes it.
    package var requests = 100

    /// The most open connections.
    ///
    /// A further connection closes the one that has waited longest for the end of a request. If no
    /// connection waits, the new connection is closed.
    package var connections: Int
    /// The most requests in progress, without a response from the program; otherwise 503.
    package var requestsInProgress: Int
    /// The most responses in pieces, each of which keeps a file open; otherwise 503.
    package var streams = 8
    /// The size of one piece of a response that is sent in pieces.
    package var piece = 64 * 1_024
    /// The most bytes of bodies and responses in memory, for all clients; otherwise 503.
    ///
    /// Small bodies and responses do not count.
    package var held = 16 * 1_024 * 1_024
    /// Maximum size of a body or response that is small.
    ///
    /// Small bodies and responses do not count for `held`, because the number of connections limits
    /// their total.
    package var small = 64 * 1_024
    /// The most bytes a client may send ahead, before it gets its response.
    ///
    /// If the client sends more, the connection closes after the response.
    package var ahead = 64 * 1_024

    package init(body: Int, host: String? = nil, handlingTime: Duration, connections: Int, requestsInProgress: Int) {
        request = Request(body: body, host: host)
        times = Times(handling: handlingTime)
        self.connections = connections
        self.requestsInProgress = requestsInProgress
    }
}

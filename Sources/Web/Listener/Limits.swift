/// The limits for one client, and for all clients together.
///
/// Sizes are in bytes. Values that depend on the purpose of a server have no default.
package struct Limits: Sendable {
    /// The limits of one request.
    package struct Request: Sendable {
        /// Maximum length of the target in a request line. The status for a longer target is 414.
        package var target = 2 * 1_024
        /// Maximum length of the line of a header field. The status for a longer line is 431.
        package var field = 8 * 1_024
        /// Maximum number of header fields in a request. The status for more fields is 431.
        package var fields = 64
        /// Maximum size of a head. The status for a larger head is 431.
        ///
        /// A head is the request line and the header fields, with their line ends.
        package var head = 16 * 1_024
        /// Maximum size of the body of a POST. The status for a larger body is 413.
        package var body: Int
        /// The required value of `Host`, ignoring case; nil if `Host` is not checked.
        ///
        /// If a request does not have exactly one `Host`, the status is 400. If the value is
        /// different, the status is 421.
        package var host: String?
    }

    /// The time limits, measured by the monotonic clock. Bytes that arrive do not extend them.
    package struct Times: Sendable {
        /// The time limit for a head. When it is exceeded, the server responds with status 408.
        ///
        /// The time begins when the connection opens. For a later request on the same connection,
        /// it begins with the first byte of the request.
        package var head = Duration.seconds(10)
        /// The time limit for a whole request, with its body. When it is exceeded, the status is
        /// 408.
        ///
        /// The time begins when the connection opens. For a later request on the same connection,
        /// it begins with the first byte of the request.
        package var request = Duration.seconds(20)
        /// The time that the program has to respond to a complete request.
        ///
        /// After this time, the server responds with status 503.
        package var handling: Duration
        /// The time for writing a response or one of its pieces. After this time, the connection
        /// closes.
        package var response = Duration.seconds(20)
        /// The time from a response to the first byte of the next head.
        ///
        /// After this time, the connection closes.
        package var idle = Duration.seconds(15)
        /// The time for which the server accepts no connections after a shortage.
        ///
        /// A shortage means that the system has no descriptor or memory for another connection.
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
    /// Maximum number of requests on a connection. The connection closes after its last response.
    package var requests = 100

    /// Maximum number of open connections.
    ///
    /// If another client connects, the connection that has waited longest for a complete request is
    /// closed. If no connection is waiting, the new connection is closed.
    package var connections: Int
    /// Maximum number of requests that the program handles at the same time.
    ///
    /// The status for a further request is 503.
    package var requestsInProgress: Int
    /// Maximum number of responses that may be sent in pieces at the same time.
    ///
    /// Each of them keeps a file open. The status for a further one is 503.
    package var streams = 8
    /// The size of one piece of a response that is sent in pieces.
    package var piece = 64 * 1_024
    /// Maximum number of bytes of bodies and responses in memory, for all clients together.
    ///
    /// If the limit is reached, the status is 503. Small bodies and responses do not count.
    package var held = 16 * 1_024 * 1_024
    /// Maximum size of a body or response that counts as small.
    ///
    /// Small bodies and responses do not count for `held`, because the number of connections limits
    /// their total.
    package var small = 64 * 1_024
    /// Maximum number of bytes that a client may send while it waits for a response.
    ///
    /// If a client sends more, its connection closes after the response.
    package var ahead = 64 * 1_024

    package init(body: Int, host: String? = nil, handlingTime: Duration, connections: Int, requestsInProgress: Int) {
        request = Request(body: body, host: host)
        times = Times(handling: handlingTime)
        self.connections = connections
        self.requestsInProgress = requestsInProgress
    }
}

import CCurl
import Dates
import Glibc
import Scheduler

/// One blocking HTTP request to a server on a Unix socket of this machine.
///
/// The commands of remindd use such requests to reach the daemon.
public final class UnixSocketCall {
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
        /// The status of the response; nil if no response came.
        public let status: Int?
    }

    private let receive: (UnsafeRawBufferPointer) -> Bool
    private let easy: UnsafeMutableRawPointer
    /// The body of a response with a status of 400 or above, which explains the refusal.
    private var refusal: [UInt8] = []

    private init(_ easy: UnsafeMutableRawPointer, _ receive: @escaping (UnsafeRawBufferPointer) -> Bool) {
        self.easy = easy
        self.receive = receive
    }

    private var status: Int {
        var status = 0
        return curl_shim_get_long(easy, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK ? status : 0
    }

    /// The maximum number of attempts to connect, 20 ms apart.
    ///
    /// Together they take two seconds, which is acceptable for a command.
    private static let tries = 100

    /// Performs the request. Repeats it while the server's queue of connections is full.
    ///
    /// If the queue is full, connect(2) fails with EAGAIN on a non-blocking socket. libcurl reports
    /// this as a failed connection without a system error.
    private func run() -> CURLcode {
        var result = curl_easy_perform(easy)
        for _ in 1..<Self.tries {
            var code = 0
            guard result == CURLE_COULDNT_CONNECT, curl_shim_get_long(easy, CURLINFO_OS_ERRNO, &code) == CURLE_OK, code == 0
            else {
                break
            }
            usleep(20_000)
            result = curl_easy_perform(easy)
        }
        return result
    }

    private func take(_ piece: UnsafeRawBufferPointer) -> Bool {
        guard status >= 400 else { return receive(piece) }
        refusal += piece.prefix(1_024 - min(1_024, refusal.count))
        return true
    }

    /// Performs one request.
    ///
    /// - Parameters:
    ///   - socket: the path of the socket, at most 107 bytes.
    ///   - target: the path of the URL, such as `/v1/command`.
    ///   - body: the body of a POST request; nil for a GET request.
    ///   - patience: the time without a received byte after which the call fails.
    ///   - receive: a closure that gets each piece of the response's body. If it returns false, the
    ///     call ends.
    /// - Throws: a failure if the server cannot be reached, does not reply, or replies with a
    ///   status of 400 or above.
    public static func perform(
        socket: String, target: String, body: [UInt8]? = nil, patience: TimeSpan,
        receive: @escaping (UnsafeRawBufferPointer) -> Bool
    ) throws(Failure) {
        guard let easy = EasyHandle() else { throw Failure(description: "no memory", status: nil) }
        let call = UnixSocketCall(easy.pointer, receive)
        let headers = StringList(["content-type: application/json", "expect:"])
        defer {
            easy.free()
            headers.free()
        }
        easy.setCommonOptions()
        easy.set(CURLOPT_UNIX_SOCKET_PATH, socket)
        easy.set(CURLOPT_URL, "http://remindd" + target)
        easy.set(CURLOPT_PROTOCOLS_STR, "http")
        easy.set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        easy.set(CURLOPT_HTTPHEADER, list: headers)
        easy.set(CURLOPT_LOW_SPEED_LIMIT, 1)
        easy.set(CURLOPT_LOW_SPEED_TIME, max(1, Int(patience.milliseconds / 1_000)))
        if let body {
            easy.set(CURLOPT_POST, 1)
            easy.set(CURLOPT_POSTFIELDSIZE, body.count)
            // libcurl makes its own copy of the body.
            easy.set(CURLOPT_COPYPOSTFIELDS, String(decoding: body, as: UTF8.self))
        }
        _ = curl_shim_set_write(easy.pointer, CURLOPT_WRITEFUNCTION) { from, size, count, context in
            let call = Unmanaged<UnixSocketCall>.fromOpaque(context!).takeUnretainedValue()
            return call.take(UnsafeRawBufferPointer(start: from, count: size * count)) ? size * count : 0
        }
        easy.set(CURLOPT_WRITEDATA, pointer: Unmanaged.passUnretained(call).toOpaque())
        let result = withExtendedLifetime(call) { call.run() }
        guard result == CURLE_OK else { throw Failure(description: easy.complaint(result), status: nil) }
        guard call.status < 400 else {
            let why = String(decoding: call.refusal, as: UTF8.self)
            throw Failure(description: why.isEmpty ? "HTTP \(call.status)" : why, status: call.status)
        }
    }
}

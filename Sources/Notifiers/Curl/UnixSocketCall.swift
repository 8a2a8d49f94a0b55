import CCurl
import Scheduler

/// One HTTP request to a server on a Unix socket of this machine: how remindd's commands reach its daemon. Blocks.
public final class UnixSocketCall {
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    private let receive: (UnsafeRawBufferPointer) -> Bool

    private init(_ receive: @escaping (UnsafeRawBufferPointer) -> Bool) {
        self.receive = receive
    }

    /// - Parameters:
    ///   - socket: the socket's path, at most 107 bytes.
    ///   - target: the path of the URL, such as `/v1/command`.
    ///   - body: posted where there is one, else the request is a GET.
    ///   - patience: without a byte for this long the call fails.
    ///   - receive: gets the answer's body in pieces as it comes; false ends the call.
    /// - Throws: where the server cannot be reached, does not answer, or answers 400 or above.
    public static func perform(
        socket: String, target: String, body: [UInt8]? = nil, patience: Span,
        receive: @escaping (UnsafeRawBufferPointer) -> Bool
    ) throws(Failure) {
        guard let easy = EasyHandle() else { throw Failure(description: "no memory") }
        let call = UnixSocketCall(receive)
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
        easy.set(CURLOPT_FAILONERROR, 1)
        easy.set(CURLOPT_HTTPHEADER, list: headers)
        easy.set(CURLOPT_LOW_SPEED_LIMIT, 1)
        easy.set(CURLOPT_LOW_SPEED_TIME, max(1, Int(patience.milliseconds / 1_000)))
        if let body {
            easy.set(CURLOPT_POST, 1)
            easy.set(CURLOPT_POSTFIELDSIZE, body.count)
            // libcurl takes its own copy.
            easy.set(CURLOPT_COPYPOSTFIELDS, String(decoding: body, as: UTF8.self))
        }
        _ = curl_shim_set_write(easy.pointer, CURLOPT_WRITEFUNCTION) { from, size, count, context in
            let call = Unmanaged<UnixSocketCall>.fromOpaque(context!).takeUnretainedValue()
            return call.receive(UnsafeRawBufferPointer(start: from, count: size * count)) ? size * count : 0
        }
        easy.set(CURLOPT_WRITEDATA, pointer: Unmanaged.passUnretained(call).toOpaque())
        let result = withExtendedLifetime(call) { curl_easy_perform(easy.pointer) }
        guard result == CURLE_OK else { throw Failure(description: easy.complaint(result)) }
    }
}

import CCurl
import Clocks
import Glibc

/// A libcurl easy handle with its current request. Used only by the thread of `HTTPTransfers`.
///
/// The object gives the request to libcurl and collects the response. The handle keeps its options
/// for the next request of the same kind, because setting all options takes about as long as a
/// request.
final class HTTPExchange {
    /// The maximum size of a response's headers in bytes, and also of its body.
    ///
    /// The size is enough for any reply to a webhook (faults 85, 87).
    static let answerLimit = 64 * 1_024

    /// The part of the response that has arrived so far.
    private struct Answer {
        /// The status in the last header block of the response; nil before the first header block.
        var status: Int?
        var answeredAt: Monotonic?
        var headerBytes = 0
        var bodyBytes = 0
        var words: [UInt8] = []
        /// The values of all `Retry-After` fields in the last header block.
        var retryAfter: [String] = []
    }

    let easy: EasyHandle
    private(set) var request: HTTPRequest
    private(set) var owner: String
    private(set) var completion: @Sendable (Transfer<HTTPStage>) -> Void
    private var headers: StringList
    private var startedAt = Monotonic.now

    private var reached = HTTPStage.started
    private var offset = 0
    private var lookupBegan: Monotonic?
    private var refusedAddress = false
    /// The number of connections that this request has tried to open.
    private var addresses = 0
    private var openedSocket = false
    private var wasSentTwice = false
    private var answer = Answer()

    init(
        _ request: HTTPRequest, owner: String, easy: EasyHandle, completion: @escaping @Sendable (Transfer<HTTPStage>) -> Void
    ) {
        self.request = request
        self.owner = owner
        self.easy = easy
        self.completion = completion
        headers = StringList([])
        prepare()
        load()
    }

    /// Prepares the handle for the next request. The caller must have called `finish` before.
    func take(
        _ request: HTTPRequest, owner: String, completion: @escaping @Sendable (Transfer<HTTPStage>) -> Void
    ) {
        let isOfSameKind = request.isSent(like: self.request)
        self.request = request
        self.owner = owner
        self.completion = completion
        startedAt = .now
        (reached, offset, lookupBegan, refusedAddress, openedSocket) = (.started, 0, nil, false, false)
        addresses = 0
        wasSentTwice = false
        answer.words.removeAll(keepingCapacity: true)
        answer = Answer(words: answer.words)
        if !isOfSameKind {
            easy.reset()
            prepare()
        }
        load()
    }

    /// Releases the headers and the completion of the current request.
    func finish() {
        easy.set(CURLOPT_HTTPHEADER, list: StringList([]))
        headers.free()
        headers = StringList([])
        completion = { _ in }
    }

    /// Frees the headers and the handle.
    func free() {
        headers.free()
        easy.free()
    }

    /// Returns the reason why the transfer must be cut off now; nil if it may continue.
    func overdue(at now: Monotonic) -> AbortReason? {
        if let answeredAt = answer.answeredAt { return now < answeredAt + request.limits.answerBody ? nil : .deadline }
        if let lookupBegan, !openedSocket, !(now < lookupBegan + request.limits.lookup) { return .lookup }
        // Normally libcurl's own timeout ends the transfer before this deadline. It does not if the
        // transfer is still waiting for a connection that another transfer is opening.
        return now < startedAt + request.limits.total + .seconds(1) ? nil : .deadline
    }

    func transfer(_ result: CURLcode, cut: AbortReason?) -> Transfer<HTTPStage> {
        let answered = answer.answeredAt != nil
        let stage = answered ? .answered : reached
        var text = String(decoding: answer.words, as: UTF8.self)
        if !answered { text = easy.complaint(result) }
        return Transfer(
            result: CurlResult(rawValue: Int32(bitPattern: result.rawValue)), stage: stage, code: answered ? answer.status : nil,
            reply: text, cut: cut ?? (refusedAddress && reached == .started ? .addressRefused : nil),
            retryAfter: answer.retryAfter.count == 1 ? answer.retryAfter[0] : nil, wasSentTwice: wasSentTwice)
    }

    // MARK: Options

    /// Sets the options that differ between requests of one kind.
    private func load() {
        easy.clearComplaint()
        // The empty field "Expect:" keeps libcurl from waiting for the status 100 (fault 89).
        headers = StringList(request.headers + ["Expect:"])
        easy.set(CURLOPT_HTTPHEADER, list: headers)
        if request.method == .post { easy.set(CURLOPT_POSTFIELDSIZE_LARGE, size: request.body.count) }
    }

    private func prepare() {
        easy.setCommonOptions()
        let context = Unmanaged.passUnretained(self).toOpaque()
        easy.set(CURLOPT_PRIVATE, pointer: context)
        easy.set(CURLOPT_PROTOCOLS_STR, "http,https")
        easy.set(CURLOPT_URL, request.url)
        easy.set(CURLOPT_CONNECTTIMEOUT_MS, request.limits.connect)
        easy.set(CURLOPT_TIMEOUT_MS, request.limits.total)
        easy.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        if let proxy = request.proxy { easy.set(CURLOPT_PROXY, proxy) }
        if let ca = request.ca { easy.set(CURLOPT_CAINFO, ca) }
        if request.url.lowercased().hasPrefix("https:") {
            easy.set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS)
            // Makes the request wait for a connection that is being opened and may be HTTP/2.
            // Without this option, each of several requests would open a connection.
            easy.set(CURLOPT_PIPEWAIT, 1)
        } else {
            easy.set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        }
        if request.method == .post { easy.set(CURLOPT_POST, 1) }
        prepareCallbacks(context)
    }

    private func prepareCallbacks(_ context: UnsafeMutableRawPointer) {
        easy.set(CURLOPT_READDATA, pointer: context)
        easy.set(CURLOPT_SEEKDATA, pointer: context)
        easy.set(CURLOPT_WRITEDATA, pointer: context)
        easy.set(CURLOPT_HEADERDATA, pointer: context)
        easy.set(CURLOPT_OPENSOCKETDATA, pointer: context)
        easy.set(CURLOPT_PREREQDATA, pointer: context)
        easy.set(CURLOPT_RESOLVER_START_DATA, pointer: context)
        _ = curl_shim_set_read(easy.pointer) { to, size, count, context in
            guard let to else { return 0 }
            return HTTPExchange.at(context).read(UnsafeMutableRawBufferPointer(start: to, count: size * count))
        }
        _ = curl_shim_set_seek(easy.pointer) { context, offset, origin in
            HTTPExchange.at(context).seek(Int(offset), origin)
        }
        _ = curl_shim_set_write(easy.pointer, CURLOPT_WRITEFUNCTION) { from, size, count, context in
            HTTPExchange.at(context).takeBody(UnsafeRawBufferPointer(start: from, count: size * count))
        }
        _ = curl_shim_set_write(easy.pointer, CURLOPT_HEADERFUNCTION) { from, size, count, context in
            HTTPExchange.at(context).takeHeader(UnsafeRawBufferPointer(start: from, count: size * count))
        }
        _ = curl_shim_set_open(easy.pointer) { context, _, address in
            guard let address else { return CURL_SOCKET_BAD }
            return HTTPExchange.at(context).open(address)
        }
        _ = curl_shim_set_ready(easy.pointer) { context, address, _, _, _ in
            HTTPExchange.at(context).ready(address) ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
        }
        _ = curl_shim_set_resolver_start(easy.pointer) { _, _, context in
            HTTPExchange.at(context).lookupBegan = .now
            return 0
        }
    }

    static func at(_ context: UnsafeMutableRawPointer?) -> HTTPExchange {
        guard let context else { preconditionFailure("libcurl lost its context") }
        return Unmanaged<HTTPExchange>.fromOpaque(context).takeUnretainedValue()
    }

    // MARK: Callbacks from libcurl

    private func open(_ address: UnsafeMutablePointer<curl_sockaddr>) -> curl_socket_t {
        openedSocket = true
        addresses += 1
        guard addresses <= AddressPolicy.addressLimit else { return CURL_SOCKET_BAD }
        guard mayGo(to: withUnsafePointer(to: &address.pointee.addr, IPAddress.init)) else {
            // libcurl then tries the next address of the name.
            refusedAddress = true
            return CURL_SOCKET_BAD
        }
        return socket(address.pointee.family, address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue), address.pointee.protocol)
    }

    /// Returns whether the connection may be used for the request, before the request is sent.
    ///
    /// libcurl may reuse a connection that was opened for a channel with more allowed networks.
    private func ready(_ address: UnsafePointer<CChar>?) -> Bool {
        guard mayGo(to: address.flatMap { IPAddress(String(cString: $0)) }) else {
            refusedAddress = true
            return false
        }
        reached = max(reached, .connected)
        return true
    }

    private func mayGo(to address: IPAddress?) -> Bool {
        guard let address else { return false }
        return request.proxy == nil
            ? AddressPolicy.allow(address, networks: request.allowNetworks) : !AddressPolicy.isNeverAllowed(address)
    }

    private func read(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, request.body.count - offset)
        request.body.withUnsafeBytes { body in
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: body[offset..<offset + count]))
        }
        offset += count
        reached = max(reached, offset == request.body.count ? .bodyEnded : .bodyBegun)
        return count
    }

    /// Rewinds the body, because libcurl sends the request again.
    ///
    /// libcurl does this if a kept connection was lost before a reply came. `reached` stays as it
    /// is, because the first copy may have arrived.
    private func seek(_ position: Int, _ origin: Int32) -> Int32 {
        guard origin == SEEK_SET, (0...request.body.count).contains(position) else { return Int32(CURL_SEEKFUNC_CANTSEEK) }
        offset = position
        if reached == .bodyEnded { wasSentTwice = true }
        return Int32(CURL_SEEKFUNC_OK)
    }

    private func takeHeader(_ bytes: UnsafeRawBufferPointer) -> Int {
        answer.headerBytes += bytes.count
        guard answer.headerBytes <= Self.answerLimit else { return 0 }
        let line = UnsafeRawBufferPointer(rebasing: bytes.prefix { $0 != 0x0D && $0 != 0x0A })
        if line.starts(with: "HTTP/".utf8) {
            let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 2)
            answer.status = fields.count > 1 ? Int(String(decoding: fields[1], as: UTF8.self)) : nil
            answer.words.removeAll(keepingCapacity: true)
            answer.words += line
            answer.retryAfter = []
        } else if line.isEmpty {
            // A 1xx response is interim (RFC 9110, section 15.2). The final response is still to
            // come.
            if let status = answer.status, !(100...199).contains(status) {
                answer.answeredAt = answer.answeredAt ?? .now
            }
        } else if let field = Self.retryAfter(line) {
            answer.retryAfter.append(field)
        }
        return bytes.count
    }

    private func takeBody(_ bytes: UnsafeRawBufferPointer) -> Int {
        answer.bodyBytes += bytes.count
        if answer.words.count < Transfer<HTTPStage>.limit {
            if answer.bodyBytes == bytes.count { answer.words.append(UInt8(ascii: "\n")) }
            answer.words.append(contentsOf: bytes.prefix(Transfer<HTTPStage>.limit))
        }
        return answer.bodyBytes <= Self.answerLimit ? bytes.count : 0
    }
}

extension HTTPExchange {
    /// Returns the value of a `Retry-After` line; nil for any other line.
    private static func retryAfter(_ line: UnsafeRawBufferPointer) -> String? {
        guard let first = line.first, first == UInt8(ascii: "R") || first == UInt8(ascii: "r"),
            let colon = line.firstIndex(of: UInt8(ascii: ":")),
            String(decoding: line[..<colon], as: UTF8.self).lowercased() == "retry-after"
        else { return nil }
        return String(decoding: line[(colon + 1)...], as: UTF8.self)[...].trimmingSpaces
    }
}

extension Substring {
    fileprivate var trimmingSpaces: String {
        var rest = drop { $0 == " " || $0 == "\t" }
        while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
        return String(rest)
    }
}

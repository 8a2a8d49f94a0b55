import CCurl
import Clocks
import Dates
import Glibc
import Scheduler

/// One connection to a mail server, which one thread of `SMTPLanes` uses.
///
/// At the end of a transfer libcurl reports that a command was refused, but not which command. The
/// lane therefore tracks the dialogue itself. libcurl calls `CURLOPT_PREREQFUNCTION` when the
/// session is ready and MAIL follows. After this call, the replies in `CURLOPT_HEADERFUNCTION`
/// belong to MAIL, RCPT, DATA and the final dot, in this order.
final class SMTPLane {
    enum SocketChange { case opened, greeted, closed }

    private let server: SMTPServer
    private let cutOff: Flag
    private let sockets: (_ socket: Int32, _ change: SocketChange) -> Void
    private var easy: EasyHandle?
    private var password: String?
    private var dialogue = SMTPDialogue()
    private var body: [UInt8] = []
    private var offset = 0
    private var began = Monotonic.now
    private var bodyEnded: Monotonic?
    private var cut: AbortReason?
    /// The open socket; nil if the lane has no connection. `isFresh` is true if the current mail
    /// opened it.
    private var socket: Int32?
    private var isFresh = false
    /// Whether the server has sent its greeting on the open socket.
    private(set) var isGreeted = false
    /// The number of connections that the current mail has tried to open.
    private var addresses = 0

    init(server: SMTPServer, cutOff: Flag, sockets: @escaping (_ socket: Int32, _ change: SocketChange) -> Void) {
        self.server = server
        self.cutOff = cutOff
        self.sockets = sockets
    }

    var isOpen: Bool { socket != nil }

    /// Sends one mail. Blocks until its outcome is known or the attempt is abandoned.
    func send(_ mail: SMTPMail) -> Transfer<SMTPStage> {
        let first = attempt(mail, fresh: false)
        guard first.result != .ok, first.cut == nil else { return first }
        // The server had closed the kept connection (fault 75) and had not accepted MAIL. A second
        // attempt can therefore not duplicate the mail.
        if !isFresh, first.stage == .ready, first.code == nil || first.code == 421 {
            return attempt(mail, fresh: true)
        }
        // The password may have been replaced in its file (fault 70). The lane makes another
        // attempt only if the password has changed.
        if first.result.kind == .login, server.username != nil {
            let current = server.password()
            if current != password {
                close()
                return attempt(mail, fresh: true)
            }
        }
        return first
    }

    /// Sends QUIT and closes the connection without waiting for the reply.
    ///
    /// The reply to QUIT has no effect, but libcurl would wait for it for two minutes. `SHUT_RD`
    /// ends this wait immediately.
    func close() {
        if let socket { shutdown(socket, Int32(SHUT_RD)) }
        easy?.free()
        easy = nil
    }

    static func shutDown(_ socket: Int32) {
        shutdown(socket, Int32(SHUT_RDWR))
    }

    private func attempt(_ mail: SMTPMail, fresh: Bool) -> Transfer<SMTPStage> {
        if cutOff.isRaised { return SMTPLanes.unstarted(.stopped) }
        guard let easy = easy ?? makeHandle() else { return SMTPLanes.unstarted(.unstartable) }
        dialogue = SMTPDialogue()
        body = mail.bytes
        offset = 0
        began = .now
        bodyEnded = nil
        cut = nil
        isFresh = false
        addresses = 0
        let recipients = StringList([mail.recipient])
        easy.clearComplaint()
        easy.set(CURLOPT_MAIL_FROM, mail.sender)
        easy.set(CURLOPT_MAIL_RCPT, list: recipients)
        easy.set(CURLOPT_FRESH_CONNECT, fresh ? 1 : 0)
        easy.set(CURLOPT_SERVER_RESPONSE_TIMEOUT, seconds(server.limits.answer))
        let result = curl_easy_perform(easy.pointer)
        easy.set(CURLOPT_MAIL_RCPT, list: StringList([]))
        recipients.free()
        body = []
        let isRefusal = (dialogue.code ?? 0) >= 400 || dialogue.stage == .answered
        let transfer = Transfer<SMTPStage>(
            result: CurlResult(rawValue: Int32(bitPattern: result.rawValue)), stage: dialogue.stage, code: dialogue.code,
            reply: isRefusal ? dialogue.words : explanation(result, easy), cut: result == CURLE_OK ? nil : cut)
        // libcurl keeps a connection even if it stopped waiting for the reply to the final dot. A
        // late reply would then be read as a reply to the next mail, so the lane closes the
        // connection.
        if result != CURLE_OK, !isRefusal, isOpen { close() }
        return transfer
    }

    /// Returns libcurl's error message, followed by advice if there is any.
    ///
    /// There is advice for a login that was refused for a known reason. There is also advice for a
    /// connection that failed at its start and whose URL scheme does not fit the port.
    private func explanation(_ result: CURLcode, _ easy: EasyHandle) -> String {
        let complaint = easy.complaint(result)
        if result == CURLE_LOGIN_DENIED, let why = loginAdvice { return "\(complaint): \(why)" }
        guard dialogue.stage == .started, result != CURLE_OK, cut == nil, let advice = server.portAdvice else { return complaint }
        return "\(complaint); \(advice)"
    }

    private var loginAdvice: String? {
        guard password != nil else {
            return server.login == .xoauth2 ? "the token's file cannot be read" : "the password cannot be read"
        }
        let offers = dialogue.offers
        if !offers.isEmpty, !server.login.mechanisms.contains(where: offers.contains) {
            let listed = "the mail server offers \(offers.joined(separator: ", ")) only"
            switch server.login {
            case .password where offers.contains("XOAUTH2"):
                return "\(listed), and no password; write auth: xoauth2 with token: {file: PATH}, or send through a relay"
            case .password: return "\(listed), none of which is supported; send through a relay"
            case .xoauth2: return "\(listed), and no token; write auth: password with password:"
            }
        }
        return server.login == .xoauth2 && dialogue.code == 334 ? "the mail server refused the token" : nil
    }

    // MARK: Options

    private func makeHandle() -> EasyHandle? {
        guard let easy = EasyHandle() else { return nil }
        self.easy = easy
        easy.setCommonOptions()
        easy.set(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
        easy.set(CURLOPT_URL, server.url)
        easy.set(CURLOPT_UPLOAD, 1)
        easy.set(CURLOPT_CONNECTTIMEOUT_MS, server.limits.connect)
        easy.set(CURLOPT_MAXCONNECTS, 1)
        // Turns off the cache of name lookups, so that the next connection uses a relay's new
        // address (fault 71).
        easy.set(CURLOPT_DNS_CACHE_TIMEOUT, 0)
        // This limit is longer than `Limits.idle`, because the lane itself decides when to close a
        // connection.
        easy.set(CURLOPT_MAXAGE_CONN, 86_400)
        if server.security == .startTLS { easy.set(CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue)) }
        if let ca = server.ca { easy.set(CURLOPT_CAINFO, ca) }
        if let username = server.username {
            password = server.password()
            easy.set(CURLOPT_USERNAME, username)
            if server.login == .xoauth2 {
                easy.set(CURLOPT_XOAUTH2_BEARER, password ?? "")
                easy.set(CURLOPT_LOGIN_OPTIONS, "AUTH=XOAUTH2")
            } else {
                setPassword(easy)
            }
        }
        setCallbacks(easy)
        return easy
    }

    private func setPassword(_ easy: EasyHandle) {
        easy.set(CURLOPT_PASSWORD, password ?? "")
        // libcurl uses the first mechanism of its own list that the server offers, and gives up if
        // this mechanism fails. Under TLS the plain mechanisms work everywhere, whereas some
        // servers offer CRAM-MD5 and DIGEST-MD5 without supporting them.
        let plain = "AUTH=PLAIN;AUTH=LOGIN"
        easy.set(CURLOPT_LOGIN_OPTIONS, server.security == .off ? "AUTH=CRAM-MD5;" + plain : plain)
    }

    private func setCallbacks(_ easy: EasyHandle) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        easy.set(CURLOPT_READDATA, pointer: context)
        easy.set(CURLOPT_HEADERDATA, pointer: context)
        easy.set(CURLOPT_XFERINFODATA, pointer: context)
        easy.set(CURLOPT_OPENSOCKETDATA, pointer: context)
        easy.set(CURLOPT_CLOSESOCKETDATA, pointer: context)
        easy.set(CURLOPT_PREREQDATA, pointer: context)
        easy.set(CURLOPT_NOPROGRESS, 0)
        _ = curl_shim_set_read(easy.pointer) { to, size, count, context in
            guard let to else { return 0 }
            return SMTPLane.at(context).read(UnsafeMutableRawBufferPointer(start: to, count: size * count))
        }
        _ = curl_shim_set_write(easy.pointer, CURLOPT_HEADERFUNCTION) { from, size, count, context in
            SMTPLane.at(context).take(UnsafeRawBufferPointer(start: from, count: size * count))
            return size * count
        }
        _ = curl_shim_set_write(easy.pointer, CURLOPT_WRITEFUNCTION) { _, size, count, _ in size * count }
        _ = curl_shim_set_progress(easy.pointer) { context, _, _, _, _ in
            SMTPLane.at(context).mayGoOn() ? 0 : 1
        }
        _ = curl_shim_set_ready(easy.pointer) { context, _, _, _, _ in
            SMTPLane.at(context).ready() ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
        }
        _ = curl_shim_set_open(easy.pointer) { context, _, address in
            guard let address else { return CURL_SOCKET_BAD }
            return SMTPLane.at(context).open(address)
        }
        _ = curl_shim_set_close(easy.pointer) { context, socket in
            SMTPLane.at(context).closeSocket(socket)
            return 0
        }
    }

    /// Returns a time span in whole seconds, at least 1.
    ///
    /// libcurl reads 0 as its own default of two minutes.
    private func seconds(_ span: TimeSpan) -> Int {
        max(1, Int(span.milliseconds / 1_000))
    }

    private static func at(_ context: UnsafeMutableRawPointer?) -> SMTPLane {
        guard let context else { preconditionFailure("libcurl lost its context") }
        return Unmanaged<SMTPLane>.fromOpaque(context).takeUnretainedValue()
    }

    // MARK: Callbacks from libcurl

    private func open(_ address: UnsafeMutablePointer<curl_sockaddr>) -> curl_socket_t {
        let ip = withUnsafePointer(to: &address.pointee.addr, IPAddress.init)
        guard server.security != .off || ip.map({ AddressPolicy.allowClearText($0, networks: server.clearNetworks) }) == true
        else {
            // libcurl then tries the next address of the name.
            cut = .addressRefused
            return CURL_SOCKET_BAD
        }
        if cut == .addressRefused { cut = nil }
        addresses += 1
        guard addresses <= AddressPolicy.addressLimit else { return CURL_SOCKET_BAD }
        let opened = Glibc.socket(
            address.pointee.family, address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue), address.pointee.protocol)
        guard opened >= 0 else { return CURL_SOCKET_BAD }
        isFresh = true
        isGreeted = false
        socket = opened
        sockets(opened, .opened)
        return opened
    }

    private func take(_ line: UnsafeRawBufferPointer) {
        dialogue.take(line)
        guard !isGreeted, let socket, dialogue.stage >= .welcomed else { return }
        isGreeted = true
        sockets(socket, .greeted)
    }

    private func closeSocket(_ closed: curl_socket_t) {
        sockets(closed, .closed)
        Glibc.close(closed)
        if socket == closed { (socket, isGreeted) = (nil, false) }
    }

    /// Returns whether the session may be used for the mail, before MAIL is sent.
    ///
    /// If there is a user name, the session must be logged in. libcurl continues without a login if
    /// the server does not offer AUTH.
    private func ready() -> Bool {
        if isFresh, server.username != nil, !dialogue.loggedIn {
            cut = .authNotOffered
            return false
        }
        dialogue.beginTransaction()
        return true
    }

    private func read(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, body.count - offset)
        guard count > 0 else {
            if dialogue.stage < .bodyEnded {
                dialogue.bodyEnded()
                bodyEnded = .now
                // If the lane stops waiting after this point, the outcome is unknown. The timeout
                // is therefore longer from here on. The next mail resets it.
                easy?.set(CURLOPT_SERVER_RESPONSE_TIMEOUT, seconds(server.limits.final))
            }
            return 0
        }
        body.withUnsafeBytes { body in
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: body[offset..<offset + count]))
        }
        offset += count
        return count
    }

    private func mayGoOn() -> Bool {
        let now = Monotonic.now
        if dialogue.isOver {
            // Only QUIT remains, which has the time limit `quit`.
            dialogue.overSince = dialogue.overSince ?? now
            return now < (dialogue.overSince ?? now) + server.limits.quit
        }
        if cutOff.isRaised {
            cut = .stopped
            return false
        }
        let isInTime: Bool
        if let bodyEnded {
            isInTime = now < bodyEnded + server.limits.final + .seconds(1)
        } else {
            isInTime = now < began + server.limits.body
        }
        if !isInTime { cut = .deadline }
        return isInTime
    }
}

import CCurl
import Clocks
import Dates
import Scheduler

/// Performs all HTTP requests of the process, on one thread with one libcurl multi handle.
///
/// libcurl's multi interface runs hundreds of requests at the same time, reuses connections, and
/// sends several requests over one HTTP/2 connection if the server supports it. If each channel had
/// its own multi handle, these advantages would be lost. HTTP never blocks the multi handle. SMTP
/// does, and therefore uses `SMTPLanes` (docs/developer/decisions/0005-curl-lanes.md).
///
/// The easy handles and the objects of `HTTPExchange` belong to the thread. Callers communicate
/// with the thread only through `inbox`. The thread runs the completions, so a completion must be
/// short and must not call `stop`. Each submitted request is completed exactly once.
///
/// The first request starts the thread. The thread sleeps in `curl_multi_poll` while no request is
/// under way. After the time `idle` without a request it closes the connections that it kept.
public final class HTTPTransfers: Sendable {
    /// The time after which unused connections are closed.
    ///
    /// It is longer than the pauses in a burst, and shorter than the time for which servers usually
    /// keep a connection.
    static let idle = TimeSpan.seconds(60)
    /// The interval at which the thread checks the deadlines that libcurl does not check itself.
    ///
    /// The thread checks the deadlines only while requests are under way.
    static let sweep = TimeSpan(milliseconds: 250)
    /// The maximum number of connections that are kept, to all destinations together.
    static let keptConnections = 128

    private struct Submission: Sendable {
        let request: HTTPRequest
        let owner: String
        let completion: @Sendable (Transfer<HTTPStage>) -> Void
    }

    private struct Inbox {
        var submissions: [Submission] = []
        var cutOwners: Set<String> = []
        /// The owners that submit no more requests. The thread frees their handles.
        var goneOwners: Set<String> = []
        var cutAll = false
        /// The number of requests that are submitted but not completed, by owner.
        var open: [String: Int] = [:]
        var stopping = false
        var thread: BlockingThread?
        /// The multi handle; nil if the thread has none.
        ///
        /// Callers use it only to wake the thread. The thread sets it to nil before it frees the
        /// handle.
        var multi: UnsafeMutableRawPointer?
    }

    private let inbox = Monitor(Inbox())

    public init() {}

    /// Starts a request.
    ///
    /// `completion` runs on the HTTP thread. If the thread is stopping or cannot be started,
    /// `completion` runs on the caller's thread.
    ///
    /// - Parameter owner: the name by which `finish` can wait for the requests of one owner.
    public func submit(
        _ request: HTTPRequest, owner: String = "", completion: @escaping @Sendable (Transfer<HTTPStage>) -> Void
    ) {
        let refusal: AbortReason? = inbox.with { inbox in
            if inbox.stopping { return .stopped }
            if inbox.thread == nil {
                inbox.thread = BlockingThread.start("http") { [self] in run() }
                guard inbox.thread != nil else { return .unstartable }
            }
            inbox.open[owner, default: 0] += 1
            inbox.submissions.append(Submission(request: request, owner: owner, completion: completion))
            // Only the first of several waiting requests wakes the thread, because the thread then
            // begins all of them.
            if inbox.submissions.count == 1, let multi = inbox.multi { curl_multi_wakeup(multi) }
            return nil
        }
        if let refusal { completion(Transfer(result: .failedInit, stage: .started, reply: "not started", cut: refusal)) }
    }

    /// Returns whether no request of `owner` is under way.
    package func isIdle(owner: String) -> Bool { inbox.with(waking: .nobody) { $0.open[owner] == nil } }

    /// Waits until no request of `owner` is under way. The owner must submit no more requests.
    ///
    /// After the time `grace`, the requests that are still under way are cut off and reported as
    /// stopped.
    public func finish(owner: String, grace: TimeSpan) {
        defer {
            inbox.with { inbox in
                inbox.goneOwners.insert(owner)
                if let multi = inbox.multi { curl_multi_wakeup(multi) }
            }
        }
        let deadline = Monotonic.now + grace
        if inbox.wait(until: deadline, { $0.open[owner] == nil ? true : nil }) != nil { return }
        inbox.with { inbox in
            inbox.cutOwners.insert(owner)
            if let multi = inbox.multi { curl_multi_wakeup(multi) }
        }
        _ = inbox.wait(until: nil) { $0.open[owner] == nil ? true : nil }
    }

    /// Waits for the requests under way and ends the HTTP thread. No more requests are accepted.
    ///
    /// After the time `grace`, the requests that are still under way are cut off.
    public func stop(grace: TimeSpan) {
        inbox.with { $0.stopping = true }
        let deadline = Monotonic.now + grace
        _ = inbox.wait(until: deadline) { $0.open.isEmpty ? true : nil }
        let thread = inbox.with { inbox in
            inbox.cutAll = true
            if let multi = inbox.multi { curl_multi_wakeup(multi) }
            defer { inbox.thread = nil }
            return inbox.thread
        }
        thread?.join()
    }

    // MARK: The thread

    private func run() {
        var loop = Loop()
        while true {
            let work = inbox.with { inbox in
                defer {
                    inbox.submissions = []
                    inbox.cutOwners = []
                    inbox.goneOwners = []
                }
                return (
                    submissions: inbox.submissions, cutOwners: inbox.cutOwners, goneOwners: inbox.goneOwners,
                    cutAll: inbox.cutAll
                )
            }
            for submission in work.submissions { begin(submission, &loop) }
            drive(&loop)
            for owner in work.goneOwners { forget(owner, &loop) }
            if work.cutAll || !work.cutOwners.isEmpty {
                cut(&loop) { work.cutAll || work.cutOwners.contains($0.owner) ? .stopped : nil }
            }
            if work.cutAll, loop.exchanges.isEmpty, inbox.with({ $0.submissions.isEmpty }) { break }
            sleep(&loop)
        }
        close(&loop)
    }

    /// The state that only the HTTP thread uses.
    private struct Loop {
        var multi: UnsafeMutableRawPointer?
        var exchanges: [UnsafeMutableRawPointer: HTTPExchange] = [:]
        /// The unused handles, by the owner for whose requests they are prepared.
        ///
        /// `spareCount` is the total number of unused handles.
        var spare: [String: [HTTPExchange]] = [:]
        var spareCount = 0
        var nextSweep = Monotonic.now
    }

    private func begin(_ submission: Submission, _ loop: inout Loop) {
        if loop.multi == nil { open(&loop) }
        guard let multi = loop.multi, let exchange = exchange(for: submission, &loop) else {
            return answer(submission, Transfer(result: .failedInit, stage: .started, reply: "not started", cut: .unstartable))
        }
        let easy = exchange.easy
        loop.exchanges[easy.pointer] = exchange
        guard curl_multi_add_handle(multi, easy.pointer) == CURLM_OK else {
            return end(exchange, CURLE_FAILED_INIT, cut: .unstartable, &loop)
        }
    }

    private func exchange(for submission: Submission, _ loop: inout Loop) -> HTTPExchange? {
        let (request, owner, completion) = (submission.request, submission.owner, submission.completion)
        if let exchange = loop.spare[owner]?.popLast() {
            loop.spareCount -= 1
            exchange.take(request, owner: owner, completion: completion)
            return exchange
        }
        guard let easy = EasyHandle() else { return nil }
        return HTTPExchange(request, owner: owner, easy: easy, completion: completion)
    }

    private func forget(_ owner: String, _ loop: inout Loop) {
        guard let exchanges = loop.spare.removeValue(forKey: owner) else { return }
        for exchange in exchanges { exchange.free() }
        loop.spareCount -= exchanges.count
    }

    private func drive(_ loop: inout Loop) {
        guard let multi = loop.multi else { return }
        var running: Int32 = 0
        curl_multi_perform(multi, &running)
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let pointer = message.pointee.easy_handle,
                let exchange = loop.exchanges[pointer]
            else { continue }
            end(exchange, curl_shim_result(message), cut: nil, &loop)
        }
        guard !(Monotonic.now < loop.nextSweep) else { return }
        loop.nextSweep = .now + Self.sweep
        let now = Monotonic.now
        cut(&loop) { $0.overdue(at: now) }
    }

    private func cut(_ loop: inout Loop, _ reason: (HTTPExchange) -> AbortReason?) {
        for exchange in loop.exchanges.values {
            if let cut = reason(exchange) { end(exchange, CURLE_ABORTED_BY_CALLBACK, cut: cut, &loop) }
        }
    }

    private func end(_ exchange: HTTPExchange, _ result: CURLcode, cut: AbortReason?, _ loop: inout Loop) {
        let transfer = exchange.transfer(result, cut: cut)
        if let multi = loop.multi { curl_multi_remove_handle(multi, exchange.easy.pointer) }
        loop.exchanges[exchange.easy.pointer] = nil
        let (owner, completion) = (exchange.owner, exchange.completion)
        exchange.finish()
        if loop.spareCount < Self.keptConnections {
            loop.spare[owner, default: []].append(exchange)
            loop.spareCount += 1
        } else {
            exchange.free()
        }
        completion(transfer)
        closed(owner)
    }

    private func answer(_ submission: Submission, _ transfer: Transfer<HTTPStage>) {
        submission.completion(transfer)
        closed(submission.owner)
    }

    private func closed(_ owner: String) {
        inbox.with { inbox in
            let left = (inbox.open[owner] ?? 1) - 1
            inbox.open[owner] = left == 0 ? nil : left
        }
    }

    private func sleep(_ loop: inout Loop) {
        guard let multi = loop.multi else {
            // There is no handle to poll, so the thread waits for the first request or for a call
            // of `stop`.
            _ = inbox.wait(until: nil) { !$0.submissions.isEmpty || $0.cutAll ? true : nil }
            return
        }
        let isIdle = loop.exchanges.isEmpty
        let slept = Monotonic.now
        curl_multi_poll(multi, nil, 0, Int32((isIdle ? Self.idle : Self.sweep).milliseconds), nil)
        if isIdle, !(Monotonic.now < slept + Self.idle) { close(&loop) }
    }

    private func open(_ loop: inout Loop) {
        guard CurlLibrary.isReady, let multi = curl_multi_init() else { return }
        _ = curl_shim_set_multi_long(multi, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX)
        _ = curl_shim_set_multi_long(multi, CURLMOPT_MAXCONNECTS, Self.keptConnections)
        loop.multi = multi
        inbox.with { $0.multi = multi }
    }

    /// Closes all kept handles and connections. The caller must make sure that no request is under
    /// way.
    private func close(_ loop: inout Loop) {
        for exchange in loop.spare.values.joined() { exchange.free() }
        loop.spare = [:]
        loop.spareCount = 0
        guard let multi = loop.multi else { return }
        loop.multi = nil
        inbox.with { $0.multi = nil }
        curl_multi_cleanup(multi)
    }
}

import Clocks
import Dates
import Logging
import Notifiers
import Scheduler
import Synchronization
import Transport

/// Calls a URL regularly while all is well. If the calls stop, a dead-man's switch raises an alarm.
///
/// The loop's own thread makes the calls, so that they stop if the loop hangs.
///
/// The URL may point to a private network, because the administrator chooses it, the call sends no
/// data and the reply is not trusted. `insecure` and `allow_networks` decide about `http://`. The
/// URL may not point to a cloud's metadata service.
package final class Heartbeat {
    let every: TimeSpan
    private let url: WebhookURL
    /// The private ranges to which a call may connect.
    private let networks: [Network]
    private let transfers: HTTPTransfers
    private let userAgent: String
    private let logger: Logger
    /// Time of the last call by the monotonic clock; nil before the first call.
    private var lastBeat_ms: Int64?
    private let trouble = Trouble()
    private let owner = "heartbeat \(UInt64.random(in: .min ... .max))"

    /// - Parameter userAgent: the value of the header `User-Agent`.
    init(url: WebhookURL, networks: [Network], every: TimeSpan, transfers: HTTPTransfers, userAgent: String, logger: Logger) {
        self.url = url
        self.networks = networks
        self.every = every
        self.transfers = transfers
        self.userAgent = userAgent
        self.logger = logger
    }

    /// Calls the URL if everything is well and the interval `every` has passed. Never blocks.
    func beat(isAllWell: Bool, now_ms: Int64 = SystemClock.monotonic()) {
        guard isAllWell, lastBeat_ms.map({ now_ms - $0 >= every.milliseconds }) ?? true else { return }
        lastBeat_ms = now_ms
        let request = HTTPRequest(
            .get, url: url.text, headers: ["user-agent: \(userAgent)"], allowNetworks: networks)
        // The last part of the URL is a secret, because anyone who has it could make the calls
        // instead of remindd.
        let hidden = url.parts(isSecret: true)
        transfers.submit(request, owner: owner) { [logger, trouble] transfer in
            let receipt = WebhookOutcome.receipt(transfer, now: SystemClock().now(), hiding: hidden)
            let isGood = receipt.outcome == .delivered
            let words = isGood ? nil : "\(receipt.outcome.rawValue)\(receipt.code.map { " \($0)" } ?? ""): \(receipt.reply)"
            let before = trouble.becomes(words)
            // Logs only the first failure and the first success after it, because the dead-man's
            // switch raises the alarm.
            if let words, before == nil { logger.warning("the heartbeat does not get through: \(words)") }
            if isGood, before != nil { logger.notice("the heartbeat gets through again") }
        }
    }

    /// Why the last call failed; nil if it succeeded. Set on the thread of the transfers.
    private final class Trouble: Sendable {
        private let words = Mutex<String?>(nil)

        /// Stores `new` and returns the previous value.
        func becomes(_ new: String?) -> String? {
            words.withLock { words in
                defer { words = new }
                return words
            }
        }
    }

    func stop() {
        transfers.finish(owner: owner, grace: .zero)
    }
}

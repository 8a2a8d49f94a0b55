import Dates
import Logging
import Notifiers
import Scheduler
import Synchronization

/// Calls a URL while all is well, for a dead-man's switch that raises an alarm when the calls stop.
///
/// The loop's own thread drives it, between steps and during sleep, so a hanging loop makes no
/// calls. The administrator chooses the address, and it gets neither data nor trust. It may
/// therefore lie on a private network, but never at a cloud's metadata service.
final class Heartbeat {
    let every: TimeSpan
    private let url: WebhookURL
    private let transfers: HTTPTransfers
    private let logger: Logger
    /// By the monotonic clock, nil before the first call.
    private var lastBeat_ms: Int64?
    private let trouble = Trouble()
    private let owner = "heartbeat \(UInt64.random(in: .min ... .max))"

    init(url: WebhookURL, every: TimeSpan, transfers: HTTPTransfers, logger: Logger) {
        self.url = url
        self.every = every
        self.transfers = transfers
        self.logger = logger
    }

    /// Calls if a call is due. Never blocks.
    func beat(isAllWell: Bool, now_ms: Int64 = SystemClock.monotonic()) {
        guard isAllWell, lastBeat_ms.map({ now_ms - $0 >= every.milliseconds }) ?? true else { return }
        lastBeat_ms = now_ms
        let request = HTTPRequest(
            .get, url: url.text, headers: ["user-agent: remindd/\(Version.number)"], allowNetworks: Network.everywhere)
        // The last part of the URL is a secret, because anyone who knows it can call in our place.
        let hidden = url.parts(isSecret: true)
        transfers.submit(request, owner: owner) { [logger, trouble] transfer in
            let receipt = WebhookOutcome.receipt(transfer, now: SystemClock().now(), hiding: hidden)
            let isGood = receipt.outcome == .delivered
            let words = isGood ? nil : "\(receipt.outcome.rawValue)\(receipt.code.map { " \($0)" } ?? ""): \(receipt.reply)"
            let before = trouble.becomes(words)
            // Logged once when trouble begins and once when it ends. The dead-man's switch raises
            // the alarm.
            if let words, before == nil { logger.warning("the heartbeat does not get through: \(words)") }
            if isGood, before != nil { logger.notice("the heartbeat gets through again") }
        }
    }

    /// Why the last call did not get through, nil if it did. Calls end on the transfers' thread.
    private final class Trouble: Sendable {
        private let words = Mutex<String?>(nil)

        /// Stores the new value and returns the old one.
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

import Dates
import Logging
import Notifiers
import Scheduler
import Synchronization

/// Calls an address as long as all is well, for a dead-man's switch that raises the alarm when the calls stop.
///
/// Driven by the loop's own thread, between its steps and while it sleeps: a loop that hangs calls nobody. The address is the
/// administrator's own and gets neither data nor trust, so it may lie on a private network; only a cloud's metadata never.
final class Heartbeat {
    let every: TimeSpan
    private let url: WebhookURL
    private let transfers: HTTPTransfers
    private let logger: Logger
    /// By the monotonic clock; nil: not yet.
    private var lastBeat_ms: Int64?
    private let trouble = Trouble()
    private let owner = "heartbeat \(UInt64.random(in: .min ... .max))"

    init(url: WebhookURL, every: TimeSpan, transfers: HTTPTransfers, logger: Logger) {
        self.url = url
        self.every = every
        self.transfers = transfers
        self.logger = logger
    }

    /// Calls if it is time. Never blocks.
    func beat(isAllWell: Bool, now_ms: Int64 = SystemClock.monotonic()) {
        guard isAllWell, lastBeat_ms.map({ now_ms - $0 >= every.milliseconds }) ?? true else { return }
        lastBeat_ms = now_ms
        let request = HTTPRequest(
            .get, url: url.text, headers: ["user-agent: remindd/\(Remindd.version)"], allowNetworks: Network.everywhere)
        // Its last part is what lets anyone call in our place.
        let hidden = url.parts(isSecret: true)
        transfers.submit(request, owner: owner) { [logger, trouble] transfer in
            let receipt = WebhookOutcome.receipt(transfer, now: SystemClock().now(), hiding: hidden)
            let isGood = receipt.outcome == .delivered
            let words = isGood ? nil : "\(receipt.outcome.rawValue)\(receipt.code.map { " \($0)" } ?? ""): \(receipt.reply)"
            let before = trouble.becomes(words)
            // Once when it begins and once when it ends; whoever watches for the calls raises the alarm.
            if let words, before == nil { logger.warning("the heartbeat does not get through: \(words)") }
            if isGood, before != nil { logger.notice("the heartbeat gets through again") }
        }
    }

    /// What kept the last call from getting through; nil: nothing did. Calls end on the transfers' thread.
    private final class Trouble: Sendable {
        private let words = Mutex<String?>(nil)

        /// What it was before.
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

import Scheduler

extension Alert {
    /// Why a delivery or a channel failed. `AlertTexts` puts it into words.
    package enum Cause: Hashable, Sendable {
        /// The server refused the recipient's address for good.
        case addressRefused(code: Int?, reply: String)
        /// The result of the last attempt. `reply` is the server's text or the transport's error.
        case answer(Outcome, code: Int?, reply: String)
        /// The delivery was in flight at every crash.
        case crashes
        /// No server accepted the message before its deadline.
        case deadline

        init(_ receipt: Receipt) {
            self = .answer(receipt.outcome, code: receipt.code, reply: receipt.reply)
        }
    }

    /// Whether the alert is about an address that the server refused for good.
    ///
    /// Such alerts have one key for each address and channel, not for each reminder, because
    /// correcting the address corrects all of them.
    var isAboutAddress: Bool {
        if case .dead(_, _, _, .addressRefused) = self { true } else { false }
    }

    /// The key of the reminder of an alert about an address, whatever the address.
    ///
    /// nil for all other alerts.
    var keyOfReminder: String? {
        guard case .dead(let reminder, let channel, _, .addressRefused) = self else { return nil }
        return "\(kind) \(Alert.name(reminder)) \(channel)"
    }
}

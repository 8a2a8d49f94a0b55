import Scheduler

// The contents of this ledger's cursors.
//
// The cursor of a single delivery is the number of its row. Every other cursor consists of a word
// for its kind, values of indexed columns, and perhaps a name, separated by spaces.
//
// If a call gets a cursor of another kind, its search begins at the start. This is safe, because a
// repeated search does not change deliveries that an earlier call has already changed.

/// A position among the pending deliveries of one channel, in the order of the queue.
struct QueuePosition {
    let channel: String
    let notBefore: Int64
    let delivery: Int64

    init(channel: String, notBefore: Int64, delivery: Int64) {
        self.channel = channel
        self.notBefore = notBefore
        self.delivery = delivery
    }

    init?(_ cursor: LedgerCursor?) {
        guard let (numbers, channel) = cursor?.fields("queue", numbers: 2), let channel else { return nil }
        self.init(channel: channel, notBefore: numbers[0], delivery: numbers[1])
    }

    var cursor: LedgerCursor { LedgerCursor("queue", [notBefore, delivery], channel) }
}

/// A position in the search for recipients without a successful delivery.
struct UndeliveredPosition {
    /// The channel whose pending deliveries are read; nil while dead deliveries are read.
    let channel: String?
    let deadline: Int64
    let reminder: Int64
    let delivery: Int64

    init(channel: String?, deadline: Int64, reminder: Int64, delivery: Int64) {
        self.channel = channel
        self.deadline = deadline
        self.reminder = reminder
        self.delivery = delivery
    }

    init?(_ cursor: LedgerCursor?) {
        guard let (numbers, channel) = cursor?.fields("undelivered", numbers: 3) else { return nil }
        self.init(channel: channel, deadline: numbers[0], reminder: numbers[1], delivery: numbers[2])
    }

    var cursor: LedgerCursor { LedgerCursor("undelivered", [deadline, reminder, delivery], channel) }
}

/// A position among the failed deliveries.
struct FailedPosition {
    let state: DeliveryState
    let reminder: Int64
    let delivery: Int64

    init(state: DeliveryState, reminder: Int64, delivery: Int64) {
        self.state = state
        self.reminder = reminder
        self.delivery = delivery
    }

    init?(_ cursor: LedgerCursor?) {
        guard let (numbers, name) = cursor?.fields("failed", numbers: 2), let state = name.flatMap(DeliveryState.init(rawValue:)),
            state == .dead || state == .unknown
        else { return nil }
        self.init(state: state, reminder: numbers[0], delivery: numbers[1])
    }

    var cursor: LedgerCursor { LedgerCursor("failed", [reminder, delivery], state.rawValue) }
}

extension LedgerCursor {
    /// Creates the cursor of one delivery's row (`WaitingDelivery.place`).
    ///
    /// The cursor contains only the row's number, because a page has thousands of such cursors.
    init(delivery: Int64) {
        self.init(String(delivery))
    }

    var delivery: Int64? { Int64(contents) }

    fileprivate init(_ kind: String, _ numbers: [Int64], _ name: String?) {
        self.init(([kind] + numbers.map(String.init) + (name.map { [$0] } ?? [])).joined(separator: " "))
    }

    /// Returns the numbers and the name of a cursor of this kind; nil for any other kind.
    fileprivate func fields(_ kind: String, numbers count: Int) -> (numbers: [Int64], name: String?)? {
        let words = contents.split(separator: " ", maxSplits: count + 1, omittingEmptySubsequences: false)
        guard words.count > count, words[0] == kind else { return nil }
        let numbers = words[1...count].compactMap { Int64($0) }
        guard numbers.count == count else { return nil }
        return (numbers, words.count > count + 1 ? String(words[count + 1]) : nil)
    }
}

import Dates
import Scheduler

// Checks of how the program interprets replies.
//
// A simulated server has a real reason for each reply (`SimulatedChannel.Fate.truth`), such as the
// recipient or the sender. The program has to infer this reason, and the oracle compares the two.
// No delivery may fail permanently because the server refused the sender. No delivery may wait
// because the server refused another recipient.

extension Oracle {
    /// The longest time that a delivery may wait for an attempt while its server works.
    ///
    /// The wait is for the first attempt, or for the next attempt after a refusal because of load.
    /// A probe of a silent server may take ten minutes, and the next probe begins 15 minutes later.
    /// One minute is a margin.
    static let patience = TimeSpan.minutes(26)
    /// How long before and after a change of `mood` the cause of a refusal is unclear.
    static let changeUnseen = TimeSpan.minutes(3)

    /// Returns whether the recorded receipt equals the reply, whatever its scope.
    ///
    /// The program may have inferred the scope from several replies.
    func isSame(_ recorded: Receipt, _ answered: Receipt?) -> Bool {
        guard let answered else { return false }
        return recorded.outcome == answered.outcome && recorded.code == answered.code && recorded.reply == answered.reply
            && recorded.advice == answered.advice
    }

    /// Returns the server of a channel name in the ledger; nil if the channel is not configured.
    func server(_ stored: String) -> SimulatedChannel? { line(stored).flatMap { name in servers.first { $0.name == name } } }

    /// Checks that a refusal that ended a delivery concerned its recipient.
    func checkDeath(_ delivery: Book.Delivery, _ attempt: Attempt?) {
        // After too many crashes, the delivery becomes dead because of them, not because of a
        // refusal.
        guard let attempt, !attempt.crashed, attempt.truth != .recipient, let at = attempt.answeredAt else { return }
        let changes = server(delivery.channel)?.changes ?? []
        if changes.contains(where: { $0 - at < Oracle.changeUnseen && at - $0 < Oracle.changeUnseen }) { return }
        accuse(.lost, "died of a refusal that was about \(attempt.truth.rawValue): \(words(delivery))")
    }

    /// Checks that the probe of an open breaker is a delivery whose wait is over, if one exists.
    func probed(_ requests: [ClaimRequest], _ claims: [Claim], now: Instant) {
        for request in requests where request.choice == .waited {
            guard let server = server(request.channel) else { continue }
            if !failed.contains(server.server) {
                accuse(.disorder, "the breaker of \(request.channel) is open without a failure of its server")
            }
            let mine = claims.filter { $0.channel == request.channel }
            guard let probe = mine.first, probe.attempt == 1 else { continue }
            let waited = book.waiting.first {
                line($0.channel) == request.channel && $0.claims > 0 && $0.crashes < 2 && !$0.isHeld
                    && $0.notBefore.map { $0 <= now } ?? false && $0.deadline > now
            }
            if let waited { accuse(.disorder, "the probe is \(probe.recipient)'s, never tried, instead of \(words(waited))") }
        }
    }

    /// Checks the wait after a refusal because of load.
    ///
    /// The next attempt must come within one minute. From the sixth such refusal on, five minutes
    /// are allowed. If the server demanded a longer wait, that wait is allowed.
    func checkLoad(_ delivery: Book.Delivery, _ attempt: Attempt?, until notBefore: Instant) {
        guard let attempt, attempt.truth == .load, let receipt = attempt.receipt else { return }
        var asked =
            (attempts[delivery.id] ?? []).count { $0.truth == .load || $0.receipt?.about == .load } < 6
            ? TimeSpan.minutes(1) : .minutes(5)
        if case .retryAfter(let wait) = receipt.advice { asked = max(asked, wait) }
        // If a delivery was tried while the clock was ahead, it waits for its due time.
        let due = book.rows[delivery.row]?.due ?? clock.now()
        if notBefore - clock.now() > asked, notBefore > due {
            accuse(.stuck, "postponed because of load to \(Zone.utc.rfc3339(notBefore)): \(words(delivery))")
        }
    }

    /// Checks that deliveries were tried in time if a working server would accept them.
    ///
    /// Called when the main loop sleeps.
    func checkPatience(now: Instant) {
        for delivery in book.waiting where delivery.crashes < 2 && !delivery.isHeld {
            guard let server = server(delivery.channel), let recipient = person(delivery.recipient)?.id,
                server.takes(recipient), !gone.contains(server.server), (book.rows[delivery.row]?.due ?? now) <= now
            else { continue }
            // The clock may have been set back to before the due time.
            let due = clock.truth - (now - (book.rows[delivery.row]?.due ?? now))
            let since = [delivery.began, due, settledAt, server.changedAt, server.askedUntil].max() ?? settledAt
            if delivery.claims == 0, clock.truth - since > Oracle.patience {
                accuse(.stuck, "never tried although its server works (\(server.mood)): \(words(delivery))")
            }
            let tries = attempts[delivery.id] ?? []
            guard let last = tries.last, let at = last.answeredAt, last.isRecorded,
                tries.allSatisfy({ $0.truth == .load && $0.answeredAt != nil && !$0.crashed && !$0.isForgotten })
            else { continue }
            // The program cannot detect that the clock was set back by less than the time for which
            // the process was down. The delivery then waits longer by the amount of the step.
            let wasAhead = (delivery.answered?.at ?? clock.now()) - at
            let stretch = settledAt > at ? wasAhead - (clock.now() - clock.truth) : .zero
            if clock.truth - (max(since, at) + max(stretch, .zero)) > Oracle.patience {
                let next = delivery.notBefore.map(Zone.utc.rfc3339) ?? "?"
                accuse(.stuck, "not tried again after load (\(server.mood)), next at \(next): \(words(delivery))")
            }
        }
    }
}

import Dates
import Scheduler

// Checks of how the program interprets replies.
//
// A simulated server has a real reason for each reply (`SimulatedChannel.Fate.truth`), for example
// the recipient or the sender, and the program has to infer it. The oracle compares the two: no
// delivery may fail permanently because of a refusal that concerned the sender, and none may wait
// because of a reply that concerned another recipient.

extension Oracle {
    /// The longest wait for a first attempt, or for the next one after a refusal because of load.
    ///
    /// It applies to a server that works. A probe that began while the server did not reply ends
    /// after ten minutes, and the next one starts a quarter of an hour later.
    static let patience = TimeSpan.minutes(26)
    /// The time around a change of the server's mood in which the cause of a refusal is unclear.
    static let changeUnseen = TimeSpan.minutes(3)

    /// Whether the recorded receipt equals the reply, except for the party concerned.
    ///
    /// The program may have inferred that party.
    func isSame(_ recorded: Receipt, _ answered: Receipt?) -> Bool {
        guard let answered else { return false }
        return recorded.outcome == answered.outcome && recorded.code == answered.code && recorded.reply == answered.reply
            && recorded.advice == answered.advice
    }

    /// The server behind a channel name in the ledger; nil if it is not configured.
    func server(_ stored: String) -> SimulatedChannel? { line(stored).flatMap { name in servers.first { $0.name == name } } }

    /// Checks that a refusal that ended a delivery concerned its recipient.
    func checkDeath(_ delivery: Book.Delivery, _ attempt: Attempt?) {
        // After too many crashes an in-flight delivery is given up because of the crashes, not
        // because of a refusal.
        guard let attempt, !attempt.crashed, attempt.truth != .recipient, let at = attempt.answeredAt else { return }
        let changes = server(delivery.channel)?.changes ?? []
        if changes.contains(where: { $0 - at < Oracle.changeUnseen && at - $0 < Oracle.changeUnseen }) { return }
        accuse(.lost, "died of a refusal that was about \(attempt.truth.rawValue): \(words(delivery))")
    }

    /// Checks that the probe of an open breaker is a delivery whose wait is over, if there is one.
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
    /// The next attempt must come within one minute, or five minutes from the sixth such refusal
    /// on, or after the wait that the server demanded, if that is longer.
    func checkLoad(_ delivery: Book.Delivery, _ attempt: Attempt?, until notBefore: Instant) {
        guard let attempt, attempt.truth == .load, let receipt = attempt.receipt else { return }
        var asked =
            (attempts[delivery.id] ?? []).count { $0.truth == .load || $0.receipt?.about == .load } < 6
            ? TimeSpan.minutes(1) : .minutes(5)
        if case .retryAfter(let wait) = receipt.advice { asked = max(asked, wait) }
        // A delivery that was tried while the clock was ahead waits for its due time.
        let due = book.rows[delivery.row]?.due ?? clock.now()
        if notBefore - clock.now() > asked, notBefore > due {
            accuse(.stuck, "postponed because of load to \(Zone.utc.rfc3339(notBefore)): \(words(delivery))")
        }
    }

    /// Checks that deliveries that a working server would accept were tried in time.
    ///
    /// Called when the main loop sleeps.
    func checkPatience(now: Instant) {
        for delivery in book.waiting where delivery.crashes < 2 && !delivery.isHeld {
            guard let server = server(delivery.channel), let recipient = person(delivery.recipient)?.id,
                server.takes(recipient), !gone.contains(server.server), (book.rows[delivery.row]?.due ?? now) <= now
            else { continue }
            // The clock may have been set back to before the delivery's due time.
            let due = clock.truth - (now - (book.rows[delivery.row]?.due ?? now))
            let since = [delivery.began, due, settledAt, server.changedAt, server.askedUntil].max() ?? settledAt
            if delivery.claims == 0, clock.truth - since > Oracle.patience {
                accuse(.stuck, "never tried although its server works (\(server.mood)): \(words(delivery))")
            }
            let tries = attempts[delivery.id] ?? []
            guard let last = tries.last, let at = last.answeredAt, last.isRecorded,
                tries.allSatisfy({ $0.truth == .load && $0.answeredAt != nil && !$0.crashed && !$0.isForgotten })
            else { continue }
            // If the clock was set back by less than the downtime of the process, the program
            // cannot detect it. The delivery then waits longer by the same amount.
            let wasAhead = (delivery.answered?.at ?? clock.now()) - at
            let stretch = settledAt > at ? wasAhead - (clock.now() - clock.truth) : .zero
            if clock.truth - (max(since, at) + max(stretch, .zero)) > Oracle.patience {
                let next = delivery.notBefore.map(Zone.utc.rfc3339) ?? "?"
                accuse(.stuck, "not tried again after load (\(server.mood)), next at \(next): \(words(delivery))")
            }
        }
    }
}

import Dates
import Scheduler

// Among servers as they are
//
// A destination knows whom its answer is about (`SimulatedChannel.Fate.truth`); the program has to find out. The oracle holds the two against
// each other: nobody is dead of a refusal that was about us, and nobody waits because of what was said of another.

extension Oracle {
    /// A delivery may wait this long for its first try, or its next after a refusal because of load, at a server that works: a probe that was
    /// under way when it was silent ends after ten minutes, and the next goes a quarter of an hour later.
    static let patience = Span.minutes(26)
    /// A server that was changed this shortly before or after it refused somebody cannot be told from one that refuses that one.
    static let changeUnseen = Span.minutes(3)

    /// What the ledger has is what was answered; whom it was found to be about may be another than the words say.
    func isSame(_ recorded: Receipt, _ answered: Receipt?) -> Bool {
        guard let answered else { return false }
        return recorded.outcome == answered.outcome && recorded.code == answered.code && recorded.reply == answered.reply
            && recorded.advice == answered.advice
    }

    /// Who is behind a channel that the ledger calls so; nil where it is not configured.
    func server(_ stored: String) -> SimulatedChannel? { line(stored).flatMap { name in servers.first { $0.name == name } } }

    /// A delivery died of this attempt's refusal: it must have been about its recipient.
    func checkDeath(_ delivery: Book.Delivery, _ attempt: Attempt?) {
        // One that was in flight at too many crashes is dead of those.
        guard let attempt, !attempt.crashed, attempt.truth != .recipient, let at = attempt.answeredAt else { return }
        let changes = server(delivery.channel)?.changes ?? []
        if changes.contains(where: { $0 - at < Oracle.changeUnseen && at - $0 < Oracle.changeUnseen }) { return }
        accuse(.lost, "dead of a refusal that was about \(attempt.truth.rawValue): \(words(delivery))")
    }

    /// The single try of a breaker that is open is a delivery whose wait is over, where there is one.
    func probed(_ requests: [ClaimRequest], _ claims: [Claim], now: Instant) {
        for request in requests where request.choice == .waited {
            guard let server = server(request.channel) else { continue }
            if !failed.contains(server.server) {
                accuse(.disorder, "\(request.channel) is left alone though it failed nobody and refused nobody because of us")
            }
            let mine = claims.filter { $0.channel == request.channel }
            guard let probe = mine.first, probe.attempt == 1 else { continue }
            let waited = book.waiting.first {
                line($0.channel) == request.channel && $0.claims > 0 && $0.crashes < 2 && !$0.isHeld
                    && $0.notBefore.map { $0 <= now } ?? false && $0.deadline > now
            }
            if let waited { accuse(.disorder, "the probe is \(probe.recipient)'s, never tried, and not \(words(waited))") }
        }
    }

    /// What is said of load costs nothing: it is tried again as soon as the destination may be, or a few minutes later where it was refused
    /// again and again.
    func checkLoad(_ delivery: Book.Delivery, _ attempt: Attempt?, until notBefore: Instant) {
        guard let attempt, attempt.truth == .load, let receipt = attempt.receipt else { return }
        var asked =
            (attempts[delivery.id] ?? []).count { $0.truth == .load || $0.receipt?.about == .load } < 6
            ? Span.minutes(1) : .minutes(5)
        if case .retryAfter(let wait) = receipt.advice { asked = max(asked, wait) }
        // What was in flight under a clock that was ahead waits for its due.
        let due = book.rows[delivery.row]?.due ?? clock.now()
        if notBefore - clock.now() > asked, notBefore > due {
            accuse(.stuck, "load puts it off to \(Zone.utc.rfc3339(notBefore)): \(words(delivery))")
        }
    }

    /// Both loops sleep: whoever a working server would take has been tried.
    func checkPatience(now: Instant) {
        for delivery in book.waiting where delivery.crashes < 2 && !delivery.isHeld {
            guard let server = server(delivery.channel), let recipient = person(delivery.recipient)?.id,
                server.takes(recipient), !gone.contains(server.server), (book.rows[delivery.row]?.due ?? now) <= now
            else { continue }
            // The clock may have been set back to before its due time.
            let due = clock.truth - (now - (book.rows[delivery.row]?.due ?? now))
            let since = [delivery.began, due, settledAt, server.changedAt, server.askedUntil].max() ?? settledAt
            if delivery.claims == 0, clock.truth - since > Oracle.patience {
                accuse(.stuck, "never tried beside a server that works (\(server.mood)): \(words(delivery))")
            }
            let tries = attempts[delivery.id] ?? []
            guard let last = tries.last, let at = last.answeredAt, last.isRecorded,
                tries.allSatisfy({ $0.truth == .load && $0.answeredAt != nil && !$0.crashed && !$0.isForgotten })
            else { continue }
            // A clock that was set back by less than the process was down leaves no trace: what it waits for comes later by as much.
            let wasAhead = (delivery.answered?.at ?? clock.now()) - at
            let stretch = settledAt > at ? wasAhead - (clock.now() - clock.truth) : .zero
            if clock.truth - (max(since, at) + max(stretch, .zero)) > Oracle.patience {
                let next = delivery.notBefore.map(Zone.utc.rfc3339) ?? "?"
                accuse(.stuck, "not tried again after load (\(server.mood)), next at \(next): \(words(delivery))")
            }
        }
    }
}

import Dates
import Scheduler

extension Oracle {
    /// Makes the checks for a main loop that sleeps because it has nothing more to do.
    func parked(longestRest: TimeSpan) {
        let now = clock.now()
        if evaluatesEverything { accuse(.stuck, "no evaluation after a start, a reload or a clock step") }
        if now - lastEvaluation > longestRest { accuse(.stuck, "no evaluation since \(Zone.utc.rfc3339(lastEvaluation))") }
        if book.held == nil {
            checkAgenda(now: now)
            checkMisrouted()
            checkPatience(now: now)
            if isUnasked { askPromises(now: now) }
            isUnasked = false
        }
    }

    private func checkAgenda(now: Instant) {
        for expected in calendar.prefix(while: { $0.reminder.due <= now })
        where expected.reminder.due > lastEvaluation && row(expected.reminder.key) == nil {
            accuse(.lost, "due and not evaluated: \(expected.reminder)")
        }
    }

    /// Checks that deliveries for a removed channel were cancelled within two hours.
    private func checkMisrouted() {
        guard clock.truth - takenAt > .hours(2) else { return }
        for delivery in book.waiting where line(delivery.channel) == nil {
            accuse(.stuck, "waits for a channel that is gone: \(words(delivery))")
        }
    }

    /// Checks that no delivery is still open that should have ended after the last fault.
    ///
    /// Called when `SeedRun.quietNeeded` has passed since this fault.
    func quiet() {
        let now = clock.now()
        if book.held != nil { accuse(.stuck, "a hold lasts although it was answered") }
        for delivery in book.open.compactMap({ book.deliveries[$0] }) {
            let lastTry = attempts[delivery.id]?.last?.began ?? delivery.began
            if delivery.state == .inFlight, clock.truth - lastTry > .hours(1) {
                accuse(.stuck, "stuck in flight: \(words(delivery))")
            }
            // The reminder may have fired while the clock was ahead. Its deliveries wait for the
            // due time.
            let isEarly = (book.rows[delivery.row]?.due ?? now) > now
            if delivery.state == .pending, !isEarly, clock.truth - max(delivery.began, quietSince) > .hours(24) {
                accuse(.stuck, words(delivery))
            }
            if delivery.state == .pending, delivery.deadline <= now - .hours(25) {
                accuse(.stuck, "pending beyond its deadline: \(words(delivery))")
            }
        }
        for row in book.rows.values where row.deadline > now && now - row.firedAt > .hours(2) { checkOtherwise(row) }
        askLastWords(now: now)
    }

    /// Checks that `otherwise` channels were used for recipients who got nothing through `via`.
    private func checkOtherwise(_ row: Book.Row) {
        for (id, mine) in Dictionary(grouping: book.deliveries(of: row.key), by: \.recipient) {
            let states = Set(mine.map(\.state))
            guard states.contains(.dead), states.isSubset(of: [.dead, .cancelled]),
                !mine.contains(where: { $0.why == .dropped })
            else { continue }
            let occurrence = occurrence(of: row)
            let holds = dates[occurrence]
            guard row.change == .gone ? holds == nil : holds?.told == row.told else { continue }
            let others = person(id)?.otherwise ?? []
            let left = others.filter { channel in
                !mine.contains { line($0.channel) == channel && (!$0.isRevivable || $0.why == .failedOver) }
            }
            if !left.isEmpty { accuse(.lost, "\(id) is not notified by \(left) of \(row.reminder)") }
        }
    }

    /// Compares the ledger with the oracle's book.
    func compare(_ rows: [HistoryRow]) {
        var ids: Set<DeliveryID> = []
        var keys: [ReminderKey: ReminderState] = [:]
        for row in rows {
            let key = row.stored.reminder.key
            guard let id = row.delivery else {
                keys[key] = ReminderState(rawValue: row.state)
                continue
            }
            keys[key] = .fired
            if !ids.insert(id).inserted { accuse(.disorder, "one id twice in the ledger: \(id)") }
            guard let delivery = book.deliveries[id] else {
                accuse(.disorder, "in the ledger but never written: \(row.stored.reminder) to \(row.recipient ?? "")")
                continue
            }
            if row.state != delivery.state.rawValue {
                accuse(.disorder, "the ledger says \(row.state) instead of \(delivery.state.rawValue): \(words(delivery))")
            }
            if [.cancelled, .superseded].contains(delivery.state), row.why == nil || row.why != delivery.why {
                accuse(
                    .silent,
                    "\(row.state) for \(row.why?.rawValue ?? "no reason") instead of \(delivery.why?.rawValue ?? "none"): \(words(delivery))"
                )
            }
            if row.stored.reminder != book.rows[key]?.reminder {
                accuse(
                    .disorder, "the ledger says \(row.stored.reminder) instead of \(book.rows[key]?.reminder.description ?? "")")
            }
        }
        for (id, delivery) in book.deliveries where !ids.contains(id) { accuse(.lost, "not in the ledger: \(words(delivery))") }
        for (key, row) in book.rows where row.state != .fired && keys[key] != row.state {
            accuse(.silent, "\(key) is \(row.state.rawValue), the ledger says \(keys[key]?.rawValue ?? "nothing")")
        }
        for (key, state) in keys where state != .fired && book.rows[key]?.state != state {
            accuse(.silent, "\(key) is \(state.rawValue) in the ledger and should not be")
        }
    }

    /// Compares each delivery's final state with the messages that its recipient really got.
    func judge() {
        totals.deliveries = book.deliveries.count
        for delivery in book.deliveries.values {
            totals.settled[delivery.state.rawValue, default: 0] += 1
            let copies = (attempts[delivery.id] ?? []).reduce(0) { $0 + $1.copies }
            if delivery.state == .delivered, copies == 0 {
                accuse(.lost, "recorded as delivered and never arrived: \(words(delivery))")
            }
        }
    }
}

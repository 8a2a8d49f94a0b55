import Dates
import Scheduler

extension Oracle {
    /// Both loops have done all there is to do now and sleep.
    func parked(longestRest: Span) {
        let now = clock.now()
        if looksAtEverything { accuse(.stuck, "no evaluation after a start, a reload or a clock step") }
        if now - lastLook > longestRest { accuse(.stuck, "no evaluation since \(Zone.utc.rfc3339(lastLook))") }
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
        where expected.reminder.due > lastLook && row(expected.reminder.key) == nil {
            accuse(.lost, "due and not looked at: \(expected.reminder)")
        }
    }

    /// What waits for a channel that is gone, or is not its recipient's any more, is withdrawn at once.
    private func checkMisrouted() {
        guard clock.truth - takenAt > .hours(2) else { return }
        for delivery in book.waiting where line(delivery.channel) == nil {
            accuse(.stuck, "waits for a channel that is gone: \(words(delivery))")
        }
    }

    /// The last fault was made `SeedRun.quietNeeded` ago: nothing from before may be left lying about.
    func quiet() {
        let now = clock.now()
        if book.held != nil { accuse(.stuck, "a hold stands though a person has answered it") }
        for delivery in book.open.compactMap({ book.deliveries[$0] }) {
            let lastTry = attempts[delivery.id]?.last?.began ?? delivery.began
            if delivery.state == .inFlight, clock.truth - lastTry > .hours(1) {
                accuse(.stuck, "stuck in flight: \(words(delivery))")
            }
            // A lead that fired under a clock that was ahead waits for its due.
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

    /// The other channels of a recipient to whom nothing came by `via`.
    private func checkOtherwise(_ row: Book.Row) {
        for (id, mine) in Dictionary(grouping: book.deliveries(of: row.key), by: \.recipient) {
            let states = Set(mine.map(\.state))
            guard states.contains(.dead), states.isSubset(of: [.dead, .cancelled]),
                !mine.contains(where: { $0.why == .dropped })
            else { continue }
            let occurrence = occurrence(of: row)
            let holds = dates[occurrence]
            guard row.change == .gone ? holds == nil : holds?.start == row.start && holds?.end == row.end else { continue }
            let others = person(id)?.otherwise ?? []
            let left = others.filter { channel in
                !mine.contains { line($0.channel) == channel && (!$0.isRevivable || $0.why == .failedOver) }
            }
            if !left.isEmpty { accuse(.lost, "\(id) is not notified by \(left) of \(row.reminder)") }
        }
    }

    /// The ledger against the memory.
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
                accuse(.disorder, "in the ledger and never written: \(row.stored.reminder) to \(row.recipient ?? "")")
                continue
            }
            if row.state != delivery.state.rawValue {
                accuse(.disorder, "the ledger says \(row.state) and not \(delivery.state.rawValue): \(words(delivery))")
            }
            if [.cancelled, .superseded].contains(delivery.state), row.why == nil || row.why != delivery.why {
                accuse(
                    .silent,
                    "\(row.state) for \(row.why?.rawValue ?? "no reason"), and not \(delivery.why?.rawValue ?? "none"): \(words(delivery))"
                )
            }
            if row.stored.reminder != book.rows[key]?.reminder {
                accuse(.disorder, "the ledger says \(row.stored.reminder) and not \(book.rows[key]?.reminder.description ?? "")")
            }
        }
        for (id, delivery) in book.deliveries where !ids.contains(id) { accuse(.lost, "not in the ledger: \(words(delivery))") }
        for (key, row) in book.rows where row.state != .fired && keys[key] != row.state {
            accuse(.silent, "\(key) is \(row.state.rawValue), the ledger says \(keys[key]?.rawValue ?? "nothing")")
        }
        for (key, state) in keys where state != .fired && book.rows[key]?.state != state {
            accuse(.silent, "\(key) is \(state.rawValue) in the ledger, and must not be")
        }
    }

    /// What each delivery came to, held against what the recipient really got.
    func judge() {
        totals.deliveries = book.deliveries.count
        for delivery in book.deliveries.values {
            totals.settled[delivery.state.rawValue, default: 0] += 1
            let copies = (attempts[delivery.id] ?? []).reduce(0) { $0 + $1.copies }
            if delivery.state == .delivered, copies == 0 {
                accuse(.lost, "called delivered, and never arrived: \(words(delivery))")
            }
        }
    }
}

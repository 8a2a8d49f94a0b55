import Scheduler

extension Oracle {
    /// Both loops have done all there is to do now and sleep.
    func parked(longestRest: Span) {
        let now = clock.now()
        if looksAtEverything { accuse(.stuck, "no look after a start, a reload or a clock step") }
        if next < calendar.count, calendar[next].reminder.due <= now, recorded[calendar[next].reminder.key] == nil {
            accuse(.lost, "due and not looked at: \(calendar[next].reminder)")
        }
        if clock.truth - takenAt > .hours(2) {
            for delivery in open.values where delivery.state == .pending && channels[delivery.channel] == nil {
                accuse(.stuck, "waits for a channel that is gone: \(delivery.words)")
            }
        }
        checkPatience()
        if now - lastLook > longestRest { accuse(.stuck, "no look since \(Zone.utc.rfc3339(lastLook))") }
    }

    /// The last fault was made `SeedRun.quietNeeded` ago: nothing from before may be left lying about.
    func quiet() {
        let now = clock.now()
        for delivery in open.values {
            if delivery.state == .inFlight, clock.truth - (delivery.attempts.last?.began ?? delivery.began) > .hours(1) {
                accuse(.stuck, "stuck in flight: \(delivery.words)")
            }
            if delivery.state == .pending, clock.truth - delivery.began > .hours(24) {
                accuse(.stuck, "\(delivery.words)")
            }
            if delivery.state == .pending, delivery.fired.reminder.deadline <= now - .hours(25) {
                accuse(.stuck, "pending beyond its deadline: \(delivery.words)")
            }
        }
        for fired in told.values.joined() where fired.reminder.deadline > now && now - fired.firedAt > .hours(2) {
            let readers = Dictionary(grouping: fired.deliveries, by: \.recipient)
            for (id, mine) in readers {
                let states = Set(mine.map(\.state))
                guard states.contains(.dead), states.isSubset(of: [.dead, .cancelled]) else { continue }
                let others = accepted.directory.recipients.first { $0.id == id }?.otherwise ?? []
                let left = others.filter { channel in !mine.contains { $0.channel == channel } }
                if !left.isEmpty { accuse(.lost, "\(id) is not told by \(left) of \(fired.reminder)") }
            }
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
            guard let delivery = deliveries[id] else {
                accuse(.disorder, "in the ledger and never written: \(row.stored.reminder) to \(row.recipient ?? "")")
                continue
            }
            if row.state != delivery.state.rawValue {
                accuse(.disorder, "the ledger says \(row.state) and not \(delivery.state.rawValue): \(delivery.words)")
            }
        }
        for (id, delivery) in deliveries where !ids.contains(id) { accuse(.lost, "not in the ledger: \(delivery.words)") }
        for (key, state) in recorded where state != .fired && keys[key] != state {
            accuse(.silent, "\(key) is \(state.rawValue), the ledger says \(keys[key]?.rawValue ?? "nothing")")
        }
    }

    /// What each delivery came to, held against what the reader really got.
    func judge() {
        totals.deliveries = deliveries.count
        for delivery in deliveries.values {
            totals.settled[delivery.state.rawValue, default: 0] += 1
            let copies = delivery.attempts.reduce(0) { $0 + $1.copies }
            if delivery.state == .delivered, copies == 0 {
                accuse(.lost, "called delivered, and never arrived: \(delivery.words)")
            }
        }
    }
}

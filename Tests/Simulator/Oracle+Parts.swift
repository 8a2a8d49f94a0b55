import Dates
import Scheduler

// Checks of the writes that follow an evaluation: the remaining deliveries of a firing, missing
// deliveries, withdrawals and holds. Each write needs a reason that is valid when it happens.

extension Oracle {
    /// Checks deliveries that were added to recorded reminders, and records them in the book.
    func extended(_ parts: [FiringPart], _ counts: [Int]) {
        let before = book
        for (part, count) in zip(parts, counts) {
            guard let row = book.rows[part.reminder] else {
                accuse(.disorder, "extends a reminder that never fired: \(part.reminder)")
                continue
            }
            if row.isClosed {
                if count > 0 { accuse(.disorder, "extends a closed reminder: \(row.reminder)") }
                continue
            }
            if let dates = part.dates { redate(row, dates) }
            if !part.deliveries.isEmpty, row.state == .superseded {
                book.change(row.key) { ($0.state, $0.title) = (.fired, part.title) }
            }
            if let change = row.change, !part.deliveries.isEmpty {
                let former = part.deliveries.flatMap(\.formerly).map(\.recipient)
                mark(row.reminder, change, to: Set(part.deliveries.map(\.recipient) + former))
            }
            var written = 0
            for new in part.deliveries {
                judge(new, of: book.rows[row.key] ?? row, before)
                if write(new, of: row.key) {
                    written += 1
                    note("extends \(row.reminder) to \(new.recipient) by \(new.channel)")
                }
            }
            if written != count { accuse(.disorder, "\(count) deliveries written instead of \(written): \(row.reminder)") }
            if part.named != nil {
                book.change(row.key) { $0.isComplete = true }
            } else if part.cursor != nil {
                book.change(row.key) { $0.isComplete = false }
            }
        }
        isUnasked = true
    }

    /// Updates the dates of a reminder that keeps its anchor.
    ///
    /// No delivery with the old dates may be pending.
    private func redate(_ row: Book.Row, _ dates: Reminder) {
        let present = present(row.key)
        let now = self.dates[OccurrenceKey(plan: present.plan, campaign: present.campaign, occurrence: dates.occurrence)]
        // If a delivery of the reminder counts as notified, another occurrence may take over the
        // reminder only if the reminder's own occurrence is gone or over.
        let owner = OccurrenceKey(plan: present.plan, campaign: present.campaign, occurrence: row.occurrence)
        if dates.occurrence != row.occurrence, let other = self.dates[owner], zone(owner).endOfDay(other.end) > clock.now(),
            book.deliveries(of: row.key).contains(where: \.isNotified)
        {
            accuse(.disorder, "becomes another occurrence's, \(dates.occurrence): \(row.reminder)")
        }
        if now?.told != dates.told {
            accuse(.oldDates, "gets dates that do not hold, \(dates.told): \(row.reminder)")
        }
        if book.deliveries(of: row.key).contains(where: { $0.state == .pending }) {
            accuse(.disorder, "gets other dates while deliveries wait: \(row.reminder)")
        }
        if row.told != dates.told {
            redated[row.key] = redated[row.key] ?? row.told
            for delivery in book.deliveries(of: row.key)
            where delivery.isNotified && delivery.said == nil {
                book.change(delivery.id) { $0.said = row.told }
            }
        }
        book.change(row.key) {
            ($0.occurrence, $0.start, $0.end, $0.time) = (dates.occurrence, dates.start, dates.end, dates.time)
            $0.deadline = dates.deadline
        }
    }

    /// Checks whether this recipient should get this delivery.
    private func judge(_ new: NewDelivery, of row: Book.Row, _ before: Book) {
        guard !isThere(new, row.key), mayBeWritten(new, row.key) else { return }
        let name = "\(row.reminder) to \(new.recipient) by \(new.channel)"
        guard let recipient = person(new.recipient) else {
            return accuse(.wrongRecipient, "extended to someone who is gone: \(name)")
        }
        if !recipient.via.contains(new.channel) { accuse(.wrongRecipient, "extended to a channel that is not theirs: \(name)") }
        if let held = book.held, row.due <= held.upperBound { accuse(.disorder, "extended during a hold: \(name)") }
        let others = before.deliveries(of: row.key).filter {
            person($0.recipient)?.id == recipient.id && $0.isNotified && $0.stands
                // Only `via` channels count. After a delivery through an `otherwise` channel, the
                // recipient may still get a delivery through a `via` channel.
                && line($0.channel).map(recipient.via.contains) ?? false
        }
        // A withdrawn delivery may be replaced, even if other deliveries to the recipient count.
        let replaces = before.deliveries(of: row.key).contains { person($0.recipient)?.id == recipient.id && $0.isRevivable }
        if !others.isEmpty, row.isComplete, !replaces {
            accuse(.doubled, "extended to someone who has it by \(others.map(\.channel)): \(name)")
        }
        if row.change != nil {
            let rows = book.rows.values.filter { occurrence(of: $0) == occurrence(of: row) && $0.key != row.key }
            let hadIt = book.deliveries(of: row.key).contains { person($0.recipient)?.id == recipient.id }
            if !hadIt, !notified(rows).contains(recipient.id) {
                accuse(.wrongRecipient, "gets a change notice without an earlier reminder: \(name)")
            }
            return
        }
        // The remaining deliveries of a firing are written even after its deadline, so that the
        // ledger lists everyone who got nothing.
        guard row.deadline > clock.now() else { return }
        judgeLead(row, recipient, name, replaces: replaces)
    }

    private func judgeLead(_ row: Book.Row, _ recipient: Recipient, _ name: String, replaces: Bool) {
        let now = clock.now()
        let occurrence = occurrence(of: row)
        guard let lead = calendar.first(where: { $0.reminder.key == present(row.key) }) else {
            return accuse(.wrongRecipient, "extended, and no lead says so: \(name)")
        }
        if !recipients(lead.notify).contains(where: { $0.id == recipient.id }) {
            accuse(.wrongRecipient, "extended to someone whom the lead does not name: \(name)")
        }
        guard lead.reminder.due <= now else { return }
        let leads = openLeads(now: now)[occurrence] ?? []
        let mine = leads.filter { reaches($0, recipient) }
        if let latest = latest(mine), latest.reminder.key != lead.reminder.key {
            accuse(.wrongRecipient, "extended, but a later lead names them, \(latest.reminder): \(name)")
        }
        let later = standing(of: occurrence, leads, now: now).filter {
            guard $0.person == recipient.id, $0.due >= lead.reminder.due, $0.delivery.row != row.key else { return false }
            // A delivery that reached nobody counts only if its reminder had the current dates
            // before this evaluation.
            guard let stored = book.rows[$0.delivery.row], let holds = dates[occurrence] else { return true }
            let told = redated[stored.key] ?? stored.told
            return $0.delivery.isNotified || told == holds.told
        }
        if !later.isEmpty, !replaces {
            accuse(.doubled, "extended to someone who has \(later.map { words($0.delivery) }): \(name)")
        }
    }

    // MARK: Withdrawals

    /// Checks deliveries that were withdrawn, and records them. The reason of each must be true.
    func withdrew(_ count: Int, _ rows: [HistoryRow]) {
        var found = 0
        for row in rows {
            guard let id = row.delivery, let delivery = book.deliveries[id], row.state != delivery.state.rawValue else {
                continue
            }
            guard delivery.state == .pending, row.state == DeliveryState.cancelled.rawValue else {
                accuse(.disorder, "a withdrawal makes \(row.state) of \(delivery.state.rawValue): \(words(delivery))")
                continue
            }
            found += 1
            judge(row.why, delivery)
            settle(id, .cancelled, row.why)
        }
        if found != count { accuse(.disorder, "\(count) withdrawn instead of \(found)") }
    }

    /// Checks that the reason of a cancellation is true now.
    func judge(_ why: WithdrawalReason?, _ delivery: Book.Delivery) {
        guard let row = book.rows[delivery.row] else { return }
        let dates = dates[occurrence(of: row)]
        let recipient = person(delivery.recipient)
        let line = line(delivery.channel)
        let isTrue =
            switch why {
            case .changed:
                dates != nil && (row.change == .gone || dates?.told != row.told)
            case .gone: dates == nil
            case .recipientGone: recipient == nil
            case .channelGone: line == nil
            case .viaChanged:
                recipient.map { one in !(one.via + one.otherwise).contains { $0 == line } } ?? false
            case .failedOver, .dropped, .laterLead, nil: false
            }
        if !isTrue { accuse(.lost, "cancelled, and \(why?.rawValue ?? "no reason") is not true: \(words(delivery))") }
    }

    /// Checks the cancellation of deliveries for a removed channel, and records it.
    func cancelled(_ deliveries: [StoredDelivery]) {
        for one in deliveries {
            guard let delivery = book.deliveries[one.id] else {
                accuse(.disorder, "cancelled and never written: \(one.id)")
                continue
            }
            if delivery.state != .pending {
                accuse(.disorder, "cancels a delivery that is \(delivery.state.rawValue): \(words(delivery))")
            }
            if book.held != nil { accuse(.disorder, "cancels during a hold: \(words(delivery))") }
            judge(.channelGone, delivery)
            settle(one.id, .cancelled, .channelGone)
        }
    }

    /// Checks a failover for a recipient whom no channel has reached, and records it.
    func failedOver(_ reader: Undelivered, to new: [NewDelivery]) {
        guard let row = book.rows[reader.stored.reminder.key] else {
            return accuse(.disorder, "a failover of a reminder that never fired: \(reader.stored.reminder)")
        }
        if book.held != nil { accuse(.disorder, "failed over during a hold: \(reader.recipient) of \(row.reminder)") }
        let mine = book.deliveries(of: row.key).filter { $0.recipient == reader.recipient }
        let now = clock.now()
        if mine.contains(where: { [.delivered, .unknown, .inFlight, .superseded].contains($0.state) }) {
            accuse(.doubled, "failed over although notified: \(reader.recipient) of \(row.reminder)")
        }
        let half = TimeSpan(milliseconds: (row.deadline - row.firedAt).milliseconds / 2)
        let waits = mine.contains { $0.state == .pending && !gone.contains(server($0.channel)?.server ?? "") }
        if waits, now - row.firedAt < min(.hours(24), half) {
            accuse(.disorder, "failed over too soon: \(reader.recipient) of \(row.reminder)")
        }
        let tried = Set(mine.filter { !$0.isRevivable || $0.why == .failedOver }.map { line($0.channel) ?? $0.channel })
        let wanted = (person(reader.recipient)?.otherwise ?? []).filter { !tried.contains($0) }
        if !Set(new.map(\.channel)).isSubset(of: wanted) {
            accuse(.wrongRecipient, "failed over to \(new), the rule says \(wanted)")
        }
        for delivery in mine where delivery.state == .pending { settle(delivery.id, .cancelled, .failedOver) }
        for one in new {
            // Skips a delivery that already exists under other names of recipient or channel.
            let isThere = book.deliveries(of: row.key).contains {
                $0.id != one.id && ![.cancelled, .superseded].contains($0.state) && line($0.channel) == one.channel
                    && person($0.recipient)?.id == person(one.recipient)?.id
            }
            if isThere { continue }
            note("failover: \(row.reminder) to \(one.recipient) by \(one.channel)")
            if let known = book.deliveries[one.id] {
                if !known.isRevivable {
                    accuse(.disorder, "failed over to a delivery that is \(known.state.rawValue): \(words(known))")
                }
                book.change(one.id) {
                    ($0.state, $0.why, $0.mark, $0.began, $0.deadline) = (.pending, nil, nil, clock.truth, row.deadline)
                }
            } else {
                book.add(
                    Book.Delivery(
                        id: one.id, row: row.key, recipient: one.recipient, channel: one.channel, serial: book.nextSerial(),
                        began: clock.truth, deadline: row.deadline, isOtherwise: true))
            }
        }
        isUnasked = true
    }

    // MARK: Holds

    /// Records that a hold begins because the ledger is a restored copy.
    ///
    /// All pending deliveries are held. Reminders that are due up to `until` do not fire.
    func held(until: Instant) {
        note("held until \(Zone.utc.rfc3339(until))")
        let from = min(book.lookedUntil, book.held?.lowerBound ?? book.lookedUntil)
        book.held = from...max(until, book.lookedUntil, book.held?.upperBound ?? until)
        book.releasing = nil
        for delivery in book.waiting { book.change(delivery.id) { $0.isHeld = true } }
        totals.holds += 1
    }

    /// Records an operator's decision about a hold. Called when the decision is on the disk.
    ///
    /// `letGo` is called when held deliveries are released or dropped.
    func released(_ look: EvaluationResult, sends: Bool) {
        note("released, \(sends ? "send" : "drop")")
        for (reminders, state) in [(look.superseded, ReminderState.superseded), (look.missed, .missed)] {
            for reminder in reminders where book.rows[reminder.key] == nil {
                record(reminder, state, isClosed: true, now: look.lookedUntil)
            }
        }
        let held = book.held
        _ = takenBack(recordedAfter: look.lookedUntil)
        book.lookedUntil = look.lookedUntil
        book.releasing = sends
        if !sends, let held {
            // A drop closes all reminders of the hold, so that recipients who join later do not get
            // them.
            for row in book.rows.values
            where row.due <= held.upperBound && row.deadline > look.lookedUntil && (row.change == nil || !row.isComplete) {
                book.change(row.key) { $0.isClosed = true }
            }
            for id in book.open where book.deliveries[id]?.state == .inFlight {
                guard let row = book.deliveries[id].flatMap({ book.rows[$0.row] }), row.due <= held.upperBound else { continue }
                book.change(id) { $0.mark = $0.mark ?? .dropped }
            }
        }
        totals.releases += 1
    }

    /// Checks and records a batch of held deliveries that were released or dropped.
    func letGo(isLast: Bool, _ rows: [HistoryRow]) {
        guard let sends = book.releasing else { return }
        for row in rows {
            guard let id = row.delivery, let delivery = book.deliveries[id], row.state != delivery.state.rawValue else {
                continue
            }
            if sends || !delivery.isHeld || row.why != .dropped || row.state != DeliveryState.cancelled.rawValue {
                accuse(.disorder, "released as \(row.state): \(words(delivery))")
            }
            settle(id, .cancelled, row.why)
        }
        guard isLast else { return }
        for delivery in book.waiting where delivery.isHeld {
            if !sends { accuse(.disorder, "dropped and still pending: \(words(delivery))") }
            book.change(delivery.id) { ($0.isHeld, $0.began) = (false, clock.truth) }
        }
        (book.held, book.releasing) = (nil, nil)
        note("the release is complete")
        isUnasked = true
    }

    /// Undoes reminders that were recorded while the clock was ahead of `now`.
    ///
    /// Fired reminders and change notices stay, with an earlier time. Missed and superseded
    /// reminders are removed if their deadline is after `now`. Due reminders that an operator
    /// dropped or that a new ledger left out stay superseded. Returns the number of removed
    /// reminders.
    func takenBack(recordedAfter now: Instant) -> Int {
        var count = 0
        for row in book.rows.values where row.firedAt > now && row.change != nil {
            book.change(row.key) { ($0.due, $0.firedAt) = (now, now) }
        }
        for row in book.rows.values where row.firedAt > now && row.state == .fired {
            book.change(row.key) { $0.firedAt = max(now, $0.due) }
        }
        for row in book.rows.values where row.firedAt > now && row.deadline > now {
            guard row.state == .missed || row.state == .superseded && (!row.isClosed || row.due > now) else { continue }
            book.remove(row.key)
            count += 1
            note("taken back: \(row.reminder)")
        }
        return count
    }
}

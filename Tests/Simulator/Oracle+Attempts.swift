import Dates
import Scheduler

extension Oracle {
    /// Checks claims and records them in the book. Called when the claims are on the disk.
    func claimed(_ claims: [Claim]) {
        for claim in claims {
            guard let delivery = book.deliveries[claim.id] else {
                accuse(.disorder, "a claim of a delivery that was never written: \(claim.id)")
                continue
            }
            if delivery.state != .pending {
                accuse(.disorder, "a claim of a delivery that is \(delivery.state.rawValue): \(words(delivery))")
            }
            if delivery.isHeld, book.releasing != true { accuse(.disorder, "a claim of a held delivery: \(words(delivery))") }
            if claim.attempt != delivery.claims + 1 {
                accuse(.disorder, "attempt \(claim.attempt) is number \(delivery.claims + 1): \(words(delivery))")
            }
            book.change(claim.id) {
                ($0.state, $0.claims, $0.isHeld, $0.saidBefore, $0.said) = (.inFlight, $0.claims + 1, false, $0.said, nil)
            }
        }
    }

    /// Checks a message and records its attempt. Called when the attempt to send it begins.
    func leaves(_ message: Message, by channel: SimulatedChannel) -> Attempt {
        let now = clock.now()
        let reminder = message.notice.reminder
        totals.attempts += 1
        let delivery = book.deliveries[message.delivery] ?? stranger(message, channel.name)
        let attempt = Attempt(message, delivery, channel: channel.name, began: clock.truth, words: words(delivery))
        note("try \(message.attempt) of \(attempt.words) (\(channel.mood))")
        if book.rows[delivery.row]?.reminder != reminder || line(delivery.channel) != channel.name {
            accuse(.oldDates, "\(attempt.words) says \(reminder) by \(channel.name)")
        }
        let recipient = person(delivery.recipient)
        if recipient?.id != message.recipient.id || recipient?.email != message.recipient.email {
            accuse(.wrongRecipient, "a wrong recipient, \(message.recipient.id): \(attempt.words)")
        }
        if let recipient, !(recipient.via + recipient.otherwise).contains(channel.name) {
            accuse(.wrongRecipient, "by a channel that is not theirs: \(attempt.words)")
        }
        if now < reminder.due { accuse(.early, "before its due time: \(attempt.words)") }
        if now >= reminder.deadline { accuse(.afterDeadline, "after its deadline: \(attempt.words)") }
        if delivery.state != .inFlight || delivery.claims != message.attempt {
            accuse(.disorder, "no claim on the disk for attempt \(message.attempt): \(attempt.words)")
        }
        if isClockHeld { accuse(.disorder, "sent under a clock that is not believed: \(attempt.words)") }
        checkDates(delivery, reminder, now: now)
        checkDoubles(delivery, attempt, channel)
        checkOtherNames(delivery, attempt)
        attempts[delivery.id, default: []].append(attempt)
        return attempt
    }

    /// Reports a message whose delivery was never written. Returns a delivery to use instead.
    private func stranger(_ message: Message, _ channel: String) -> Book.Delivery {
        let reminder = message.notice.reminder
        accuse(.disorder, "a message of a delivery that was never written: \(reminder) to \(message.recipient.id) by \(channel)")
        return Book.Delivery(
            id: message.delivery, row: reminder.key, recipient: message.recipient.id, channel: channel, serial: 0,
            began: clock.truth, deadline: reminder.deadline, isOtherwise: false)
    }

    /// Checks that the message contains the current dates of its occurrence.
    private func checkDates(_ delivery: Book.Delivery, _ reminder: Reminder, now: Instant) {
        guard !evaluatesEverything, let row = book.rows[delivery.row] else { return }
        let occurrence = occurrence(of: row)
        let holds = dates[occurrence]
        let says = row.change == .gone ? nil : reminder
        // A change is not announced if the occurrence is over according to its old and its new
        // dates.
        guard zone(occurrence).endOfDay(max(reminder.end, holds?.end ?? reminder.end)) > now else { return }
        if holds?.told != says?.told {
            accuse(.oldDates, "old dates \(reminder.told): \(words(delivery))")
        }
    }

    /// Checks that a repeated message is permitted, and is marked if it may be a duplicate.
    private func checkDoubles(_ delivery: Book.Delivery, _ attempt: Attempt, _ channel: SimulatedChannel) {
        var unknown = 0
        let earlier = (attempts[delivery.id] ?? []).filter { !$0.isForgotten }
        if earlier.contains(where: { !$0.crashed && $0.receipt == nil }) {
            accuse(.doubled, "two attempts at the same time: \(attempt.words)")
        }
        for earlier in earlier {
            if earlier.isUnknown { unknown += 1 }
            if earlier.isUnknown, !attempt.flagged {
                accuse(.doubled, "may be a duplicate and is not marked: \(attempt.words)")
            }
            if earlier.receipt?.outcome == .delivered, !earlier.crashed { accuse(.doubled, "doubled: \(attempt.words)") }
            if earlier.receipt?.outcome == .refusedForGood, !earlier.crashed, earlier.truth == .recipient,
                earlier.receipt?.comparable == nil, earlier.receipt?.advice == Receipt.Advice.none
            {
                accuse(.disorder, "tried again after a permanent refusal: \(attempt.words)")
            }
        }
        switch channel.policy.onUnknown {
        case .retry: break
        case .hold:
            if unknown > 0 { accuse(.doubled, "sent again although an unknown outcome is held: \(attempt.words)") }
        case .resend:
            // Attempts that were cut off by a stop or a crash do not count.
            let unanswered = earlier.count { $0.receipt?.outcome == .unknown && !$0.crashed && $0.truth != .nobody }
            if unanswered > 1 { accuse(.doubled, "sent again after two unknown outcomes: \(attempt.words)") }
        }
    }

    /// Checks that the message did not arrive before under a former id.
    ///
    /// The ids of the plan, campaign, recipient and channel may have changed.
    private func checkOtherNames(_ delivery: Book.Delivery, _ attempt: Attempt) {
        guard let recipient = person(delivery.recipient)?.id else { return }
        for (id, earlier) in attempts where id != delivery.id {
            let known = earlier.contains { !$0.isForgotten && !$0.isUnknown && $0.receipt?.outcome == .delivered }
            guard known, let last = earlier.last, person(last.recipient)?.id == recipient,
                present(last.reminder.key) == present(attempt.reminder.key), line(last.channel) == line(attempt.channel)
            else { continue }
            accuse(.doubled, "sent before under another name, \(last.words): \(attempt.words)")
        }
    }

    /// Counts the copies of a message that a recipient got, and the reasons of duplicates.
    func accepted(_ attempt: Attempt, copies: Int) {
        let all = attempts[attempt.delivery] ?? []
        let before = all.reduce(0) { $0 + $1.copies }
        attempt.copies += copies
        attempt.acceptedAt = clock.truth
        note("arrives: \(attempt.words)\(before > 0 ? " again" : "")")
        if copies > 1 { totals.doubles["by the destination itself", default: 0] += copies - 1 }
        guard before > 0 else { return }
        let reasons = all.filter { $0 !== attempt && $0.copies > 0 }
        let reason: String? =
            if reasons.contains(where: { $0.crashed }) || attempt.crashed {
                "after a crash"
            } else if reasons.contains(where: { $0.receipt?.outcome == .unknown }) || attempt.receipt?.outcome == .unknown {
                "after no answer"
            } else if reasons.contains(where: { $0.receipt?.outcome == .refusedForNow }) {
                "after a lie"
            } else if reasons.contains(where: \.isForgotten) {
                "after a copy was put back"
            } else {
                nil
            }
        guard let reason else { return accuse(.doubled, "doubled without a reason: \(attempt.words)") }
        totals.doubles[reason, default: 0] += 1
    }

    /// Records the server's reply to an attempt. Called when the process gets the reply.
    func answered(_ attempt: Attempt, _ receipt: Receipt, truth: Scope, by server: String) {
        attempt.receipt = receipt
        (attempt.truth, attempt.answeredAt) = (truth, clock.truth)
        if receipt.about == .endpointGone { gone.insert(server) }
        // Equal refusals of several recipients may open a breaker, even if each refusal concerned
        // only its recipient.
        let isCompared = receipt.outcome == .refusedForGood && receipt.comparable != nil
        if truth == .server || truth == .us || isCompared { failed.insert(server) }
        note("answer \(receipt.outcome.rawValue) \(receipt.reply): \(attempt.words)")
    }

    /// Checks outcomes and records them in the book. Called when the outcomes are on the disk.
    ///
    /// Each outcome must match the server's reply or have another valid reason.
    func recorded(_ records: [DeliveryRecord], late: [DeliveryRecord]) {
        var untaken = late.map(\.token)
        for record in records {
            guard let delivery = book.deliveries[record.id] else {
                accuse(.disorder, "an outcome of a delivery that was never written: \(record.id)")
                continue
            }
            // The ledger ignores outcomes that come too late.
            let isLate =
                record.receipt == nil
                ? delivery.state != .inFlight && delivery.state != .pending
                : delivery.state != .inFlight || delivery.claims != record.attempt
            if isLate {
                if let index = untaken.firstIndex(of: record.token) {
                    untaken.remove(at: index)
                } else {
                    accuse(.disorder, "an outcome that comes too late was taken: \(words(delivery))")
                }
                continue
            }
            let attempt = attempts[record.id]?.last { !$0.isForgotten && $0.number == record.attempt }
            attempt?.isRecorded = true
            check(record, delivery, attempt)
            book.change(record.id) {
                if record.receipt != nil {
                    $0.answered = (clock.truth, $0.mark != nil)
                } else if $0.state == .inFlight {
                    // The claim was cancelled before its attempt, so nothing was sent.
                    $0.said = $0.saidBefore ?? $0.said
                }
                if record.receipt?.outcome == .unknown { $0.unknowns += 1 }
                if record.crashed { $0.crashes += 1 }
            }
            settle(record, delivery)
        }
        for token in untaken { accuse(.disorder, "an outcome was not taken: \(token.delivery), attempt \(token.attempt)") }
    }

    /// Returns whether a pending delivery is past its deadline.
    func hasExpired(now: Instant) -> Bool {
        book.open.contains { id in
            guard let delivery = book.deliveries[id] else { return false }
            return delivery.state == .pending && delivery.deadline <= now
        }
    }

    /// Checks deliveries that were made dead because their deadline is past, and records them.
    func expired(_ deliveries: [StoredDelivery], now: Instant) {
        for one in deliveries {
            guard let delivery = book.deliveries[one.id] else {
                accuse(.disorder, "expired and never written: \(one.id)")
                continue
            }
            if delivery.state != .pending {
                accuse(.disorder, "expires what is \(delivery.state.rawValue): \(words(delivery))")
            }
            if delivery.deadline > now { accuse(.lost, "given up before its deadline: \(words(delivery))") }
            if isClockHeld { accuse(.lost, "given up by a clock that is not believed: \(words(delivery))") }
            settle(one.id, .dead)
        }
    }

    private func settle(_ record: DeliveryRecord, _ delivery: Book.Delivery) {
        switch record.next {
        case .pending, .held:
            if case .pending(let notBefore) = record.next { book.change(record.id) { $0.notBefore = notBefore } }
            // A marked delivery is not tried again. Its occurrence changed while the delivery was
            // in flight, or an operator dropped the delivery.
            if let mark = delivery.mark { return settle(record.id, .cancelled, mark) }
            let isHeld = record.next == .held
            book.change(record.id) { ($0.state, $0.isHeld) = (.pending, isHeld) }
            if isHeld { note("kept: \(words(delivery))") }
        case .delivered: settle(record.id, .delivered)
        case .unknown: settle(record.id, .unknown)
        case .dead: settle(record.id, .dead)
        case .cancelled(let why): settle(record.id, .cancelled, why)
        }
    }

    private func check(_ record: DeliveryRecord, _ delivery: Book.Delivery, _ attempt: Attempt?) {
        let now = clock.now()
        if let receipt = record.receipt, !record.crashed, !isSame(receipt, attempt?.receipt) {
            accuse(.lost, "answered \(String(describing: attempt?.receipt)), written down as \(receipt): \(words(delivery))")
        }
        switch record.next {
        case .pending(let notBefore):
            checkLoad(delivery, attempt, until: notBefore)
            if notBefore >= delivery.deadline { accuse(.stuck, "waits until after its deadline: \(words(delivery))") }
            let patience = max(TimeSpan.minutes(1), TimeSpan(milliseconds: (delivery.deadline - now).milliseconds / 4))
            // If a delivery was tried while the clock was ahead, it waits for its due time.
            let due = book.rows[delivery.row]?.due ?? now
            if notBefore - now > patience, notBefore > due {
                accuse(.stuck, "waits more than a quarter of the time left: \(words(delivery))")
            }
            if record.crashed, book.held != nil, isOfTheCopy(delivery) {
                accuse(.disorder, "was in flight in a copy and is not held: \(words(delivery))")
            }
        case .held:
            if book.held == nil { accuse(.stuck, "held without a hold: \(words(delivery))") }
        case .delivered:
            if attempt?.receipt?.outcome != .delivered { accuse(.lost, "recorded as delivered and was not: \(words(delivery))") }
        case .dead:
            let refused = attempt?.receipt?.outcome == .refusedForGood
            let late = delivery.deadline <= now + .minutes(1)
            if refused, !late { checkDeath(delivery, attempt) }
            if !refused, !late, delivery.crashes + (record.crashed ? 1 : 0) < 4 {
                accuse(.lost, "dead without a reason: \(words(delivery))")
            }
            if isClockHeld, !refused { accuse(.lost, "given up under a clock that is not believed: \(words(delivery))") }
        case .unknown:
            let isUnknown = record.crashed || attempt?.receipt?.outcome == .unknown
            if !isUnknown { accuse(.lost, "recorded as unknown and is not: \(words(delivery))") }
        case .cancelled(let why):
            judge(why, delivery)
        }
    }

    /// Returns whether a held ledger had the delivery when its copy was made.
    ///
    /// This is true if the reminder fired before the end of the held period.
    private func isOfTheCopy(_ delivery: Book.Delivery) -> Bool {
        guard let held = book.held, let row = book.rows[delivery.row] else { return false }
        return row.firedAt <= held.upperBound
    }

    // MARK: Processes

    /// Counts a crash, and marks the attempts in progress as crashed. Called when the process has
    /// died.
    func died() {
        totals.crashes += 1
        forgetOutcomes()
    }

    /// Marks the attempts of in-flight deliveries as crashed.
    ///
    /// The next process does not know the outcomes of these attempts.
    func forgetOutcomes() {
        for id in book.open {
            guard let delivery = book.deliveries[id], delivery.state == .inFlight else { continue }
            if let last = attempts[id]?.last(where: { !$0.isForgotten }), last.number == delivery.claims { last.crashed = true }
        }
    }

    /// Checks that a start has found exactly the deliveries that are in flight.
    func found(inFlight claims: [Claim]) {
        let wanted = Set(book.open.filter { book.deliveries[$0]?.state == .inFlight })
        let found = Set(claims.map(\.id))
        if found != wanted { accuse(.lost, "in flight at the start: \(found.count) instead of \(wanted.count)") }
    }

    /// Restores the book that belongs to a ledger copy. Called when the copy is restored.
    ///
    /// Attempts that were made after the copy are marked as forgotten, because the ledger has no
    /// record of them.
    func putBack(_ copy: Book, madeAt: Instant) {
        note("a copy of \(Zone.utc.rfc3339(madeAt)) is put back")
        totals.restores += 1
        putBack(copy)
        for attempt in attempts.values.joined() where attempt.began > madeAt { attempt.isForgotten = true }
        forgetOutcomes()
    }
}

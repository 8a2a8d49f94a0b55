import Scheduler

extension Oracle {
    /// Intents are on the disk.
    func claimed(_ claims: [Claim]) {
        for claim in claims {
            guard let delivery = deliveries[claim.id] else {
                accuse(.disorder, "a claim of what was never written: \(claim.id)")
                continue
            }
            if delivery.state != .pending {
                accuse(.disorder, "a claim of what is \(delivery.state.rawValue): \(delivery.words)")
            }
            delivery.state = .inFlight
            delivery.claims += 1
            if claim.attempt != delivery.claims {
                accuse(.disorder, "attempt \(claim.attempt) is number \(delivery.claims): \(delivery.words)")
            }
        }
    }

    /// Bytes leave for a destination.
    func leaves(_ message: Message, by channel: SimulatedChannel) -> Attempt {
        let now = clock.now()
        let reminder = message.notice.reminder
        totals.attempts += 1
        let delivery = deliveries[message.delivery] ?? stranger(message, channel.name)
        let attempt = Attempt(delivery, number: message.attempt, began: clock.truth, flagged: message.possibleDuplicate)
        note("try \(message.attempt) of \(delivery.words) (\(channel.mood))")
        if delivery.fired.reminder != reminder || delivery.channel != channel.name {
            accuse(.oldDates, "\(delivery.words) says \(reminder) by \(channel.name)")
        }
        if delivery.recipient != message.recipient.id
            || accepted.directory.recipients.first(where: { $0.id == delivery.recipient })?.email != message.recipient.email
        {
            accuse(.wrongRecipient, "a wrong recipient, \(message.recipient.id): \(delivery.words)")
        }
        if now < reminder.due { accuse(.early, "before its due: \(delivery.words)") }
        if now >= reminder.deadline { accuse(.afterDeadline, "after its deadline: \(delivery.words)") }
        if delivery.state != .inFlight || delivery.claims != message.attempt {
            accuse(.disorder, "no intent on the disk for try \(message.attempt): \(delivery.words)")
        }
        if delivery.attempts.contains(where: { !$0.crashed && $0.receipt == nil }) {
            accuse(.doubled, "two tries at one time: \(delivery.words)")
        }
        checkDates(delivery, now: now)
        checkDoubles(delivery, attempt, channel)
        delivery.attempts.append(attempt)
        return attempt
    }

    /// Bytes of a delivery that no look wrote.
    private func stranger(_ message: Message, _ channel: String) -> Delivery {
        let fired = Fired(message.notice.reminder, change: nil, firedAt: clock.now())
        let new = NewDelivery(id: message.delivery, recipient: message.recipient.id, channel: channel)
        let delivery = Delivery(new, of: fired, began: clock.truth)
        accuse(.disorder, "bytes of what was never written: \(delivery.words)")
        fired.deliveries.append(delivery)
        deliveries[new.id] = delivery
        told[fired.reminder.occurrenceKey, default: []].append(fired)
        return delivery
    }

    /// Who is told is told the dates that hold.
    private func checkDates(_ delivery: Delivery, now: Instant) {
        guard !looksAtEverything else { return }
        let reminder = delivery.fired.reminder
        let holds = dates[reminder.occurrenceKey]
        let says = delivery.fired.change == .gone ? nil : reminder
        // Of what is over either way no change is announced.
        let zone = accepted.plans.plans.first { $0.id == reminder.key.plan }?.zone ?? .utc
        guard zone.endOfDay(max(reminder.end, holds?.end ?? reminder.end)) > now else { return }
        if holds?.start != says?.start || holds?.end != says?.end {
            accuse(.oldDates, "old dates \(reminder.start) to \(reminder.end): \(delivery.words)")
        }
    }

    /// Whether the reader may get it twice by this try, and is told so.
    private func checkDoubles(_ delivery: Delivery, _ attempt: Attempt, _ channel: SimulatedChannel) {
        var unknown = 0
        for earlier in delivery.attempts {
            let isUnknown = earlier.crashed || earlier.receipt?.outcome == .unknown
            if isUnknown { unknown += 1 }
            if isUnknown, !attempt.flagged { accuse(.doubled, "may be a double and does not say so: \(delivery.words)") }
            if earlier.receipt?.outcome == .delivered, !earlier.crashed { accuse(.doubled, "doubled: \(delivery.words)") }
            if earlier.receipt?.outcome == .refusedForGood, !earlier.crashed, earlier.truth == .recipient,
                earlier.receipt?.comparable == nil, earlier.receipt?.advice == Receipt.Advice.none
            {
                accuse(.disorder, "tried again after a refusal for good: \(delivery.words)")
            }
        }
        switch channel.kind {
        case .webhook: break
        case .email(.hold):
            if unknown > 0 { accuse(.doubled, "sent again though unknown is to be held: \(delivery.words)") }
        case .email(.resend):
            let unanswered = delivery.attempts.count { $0.receipt?.outcome == .unknown && !$0.crashed }
            if unanswered > 1 { accuse(.doubled, "sent again after two unknown outcomes: \(delivery.words)") }
        }
    }

    /// A reader has it.
    func accepted(_ attempt: Attempt, copies: Int) {
        let delivery = attempt.delivery
        let before = delivery.attempts.reduce(0) { $0 + $1.copies }
        attempt.copies += copies
        note("arrives: \(delivery.words)\(before > 0 ? " again" : "")")
        if copies > 1 { totals.doubles["by the destination itself", default: 0] += copies - 1 }
        guard before > 0 else { return }
        let reasons = delivery.attempts.filter { $0 !== attempt && $0.copies > 0 }
        let reason: String? =
            if reasons.contains(where: { $0.crashed }) || attempt.crashed {
                "after a crash"
            } else if reasons.contains(where: { $0.receipt?.outcome == .unknown }) || attempt.receipt?.outcome == .unknown {
                "after no answer"
            } else if reasons.contains(where: { $0.receipt?.outcome == .refusedForNow }) {
                "after a lie"
            } else {
                nil
            }
        guard let reason else { return accuse(.doubled, "doubled without a reason: \(delivery.words)") }
        totals.doubles[reason, default: 0] += 1
    }

    /// A destination answered, and the process hears it.
    func answered(_ attempt: Attempt, _ receipt: Receipt, truth: Scope) {
        attempt.receipt = receipt
        attempt.truth = truth
        attempt.answeredAt = clock.truth
        if receipt.about == .endpointGone { gone.insert(attempt.delivery.channel) }
        // A comparison may hold a channel because of its recipients alone.
        if truth == .server || truth == .us || receipt.comparable != nil { failed.insert(attempt.delivery.channel) }
        note("answer \(receipt.outcome.rawValue) \(receipt.reply): \(attempt.delivery.words)")
    }

    /// Outcomes are on the disk: each must be what was answered, or have its reason.
    func recorded(_ records: [DeliveryRecord]) {
        for record in records {
            guard let delivery = deliveries[record.id] else {
                accuse(.disorder, "an outcome of what was never written: \(record.id)")
                continue
            }
            // The ledger does not take what comes too late.
            if record.receipt == nil, delivery.state != .inFlight, delivery.state != .pending { continue }
            if record.receipt != nil, delivery.state != .inFlight || delivery.claims != record.attempt { continue }
            let attempt = delivery.attempts.last.flatMap { $0.number == record.attempt ? $0 : nil }
            attempt?.isRecorded = true
            if record.crashed { delivery.crashes += 1 }
            check(record, delivery, attempt)
            switch record.next {
            case .pending(let notBefore): (delivery.state, delivery.notBefore) = (.pending, notBefore)
            case .delivered: settle(delivery, .delivered)
            case .unknown: settle(delivery, .unknown)
            case .dead: settle(delivery, .dead)
            case .cancelled: settle(delivery, .cancelled)
            }
        }
    }

    /// What waited for a channel that is gone is cancelled on the disk.
    func cancelled(_ claims: [Claim]) {
        for claim in claims {
            guard let delivery = deliveries[claim.id] else {
                accuse(.disorder, "cancelled and never written: \(claim.id)")
                continue
            }
            if delivery.state != .pending { accuse(.disorder, "cancels what is \(delivery.state.rawValue): \(delivery.words)") }
            if channels[delivery.channel] != nil { accuse(.lost, "cancelled without a reason: \(delivery.words)") }
            settle(delivery, .cancelled)
        }
    }

    private func check(_ record: DeliveryRecord, _ delivery: Delivery, _ attempt: Attempt?) {
        let reminder = delivery.fired.reminder
        let now = clock.now()
        if let receipt = record.receipt, !record.crashed, !isSame(receipt, attempt?.receipt) {
            accuse(.lost, "answered \(String(describing: attempt?.receipt)), written down as \(receipt): \(delivery.words)")
        }
        switch record.next {
        case .pending(let notBefore):
            checkLoad(delivery, attempt, until: notBefore)
            if notBefore >= reminder.deadline { accuse(.stuck, "waits beyond its deadline: \(delivery.words)") }
            let patience = max(Span.minutes(1), Span(milliseconds: (reminder.deadline - now).milliseconds / 4))
            if notBefore - now > patience { accuse(.stuck, "waits more than a quarter of the time left: \(delivery.words)") }
        case .delivered:
            if attempt?.receipt?.outcome != .delivered { accuse(.lost, "called delivered and was not: \(delivery.words)") }
        case .dead:
            let refused = attempt?.receipt?.outcome == .refusedForGood
            let late = reminder.deadline <= now + .minutes(1)
            if refused, !late { checkDeath(delivery, attempt) }
            if !refused, !late, delivery.crashes < 4 { accuse(.lost, "dead without a reason: \(delivery.words)") }
        case .unknown:
            let isUnknown = record.crashed || attempt?.receipt?.outcome == .unknown
            if !isUnknown { accuse(.lost, "called unknown and is not: \(delivery.words)") }
        case .cancelled:
            let planned = accepted.plans.plans.contains {
                $0.id == reminder.key.plan && $0.campaigns.contains { $0.id == reminder.key.campaign }
            }
            let hasReader = accepted.directory.recipients.contains { $0.id == delivery.recipient }
            let holds = dates[reminder.occurrenceKey]
            let says = delivery.fired.change == .gone ? nil : reminder
            let isOld = holds?.start != says?.start || holds?.end != says?.end
            if planned, hasReader, channels[delivery.channel] != nil, !isOld {
                accuse(.lost, "cancelled without a reason: \(delivery.words)")
            }
        }
    }

    /// `otherwise` channels take over for a reader whom nobody reached.
    func rerouted(_ reader: Unreached, to new: [NewDelivery]) {
        let fired = (told[reader.stored.reminder.occurrenceKey] ?? []).first { $0.reminder.key == reader.stored.reminder.key }
        guard let fired else { return accuse(.disorder, "a reroute of what never fired: \(reader.stored.reminder)") }
        let mine = fired.deliveries.filter { $0.recipient == reader.recipient }
        let now = clock.now()
        if mine.contains(where: { [.delivered, .unknown, .inFlight, .superseded].contains($0.state) }) {
            accuse(.doubled, "rerouted though told: \(reader.recipient) of \(fired.reminder)")
        }
        let half = Span(milliseconds: (fired.reminder.deadline - fired.firedAt).milliseconds / 2)
        let waits = mine.contains { $0.state == .pending && !gone.contains($0.channel) }
        if waits, now - fired.firedAt < min(.hours(24), half) {
            accuse(.disorder, "rerouted too soon: \(reader.recipient) of \(fired.reminder)")
        }
        let wish = accepted.directory.recipients.first { $0.id == reader.recipient }?.otherwise ?? []
        let wanted = wish.filter { channel in !mine.contains { $0.channel == channel } }
        if Set(new.map(\.channel)) != Set(wanted) { accuse(.wrongRecipient, "rerouted to \(new), the rule says \(wanted)") }
        for delivery in mine where delivery.state == .pending { settle(delivery, .cancelled) }
        for one in new {
            let delivery = Delivery(one, of: fired, began: clock.truth, isOtherwise: true)
            note("reroute: \(delivery.words)")
            fired.deliveries.append(delivery)
            deliveries[one.id] = delivery
            open[one.id] = delivery
        }
    }

    // MARK: Processes

    /// The process is no more: what it had under way has no outcome.
    func died() {
        totals.crashes += 1
        for delivery in open.values where delivery.state == .inFlight {
            if let last = delivery.attempts.last, last.number == delivery.claims { last.crashed = true }
        }
    }

    /// A start finds what was in flight.
    func found(inFlight claims: [Claim]) {
        let wanted = Set(open.values.filter { $0.state == .inFlight }.map(\.id))
        let found = Set(claims.map(\.id))
        if found != wanted { accuse(.lost, "in flight at the start: \(found.count) and not \(wanted.count)") }
    }
}

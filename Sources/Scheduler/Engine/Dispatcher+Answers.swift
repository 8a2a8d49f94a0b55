import Dates

// Interprets the replies of a channel's server.
//
// A channel sets the scope of a receipt from the text of one reply. This file corrects the scope
// with the help of the server's other replies. For example, overload may explain a reply that looks
// like a failure. The corrected receipt updates the channel's breaker and load control, and decides
// when the delivery is tried next.

extension Dispatcher {
    /// Returns the receipt of an attempt, after correcting its scope according to other replies.
    func judge(_ arrival: CompletionQueue.Arrival, now: Instant, realNow: Instant) -> Receipt {
        let name = arrival.claim.channel
        guard let destination = destinations[name] else {
            attempts.departed[name, default: 1] -= 1
            return arrival.receipt
        }
        guard destination.fingerprint == arrival.fingerprint else {
            destinations[name]?.endedOfOld()
            return Dispatcher.ofOldSettings(arrival.receipt)
        }
        let mayGrow = underWay < Dispatcher.attemptsBeforeGrowthEnds
        let plain = destinations[name]!.ended(arrival, now: now, realNow: realNow, mayGrow: mayGrow)
        hear(name, plain, now: now, realNow: realNow)
        return compare(plain, arrival, now: now, realNow: realNow)
    }

    /// Returns the receipt of an attempt that began before its channel's settings changed.
    ///
    /// A reply about the sender, load or the server is valid only for the old settings. Its scope
    /// becomes `nobody`, so that the delivery is tried again immediately with the new settings.
    private static func ofOldSettings(_ receipt: Receipt) -> Receipt {
        receipt.outcome == .delivered || receipt.outcome == .unknown || receipt.about == .recipient
            ? receipt : receipt.judged(about: .nobody)
    }

    /// Applies a receipt to the channel's breaker.
    ///
    /// When a server has recovered, or replies for the first time since the start, deliveries that
    /// wait because it failed become due immediately.
    private func hear(_ name: String, _ receipt: Receipt, now: Instant, realNow: Instant) {
        guard let policy = destinations[name]?.channel.policy else { return }
        let wasParked = receipt.about == .endpointGone && gates.isParked(name)
        switch gates.hear(name, receipt, policy: policy, now: realNow) {
        case .opened: journal.write(.breakerOpened(channel: name, receipt))
        case .closed: closed(name)
        case nil: break
        }
        if receipt.about == .endpointGone, !wasParked { journal.write(.endpointGone(channel: name, receipt)) }
        let isAnswer = receipt.outcome == .delivered || receipt.about == .recipient || receipt.about == .comparison
        if isAnswer, let before = destinations[name]?.answered() { earlierRetries.recovered(name, before: before) }
    }

    private func closed(_ name: String) {
        journal.write(.breakerClosed(channel: name))
        earlierRetries.recovered(name, before: .distantFuture)
    }

    private func compare(_ receipt: Receipt, _ arrival: CompletionQueue.Arrival, now: Instant, realNow: Instant) -> Receipt {
        let (claim, name) = (arrival.claim, arrival.claim.channel)
        if receipt.outcome == .delivered {
            noteAccepted(
                name, began: arrival.began, domain: servedDomain(of: claim.recipient, on: name), now: now, realNow: realNow)
            return receipt
        }
        let isFinal = receipt.outcome == .refusedForGood && !(receipt.countsTwice && claim.refusals == 0)
        guard isFinal, receipt.comparable != nil else {
            destinations[name]?.comparison.probeEnded(now: realNow)
            return receipt
        }
        let domain = domain(of: claim.recipient, on: name)
        switch destinations[name]?.comparison.refused(
            claim, receipt, domain: domain, began: arrival.began, now: realNow)
        {
        case .recipient, nil: return receipt.judged(about: .recipient)
        case .undecided: return receipt.judged(about: .comparison)
        case .us(let begins):
            let found = receipt.judged(about: .us)
            if begins { journal.write(.breakerOpened(channel: name, found)) }
            return found
        }
    }

    /// Applies an acceptance to the channel's comparison.
    ///
    /// Gives up refused deliveries if the acceptance proves that only their recipients are refused.
    private func noteAccepted(_ name: String, began: Instant, domain: String? = nil, now: Instant, realNow: Instant) {
        guard let finding = destinations[name]?.comparison.accepted(began: began, domain: domain, now: realNow) else { return }
        if finding.endsHold { closed(name) }
        if finding.retries { earlierRetries.recovered(name, before: .distantFuture) }
        for refused in finding.recipients {
            outcomes.records.append(
                DeliveryRecord(refused.claim.token, at: now, receipt: nil, next: .dead))
            failover.beginSoon()
            journal.write(.foundRefused(refused.claim, refused.receipt))
        }
    }

    /// Applies the results of alerts and tests that were sent through the dispatcher's channels.
    func takeNews(now: Instant, realNow: Instant) {
        for (name, news) in gates.takeNews() where destinations[name] != nil {
            if let receipt = news.opened { journal.write(.breakerOpened(channel: name, receipt)) }
            if let receipt = news.gone {
                journal.write(.endpointGone(channel: name, receipt))
                failover.beginSoon()
            }
            if news.hasClosed { closed(name) }
            if let (receipt, began) = news.stated {
                destinations[name]?.refusedElsewhere(receipt, began: began, now: now, realNow: realNow)
            }
            guard let since = news.acceptedSince else { continue }
            if !news.hasClosed { journal.write(.channelAnswered(channel: name)) }
            if let before = destinations[name]?.answeredElsewhere(at: realNow) {
                earlierRetries.recovered(name, before: before)
            }
            noteAccepted(name, began: since, now: now, realNow: realNow)
        }
    }

    /// Returns the domain that the acceptance of this recipient proves to be served.
    ///
    /// If the channel's addresses have no domain, an acceptance says something only about this
    /// recipient. The recipient is returned then only if refusals are remembered.
    private func servedDomain(of recipient: String, on channel: String) -> String? {
        let kind = messages.accepted.directory.addressKinds[channel]
        if kind?.hasDomain ?? false { return domain(of: recipient, on: channel) }
        return destinations[channel]?.comparison.remembersRefusals ?? false ? domain(of: recipient, on: channel) : nil
    }

    /// Returns the mail domain of a recipient's address.
    ///
    /// Returns the recipient's id if the recipient has no address, or if the channel uses addresses
    /// without a domain.
    func domain(of recipient: String, on channel: String) -> String {
        let directory = messages.accepted.directory
        guard directory.addressKinds[channel]?.hasDomain ?? true else { return recipient }
        let domain = directory.position(recipient).flatMap { directory.recipients.domain(at: $0) }
        return domain ?? recipient
    }
}

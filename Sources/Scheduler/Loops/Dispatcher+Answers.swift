// What an answer says of its channel
//
// An attempt's receipt says whom the answer is about, as far as the words can tell. Here it is set beside the channel's other answers: a
// comparison may find that a refusal is about its recipient or about us, and an overload may look like a failure. What comes
// out of it goes to the channel's breaker (server and us), its load control (load), and the delivery's next try.

extension Dispatcher {
    /// The receipt of an attempt, with whom it is about among the channel's other answers.
    func judge(_ arrival: Inbox.Arrival, now: Instant, realNow: Instant) -> Receipt {
        let name = arrival.claim.channel
        guard let destination = destinations[name] else {
            departed[name, default: 1] -= 1
            return arrival.receipt
        }
        guard destination.fingerprint == arrival.fingerprint else {
            destinations[name]?.endedOfOld()
            return Dispatcher.ofOldSettings(arrival.receipt)
        }
        let about = destinations[name]!.about(arrival.receipt, to: arrival.claim.id, realNow: realNow)
        let plain = arrival.receipt.judged(about: about)
        let mayGrow = underWay < Dispatcher.attemptsBeforeGrowthEnds
        destinations[name]?.ended(
            plain, of: arrival.claim.recipient, began: arrival.began, now: now, realNow: realNow, mayGrow: mayGrow)
        hear(name, plain, now: now, realNow: realNow)
        return compare(plain, arrival, now: now, realNow: realNow)
    }

    /// An answer to an attempt that began before a reload gave its channel other settings. Whatever it says of us, of load or of the
    /// server is true of the old ones: the delivery goes again at once, by the new.
    private static func ofOldSettings(_ receipt: Receipt) -> Receipt {
        receipt.outcome == .delivered || receipt.outcome == .unknown || receipt.about == .recipient
            ? receipt : receipt.judged(about: .nobody)
    }

    /// Breakers live by what destinations answer. One that answers again, or for the first time since the start, makes what waits because
    /// it failed due at once.
    private func hear(_ name: String, _ receipt: Receipt, now: Instant, realNow: Instant) {
        guard let kind = destinations[name]?.channel.kind else { return }
        let wasParked = gates.isParked(name)
        let change = gates.hear(name, receipt, kind: kind, now: realNow)
        switch change {
        case .opened: journal.write(.breakerOpened(channel: name, receipt))
        case .closed: closed(name)
        case nil: break
        }
        if receipt.about == .endpointGone, !wasParked { journal.write(.endpointGone(channel: name, receipt)) }
        let isAnswer = receipt.outcome == .delivered || receipt.about == .recipient || receipt.about == .comparison
        if isAnswer, let before = destinations[name]?.answered() {
            answering[name] = max(before, answering[name] ?? before)
        }
    }

    private func closed(_ name: String) {
        journal.write(.breakerClosed(channel: name))
        answering[name] = .distantFuture
    }

    private func compare(_ receipt: Receipt, _ arrival: Inbox.Arrival, now: Instant, realNow: Instant) -> Receipt {
        let (claim, name) = (arrival.claim, arrival.claim.channel)
        if receipt.outcome == .delivered {
            let domain = domain(of: claim.recipient)
            noteAccepted(name, began: arrival.began, domain: domain, now: now, realNow: realNow)
            return receipt
        }
        let isFinal = receipt.outcome == .refusedForGood && !(receipt.countsTwice && claim.refusals == 0)
        guard isFinal, receipt.comparable != nil else {
            destinations[name]?.comparison.probeEnded(now: realNow)
            return receipt
        }
        let domain = domain(of: claim.recipient)
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

    /// Something was accepted: what was refused before, and compared, was refused for its recipient's sake.
    private func noteAccepted(_ name: String, began: Instant, domain: String? = nil, now: Instant, realNow: Instant) {
        guard let finding = destinations[name]?.comparison.accepted(began: began, domain: domain, now: realNow) else { return }
        if finding.endsHold { closed(name) }
        if finding.retries { answering[name] = .distantFuture }
        for refused in finding.recipients {
            unrecorded.append(
                DeliveryRecord(id: refused.claim.id, attempt: refused.claim.attempt, at: now, receipt: nil, next: .dead))
            looksForUnreachedAt = .distantPast
            journal.write(.foundRefused(refused.claim, refused.receipt))
        }
    }

    /// What alerts and tests found out by the same channels.
    func takeNews(now: Instant, realNow: Instant) {
        for (name, news) in gates.takeNews() where destinations[name] != nil {
            if let receipt = news.opened { journal.write(.breakerOpened(channel: name, receipt)) }
            if let receipt = news.gone {
                journal.write(.endpointGone(channel: name, receipt))
                looksForUnreachedAt = .distantPast
            }
            if news.hasClosed { closed(name) }
            if let (receipt, began) = news.stated {
                destinations[name]?.refusedElsewhere(receipt, began: began, now: now, realNow: realNow)
            }
            guard let since = news.acceptedSince else { continue }
            if !news.hasClosed { journal.write(.channelAnswered(channel: name)) }
            if let before = destinations[name]?.answeredElsewhere(at: realNow) {
                answering[name] = max(before, answering[name] ?? before)
            }
            noteAccepted(name, began: since, now: now, realNow: realNow)
        }
    }

    /// The mail domain of a recipient; the recipient itself where it has no address.
    func domain(of recipient: String) -> String {
        let domain = accepted.directory.position(recipient).flatMap { accepted.directory.recipients.domain(at: $0) }
        return domain ?? recipient
    }
}

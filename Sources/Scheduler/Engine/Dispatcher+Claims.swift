import Dates

// Claims deliveries and starts their attempts.
//
// `ChannelState.Room` decides for each channel how many attempts may start and which deliveries are
// chosen. One transaction makes the claims of all channels and records the outcomes of earlier
// attempts.

extension Dispatcher {
    func startAttempts(now: Instant) throws(LedgerFailure) {
        let realNow = realClock.now()
        var requests: [ClaimRequest] = []
        for name in destinations.keys.sorted() {
            if let request = try claimRequest(name, now: now, realNow: realNow) { requests.append(request) }
        }
        guard !requests.isEmpty else { return try record([]) }
        let claims = try ledger.claim(requests, recording: outcomes.records, now: now).claims
        outcomes.records.removeAll(keepingCapacity: true)
        var withdrawn: [DeliveryRecord] = []
        for claim in claims {
            switch try messages.message(for: claim, now: now, ledger) {
            case .ready(let message):
                guard let destination = destinations[claim.channel] else { continue }
                let channel = destination.channel
                let fingerprint = destination.fingerprint
                destinations[claim.channel]?.started(now: now, realNow: realNow)
                destinations[claim.channel]?.comparison.took(claim, now: realNow)
                attempts.total += 1
                let inbox = inbox
                let policy = channel.policy
                channel.deliver(message) {
                    inbox.put(.init(claim: claim, policy: policy, receipt: $0, fingerprint: fingerprint, began: realNow))
                }
            case .withdrawn(let why):
                journal.write(.cancelled(claim.delivery, why))
                withdrawn.append(
                    DeliveryRecord(claim.token, at: now, receipt: nil, next: .cancelled(why)))
                if why == .viaChanged { misrouted.withdrew() }
            }
        }
        try record(withdrawn)
    }

    /// Returns the claim request for this channel; nil if no attempt may start.
    private func claimRequest(_ name: String, now: Instant, realNow: Instant) throws(LedgerFailure) -> ClaimRequest? {
        guard !gates.isParked(name) else { return nil }
        let room = destinations[name]!.room(
            now: now, realNow: realNow, breaker: gates.breaker(of: name), isProbed: gates.isProbed(name))
        switch room {
        case .none: return nil
        case .queue(let count):
            if destinations[name]!.load.isProbing, let place = try unrefused(name, now: now) {
                return ClaimRequest(channel: name, limit: 1, choice: .these([place]), names: names.stored(name))
            }
            return ClaimRequest(channel: name, limit: min(count, Dispatcher.claimLimit), names: names.stored(name))
        case .probe: return ClaimRequest(channel: name, limit: 1, choice: .waited, names: names.stored(name))
        case .compare(let count):
            let places = try untried(name, count, now: now)
            if !places.isEmpty {
                return ClaimRequest(channel: name, limit: places.count, choice: .these(places), names: names.stored(name))
            }
            let underWay = destinations[name]!.underWay
            if let refusal = destinations[name]?.comparison.foundNobodyUntried(underWay: underWay, now: realNow) {
                journal.write(.breakerOpened(channel: name, refusal.judged(about: .us)))
            }
            let isHolding = destinations[name]!.comparison.isHolding
            if isHolding, underWay > 0 || !destinations[name]!.comparison.mayRepeat(now: realNow) { return nil }
            return ClaimRequest(
                channel: name, limit: isHolding ? 1 : count, choice: isHolding ? .waited : .queue, names: names.stored(name))
        }
    }

    /// Returns the places of the deliveries that a comparison should try next.
    private func untried(_ name: String, _ count: Int, now: Instant) throws(LedgerFailure) -> [LedgerCursor] {
        let destination = destinations[name]!
        let comparison = destination.comparison
        var seen: [(place: LedgerCursor, recipient: String, domain: String)] = []
        try lookThroughQueue(name, now: now) { page in
            seen += page.map { ($0.place, $0.recipient, domain(of: $0.recipient, on: name)) }
            return seen.contains { !comparison.triedDomains.contains($0.domain) }
        }
        // Recipients who were refused because of load come last, because another such refusal would
        // not help the comparison.
        let chosen = comparison.choose(count, of: seen.filter { destination.mayProbe($0.recipient) })
        return chosen.isEmpty ? comparison.choose(count, of: seen) : chosen
    }

    /// Returns the first place in the queue whose recipient was not refused because of load.
    ///
    /// Returns nil if there is no such recipient in the pages that were read.
    private func unrefused(_ name: String, now: Instant) throws(LedgerFailure) -> LedgerCursor? {
        let destination = destinations[name]!
        var found: LedgerCursor?
        try lookThroughQueue(name, now: now) { page in
            found = page.first { destination.mayProbe($0.recipient) }?.place
            return found != nil
        }
        return found
    }

    /// Passes the pages of the queue to `body` until it returns true; at most `waitingPages` pages.
    private func lookThroughQueue(
        _ name: String, now: Instant, _ body: ([WaitingDelivery]) -> Bool
    ) throws(LedgerFailure) {
        var after: WaitingDelivery?
        for _ in 0..<Dispatcher.waitingPages {
            let page = try ledger.waiting(names: names.stored(name), after: after, now: now, limit: Dispatcher.waitingPerPage)
            if body(page) || page.count < Dispatcher.waitingPerPage { return }
            after = page.last
        }
    }
}

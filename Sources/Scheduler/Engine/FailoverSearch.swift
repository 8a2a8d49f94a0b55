import Dates

/// Writes deliveries on `otherwise` channels for recipients whose `via` channels failed.
///
/// A `via` channel has failed if its delivery was given up, or was not accepted in time. A search
/// begins every five minutes, or earlier after a call of `beginSoon`. Each step checks up to
/// `checkedPerStep` deliveries. There is no search during a hold.
struct FailoverSearch {
    /// When the next search begins.
    private var nextAt = Instant.distantPast
    /// The place where the search continues at the next step; nil if no search is under way.
    private var place: LedgerCursor?
    /// The hashes of recipients who were reported as unreachable.
    ///
    /// Half a million hashes use 8 MB.
    private var reportedUnreachable: Set<Int> = []

    static let every = TimeSpan.minutes(5)
    static let checkedPerStep = 500

    var isUnderWay: Bool { place != nil }

    func isDue(now: Instant) -> Bool { isUnderWay || now >= nextAt }

    /// Makes the search begin at the next step.
    ///
    /// The dispatcher calls this after a delivery became dead, a hold ended, or the clock was set.
    mutating func beginSoon() { nextAt = .distantPast }

    mutating func step(
        _ ledger: any DeliveringLedger, _ names: ChannelNames, _ messages: inout MessageMaker, parked: Set<String>,
        _ journal: any Journal, now: Instant
    ) throws(LedgerFailure) {
        guard isDue(now: now) else { return }
        if !isUnderWay { nextAt = now + FailoverSearch.every }
        let directory = messages.accepted.directory
        guard try ledger.held() == nil, directory.recipients.haveOtherwise else { return place = nil }
        let part = try ledger.undelivered(
            now: now, from: place, parked: Set(parked.flatMap(names.stored)), limit: FailoverSearch.checkedPerStep)
        var failovers: [Failover] = []
        for reader in part.readers {
            guard try messages.isValid(reader.stored, now: now, ledger) else { continue }
            let tried = reader.channels.map { names.channel(stored: $0) ?? $0 }
            let others = directory.recipient(reader.recipient)?.otherwise.filter { !tried.contains($0) } ?? []
            if !others.isEmpty {
                failovers.append(failover(reader, to: others, directory, rehearsal: ledger.isRehearsal))
            } else if reader.isExhausted, reportedUnreachable.insert(reader.hashValue).inserted {
                journal.write(.unreachable(reader))
            }
        }
        for (failover, isTaken) in zip(failovers, try ledger.failOver(failovers)) where isTaken {
            journal.write(.failedOver(failover.reader, to: failover.deliveries.map(\.channel)))
        }
        place = part.next
    }

    private func failover(
        _ reader: Undelivered, to channels: [String], _ directory: RecipientDirectory, rehearsal: Bool
    ) -> Failover {
        let naming = DeliveryNaming(reminder: reader.stored.reminder.key, rehearsal: rehearsal)
        let deliveries = channels.map { channel in
            NewDelivery(
                id: naming.id(recipient: reader.recipient, channel: channel), recipient: reader.recipient, channel: channel,
                formerly: directory.otherSlots(reader.recipient, channel))
        }
        return Failover(reader, to: deliveries)
    }
}

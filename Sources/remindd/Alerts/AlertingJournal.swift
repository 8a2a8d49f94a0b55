import Scheduler
import Synchronization

/// Passes every entry on to the journal proper, and what someone should hear of to the desk.
final class AlertingJournal: Journal {
    private let journal: any Journal
    private let desk: AlertDesk
    private let realClock = SystemClock()
    /// Since when nothing got through a channel.
    private let failingSince = Mutex<[String: Instant]>([:])

    private let withdrawnLately = Mutex<[[String]: (since: Instant, count: Int)]>([:])

    static let fewCancelled = 10
    static let sameEvaluation = Span.minutes(1)

    /// A channel through which nothing gets for this long is told of, though its breaker may never have opened (fault 96).
    static let silence = Span.hours(1)
    private let silentAfter: Span

    init(_ journal: any Journal, desk: AlertDesk, silence: Span = AlertingJournal.silence) {
        self.journal = journal
        self.desk = desk
        silentAfter = silence
    }

    func write(_ entry: Entry) {
        journal.write(entry)
        switch entry {
        case .attempted(let claim, let receipt, let next): attempted(claim, receipt, next)
        case .foundRefused(let claim, let receipt): settled(claim, .dead, why: words(receipt))
        case .interrupted(let claim, let next): settled(claim, next, why: "in flight at every crash")
        case .expired(let claim): settled(claim, .dead, why: "not accepted before its deadline")
        case .unreachable(let reader):
            let person = Alert.Person(recipient: reader.recipient, delivery: "")
            desk.note(.unreachable(about(reader.stored), person, channels: reader.channels))
        case .missed(let reminder): desk.note(.missed(about(reminder), due: reminder.due))
        case .firedToNobody(let reminder): desk.note(.namesNobody(about(reminder)))
        case .breakerOpened(let channel, let receipt):
            desk.note(
                receipt.about == .us
                    ? .refusesUs(channel: channel, why: words(receipt)) : .channelFails(channel, why: words(receipt)))
        case .breakerClosed(let channel), .channelAnswered(let channel): answers(channel)
        case .endpointGone(let channel, let receipt):
            fails(channel)
            desk.note(.endpointGone(channel, why: words(receipt)))
        case .clockHeld(let complaint): desk.note(.clockHeld(complaint))
        case .clockReleased: desk.clear(Alert.clockHeld(.behind).key)
        case .ledgerFull: desk.note(.ledgerFull)
        case .ledgerHasSpace: desk.clear(Alert.ledgerFull.key)
        case .unrenderable(let claim, let failure):
            desk.note(.unrenderable(about(claim.stored), why: failure.description))
        case .cancelled(let claim, let why):
            let key = claim.stored.reminder.key
            withdrawn(1, "\(key.plan)/\(key.campaign)", why)
        case .withdrawn(let key, let why, let deliveries): withdrawn(deliveries, "\(key.plan)/\(key.campaign)", why)
        case .withdrawnFromChannel(let channel, let why, let deliveries): withdrawn(deliveries, channel, why)
        case .alreadyRecorded(let reminder): desk.note(.alreadyRecorded(about(reminder)))
        case .fired, .superseded, .changed, .rerouted, .pruned, .toppedUp, .occurrenceRenamed, .takenBack: break
        }
    }

    /// Cancellations of one evaluation come close together; more than a few of them are an alert.
    private func withdrawn(_ deliveries: Int, _ subject: String, _ why: WithdrawalReason) {
        let now = realClock.now()
        let total = withdrawnLately.withLock { lately in
            lately = lately.filter { now - $0.value.since < AlertingJournal.sameEvaluation }
            lately[[subject, why.rawValue], default: (now, 0)].count += deliveries
            return lately[[subject, why.rawValue]]?.count ?? 0
        }
        if total > AlertingJournal.fewCancelled { desk.note(.withdrawn(subject: subject, count: total, why: why)) }
    }

    private func attempted(_ claim: Claim, _ receipt: Receipt, _ next: DeliveryRecord.Next) {
        settled(claim, next, why: words(receipt))
        switch receipt.about {
        // What was called off says nothing of the channel; an endpoint that is gone has an alert of its own.
        case .nobody, .endpointGone: return
        // A recipient that is refused for now is no sign that the channel works for anybody.
        case .recipient where receipt.outcome == .delivered || receipt.outcome == .refusedForGood: return answers(claim.channel)
        case .us: desk.note(.refusesUs(channel: claim.channel, why: words(receipt)))
        case .recipient, .server, .load, .comparison: break
        }
        if fails(claim.channel) >= silentAfter { desk.note(.silentChannel(claim.channel, why: words(receipt))) }
    }

    /// A channel fails; says for how long by now.
    @discardableResult
    private func fails(_ channel: String) -> Span {
        let now = realClock.now()
        return failingSince.withLock { failing in
            let since = failing[channel] ?? now
            failing[channel] = since
            return now - since
        }
    }

    /// A channel answers: whatever was said of it is over.
    private func answers(_ channel: String) {
        guard failingSince.withLock({ $0.removeValue(forKey: channel) }) != nil else { return }
        for kind in Alert.channelKinds { desk.clear(Alert.key(ofChannel: channel, kind)) }
    }

    private func settled(_ claim: Claim, _ next: DeliveryRecord.Next, why: String) {
        let person = Alert.Person(recipient: claim.recipient, delivery: claim.id.text)
        switch next {
        case .dead: desk.note(.dead(about(claim.stored), channel: claim.channel, person, why: why))
        case .unknown: desk.note(.unknown(about(claim.stored), channel: claim.channel, person))
        case .pending, .held, .delivered, .cancelled: break
        }
    }

    private func words(_ receipt: Receipt) -> String {
        let code = receipt.code.map { " \($0)" } ?? ""
        return "\(receipt.outcome.rawValue)\(code): \(receipt.reply)"
    }

    private func about(_ stored: StoredReminder) -> Alert.Reminder { about(stored.reminder, title: stored.title) }

    private func about(_ reminder: Reminder, title: String = "") -> Alert.Reminder {
        Alert.Reminder(
            plan: reminder.key.plan, campaign: reminder.key.campaign, occurrence: reminder.occurrence,
            lead: reminder.key.lead, title: title, start: reminder.start, end: reminder.end)
    }
}

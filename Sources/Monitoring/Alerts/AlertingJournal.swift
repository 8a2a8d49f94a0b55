import Clocks
import Dates
import Scheduler
import Synchronization

/// Passes every entry on to another journal, and notes an alert for each entry that needs one.
package final class AlertingJournal: Journal {
    private let journal: any Journal
    private let desk: Alerter
    /// A clock that cannot be set.
    private let steadyClock: any WallClock
    private let channels = Mutex(Channels())
    private let cancellations = Mutex(Cancellations())

    private struct Channels {
        /// The failing channels, each with the time of its first failure since its last success.
        var failingSince: [String: Instant] = [:]
        /// Channels that are no longer configured. They may still have attempts under way.
        var gone: Set<String> = []
    }

    /// Recent cancellations of deliveries, by reason.
    private struct Cancellations {
        struct Burst {
            var withdrawal: Alert.Withdrawal
            var subjects: Set<String> = []
            var last: Instant
        }

        var runs: [WithdrawalReason: Burst] = [:]
        private var evaluations = 0

        /// Returns the current series of cancellations for the reason `why`, or a new series.
        mutating func run(_ why: WithdrawalReason, _ now: Instant) -> Burst {
            if let run = runs[why], now - run.last < AlertingJournal.sameEvaluation { return run }
            evaluations += 1
            return Burst(withdrawal: Alert.Withdrawal(why: why, evaluation: evaluations), last: now)
        }
    }

    static let fewCancelled = 10
    /// Cancellations for one reason less than this time apart count as one evaluation.
    static let sameEvaluation = TimeSpan.minutes(1)

    /// The time without a success after which a failing channel causes an alert (fault 96).
    ///
    /// The alert does not depend on the channel's breaker.
    static let silence = TimeSpan.hours(1)
    private let silentAfter: TimeSpan

    package init(
        _ journal: any Journal, desk: Alerter, silence: TimeSpan = AlertingJournal.silence,
        steadyClock: any WallClock = SteadyClock()
    ) {
        self.journal = journal
        self.desk = desk
        silentAfter = silence
        self.steadyClock = steadyClock
    }

    /// Drops the alerts of channels that a reload removed, because no later success can end them.
    ///
    /// - Parameters:
    ///   - names: the channels of the current configuration.
    ///   - before: the channels of the previous configuration.
    package func configured(_ names: Set<String>, before: Set<String>) {
        let gone = before.subtracting(names)
        channels.withLock { channels in
            channels.gone = channels.gone.union(gone).subtracting(names)
            for channel in gone { channels.failingSince[channel] = nil }
        }
        for channel in gone.sorted() { desk.forget(channel: channel) }
    }

    package func write(_ entry: Entry) {
        journal.write(entry)
        switch entry {
        case .attempted(let claim, let receipt, let next): attempted(claim, receipt, next)
        case .foundRefused(let claim, let receipt):
            settled(claim.delivery, .dead, why: .addressRefused(code: receipt.code, reply: receipt.reply))
        case .interrupted(let claim, let next): settled(claim.delivery, next, why: .crashes)
        case .expired(let delivery): settled(delivery, .dead, why: .deadline)
        case .unreachable(let reader):
            let person = Alert.Person(recipient: reader.recipient, delivery: "")
            desk.note(.unreachable(about(reader.stored), person, channels: reader.channels))
        case .missed(let reminder): desk.note(.missed(about(reminder), due: reminder.due))
        case .firedToNobody(let reminder): desk.note(.namesNobody(about(reminder)))
        case .breakerOpened(let channel, let receipt):
            // Records the failure here too, because an alert or a test message may have opened the
            // breaker. Their attempts have no journal entries.
            fails(channel)
            desk.note(
                receipt.about == .us
                    ? .refusesUs(channel: channel, why: Alert.Cause(receipt)) : .channelFails(channel, why: Alert.Cause(receipt)))
        case .breakerClosed(let channel), .channelAnswered(let channel): answers(channel)
        case .endpointGone(let channel, let receipt):
            fails(channel)
            desk.note(.endpointGone(channel, why: Alert.Cause(receipt)))
        case .clockHeld(let complaint): desk.note(.clockHeld(complaint))
        case .clockReleased: desk.clear(Alert.clockHeld(.behind).key)
        case .ledgerFull: desk.note(.ledgerFull)
        case .ledgerHasSpace: desk.clear(Alert.ledgerFull.key)
        case .unrenderable(let claim, let failure):
            desk.note(.unrenderable(about(claim.stored), why: failure.description))
        case .cancelled(let delivery, let why):
            withdrawn(1, subject(delivery.stored.reminder.key, delivery.stored.title), why)
        case .withdrawn(let key, let why, let deliveries): withdrawn(deliveries, subject(key), why)
        case .withdrawnFromChannel(let channel, let why, let deliveries): withdrawn(deliveries, .channel(channel), why)
        case .alreadyRecorded(let reminder): desk.note(.alreadyRecorded(about(reminder)))
        case .fired, .superseded, .changed, .failedOver, .pruned, .toppedUp, .occurrenceRenamed, .takenBack: break
        }
    }

    private func subject(_ key: ReminderKey, _ title: String = "") -> Alert.Withdrawal.Subject {
        .campaign(plan: key.plan, campaign: key.campaign, title: title)
    }

    /// Notes an alert if one evaluation cancelled more than `fewCancelled` deliveries in total.
    private func withdrawn(_ deliveries: Int, _ subject: Alert.Withdrawal.Subject, _ why: WithdrawalReason) {
        let now = steadyClock.now()
        let withdrawal = cancellations.withLock { lately in
            var run = lately.run(why, now)
            run.last = now
            run.withdrawal.deliveries += deliveries
            if run.subjects.insert(subject.id).inserted {
                if run.withdrawal.subjects.count < Alert.Withdrawal.listed {
                    run.withdrawal.subjects.append(subject)
                } else {
                    run.withdrawal.moreSubjects += 1
                }
            }
            lately.runs[why] = run
            return run.withdrawal
        }
        if withdrawal.deliveries > AlertingJournal.fewCancelled { desk.note(.withdrawn(withdrawal)) }
    }

    private func attempted(_ claim: Claim, _ receipt: Receipt, _ next: DeliveryRecord.Next) {
        let isAboutAddress = receipt.about == .recipient && receipt.outcome == .refusedForGood
        settled(
            claim.delivery, next,
            why: isAboutAddress ? .addressRefused(code: receipt.code, reply: receipt.reply) : Alert.Cause(receipt))
        guard !channels.withLock({ $0.gone.contains(claim.channel) }) else { return }
        switch receipt.about {
        // An aborted attempt proves nothing about the channel, and neither does an attempt during
        // which its settings changed. A missing endpoint has its own alert.
        case .nobody, .endpointGone: return
        // A temporary refusal of a recipient does not prove that the channel works.
        case .recipient where receipt.outcome == .delivered || receipt.outcome == .refusedForGood: return answers(claim.channel)
        case .us: desk.note(.refusesUs(channel: claim.channel, why: Alert.Cause(receipt)))
        case .recipient, .server, .load, .comparison: break
        }
        if fails(claim.channel) >= silentAfter { desk.note(.silentChannel(claim.channel, why: Alert.Cause(receipt))) }
    }

    /// Records that a channel fails, and returns for how long it has been failing.
    @discardableResult
    private func fails(_ channel: String) -> TimeSpan {
        let now = steadyClock.now()
        return channels.withLock { channels in
            let since = channels.failingSince[channel] ?? now
            channels.failingSince[channel] = since
            return now - since
        }
    }

    /// Clears the alerts of a channel that works again.
    private func answers(_ channel: String) {
        guard channels.withLock({ $0.failingSince.removeValue(forKey: channel) }) != nil else { return }
        for kind in Alert.channelKinds { desk.clear(Alert.key(ofChannel: channel, kind)) }
    }

    private func settled(_ delivery: StoredDelivery, _ next: DeliveryRecord.Next, why: Alert.Cause) {
        let person = Alert.Person(recipient: delivery.recipient, delivery: delivery.id.text)
        switch next {
        case .dead: desk.note(.dead(about(delivery.stored), channel: delivery.channel, person, why: why))
        case .unknown: desk.note(.unknown(about(delivery.stored), channel: delivery.channel, person))
        case .pending, .held, .delivered, .cancelled: break
        }
    }

    private func about(_ stored: StoredReminder) -> Alert.Reminder { Alert.Reminder(stored) }
    private func about(_ reminder: Reminder) -> Alert.Reminder { Alert.Reminder(reminder, title: "") }
}

extension Alert.Reminder {
    init(_ stored: StoredReminder) {
        self.init(stored.reminder, title: stored.title)
    }

    fileprivate init(_ reminder: Reminder, title: String) {
        self.init(
            plan: reminder.key.plan, campaign: reminder.key.campaign, occurrence: reminder.occurrence,
            lead: reminder.key.lead, title: title, start: reminder.start, end: reminder.end)
    }
}

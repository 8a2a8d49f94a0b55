import Dates
import Scheduler
import Synchronization

/// Counters of journal entries since the process started, for `GET /metrics`.
///
/// Labels are channels, outcomes, reply codes and fixed reasons. Recipients, campaigns and replies
/// are not labels, because they would name people and have no limit.
package final class Metrics: Sendable {
    package struct Attempt: Hashable {
        package let channel: String
        package let outcome: Outcome
        /// The SMTP or HTTP code of the reply; nil if the reply has no code.
        package let code: Int?
    }

    package struct Settled: Hashable {
        package let channel: String
        package let state: DeliveryState
        package let reason: Reason

        package init(channel: String, state: DeliveryState, reason: Reason) {
            self.channel = channel
            self.state = state
            self.reason = reason
        }
    }

    /// Why a delivery ended.
    package enum Reason: String, CaseIterable {
        case accepted
        case refused
        case noAnswer = "no answer"
        case interrupted
        case deadline
        case gone = "no longer configured"
    }

    package enum ReminderState: String, CaseIterable {
        case fired, late, changed, superseded, missed
        case toNobody = "to nobody"
    }

    /// Seconds from a reminder's due time until the server accepted the message.
    package struct Lateness {
        static let bounds: [Double] = [0.1, 0.5, 1, 5, 15, 60, 300, 1_800, 3_600, 21_600, 86_400, 259_200]
        /// The number of values in each bucket.
        ///
        /// A bucket holds the values above the previous bound, up to and including its own bound.
        /// The last bucket holds the values above all bounds.
        var counts = [Int](repeating: 0, count: bounds.count + 1)
        var sum = 0.0

        package init() {}

        mutating func add(_ seconds: Double) {
            counts[Lateness.bounds.firstIndex { seconds <= $0 } ?? Lateness.bounds.count] += 1
            sum += seconds
        }
    }

    package struct Counts {
        package var reminders: [ReminderState: Int] = [:]
        package var queued = 0
        package var attempts: [Attempt: Int] = [:]
        package var settled: [Settled: Int] = [:]
        package var lateness: [String: Lateness] = [:]
        package var clockIsHeld = false
        package var ledgerIsFull = false
    }

    private let state = Mutex(Counts())

    package init() {}

    package var counts: Counts { state.withLock { $0 } }

    /// - Parameter now: the time by the clock that decides when reminders fall due.
    func count(_ entry: Entry, now: Instant) {
        state.withLock { counts in
            switch entry {
            case .fired(_, let deliveries, let late):
                counts.reminders[late ? .late : .fired, default: 0] += 1
                counts.queued += deliveries
            case .firedToNobody: counts.reminders[.toNobody, default: 0] += 1
            case .superseded: counts.reminders[.superseded, default: 0] += 1
            case .changed(_, _, let deliveries):
                counts.reminders[.changed, default: 0] += 1
                counts.queued += deliveries
            case .missed: counts.reminders[.missed, default: 0] += 1
            case .attempted(let claim, let receipt, let next):
                let attempt = Attempt(channel: claim.channel, outcome: receipt.outcome, code: receipt.code)
                counts.attempts[attempt, default: 0] += 1
                let reason: Reason =
                    switch receipt.outcome {
                    case .delivered: .accepted
                    case .refusedForNow, .refusedForGood, .notSent: .refused
                    case .unknown: .noAnswer
                    }
                counts.settle(claim.channel, next, reason)
                if case .delivered = next {
                    let late_ms = max(0, now.milliseconds - claim.stored.reminder.due.milliseconds)
                    counts.lateness[claim.channel, default: Lateness()].add(Double(late_ms) / 1_000)
                }
            case .foundRefused(let claim, _): counts.settle(claim.channel, .dead, .refused)
            case .interrupted(let claim, let next): counts.settle(claim.channel, next, .interrupted)
            case .expired(let delivery): counts.settle(delivery.channel, .dead, .deadline)
            case .cancelled(let delivery, let why): counts.settle(delivery.channel, .cancelled(why), .gone)
            case .toppedUp(_, let deliveries): counts.queued += deliveries
            case .clockHeld: counts.clockIsHeld = true
            case .clockReleased: counts.clockIsHeld = false
            case .ledgerFull: counts.ledgerIsFull = true
            case .ledgerHasSpace: counts.ledgerIsFull = false
            case .failedOver, .unreachable, .breakerOpened, .breakerClosed, .channelAnswered, .endpointGone, .unrenderable,
                .pruned,
                .withdrawn,
                .withdrawnFromChannel, .alreadyRecorded, .occurrenceRenamed, .takenBack:
                break
            }
        }
    }
}

extension Metrics.Counts {
    fileprivate mutating func settle(_ channel: String, _ next: DeliveryRecord.Next, _ reason: Metrics.Reason) {
        let state: DeliveryState? =
            switch next {
            case .pending, .held: nil
            case .delivered: .delivered
            case .unknown: .unknown
            case .dead: .dead
            case .cancelled: .cancelled
            }
        guard let state else { return }
        settled[Metrics.Settled(channel: channel, state: state, reason: reason), default: 0] += 1
    }
}

/// Counts every entry and passes it on to another journal.
package final class CountingJournal: Journal {
    private let journal: any Journal
    private let metrics: Metrics
    private let clock: any WallClock

    package init(_ journal: any Journal, metrics: Metrics, clock: any WallClock) {
        self.journal = journal
        self.metrics = metrics
        self.clock = clock
    }

    package func write(_ entry: Entry) {
        metrics.count(entry, now: clock.now())
        journal.write(entry)
    }
}

import Dates

// The rule for what is due. It is pure, and the daemon, `simulate` and
// `check` share it.
//
// An evaluation takes place at a start, a reload, a clock step and every due time. Its candidates
// are reminders that are due at or before now. There are three cases:
//
// (a) The deadline is still to come. Each recipient gets the latest lead that names them, unless a
// delivery of this lead or of a later one still counts for them (`StandingDeliveries`). Because
// each recipient is checked, a reminder that has fired can still get new deliveries. A reminder
// that none of its recipients needs is recorded as superseded.
//
// (b) The deadline is past, and the reminder fell due after the previous evaluation
// (`lookedUntil`). It is recorded as missed.
//
// (c) The deadline is past, and the reminder fell due at or before the previous evaluation. It was
// not in the plan at that time, so nothing is recorded.

/// The decisions of an evaluation, before they are written.
public struct Decision: Sendable {
    public struct Firing: Sendable {
        public let scheduled: Scheduled
        public let recipients: RecipientSet
        public let late: Bool
        /// The fingerprint of all recipients that the reminder names.
        public let named: UInt64
        /// Reminders that this one replaces although the ledger has a later due time for them.
        public let overtaken: [ReminderKey]
    }

    /// The reminders to fire, in the order of `Scheduled.precedes`.
    public var firings: [Firing] = []
    /// Deliveries to add to reminders that are already in the ledger.
    public var topUps: [TopUp] = []
    public var superseded: [Reminder] = []
    public var missed: [Reminder] = []
    /// For reminders without missing deliveries, the fingerprint of the recipients that they name.
    ///
    /// The key is the identity under which the reminder is stored.
    public var named: [ReminderKey: UInt64] = [:]

    public var isEmpty: Bool { firings.isEmpty && topUps.isEmpty && superseded.isEmpty && missed.isEmpty }
}

/// Deliveries to add to a reminder that is already in the ledger.
public struct TopUp: Sendable {
    /// The reminder as stored.
    public let recorded: RecordedReminder
    /// The recipients of the added deliveries.
    public var recipients: RecipientSet
    /// All recipients that the reminder names, including those who already have it.
    ///
    /// They are needed so that an address that several of them share does not get the reminder
    /// twice.
    public let everyone: RecipientSet
    /// The members of `recipients` who were added only after the reminder was due.
    public let joined: RecipientSet
    public var named: UInt64
    /// The reminder with the current dates; nil if its row already has them.
    public let dates: Reminder?
    /// The occurrence, under its name in the plans.
    public let occurrence: OccurrenceKey
    /// The lead; nil if `recorded` is a change notice.
    ///
    /// Also nil if the reminder is not a candidate and only its remaining deliveries are written.
    public var scheduled: Scheduled?
    /// Reminders that this one replaces although the ledger has a later due time for them.
    public var overtaken: [ReminderKey] = []
}

/// The ledger's data about the candidates of one evaluation.
///
/// Keys are the identities in the plans. Rows that are stored under former names are included.
public struct NotificationHistory: Sendable {
    /// Reminders that have a row, fired or not.
    public var recorded: [ReminderKey: RecordedReminder]
    /// The deliveries that still count, by occurrence.
    ///
    /// An occurrence has no entry if it has no such deliveries or need not be checked.
    public var standing: [OccurrenceKey: StandingDeliveries]

    public init(recorded: [ReminderKey: RecordedReminder] = [:], standing: [OccurrenceKey: StandingDeliveries] = [:]) {
        self.recorded = recorded
        self.standing = standing
    }
}

/// The deliveries of one occurrence that still count, as sets of recipients.
///
/// A delivery counts unless it was cancelled for a temporary reason
/// (`WithdrawalReason.isRevivable`). A superseded delivery counts only if it may have arrived. A
/// delivery with outdated dates counts only if its recipient was notified.
///
/// A set of half a million recipients uses 62 kB. A dictionary keyed by recipient id would use 30
/// MB.
public struct StandingDeliveries: Sendable {
    private struct Share: Sendable {
        let reminder: ReminderKey
        let due: Instant
        let recipients: RecipientSet
        /// The members of `recipients` whose delivery of this reminder has the current dates.
        ///
        /// The delivery was accepted, was perhaps accepted, is in flight or is pending.
        let informed: RecipientSet
    }

    private var shares: [Share] = []
    private var withdrawnByReminder: [ReminderKey: RecipientSet] = [:]
    private var failedOverByReminder: [ReminderKey: RecipientSet] = [:]
    /// All recipients with a delivery that was cancelled for a temporary reason.
    ///
    /// These recipients never count as added after a reminder was due.
    public private(set) var withdrawn = RecipientSet()

    public init() {}

    public mutating func add(
        _ recipients: RecipientSet, of reminder: ReminderKey, due: Instant, informed: RecipientSet = RecipientSet()
    ) {
        guard !recipients.isEmpty else { return }
        shares.append(Share(reminder: reminder, due: due, recipients: recipients, informed: informed))
    }

    /// - Parameter failedOver: The members of `recipients` who lost their channel before they were
    ///   notified.
    public mutating func addWithdrawn(_ recipients: RecipientSet, failedOver: RecipientSet, of reminder: ReminderKey) {
        withdrawn = withdrawn.union(recipients)
        withdrawnByReminder[reminder, default: RecipientSet()] = withdrawnByReminder[reminder, default: RecipientSet()].union(
            recipients)
        failedOverByReminder[reminder, default: RecipientSet()] = failedOverByReminder[reminder, default: RecipientSet()].union(
            failedOver)
    }

    /// Returns the recipients who do not need `reminder`.
    ///
    /// They have a delivery of `reminder`, or of a reminder due at or after `due`.
    func satisfied(_ reminder: ReminderKey, due: Instant) -> RecipientSet {
        shares.reduce(RecipientSet()) { $1.reminder == reminder || $1.due >= due ? $0.union($1.recipients) : $0 }
    }

    /// Returns the recipients who have a delivery of another reminder due at or after `due`.
    func satisfiedOtherwise(than reminder: ReminderKey, due: Instant) -> RecipientSet {
        shares.reduce(RecipientSet()) { $1.reminder != reminder && $1.due >= due ? $0.union($1.recipients) : $0 }
    }

    func reminders(dueAfter first: Instant, through last: Instant) -> [ReminderKey] {
        shares.filter { $0.due > first && $0.due <= last }.map(\.reminder)
    }

    /// Returns the recipients who get the current dates from another reminder due after `due`.
    func hasLater(than reminder: ReminderKey, due: Instant) -> RecipientSet {
        shares.reduce(RecipientSet()) { $1.reminder != reminder && $1.due > due ? $0.union($1.informed) : $0 }
    }

    /// Returns the recipients who lost their channel before `reminder` was delivered to them.
    func failedOver(_ reminder: ReminderKey) -> RecipientSet { failedOverByReminder[reminder] ?? RecipientSet() }
}

/// The longest delay after the due time with which a reminder fires without being `late`.
///
/// With `catch_up: none`, a reminder with a longer delay is recorded as missed.
public let lateAfter = TimeSpan.minutes(15)

/// The treatment of overdue reminders, as set by `catch_up`.
public enum CatchUp: String, Hashable, Sendable, CaseIterable {
    /// The latest overdue reminder of an occurrence is sent until its deadline.
    case latest
    /// Reminders more than 15 minutes late are recorded as missed.
    case none
}

/// The recipients that a lead names.
struct NamedRecipients: Sendable {
    let positions: RecipientSet
    let fingerprint: UInt64
}

struct DueEvaluation {
    let accepted: ActiveConfiguration
    let now: Instant
    let lookedUntil: Instant

    /// Decides which candidates fire, get more deliveries, are superseded or are missed.
    ///
    /// The candidates are due, and are in any order. If several have the same identity, only the
    /// first of them by `Scheduled.precedes` is decided.
    func decide(_ candidates: [Scheduled], _ history: NotificationHistory, _ named: inout ActiveConfiguration.Resolved)
        -> Decision
    {
        var decision = Decision()
        var missed: Set<ReminderKey> = []
        var open: [OccurrenceKey: [Scheduled]] = [:]
        var order: [OccurrenceKey] = []
        var met: Set<ReminderKey> = []
        for candidate in candidates.sorted(by: Scheduled.precedes) where met.insert(candidate.reminder.key).inserted {
            let reminder = candidate.reminder
            precondition(reminder.due <= now, "an evaluation was given a reminder that is not due")
            let isRecorded = history.recorded[reminder.key] != nil
            if reminder.deadline <= now {
                if !isRecorded, reminder.due > lookedUntil { decision.missed.append(reminder) }
            } else {
                if !isRecorded, accepted.catchUp == .none, now - reminder.due > lateAfter {
                    decision.missed.append(reminder)
                    missed.insert(reminder.key)
                }
                if open[reminder.occurrenceKey, default: []].isEmpty { order.append(reminder.occurrenceKey) }
                open[reminder.occurrenceKey, default: []].append(candidate)
            }
        }
        for occurrence in order {
            let leads = open[occurrence]!
            guard
                history.standing[occurrence] != nil
                    || leads.contains(where: { needsRecipients($0, history.recorded[$0.reminder.key], &named) })
            else { continue }
            let standing = history.standing[occurrence] ?? StandingDeliveries()
            share(leads, standing, history.recorded, missed, &named, into: &decision)
        }
        decision.firings.sort { Scheduled.precedes($0.scheduled, $1.scheduled) }
        return decision
    }

    /// Returns whether a recipient may lack a delivery of this lead.
    ///
    /// If false for all leads of an occurrence, its deliveries are not read from the ledger,
    /// because reading half a million of them is slow.
    func needsRecipients(_ lead: Scheduled, _ row: RecordedReminder?, _ named: inout ActiveConfiguration.Resolved) -> Bool {
        guard let row else { return true }
        if row.isClosed { return false }
        return !row.isComplete || row.hasWithdrawn || hasOtherDates(row, lead) || isLaterThanSuperseded(row, lead)
            || row.named != accepted.named(by: lead, &named).fingerprint
    }

    /// Returns whether a superseded lead is now due later than when it was recorded.
    ///
    /// It may therefore be the latest lead now.
    private func isLaterThanSuperseded(_ row: RecordedReminder, _ lead: Scheduled) -> Bool {
        row.state == .superseded && row.due < lead.reminder.due
    }

    /// Returns whether the reminder fired for another occurrence, which is now over.
    ///
    /// The dates of its row are changed only if a recipient lacks the reminder.
    private func isOfOneThatIsOver(_ row: RecordedReminder, _ lead: Scheduled) -> Bool {
        row.state == .fired && !row.occurrence.isEmpty && row.occurrence != lead.reminder.occurrence
            && row.end < accepted.plans.plans[lead.plan].zone.civil(at: now).day
    }

    /// Returns whether the days or the time of the row differ from those of the lead.
    ///
    /// Returns false if the old and the current dates are past. Returns true for a superseded
    /// reminder of another occurrence, because nobody was notified by that reminder.
    private func hasOtherDates(_ row: RecordedReminder, _ lead: Scheduled) -> Bool {
        if row.state == .superseded, !row.occurrence.isEmpty, row.occurrence != lead.reminder.occurrence { return true }
        guard !row.dates.isSame(as: lead.reminder.dates) else { return false }
        let today = accepted.plans.plans[lead.plan].zone.civil(at: now).day
        return max(row.end, lead.reminder.end) >= today
    }

    /// Decides which leads of one occurrence its recipients get (case (a) at the top of this file).
    ///
    /// The recipients of a lead in `missed` get neither that lead nor an earlier one.
    private func share(
        _ leads: [Scheduled], _ standing: StandingDeliveries, _ recorded: [ReminderKey: RecordedReminder],
        _ missed: Set<ReminderKey>, _ named: inout ActiveConfiguration.Resolved, into decision: inout Decision
    ) {
        var served = RecipientSet()
        for lead in latestFirst(leads) {
            let names = accepted.named(by: lead, &named)
            let pool = names.positions.subtracting(served)
            let (key, due) = (lead.reminder.key, lead.reminder.due)
            let lacking = pool.subtracting(standing.satisfied(key, due: due))
            if leads.count > 1 { served = served.union(accepted.directory.withSharedAddresses(names.positions)) }
            if missed.contains(key) { continue }
            guard let row = recorded[key] else {
                if lacking.isEmpty, !names.positions.isEmpty {
                    decision.superseded.append(lead.reminder)
                    decision.named[key] = names.fingerprint
                } else {
                    let late = now - due > lateAfter
                    decision.firings.append(
                        .init(
                            scheduled: lead, recipients: lacking, late: late, named: names.fingerprint,
                            overtaken: overtaken(by: lead, among: leads, recorded, standing)))
                }
                continue
            }
            if row.isClosed { continue }
            complete(row, lead, names, lacking: lacking, pool: pool, standing, into: &decision)
            if decision.topUps.last?.recorded.key == row.key {
                decision.topUps[decision.topUps.count - 1].overtaken = overtaken(by: lead, among: leads, recorded, standing)
            }
        }
    }

    /// Returns reminders that this lead replaces although the ledger has a later due time for them.
    ///
    /// This happens if an edit has changed due times. By the current due times, this lead is due at
    /// the same time as these reminders, or later.
    private func overtaken(
        by lead: Scheduled, among leads: [Scheduled], _ recorded: [ReminderKey: RecordedReminder], _ standing: StandingDeliveries
    ) -> [ReminderKey] {
        let key = lead.reminder.key
        let due = recorded[key]?.due ?? lead.reminder.due
        let older = leads.compactMap { other in
            guard other.reminder.key != key, other.reminder.due <= lead.reminder.due, let row = recorded[other.reminder.key],
                row.due > due
            else { return ReminderKey?.none }
            return row.key
        }
        guard due < lead.reminder.due else { return older }
        let known = Set(leads.map(\.reminder.key) + older)
        return older + standing.reminders(dueAfter: due, through: lead.reminder.due).filter { !known.contains($0) }
    }

    /// Adds the missing deliveries of a recorded reminder to `decision`.
    private func complete(
        _ row: RecordedReminder, _ lead: Scheduled, _ names: NamedRecipients, lacking: RecipientSet, pool: RecipientSet,
        _ standing: StandingDeliveries, into decision: inout Decision
    ) {
        let (key, due) = (lead.reminder.key, lead.reminder.due)
        let hasOtherDates = hasOtherDates(row, lead)
        // If the reminder was never completed, or its row has other dates, recipients without a
        // delivery do not count as added later.
        let areInTime = !row.isComplete || hasOtherDates
        var (recipients, joined) = (lacking, RecipientSet())
        if !areInTime {
            joined = lacking.subtracting(standing.withdrawn)
            if !accepted.admitsJoiners(lead.plan) || row.named == nil {
                recipients = lacking.subtracting(joined)
                joined = RecipientSet()
            }
        }
        let failedOver = standing.failedOver(key).intersection(pool).subtracting(
            standing.satisfiedOtherwise(than: key, due: due))
        recipients = recipients.union(failedOver)
        if recipients.isEmpty, !hasOtherDates || isOfOneThatIsOver(row, lead) {
            if row.named != names.fingerprint || !row.isComplete { decision.named[row.key] = names.fingerprint }
            return
        }
        decision.topUps.append(
            TopUp(
                recorded: row, recipients: recipients, everyone: names.positions, joined: joined, named: names.fingerprint,
                dates: hasOtherDates ? lead.reminder : nil, occurrence: lead.reminder.occurrenceKey, scheduled: lead))
    }

    /// Returns the leads sorted by due time, the latest first.
    ///
    /// Leads with the same due time stay in the order of the plan.
    private func latestFirst(_ leads: [Scheduled]) -> [Scheduled] {
        leads.enumerated().sorted { a, b in
            let (x, y) = (a.element.reminder.due, b.element.reminder.due)
            return x != y ? x > y : a.offset < b.offset
        }
        .map(\.element)
    }
}

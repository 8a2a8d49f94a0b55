import Dates

// The rule for what is due (contract, "What is due"). It is pure, and the daemon, `simulate` and
// `check` share it.
//
// An evaluation takes place at a start, a reload, a clock step and every due instant. Its
// candidates are reminders with due ≤ now:
//
//   (a) Deadline ahead: each recipient whom a lead names now gets the latest lead that names them,
//       unless they have a standing delivery of it or of one with an equal or later due. This is
//       decided for each recipient. A fired reminder is not closed for a recipient who has no
//       delivery of it. A reminder that nobody gets is recorded as superseded.
//   (b) Deadline past, due after `lookedUntil`: The reminder is recorded as missed.
//   (c) Deadline past, due at or before `lookedUntil`: The reminder was not in the plan at its due.
//       Nothing is recorded.

/// The decision of an evaluation, before it is written.
public struct Decision: Sendable {
    public struct Firing: Sendable {
        public let scheduled: Scheduled
        public let recipients: RecipientSet
        public let late: Bool
        /// The fingerprint of all recipients whom the reminder names.
        public let named: UInt64
        /// As in `EvaluationResult.Firing`.
        public let overtaken: [ReminderKey]
    }

    /// In the order of `Scheduled.precedes`.
    public var firings: [Firing] = []
    /// Recipients of recorded reminders who have no standing delivery.
    public var topUps: [TopUp] = []
    public var superseded: [Reminder] = []
    public var missed: [Reminder] = []
    /// The fingerprints of the recipients whom reminders name, by identity as stored.
    ///
    /// Contains only reminders that have all their deliveries.
    public var named: [ReminderKey: UInt64] = [:]

    public var isEmpty: Bool { firings.isEmpty && topUps.isEmpty && superseded.isEmpty && missed.isEmpty }
}

/// Deliveries that a recorded reminder lacks.
public struct TopUp: Sendable {
    /// The reminder as stored.
    public let recorded: RecordedReminder
    /// The recipients who get the reminder now.
    public var recipients: RecipientSet
    /// All recipients whom the reminder names. An address of theirs that already has the reminder
    /// does not get it twice.
    public let everyone: RecipientSet
    /// Those of `recipients` who were named only after the reminder was due.
    public let joined: RecipientSet
    public var named: UInt64
    /// The reminder with the present dates, if its row has other dates.
    public let dates: Reminder?
    /// Its occurrence, under the names of the plans.
    public let occurrence: OccurrenceKey
    /// The lead; nil for a change and for a reminder that only an earlier evaluation began.
    public var scheduled: Scheduled?
    /// As in `EvaluationResult.Firing`.
    public var overtaken: [ReminderKey] = []
}

/// The ledger's data about the candidates of one evaluation.
///
/// Identities are those of the plans. Names in the ledger from before a rename are resolved.
public struct NotificationHistory: Sendable {
    /// Reminders that have a row, fired or not.
    public var recorded: [ReminderKey: RecordedReminder]
    /// Standing deliveries by occurrence. Occurrences that have none, or that need no check, are
    /// left out.
    public var standing: [OccurrenceKey: StandingDeliveries]

    public init(recorded: [ReminderKey: RecordedReminder] = [:], standing: [OccurrenceKey: StandingDeliveries] = [:]) {
        self.recorded = recorded
        self.standing = standing
    }
}

/// The recipients who have a standing delivery of one occurrence.
///
/// Each reminder has a `RecipientSet`. For half a million recipients a set takes 62 kB. A
/// dictionary by id took 30 MB.
public struct StandingDeliveries: Sendable {
    private struct Share: Sendable {
        let reminder: ReminderKey
        let due: Instant
        let recipients: RecipientSet
        /// Those of `recipients` to whom this reminder states the present dates. It has arrived,
        /// may have arrived, or is pending.
        let informed: RecipientSet
    }

    private var shares: [Share] = []
    private var withdrawnByReminder: [ReminderKey: RecipientSet] = [:]
    private var failedOverByReminder: [ReminderKey: RecipientSet] = [:]
    /// All recipients with a delivery that was cancelled for a reason that may end. None of them
    /// counts as a joiner of a reminder.
    public private(set) var withdrawn = RecipientSet()

    public init() {}

    public mutating func add(
        _ recipients: RecipientSet, of reminder: ReminderKey, due: Instant, informed: RecipientSet = RecipientSet()
    ) {
        guard !recipients.isEmpty else { return }
        shares.append(Share(reminder: reminder, due: due, recipients: recipients, informed: informed))
    }

    /// - Parameter failedOver: Those of `recipients` who were not notified and whose channel was
    ///   removed or is not theirs any more.
    public mutating func addWithdrawn(_ recipients: RecipientSet, failedOver: RecipientSet, of reminder: ReminderKey) {
        withdrawn = withdrawn.union(recipients)
        withdrawnByReminder[reminder, default: RecipientSet()] = withdrawnByReminder[reminder, default: RecipientSet()].union(
            recipients)
        failedOverByReminder[reminder, default: RecipientSet()] = failedOverByReminder[reminder, default: RecipientSet()].union(
            failedOver)
    }

    /// Returns the recipients who do not need `reminder` any more: they have it, or one with an
    /// equal or later due.
    func satisfied(_ reminder: ReminderKey, due: Instant) -> RecipientSet {
        shares.reduce(RecipientSet()) { $1.reminder == reminder || $1.due >= due ? $0.union($1.recipients) : $0 }
    }

    /// Returns the recipients who have another reminder with an equal or later due.
    func satisfiedOtherwise(than reminder: ReminderKey, due: Instant) -> RecipientSet {
        shares.reduce(RecipientSet()) { $1.reminder != reminder && $1.due >= due ? $0.union($1.recipients) : $0 }
    }

    func reminders(dueAfter first: Instant, through last: Instant) -> [ReminderKey] {
        shares.filter { $0.due > first && $0.due <= last }.map(\.reminder)
    }

    /// Returns the recipients to whom another reminder with a later due states the present dates.
    func hasLater(than reminder: ReminderKey, due: Instant) -> RecipientSet {
        shares.reduce(RecipientSet()) { $1.reminder != reminder && $1.due > due ? $0.union($1.informed) : $0 }
    }

    /// Returns the recipients whose delivery of this reminder is not pending on any channel any
    /// more.
    func failedOver(_ reminder: ReminderKey) -> RecipientSet { failedOverByReminder[reminder] ?? RecipientSet() }
}

/// The lateness from which on a reminder is `late`.
///
/// `catch_up: none` records reminders that are later than this as missed.
public let lateAfter = TimeSpan.minutes(15)

public enum CatchUp: String, Hashable, Sendable, CaseIterable {
    /// The latest overdue reminder of an occurrence is sent while its deadline is ahead.
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

    /// Applies the rule to `candidates` (due ≤ now, in any order). Each identity is decided once.
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

    /// Whether a recipient may lack a delivery of this lead.
    ///
    /// If this is false for all leads of an occurrence, its standing deliveries are not read. For a
    /// reminder to half a million recipients that would be a long answer.
    func needsRecipients(_ lead: Scheduled, _ row: RecordedReminder?, _ named: inout ActiveConfiguration.Resolved) -> Bool {
        guard let row else { return true }
        if row.isClosed { return false }
        return !row.isComplete || row.hasWithdrawn || hasOtherDates(row, lead) || isLaterThanSuperseded(row, lead)
            || row.named != accepted.named(by: lead, &named).fingerprint
    }

    /// Whether a later lead superseded this one while this one was due earlier. With the present
    /// hours or working days this lead may be the latest.
    private func isLaterThanSuperseded(_ row: RecordedReminder, _ lead: Scheduled) -> Bool {
        row.state == .superseded && row.due < lead.reminder.due
    }

    /// Whether the row belongs to another occurrence that is over and shares this day. No recipient
    /// lacks it, so its dates stay as they are.
    private func isOfOneThatIsOver(_ row: RecordedReminder, _ lead: Scheduled) -> Bool {
        row.state == .fired && !row.occurrence.isEmpty && row.occurrence != lead.reminder.occurrence
            && row.end < accepted.plans.plans[lead.plan].zone.civil(at: now).day
    }

    /// Whether the row has other dates than the lead has now.
    ///
    /// A reminder stays as notified if its occurrence is over by its own dates and by the present
    /// dates. A superseded reminder, of which nobody was notified, may belong to another occurrence
    /// on the same day.
    private func hasOtherDates(_ row: RecordedReminder, _ lead: Scheduled) -> Bool {
        if row.state == .superseded, !row.occurrence.isEmpty, row.occurrence != lead.reminder.occurrence { return true }
        guard row.start != lead.reminder.start || row.end != lead.reminder.end else { return false }
        let today = accepted.plans.plans[lead.plan].zone.civil(at: now).day
        return max(row.end, lead.reminder.end) >= today
    }

    /// Applies rule (a) to one occurrence, whose `leads` are in ascending order.
    ///
    /// No recipient of a lead that is in `missed` gets that lead or an earlier one.
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
            if leads.count > 1 { served = served.union(names.positions) }
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

    /// Returns the stored leads and announcements that this lead overtakes.
    ///
    /// By the present hours and working days they are due no later than this lead, but their rows
    /// are due later.
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

    /// Adds what a recorded reminder still lacks to `decision`.
    private func complete(
        _ row: RecordedReminder, _ lead: Scheduled, _ names: NamedRecipients, lacking: RecipientSet, pool: RecipientSet,
        _ standing: StandingDeliveries, into decision: inout Decision
    ) {
        let (key, due) = (lead.reminder.key, lead.reminder.due)
        let hasOtherDates = hasOtherDates(row, lead)
        // If the reminder was never completed, or its row has other dates, the recipients who lack
        // it were named in time.
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

    /// Sorts by due, descending. Leads with the same due stay in the order of the plan.
    private func latestFirst(_ leads: [Scheduled]) -> [Scheduled] {
        leads.enumerated().sorted { a, b in
            let (x, y) = (a.element.reminder.due, b.element.reminder.due)
            return x != y ? x > y : a.offset < b.offset
        }
        .map(\.element)
    }
}

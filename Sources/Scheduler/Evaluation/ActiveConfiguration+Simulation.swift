import Dates

extension ActiveConfiguration {
    /// A reminder that a simulation sends, and its recipients.
    public struct SimulatedReminder: Sendable {
        public let scheduled: Scheduled
        public let recipients: RecipientSet

        public init(scheduled: Scheduled, recipients: RecipientSet) {
            self.scheduled = scheduled
            self.recipients = recipients
        }
    }

    /// Returns the reminders that the daemon would send from `from` to `to`.
    ///
    /// The span is from 00:00 of `from` to 24:00 of `to` in each plan's zone. The result is sorted
    /// by due time, then in the order of the plans. The ledger is ignored, and reminders that were
    /// due earlier count as sent. As in the daemon, `DueEvaluation` decides at each due time
    /// separately.
    public func simulate(from: Day, to: Day) -> [SimulatedReminder] {
        var reminders: [SimulatedReminder] = []
        simulate(from: from, to: to) { reminders += $0 }
        return reminders
    }

    /// Simulates a span of days and passes the reminders of each due time to `take`.
    ///
    /// The span is computed in parts, one after the other, so memory does not grow with the length
    /// of the span.
    public func simulate(from: Day, to: Day, _ take: ([SimulatedReminder]) -> Void) {
        let spans = plans.plans.map {
            $0.zone.startOfDay(from)...Instant(milliseconds: $0.zone.startOfDay(to + 1).milliseconds - 1)
        }
        guard var start = spans.map(\.lowerBound).min(), let end = spans.map(\.upperBound).max() else { return }
        let length = ActiveConfiguration.simulatedAtOnce(campaigns: plans.campaignCount)
        var resolved = Resolved()
        while start <= end {
            let last = min(end, Instant(milliseconds: (start + length).milliseconds - 1))
            simulate(start...last, within: spans, &resolved, take)
            start = Instant(milliseconds: last.milliseconds + 1)
        }
    }

    /// Returns the length of the spans into which a simulation is divided.
    ///
    /// A span has tens of thousands of reminders if each campaign has a few a year. It has at least
    /// 31 days, because each span also needs the occurrences just before and after it.
    private static func simulatedAtOnce(campaigns: Int) -> TimeSpan { .days(Int64(max(31, 4_000_000 / max(1, campaigns)))) }

    private func simulate(
        _ part: ClosedRange<Instant>, within spans: [ClosedRange<Instant>], _ resolved: inout Resolved,
        _ take: ([SimulatedReminder]) -> Void
    ) {
        var scheduled: [Scheduled] = []
        for (plan, span) in spans.enumerated() where span.overlaps(part) {
            for campaign in plans.plans[plan].campaigns.indices {
                scheduled += plans.reminders(plan: plan, campaign: campaign, dues: span.clamped(to: part))
            }
        }
        scheduled.sort(by: Scheduled.precedes)
        var group = scheduled[...]
        while let first = group.first {
            let due = first.reminder.due
            let same = group.prefix { $0.reminder.due == due }
            group = group.dropFirst(same.count)
            let justBefore = Instant(milliseconds: due.milliseconds - 1)
            let decision = decide(Array(same), NotificationHistory(), lookedUntil: justBefore, now: due, &resolved)
            take(decision.firings.map { SimulatedReminder(scheduled: $0.scheduled, recipients: $0.recipients) })
        }
    }

    /// Returns the content of a scheduled reminder.
    ///
    /// - Parameters:
    ///   - kind: The kind of message, which is no change notice.
    ///   - fired: The times of the firing and of the evaluation before it; nil if the reminder
    ///     fires on time.
    public func notice(
        of scheduled: Scheduled, kind: ReminderContent.Kind = .reminder, fired: (at: Instant, lookedBefore: Instant)? = nil,
        rehearsal: Bool = false
    ) -> ReminderContent {
        let plan = plans.plans[scheduled.plan]
        let campaign = plan.campaigns[scheduled.campaign]
        let firedAt = fired?.at ?? scheduled.reminder.due
        let stored = StoredReminder(
            reminder: scheduled.reminder, firedAt: firedAt, late: firedAt - scheduled.reminder.due > lateAfter,
            lookedBefore: fired?.lookedBefore)
        let lead = campaign.leads[scheduled.lead]
        return ReminderContent(
            kind: kind, plan: plan, campaign: campaign, lead: lead, owner: ownerName(of: campaign), stored: stored,
            contact: contact, rehearsal: rehearsal, audience: directory.audience(lead.notify))
    }
}

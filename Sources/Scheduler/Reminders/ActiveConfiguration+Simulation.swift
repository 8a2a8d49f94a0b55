import Dates

extension ActiveConfiguration {
    /// One reminder of a simulated span, and whom it goes to.
    public struct SimulatedReminder: Sendable {
        public let scheduled: Scheduled
        public let recipients: RecipientSet

        public init(scheduled: Scheduled, recipients: RecipientSet) {
            self.scheduled = scheduled
            self.recipients = recipients
        }
    }

    /// What a daemon that looks at every due instant would send from 00:00 of `from` to 24:00 of `to` in each plan's zone.
    ///
    /// The ledger is left aside: what was due before counts as told. By due, then as the plans are written. It is the
    /// look's own rule that decides, one due instant after another, as the daemon meets them.
    public func simulate(from: Day, to: Day) -> [SimulatedReminder] {
        var reminders: [SimulatedReminder] = []
        simulate(from: from, to: to) { reminders += $0 }
        return reminders
    }

    /// The same, handing over what falls due at one instant, one instant after the other. Only a part of the span is worked
    /// out at a time: memory does not grow with its length.
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

    /// As long as some tens of thousands of reminders, of campaigns with some leads a year; at least a month, for every part
    /// looks at the occurrences around it.
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

    /// The notice of a reminder as it would be fired on time.
    ///
    /// - Parameter fired: where it would fire another time: when, and when the evaluation before was.
    public func notice(
        of scheduled: Scheduled, fired: (at: Instant, lookedBefore: Instant)? = nil, rehearsal: Bool = false
    ) -> ReminderContent {
        let plan = plans.plans[scheduled.plan]
        let campaign = plan.campaigns[scheduled.campaign]
        let firedAt = fired?.at ?? scheduled.reminder.due
        let stored = StoredReminder(
            reminder: scheduled.reminder, firedAt: firedAt, late: firedAt - scheduled.reminder.due > lateAfter,
            lookedBefore: fired?.lookedBefore)
        return ReminderContent(
            plan: plan, campaign: campaign, rule: campaign.leads[scheduled.lead].rule, stored: stored, contact: contact,
            rehearsal: rehearsal)
    }
}

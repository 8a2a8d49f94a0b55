extension Accepted {
    /// One reminder of a simulated span, and whom it goes to.
    public struct SimulatedReminder: Sendable {
        public let scheduled: Scheduled
        /// Positions in the directory, ascending.
        public let recipients: [Int]

        public init(scheduled: Scheduled, recipients: [Int]) {
            self.scheduled = scheduled
            self.recipients = recipients
        }
    }

    /// What a daemon that looks at every due instant would send from 00:00 of `from` to 24:00 of `to` in each plan's zone.
    ///
    /// The ledger is left aside: what was due before counts as told. By due, then as the plans are written. It is the
    /// look's own rule that decides, one due instant after another, as the daemon meets them.
    public func simulate(from: Day, to: Day) -> [SimulatedReminder] {
        var scheduled: [Scheduled] = []
        for plan in plans.plans.indices {
            let zone = plans.plans[plan].zone
            let dues = zone.startOfDay(from)...Instant(milliseconds: zone.startOfDay(to + 1).milliseconds - 1)
            for campaign in plans.plans[plan].campaigns.indices {
                scheduled += plans.reminders(plan: plan, campaign: campaign, dues: dues)
            }
        }
        scheduled.sort(by: Scheduled.precedes)
        var rows: [SimulatedReminder] = []
        rows.reserveCapacity(scheduled.count)
        var group = scheduled[...]
        while let first = group.first {
            let due = first.reminder.due
            let same = group.prefix { $0.reminder.due == due }
            group = group.dropFirst(same.count)
            let justBefore = Instant(milliseconds: due.milliseconds - 1)
            let decision = decide(Array(same), told: Told(), lookedUntil: justBefore, now: due)
            rows += decision.firings.map { SimulatedReminder(scheduled: $0.scheduled, recipients: $0.recipients) }
        }
        return rows
    }

    /// The notice of a reminder as it would be fired on time.
    public func notice(of scheduled: Scheduled, firedAt: Instant? = nil, rehearsal: Bool = false) -> Notice {
        let plan = plans.plans[scheduled.plan]
        let campaign = plan.campaigns[scheduled.campaign]
        let fired = firedAt ?? scheduled.reminder.due
        let stored = StoredReminder(
            reminder: scheduled.reminder, firedAt: fired, late: fired - scheduled.reminder.due > lateAfter)
        return Notice(
            plan: plan, campaign: campaign, rule: campaign.leads[scheduled.lead].rule, stored: stored, contact: contact,
            rehearsal: rehearsal)
    }
}

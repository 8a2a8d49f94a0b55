// From a campaign to its reminders: occurrences, times leads, times anchors. Pure; nothing of it is stored.

/// A reminder with what orders it among those of the same due.
public struct Scheduled: Hashable, Sendable {
    public let reminder: Reminder
    /// Positions in the plan set: plan, campaign in it, lead in that.
    public let plan: Int
    public let campaign: Int
    public let lead: Int

    /// By due, then as the plans are written.
    public static func precedes(_ a: Scheduled, _ b: Scheduled) -> Bool {
        if a.reminder.due != b.reminder.due { return a.reminder.due < b.reminder.due }
        if a.plan != b.plan { return a.plan < b.plan }
        if a.campaign != b.campaign { return a.campaign < b.campaign }
        if a.lead != b.lead { return a.lead < b.lead }
        return a.reminder.key.anchor < b.reminder.key.anchor
    }
}

extension Lead {
    /// An upper bound on how far a due can lie from the days of its occurrence: before the start, after the end.
    /// A month has at most 31 days; the working-day bound allows for the longest closure a calendar may hold.
    func reach(_ restDays: RestDays) -> (before: Int, after: Int) {
        let shift = (restDays == .send ? 0 : WorkingCalendar.searchLimit) + 2
        func days(_ count: Int, _ unit: LeadUnit) -> Int {
            switch unit {
            case .days: count
            case .weeks: count * 7
            case .months: count * 31
            case .workingDays: count * 2 + WorkingCalendar.searchLimit * 2
            }
        }
        return switch rule {
        case .before(let count, let unit), .beforeEnd(let count, let unit): (days(count, unit) + shift, shift)
        case .afterEnd(let count, let unit): (shift, days(count, unit) + shift)
        case .onTheDay, .onTheLastDay, .weekly: (shift, shift)
        }
    }
}

extension Campaign {
    var reach: (before: Int, after: Int) {
        leads.reduce((before: 0, after: 0)) { sum, lead in
            let reach = lead.reach(restDays)
            return (max(sum.before, reach.before), max(sum.after, reach.after))
        }
    }

    /// Leads after the end stay worth telling this long after their due (contract, "What is due").
    static let afterEndGrace = Span.days(14)

    /// Every reminder of one occurrence, in the order of the leads.
    public func reminders(
        of dates: OccurrenceDates, planID: String, zone: Zone, workingDays: WorkingCalendar, positions: (plan: Int, campaign: Int)
    ) -> [Scheduled] {
        let endOfLastDay = zone.startOfDay(dates.end + 1)
        return leads.enumerated().flatMap { index, lead in
            lead.rule.anchors(of: dates).compactMap { anchor -> Scheduled? in
                guard
                    let shifted = lead.rule.due(
                        anchor: anchor, lastDay: dates.end, restDays: restDays, workingDays: workingDays)
                else { return nil }
                let due = zone.instant(shifted.day, lead.at)
                var deadline = endOfLastDay
                if case .afterEnd = lead.rule { deadline = due + Campaign.afterEndGrace }
                // Where the clocks skip the last hour of the last day (Nuuk), its times come at 24:00, which is the deadline:
                // a reminder that could never go out would be called missed.
                if due >= deadline { deadline = due + .hours(1) }
                let key = ReminderKey(plan: planID, campaign: id, lead: lead.id, anchor: anchor)
                let reminder = Reminder(
                    key: key, occurrence: dates.name, start: dates.start, end: dates.end, due: due, deadline: deadline)
                return Scheduled(reminder: reminder, plan: positions.plan, campaign: positions.campaign, lead: index)
            }
        }
    }
}

extension PlanSet {
    /// Reminders of one campaign whose due lies in `dues`, in no particular order.
    func reminders(plan: Int, campaign: Int, dues: ClosedRange<Instant>) -> [Scheduled] {
        let owner = plans[plan]
        let reach = owner.campaigns[campaign].reach
        let lower = owner.zone.civil(at: dues.lowerBound).day - reach.after
        let upper = owner.zone.civil(at: dues.upperBound).day + reach.before
        return reminders(plan: plan, campaign: campaign, overlapping: lower...upper)
            .filter { dues.contains($0.reminder.due) }
    }

    /// Reminders of one campaign's occurrences that overlap `span`.
    func reminders(plan: Int, campaign: Int, overlapping span: ClosedRange<Day>) -> [Scheduled] {
        let owner = plans[plan]
        let subject = owner.campaigns[campaign]
        return subject.occurrences(overlapping: span, workingDays: workingDays).flatMap {
            subject.reminders(
                of: $0, planID: owner.id, zone: owner.zone, workingDays: workingDays, positions: (plan, campaign))
        }
    }

    /// Every reminder whose due lies in `dues`, by due, then as the plans are written.
    public func reminders(dues: ClosedRange<Instant>) -> [Scheduled] {
        forEachCampaign { reminders(plan: $0, campaign: $1, dues: dues) }.sorted(by: Scheduled.precedes)
    }

    /// What a look that trusts nothing must consider: due at `now`, and either worth telling still or due since `lookedUntil`.
    public func candidates(lookedUntil: Instant, now: Instant) -> [Scheduled] {
        let since = min(lookedUntil, now)
        return forEachCampaign { plan, campaign in
            let zone = plans[plan].zone
            let reach = plans[plan].campaigns[campaign].reach
            // Fourteen days: the grace of leads after the end; one more for the zone.
            let lower = zone.civil(at: since).day - reach.after - 15
            let upper = zone.civil(at: now).day + reach.before
            return reminders(plan: plan, campaign: campaign, overlapping: lower...upper).filter {
                $0.reminder.due <= now && ($0.reminder.deadline > now || $0.reminder.due > lookedUntil)
            }
        }
        .sorted(by: Scheduled.precedes)
    }

    private func forEachCampaign(_ body: (_ plan: Int, _ campaign: Int) -> [Scheduled]) -> [Scheduled] {
        var all: [Scheduled] = []
        for plan in plans.indices {
            for campaign in plans[plan].campaigns.indices {
                all.append(contentsOf: body(plan, campaign))
            }
        }
        return all
    }
}

extension PlanSet {
    /// One lead of the first occurrence that is not over on `day`; nil where none comes up to 2199, or the lead falls on no day in it.
    public func first(_ position: (plan: Int, campaign: Int), lead: Int, notOverOn day: Day) -> Scheduled? {
        let plan = plans[position.plan]
        let campaign = plan.campaigns[position.campaign]
        guard let dates = campaign.firstOccurrence(notOverOn: day, workingDays: workingDays) else { return nil }
        return campaign.reminders(
            of: dates, planID: plan.id, zone: plan.zone, workingDays: workingDays, positions: position
        )
        .first { $0.lead == lead }
    }
}

extension Campaign {
    /// The first occurrence that is not over on `day`; nil where none comes up to 2199.
    public func firstOccurrence(notOverOn day: Day, workingDays: WorkingCalendar) -> OccurrenceDates? {
        let last = Day.last(ofMonth: 12, year: Day.plannableYears.upperBound)
        // Most campaigns come within a year; a leap month once in decades.
        for reach in [366, 366 * 12, max(1, last - day)] where day <= last {
            let found = occurrences(overlapping: day...min(day + reach, last), workingDays: workingDays)
            if let first = found.first { return first }
        }
        return nil
    }
}

import Dates
import Plans

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
    /// How far a due can lie from the days of its occurrence at most: before the start, after the end.
    ///
    /// A month has at most 31 days. What hangs on working days goes by the working calendar's own density.
    ///
    /// - Parameter stretches: `PlanSet.stretches`, of the plans that this lead belongs to.
    func reach(_ restDays: RestDays, _ stretches: [Int: Int]) -> (before: Int, after: Int) {
        // One day for the zone, one for a gap of the clocks that runs over midnight.
        let shift = (restDays == .send ? 0 : stretches[1] ?? 0) + 2
        func days(_ count: Int, _ unit: LeadUnit) -> Int {
            switch unit {
            case .days: count
            case .weeks: count * 7
            case .months: count * 31
            // Where the calendar has not so many working days, the lead has no due.
            case .workingDays: stretches[count] ?? 0
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
    func reach(_ stretches: [Int: Int]) -> (before: Int, after: Int) {
        leads.reduce((before: 0, after: 0)) { sum, lead in
            let reach = lead.reach(restDays, stretches)
            return (max(sum.before, reach.before), max(sum.after, reach.after))
        }
    }

    /// The days that a lead counts from in one occurrence, without those that belong to another occurrence.
    ///
    /// Where an exception puts two occurrences on one day, a lead may count from the same day in both: that is one reminder by
    /// its identity. It belongs to the occurrence that starts first, of two that start together to the one whose name
    /// sorts first.
    public func anchors(of lead: Lead, in dates: OccurrenceDates, workingDays: WorkingCalendar) -> [Day] {
        anchors(of: lead, in: dates, earlier: earlier(than: dates, workingDays: workingDays))
    }

    private func anchors(of lead: Lead, in dates: OccurrenceDates, earlier: [OccurrenceDates]) -> [Day] {
        let anchors = lead.rule.anchors(of: dates)
        guard !earlier.isEmpty else { return anchors }
        let taken = Set(earlier.flatMap(lead.rule.anchors))
        return anchors.filter { !taken.contains($0) }
    }

    /// Occurrences that share a day with this one and go before it. Only an exception's dates make them share one.
    private func earlier(than dates: OccurrenceDates, workingDays: WorkingCalendar) -> [OccurrenceDates] {
        guard exceptions.values.contains(where: { $0 != Campaign.Exception.none }) else { return [] }
        return occurrences(overlapping: dates.start...dates.end, workingDays: workingDays).filter {
            ($0.start, $0.name) < (dates.start, dates.name)
        }
    }

    /// Leads after the end stay worth telling this long after their due (contract, "What is due").
    static let afterEndGrace = TimeSpan.days(14)

    /// Every reminder of one occurrence, in the order of the leads. Each identity comes with one occurrence only.
    public func reminders(
        of dates: OccurrenceDates, planID: String, zone: Zone, workingDays: WorkingCalendar, positions: (plan: Int, campaign: Int)
    ) -> [Scheduled] {
        let endOfLastDay = zone.startOfDay(dates.end + 1)
        let earlier = earlier(than: dates, workingDays: workingDays)
        return leads.enumerated().flatMap { index, lead in
            anchors(of: lead, in: dates, earlier: earlier).compactMap { anchor -> Scheduled? in
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
        let reach = owner.campaigns[campaign].reach(stretches)
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

    /// What a look that trusts nothing must consider: due at `now`, and either worth telling still or due since `lookedUntil`. By due,
    /// then as the plans are written.
    public func candidates(lookedUntil: Instant, now: Instant) -> [Scheduled] {
        candidatesByCampaign(lookedUntil: lookedUntil, now: now).sorted(by: Scheduled.precedes)
    }

    /// The same as the plans are written, those of one occurrence side by side.
    func candidatesByCampaign(lookedUntil: Instant, now: Instant) -> [Scheduled] {
        let since = min(lookedUntil, now)
        return forEachCampaign { plan, campaign in
            let zone = plans[plan].zone
            let reach = plans[plan].campaigns[campaign].reach(stretches)
            // Fourteen days: the grace of leads after the end; one more for the zone.
            let lower = zone.civil(at: since).day - reach.after - 15
            let upper = zone.civil(at: now).day + reach.before
            return reminders(plan: plan, campaign: campaign, overlapping: lower...upper).filter {
                $0.reminder.due <= now && ($0.reminder.deadline > now || $0.reminder.due > lookedUntil)
            }
        }
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

import Dates
import Plans

// Expands a campaign into reminders, one for each anchor of each lead in each occurrence. The
// functions are pure, and nothing is stored.

/// A reminder, with the positions in the plans that order reminders with the same due time.
public struct Scheduled: Hashable, Sendable {
    public let reminder: Reminder
    /// The position of the plan in the plan set.
    ///
    /// `campaign` is a position in the plan, and `lead` is a position in the campaign.
    public let plan: Int
    public let campaign: Int
    public let lead: Int

    /// Returns whether `a` comes before `b`, by due time and then in the order of the plans.
    public static func precedes(_ a: Scheduled, _ b: Scheduled) -> Bool {
        if a.reminder.due != b.reminder.due { return a.reminder.due < b.reminder.due }
        if a.plan != b.plan { return a.plan < b.plan }
        if a.campaign != b.campaign { return a.campaign < b.campaign }
        if a.lead != b.lead { return a.lead < b.lead }
        return a.reminder.key.anchor < b.reminder.key.anchor
    }
}

extension Lead {
    /// Returns the maximum number of days between a due time and its occurrence.
    ///
    /// `before` counts back from the start, and `after` counts from the end.
    ///
    /// - Parameter stretches: `PlanSet.stretches` of the plan set that contains this lead.
    func reach(_ restDays: RestDays?, _ stretches: [Int: Int]) -> (before: Int, after: Int) {
        // Adds one day for the zone, and one for a clock gap that crosses midnight.
        let shift = ((restDays ?? rule.restDays) == .send ? 0 : stretches[1] ?? 0) + 2
        func days(_ count: Int, _ unit: LeadUnit) -> Int {
            switch unit {
            case .days: count
            case .weeks: count * 7
            case .months: count * 31
            // If the calendar has fewer working days than `count`, the lead has no due time.
            case .workingDays: stretches[count] ?? 0
            case .hours: (count + 23) / 24
            case .minutes: (count + 1_439) / 1_440
            }
        }
        return switch rule {
        case .before(let count, let unit), .beforeEnd(let count, let unit): (days(count, unit) + shift, shift)
        case .afterEnd(let count, let unit): (shift, days(count, unit) + shift)
        case .daily(let count): (count + shift, shift)
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

    /// Returns the days from which a lead is counted in one occurrence.
    ///
    /// Exceptions may give two occurrences the same day. Their reminders would have the same
    /// identity, so the day belongs only to the occurrence that starts first. If both start on the
    /// same day, it belongs to the one whose name sorts first.
    public func anchors(of lead: Lead, in dates: OccurrenceDates, workingDays: WorkingCalendar) -> [Day] {
        anchors(of: lead, in: dates, earlier: earlier(than: dates, workingDays: workingDays))
    }

    private func anchors(of lead: Lead, in dates: OccurrenceDates, earlier: [OccurrenceDates]) -> [Day] {
        let anchors = lead.rule.anchors(of: dates)
        guard !earlier.isEmpty else { return anchors }
        let taken = Set(earlier.flatMap(lead.rule.anchors))
        return anchors.filter { !taken.contains($0) }
    }

    /// Returns earlier occurrences that share a day with this one, or an anchor of a daily lead.
    ///
    /// Only exceptions can make two occurrences share a day.
    private func earlier(than dates: OccurrenceDates, workingDays: WorkingCalendar) -> [OccurrenceDates] {
        var daily = 0
        for case .daily(let count) in leads.lazy.map(\.rule) { daily = max(daily, count) }
        guard daily > 0 || exceptions.values.contains(where: { $0 != Campaign.Exception.none }) else { return [] }
        return occurrences(overlapping: (dates.start - daily)...dates.end, workingDays: workingDays).filter {
            ($0.start, $0.name) < (dates.start, dates.name)
        }
    }

    /// The time between due time and deadline of leads after the end.
    static let afterEndGrace = TimeSpan.days(14)

    /// Returns when a lead that counts from `anchor` is due.
    ///
    /// A lead in hours or minutes counts back from the time of the occurrence, and ignores rest
    /// days and the lead's time of day. Returns nil if the working calendar has no such day, or if
    /// a lead in hours has no time to count from.
    package func due(
        _ lead: Lead, anchor: Day, in dates: OccurrenceDates, zone: Zone, workingDays: WorkingCalendar
    ) -> Instant? {
        if let before = lead.rule.timeBefore {
            return dates.time.map { zone.instant(anchor, $0.start) - before }
        }
        let shifted = lead.rule.due(anchor: anchor, lastDay: dates.end, restDays: restDays, workingDays: workingDays)
        return shifted.map { zone.instant($0.day, lead.at) }
    }

    /// Returns every reminder of one occurrence, in the order of the leads.
    ///
    /// Each identity belongs to one occurrence only. A lead that is due at or after the end of the
    /// occurrence's time has no reminder.
    public func reminders(
        of dates: OccurrenceDates, planID: String, zone: Zone, workingDays: WorkingCalendar, positions: (plan: Int, campaign: Int)
    ) -> [Scheduled] {
        let end = end(of: dates, in: zone)
        let earlier = earlier(than: dates, workingDays: workingDays)
        return leads.enumerated().flatMap { index, lead in
            anchors(of: lead, in: dates, earlier: earlier).compactMap { anchor -> Scheduled? in
                guard let due = due(lead, anchor: anchor, in: dates, zone: zone, workingDays: workingDays) else { return nil }
                var deadline = end
                if case .afterEnd = lead.rule { deadline = due + Campaign.afterEndGrace }
                if due >= deadline {
                    // A lead that is due when the event is over is never sent.
                    guard dates.time == nil else { return nil }
                    // If the clocks skip the last hour of the last day (Nuuk), times in that hour
                    // become 24:00, which is the deadline. The deadline is then one hour after the
                    // due time, because without that hour the reminder could never be sent and
                    // would be recorded as missed.
                    deadline = due + .hours(1)
                }
                let key = ReminderKey(plan: planID, campaign: id, lead: lead.id, anchor: anchor)
                let reminder = Reminder(
                    key: key, occurrence: dates.name, start: dates.start, end: dates.end, time: dates.time, due: due,
                    deadline: deadline)
                return Scheduled(reminder: reminder, plan: positions.plan, campaign: positions.campaign, lead: index)
            }
        }
    }
}

extension PlanSet {
    /// Returns the reminders of one campaign that are due in `dues`, in no particular order.
    func reminders(plan: Int, campaign: Int, dues: ClosedRange<Instant>) -> [Scheduled] {
        let owner = plans[plan]
        let reach = owner.campaigns[campaign].reach(stretches)
        let lower = owner.zone.civil(at: dues.lowerBound).day - reach.after
        let upper = owner.zone.civil(at: dues.upperBound).day + reach.before
        return reminders(plan: plan, campaign: campaign, overlapping: lower...upper)
            .filter { dues.contains($0.reminder.due) }
    }

    /// Returns the reminders of one campaign's occurrences that overlap `span`.
    func reminders(plan: Int, campaign: Int, overlapping span: ClosedRange<Day>) -> [Scheduled] {
        let owner = plans[plan]
        let subject = owner.campaigns[campaign]
        return subject.occurrences(overlapping: span, workingDays: workingDays).flatMap {
            subject.reminders(
                of: $0, planID: owner.id, zone: owner.zone, workingDays: workingDays, positions: (plan, campaign))
        }
    }

    /// Returns every reminder that is due in `dues`, in the order of `Scheduled.precedes`.
    public func reminders(dues: ClosedRange<Instant>) -> [Scheduled] {
        forEachCampaign { reminders(plan: $0, campaign: $1, dues: dues) }.sorted(by: Scheduled.precedes)
    }

    /// Returns the reminders that a full evaluation has to decide about.
    ///
    /// They are due at or before `now`. Their deadline is still to come, or they fell due after
    /// `lookedUntil`. They are sorted by due time, then in the order of the plans.
    public func candidates(lookedUntil: Instant, now: Instant) -> [Scheduled] {
        candidatesByCampaign(lookedUntil: lookedUntil, now: now).sorted(by: Scheduled.precedes)
    }

    /// Returns the same reminders as `candidates`, in the order of the plans.
    ///
    /// The reminders of one occurrence are adjacent.
    func candidatesByCampaign(lookedUntil: Instant, now: Instant) -> [Scheduled] {
        let since = min(lookedUntil, now)
        return forEachCampaign { plan, campaign in
            let zone = plans[plan].zone
            let reach = plans[plan].campaigns[campaign].reach(stretches)
            // The 15 days are the 14 days between due time and deadline of leads after the end
            // (`afterEndGrace`), and one day for the zone.
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
    /// Returns the reminder of one lead for the first occurrence that is not over on `day`.
    ///
    /// Returns nil if there is no such occurrence up to 2199, or if the lead has no reminder for
    /// it.
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
    /// Returns the first occurrence that is not over on `day`; nil if there is none up to 2199.
    public func firstOccurrence(notOverOn day: Day, workingDays: WorkingCalendar) -> OccurrenceDates? {
        let last = Day.last(ofMonth: 12, year: Day.plannableYears.upperBound)
        // Searches ever longer spans, because most campaigns have an occurrence within a year, but
        // a leap month may recur only after decades.
        for reach in [366, 366 * 12, max(1, last - day)] where day <= last {
            let found = occurrences(overlapping: day...min(day + reach, last), workingDays: workingDays)
            if let first = found.first { return first }
        }
        return nil
    }
}

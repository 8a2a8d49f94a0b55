// Plans that change: an occurrence about which someone was told gets another start or end, or goes (contract, "Identity").

extension Accepted {
    /// One announcement to make: the reminder `moved N`, and whom it goes to.
    struct Announcement {
        let reminder: Reminder
        let change: Change
        let title: String
    }

    /// How far back an occurrence that was told may lie and still have come to life again by a new date.
    static let memory_days = 400

    /// What has become of `told` under these plans; nil where it stands as it was told, or where both its days are past.
    func announcement(about told: ToldOccurrence, now: Instant) -> Announcement? {
        let found = plans.find(plan: told.key.plan, campaign: told.key.campaign)
        // Of a plan that is gone whole nobody knows the zone any more: the first plan's is the likeliest.
        let plan = plans.plans.first { $0.id == told.key.plan } ?? plans.plans.first
        let zone = plan?.zone ?? .utc
        let today = zone.civil(at: now).day
        let dates = found?.campaign.occurrence(named: told.key.occurrence, workingDays: plans.workingDays)
        let lastDay = max(told.end, dates?.end ?? told.end)
        guard lastDay >= today else { return nil }
        let change: Change
        if let dates {
            let stands = dates.start == told.start && dates.end == told.end && told.change != .gone
            guard !stands else { return nil }
            change = .moved
        } else {
            guard told.change != .gone else { return nil }
            change = .gone
        }
        let start = dates?.start ?? told.start
        let key = ReminderKey(
            plan: told.key.plan, campaign: told.key.campaign, lead: "moved \(told.changes + 1)", anchor: start)
        let reminder = Reminder(
            key: key, occurrence: told.key.occurrence, start: start, end: dates?.end ?? told.end, due: now,
            deadline: zone.startOfDay(lastDay + 1))
        return Announcement(reminder: reminder, change: change, title: found?.campaign.title ?? told.title)
    }

    /// Whether a fired reminder still says what holds. What is over by its own dates and by those that hold now is left
    /// as it was told: no change of it is announced either.
    func holds(_ stored: StoredReminder, now: Instant) -> Bool {
        let reminder = stored.reminder
        let told = ToldOccurrence(
            key: reminder.occurrenceKey, title: stored.title, start: reminder.start, end: reminder.end, change: stored.change,
            changes: 0)
        return announcement(about: told, now: now) == nil
    }

    /// Who would hear nothing of other dates by the look's rule (a), though something was on its way to them: what waits is
    /// cancelled by the change, and the latest lead that names them kept its identity, so it does not fire again.
    ///
    /// - Parameters:
    ///   - candidates: those of the moved occurrence.
    ///   - told: as it was before the change.
    func stranded(among candidates: [Scheduled], told: Told, now: Instant) -> Positions {
        guard let occurrence = candidates.first?.reminder.occurrenceKey, let given = told.given[occurrence] else { return [] }
        let open = candidates.filter { $0.reminder.deadline > now }
        var (found, named) = (Positions(), Positions())
        // Each has the latest due that names him; of several with that due the first in the plan.
        for (_, leads) in Dictionary(grouping: open, by: \.reminder.due).sorted(by: { $0.key > $1.key }) {
            for lead in leads.sorted(by: Scheduled.precedes) {
                let latest = recipients(of: lead).subtracting(named)
                named = named.union(latest)
                if told.recorded.contains(lead.reminder.key) { found = found.union(latest) }
            }
        }
        return found.intersection(given.everyone)
    }
}

extension Campaign {
    /// The occurrence of this name, exceptions and `years` applied; nil where it does not come.
    func occurrence(named name: String, workingDays: WorkingCalendar) -> OccurrenceDates? {
        let years = Day.plannableYears
        var span = Day.first(ofMonth: 1, year: years.lowerBound)...Day.last(ofMonth: 12, year: years.upperBound)
        if let year = Int(name.prefix(4)), years.contains(year) {
            // A lunar occurrence named for a year may fall early in the next.
            span = Day.first(ofMonth: 1, year: year)...Day.last(ofMonth: 3, year: year + 1)
        }
        let natural = when.occurrences(overlapping: span, workingDays: workingDays).first { $0.name == name }
        return natural.flatMap { self.years.contains($0.year) ? afterException($0) : nil }
    }
}

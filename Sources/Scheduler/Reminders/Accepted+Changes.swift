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
        let zone = found?.plan.zone ?? plans.plans.first?.zone ?? .utc
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

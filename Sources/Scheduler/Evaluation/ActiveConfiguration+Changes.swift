import Dates
import Plans

// Finds occurrences that changed after recipients were notified of them.
// Such an occurrence has a new start, end, time or name, or was removed. The name can change if the
// campaign's `when` phrase is reworded.

/// An occurrence that is stored in the ledger, with its current dates in the plans.
struct KnownOccurrence {
    /// The occurrence's key, with its stored name and the current ids of its plan and campaign.
    ///
    /// If the plan or the campaign was removed, its stored id is used.
    fileprivate(set) var name: OccurrenceKey
    /// The names under which the occurrence's rows are stored.
    fileprivate(set) var stored: [OccurrenceKey]
    /// The occurrence as it was when recipients were last notified of it.
    fileprivate(set) var latest: NotifiedOccurrence
    /// The last announced change, under any of the occurrence's names; nil if there was none.
    fileprivate(set) var change: NotifiedOccurrence.Announced?
    /// Whether some deliveries of the occurrence were cancelled for a temporary reason.
    fileprivate(set) var hasWithdrawn: Bool
    /// The occurrence's days before each announced change.
    fileprivate(set) var formerDates: [ClosedRange<Day>]
    /// Whether the reminders that were sent show more than one set of dates.
    fileprivate(set) var hasSeveralDates: Bool
    let position: (plan: Int, campaign: Int)?
    /// The current dates of the occurrence; nil if it no longer takes place.
    fileprivate(set) var current: OccurrenceDates?
    /// Whether the rows come from several campaign ids that are no longer in the plans.
    ///
    /// These may be the ids of one renamed campaign, or of two different campaigns.
    fileprivate(set) var isJoined = false
    /// Whether the occurrence no longer takes place and another occurrence has its name.
    fileprivate var hasLostItsName = false

    /// Returns whether a stored reminder is still correct.
    ///
    /// It is correct if it has the current dates, or if it is a cancellation notice and the
    /// occurrence was removed.
    func holds(_ stored: StoredReminder) -> Bool {
        guard let current else { return stored.change == .gone }
        return stored.change != .gone && current.isSame(as: stored.reminder.dates)
    }

    /// Returns whether a change notice is still correct.
    ///
    /// It is correct if it has the current dates, or if it is a cancellation notice and the
    /// occurrence was removed.
    func isSaid(by announced: NotifiedOccurrence.Announced) -> Bool {
        guard let current else { return announced.change == .gone }
        return announced.change == .moved && current.isSame(as: announced.reminder.dates)
    }

    /// Whether the cancellation was announced and no reminder of the occurrence has fired since.
    var isGone: Bool { change?.change == .gone && change?.serial == latest.serial }

    /// Whether the dates have changed and no change notice has announced the current dates.
    ///
    /// A reminder with the current dates may have fired nevertheless. It is not enough, because a
    /// recipient of the earlier dates may have been missing from the configuration at that time.
    var isUnannounced: Bool { hasSeveralDates && !(change.map(isSaid) ?? false) }

    /// The occurrence's name after this evaluation.
    ///
    /// If the occurrence was removed and another one now has its name, its start day is appended.
    var newName: OccurrenceKey {
        let lost = hasLostItsName ? "\(name.occurrence) (\(latest.start))" : name.occurrence
        return OccurrenceKey(plan: name.plan, campaign: name.campaign, occurrence: current?.name ?? lost)
    }
}

extension ActiveConfiguration {
    /// A change notice to fire. The ledger stores it as a reminder of the lead `moved N`.
    struct Announcement {
        let reminder: Reminder
        let change: Change
        let title: String
    }

    /// The number of days after an occurrence's end for which its changes are still found.
    static let memory_days = 400

    /// Returns the change to announce.
    ///
    /// Returns nil if there is no change, or if all days of the occurrence are past.
    func announcement(about known: KnownOccurrence, number: Int, now: Instant) -> Announcement? {
        let latest = known.latest
        let end = end(of: known)
        guard end > now else { return nil }
        // An occurrence can be cancelled again if reminders of it have fired since the last
        // cancellation.
        let wasGone = known.isGone && !known.isJoined || known.change?.change == .gone && known.current != nil
        let change: Change
        if let dates = known.current {
            guard !dates.isSame(as: latest.dates) || wasGone || known.isUnannounced else { return nil }
            change = .moved
        } else {
            guard !wasGone else { return nil }
            change = .gone
        }
        let start = known.current?.start ?? latest.start
        let name = known.newName
        let key = ReminderKey(plan: name.plan, campaign: name.campaign, lead: "moved \(number)", anchor: start)
        let reminder = Reminder(
            key: key, occurrence: name.occurrence, start: start, end: known.current?.end ?? latest.end,
            time: known.current.map(\.time) ?? latest.time, due: now, deadline: end)
        let title = known.position.map { plans.publicTitle(plan: $0.plan, campaign: $0.campaign) } ?? latest.title
        return Announcement(reminder: reminder, change: change, title: title)
    }

    /// Returns the instant from which no change of an occurrence is announced any more.
    ///
    /// This is the latest end of its current dates and of the dates that were announced last.
    /// Former days after these count too, because some recipients may know only them.
    private func end(of known: KnownOccurrence) -> Instant {
        let zone = zone(of: known)
        let isDeadline = known.position.map { plans.plans[$0.plan].campaigns[$0.campaign].when.isDeadline } ?? false
        func end(of dates: OccurrenceDates) -> Instant {
            dates.time?.end(on: dates.end, in: zone, isDeadline: isDeadline) ?? zone.startOfDay(dates.end + 1)
        }
        let dates = [known.latest.dates] + (known.current.map { [$0] } ?? [])
        let lastDay = dates.map(\.end).max() ?? known.latest.end
        let former = known.formerDates.map(\.upperBound).filter { $0 > lastDay }.map { zone.startOfDay($0 + 1) }
        return (dates.map(end) + former).max() ?? .distantPast
    }

    /// Returns the zone of the occurrence's plan.
    ///
    /// If the plan was removed, returns the zone of the first plan, or UTC if there is no plan.
    private func zone(of known: KnownOccurrence) -> Zone {
        (plans.plan(known.name.plan) ?? plans.plans.first)?.zone ?? .utc
    }

    /// Returns whether a fired reminder is still valid.
    ///
    /// If both its dates and the current dates are past, it is valid, because changes of past
    /// occurrences are not announced.
    func holds(_ stored: StoredReminder, now: Instant) -> Bool { withdrawal(of: stored, now: now) == nil }

    /// Returns why a fired reminder is no longer sent; nil if it is still valid.
    func withdrawal(of stored: StoredReminder, now: Instant) -> WithdrawalReason? {
        let reminder = stored.reminder
        let position = plans.position(plan: reminder.key.plan, campaign: reminder.key.campaign)
        let current = position.flatMap { position in
            plans.plans[position.plan].campaigns[position.campaign].occurrence(
                named: reminder.occurrence, workingDays: plans.workingDays)
        }
        if let current, stored.change != .gone, current.isSame(as: reminder.dates) { return nil }
        if current == nil, stored.change == .gone { return nil }
        let zone = (position.map { plans.plans[$0.plan] } ?? plans.plan(reminder.key.plan) ?? plans.plans.first)?.zone ?? .utc
        let isOver = max(reminder.end, current?.end ?? reminder.end) < zone.civil(at: now).day
        return isOver ? nil : current == nil ? .gone : .changed
    }

    // MARK: Names that change

    /// Returns the occurrences in `notified`, sorted by their last notification.
    ///
    /// Entries of one occurrence from before and after a rename of its plan or campaign are
    /// combined.
    func known(_ notified: [NotifiedOccurrence]) -> [KnownOccurrence] {
        var known: [KnownOccurrence] = []
        /// A key that all names of one occurrence share.
        ///
        /// For a removed campaign it contains the title instead of the id.
        struct Topic: Hashable {
            let plan: String
            let occurrence: String
            let campaign: String?
            let title: String
        }
        struct Place: Hashable {
            let plan: Int
            let campaign: Int
        }
        var places: [Topic: [Int]] = [:]
        places.reserveCapacity(notified.count)
        for one in notified {
            let position = plans.position(plan: one.key.plan, campaign: one.key.campaign)
            let campaign = position.map { plans.plans[$0.plan].campaigns[$0.campaign].id }
            let name = OccurrenceKey(
                plan: plans.plan(one.key.plan)?.id ?? one.key.plan, campaign: campaign ?? one.key.campaign,
                occurrence: one.key.occurrence)
            // The former ids of a removed campaign are not known. Instead, entries with the same
            // title and a common day are combined. The title alone is not enough, because several
            // campaigns of a plan may have it.
            let topic = Topic(
                plan: name.plan, occurrence: name.occurrence, campaign: campaign, title: campaign == nil ? one.title : "")
            let same = places[topic]?.first { place in
                campaign != nil || known[place].name.campaign == name.campaign || known[place].latest.overlaps(one)
            }
            if let place = same {
                known[place].stored.append(one.key)
                if campaign == nil, known[place].name.campaign != name.campaign { known[place].isJoined = true }
                let differs = !known[place].latest.dates.isSame(as: one.dates)
                if one.serial > known[place].latest.serial { (known[place].latest, known[place].name) = (one, name) }
                if one.change?.serial ?? 0 > known[place].change?.serial ?? 0 { known[place].change = one.change }
                known[place].hasWithdrawn = known[place].hasWithdrawn || one.hasWithdrawn
                known[place].formerDates += one.formerDates
                known[place].hasSeveralDates = known[place].hasSeveralDates || one.hasSeveralDates || differs
            } else {
                places[topic, default: []].append(known.count)
                known.append(
                    KnownOccurrence(
                        name: name, stored: [one.key], latest: one, change: one.change, hasWithdrawn: one.hasWithdrawn,
                        formerDates: one.formerDates, hasSeveralDates: one.hasSeveralDates, position: position, current: nil))
            }
        }
        var byCampaign: [Place: [Int]] = [:]
        for (place, one) in known.enumerated() {
            guard let position = one.position else { continue }
            byCampaign[Place(plan: position.plan, campaign: position.campaign), default: []].append(place)
        }
        for (position, places) in byCampaign {
            find(places, in: plans.plans[position.plan].campaigns[position.campaign], &known)
        }
        let taken = Set(known.filter { $0.current != nil && $0.newName != $0.name }.map(\.newName))
        for place in known.indices where known[place].current == nil && taken.contains(known[place].name) {
            known[place].hasLostItsName = true
        }
        return known.sorted { $0.latest.serial < $1.latest.serial }
    }

    /// Finds the current dates of the known occurrences of one campaign.
    private func find(_ places: [Int], in campaign: Campaign, _ known: inout [KnownOccurrence]) {
        let starts = places.map { known[$0].latest.start }
        guard let first = starts.min(), let last = places.map({ known[$0].latest.end }).max() else { return }
        let near = campaign.occurrences(overlapping: first...last, workingDays: plans.workingDays)
        var byName: [String: OccurrenceDates] = [:]
        for dates in near { byName[dates.name] = dates }
        var unsettled: [Int] = []
        var taken: Set<String> = []
        for place in places {
            let latest = known[place].latest
            if let dates = byName[known[place].name.occurrence], dates.start == latest.start, dates.end == latest.end {
                known[place].current = dates
                taken.insert(dates.name)
            } else {
                unsettled.append(place)
            }
        }
        guard !unsettled.isEmpty else { return }
        // Searches `memory_days` in both directions. An exception or an edited `when` phrase is
        // unlikely to move an occurrence further than that.
        let span = (first - ActiveConfiguration.memory_days)...(last + ActiveConfiguration.memory_days)
        var free = campaign.occurrences(overlapping: span, workingDays: plans.workingDays).filter { !taken.contains($0.name) }
        // An occurrence that was moved further is found by its name.
        for place in unsettled where !free.contains(where: { $0.name == known[place].name.occurrence }) {
            let name = known[place].name.occurrence
            if let far = campaign.occurrence(named: name, workingDays: plans.workingDays), !taken.contains(name) {
                free.append(far)
            }
        }
        unsettled.sort { known[$0].latest.start < known[$1].latest.start }
        match(unsettled, with: free, &known)
    }

    /// Matches known occurrences with the current dates in the plan, one to one.
    ///
    /// These criteria are tried in order:
    /// - same start and same name
    /// - same start
    /// - same name, starts at most 200 days apart, and no better dates are free
    /// - same end
    /// - most days in common
    /// - dates that the occurrence had before a change
    /// - a day in common with such dates
    /// - same name
    ///
    /// Other free dates are better if they share a day with the occurrence and the dates with its
    /// name do not. They are also better if they share a day with it and start nearer to its start.
    private func match(_ places: [Int], with dates: [OccurrenceDates], _ known: inout [KnownOccurrence]) {
        typealias Likeness = (_ one: NotifiedOccurrence, _ known: KnownOccurrence, _ dates: OccurrenceDates) -> Bool
        func daysInCommon(_ one: NotifiedOccurrence, _ dates: OccurrenceDates) -> Int {
            max(0, min(one.end, dates.end) - max(one.start, dates.start) + 1)
        }
        var (open, free) = (places, dates)
        func isNearest(_ one: NotifiedOccurrence, _ dates: OccurrenceDates) -> Bool {
            let distance = abs(one.start - dates.start)
            let isApart = daysInCommon(one, dates) == 0
            return distance <= 200
                && !free.contains { daysInCommon(one, $0) > 0 && (isApart || abs(one.start - $0.start) < distance) }
        }
        func settle(_ place: Int, _ found: Int) { known[place].current = free.remove(at: found) }
        let before: [Likeness] = [
            { $0.start == $2.start && $1.name.occurrence == $2.name },
            { $0.start == $2.start },
            { $1.name.occurrence == $2.name && isNearest($0, $2) },
            { $0.end == $2.end },
        ]
        let after: [Likeness] = [
            { $1.formerDates.contains($2.start...$2.end) },
            { _, known, dates in known.formerDates.contains { $0.overlaps(dates.start...dates.end) } },
            { $1.name.occurrence == $2.name },
        ]
        func settle(by rounds: [Likeness]) {
            for isLike in rounds where !free.isEmpty {
                open.removeAll { place in
                    let one = known[place]
                    guard let found = free.firstIndex(where: { isLike(one.latest, one, $0) }) else { return false }
                    settle(place, found)
                    return true
                }
            }
        }
        settle(by: before)
        // Pairs with the most days in common come first, because an occurrence that is over may
        // share a few days with the new dates of another occurrence.
        let alike = open.flatMap { place in free.map { (place, $0, daysInCommon(known[place].latest, $0)) } }.filter { $0.2 > 0 }
        for (place, dates, _) in alike.sorted(by: { $0.2 > $1.2 }) where open.contains(place) {
            guard let found = free.firstIndex(of: dates) else { continue }
            settle(place, found)
            open.removeAll { $0 == place }
        }
        settle(by: after)
    }

    /// Returns the renames of occurrences in the ledger, one for each stored name.
    func renames(of known: [KnownOccurrence]) -> [OccurrenceRename] {
        known.filter { $0.newName != $0.name }.flatMap { one in
            one.stored.map { OccurrenceRename(from: $0, to: one.newName.occurrence) }
        }
    }
}

extension Campaign {
    /// Returns the occurrence with this name; nil if it does not take place.
    ///
    /// Exceptions and `years` are applied.
    func occurrence(named name: String, workingDays: WorkingCalendar) -> OccurrenceDates? {
        let years = Day.plannableYears
        var span = Day.first(ofMonth: 1, year: years.lowerBound)...Day.last(ofMonth: 12, year: years.upperBound)
        if let year = Int(name.prefix(4)), years.contains(year) {
            // A lunar occurrence named after a year may be early in the next year.
            span = Day.first(ofMonth: 1, year: year)...Day.last(ofMonth: 3, year: year + 1)
        }
        let natural = when.occurrences(overlapping: span, workingDays: workingDays).first { $0.name == name }
        return natural.flatMap { self.years.contains($0.year) ? afterException($0) : nil }
    }
}

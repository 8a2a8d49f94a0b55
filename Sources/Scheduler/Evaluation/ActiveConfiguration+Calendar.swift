import Dates
import Plans

// Finds the changes of an edit that events in calendars have to follow.
//
// Unlike a change notice, such a change does not depend on whether recipients were notified. It
// also covers titles, hours and places.

extension ActiveConfiguration {
    /// Returns the changes that an edit of the plans made to occurrences.
    ///
    /// The result covers occurrences from 1 January of the last year to 31 December of the year
    /// after the next two, because the longest lead is two years.
    ///
    /// - Parameter old: the configuration before the edit.
    public func calendarChanges(from old: ActiveConfiguration, now: Instant) -> [CalendarChange] {
        let (year, years) = (Zone.utc.civil(at: now).day.fields.year, Day.plannableYears)
        let (first, last) = (max(years.lowerBound, year - 1), min(years.upperBound, year + 3))
        guard first <= last else { return [] }
        let span = Day.first(ofMonth: 1, year: first)...Day.last(ofMonth: 12, year: last)
        var changes: [CalendarChange] = []
        for plan in old.plans.plans {
            for campaign in plan.campaigns {
                let position = plans.position(plan: plan.id, campaign: campaign.id)
                let edit = CampaignEdit(
                    before: (plan, campaign),
                    after: position.map { (plans.plans[$0.plan], plans.plans[$0.plan].campaigns[$0.campaign]) })
                guard !edit.isEmpty else { continue }
                let after = edit.after?.campaign.occurrences(overlapping: span, workingDays: plans.workingDays) ?? []
                changes += edit.changes(campaign.occurrences(overlapping: span, workingDays: old.plans.workingDays), after)
            }
        }
        for plan in plans.plans {
            for campaign in plan.campaigns where old.plans.position(plan: plan.id, campaign: campaign.id) == nil {
                // A campaign that an old one became is among the campaigns above.
                let names = PlanSet.names(of: campaign, in: plan)
                guard !names.contains(where: { old.plans.position(plan: $0.plan, campaign: $0.campaign) != nil }) else {
                    continue
                }
                let after = campaign.occurrences(overlapping: span, workingDays: plans.workingDays)
                changes += after.map { CampaignEdit.change(.returned, $0, plan, campaign, formerKey: nil) }
            }
        }
        return changes
    }

    /// Returns the key of an occurrence with the current ids of its plan and campaign.
    func currentKey(of key: OccurrenceKey) -> OccurrenceKey {
        guard let (plan, campaign) = plans.find(plan: key.plan, campaign: key.campaign) else { return key }
        return OccurrenceKey(plan: plan.id, campaign: campaign.id, occurrence: key.occurrence)
    }
}

extension PlanSet {
    /// Returns every pair of ids that a campaign has or had.
    fileprivate static func names(of campaign: Campaign, in plan: Plan) -> [(plan: String, campaign: String)] {
        ([plan.id] + plan.formerly).flatMap { plan in
            ([campaign.id] + campaign.formerly).map { (plan: plan, campaign: $0) }
        }
    }
}

/// One campaign before and after an edit.
private struct CampaignEdit {
    let before: (plan: Plan, campaign: Campaign)
    /// The campaign after the edit; nil if it was removed.
    let after: (plan: Plan, campaign: Campaign)?

    /// Whether the edit certainly changes no event.
    var isEmpty: Bool {
        guard let after else { return false }
        let (one, other) = (before.campaign, after.campaign)
        return before.plan.id == after.plan.id && one.id == other.id && one.title == other.title && one.when == other.when
            && one.details == other.details && one.years == other.years && one.exceptions == other.exceptions
            && !one.when.usesWorkingDays
    }

    func changes(_ old: [OccurrenceDates], _ new: [OccurrenceDates]) -> [CalendarChange] {
        var (left, found) = (new, [CalendarChange]())
        for (dates, now) in zip(old, matches(of: old, &left)) {
            let key = OccurrenceKey(plan: before.plan.id, campaign: before.campaign.id, occurrence: dates.name)
            guard let now, let after else {
                let event = Self.event(dates, before.plan, before.campaign, isGone: true)
                let uid = CalendarMark.uid(of: key, in: after?.plan ?? before.plan, after?.campaign ?? before.campaign)
                found.append(CalendarChange(.changed, key: key, formerKey: key, uid: uid, event: event))
                continue
            }
            let events = (Self.event(dates, before.plan, before.campaign), Self.event(now, after.plan, after.campaign))
            let isSame = dates.name == now.name && events.0 == events.1
            if isSame, before.plan.id == after.plan.id, before.campaign.id == after.campaign.id { continue }
            found.append(Self.change(isSame ? .renamed : .changed, now, after.plan, after.campaign, formerKey: key))
        }
        guard let after else { return found }
        return found + left.map { Self.change(.returned, $0, after.plan, after.campaign, formerKey: nil) }
    }

    static func change(
        _ kind: CalendarChange.Kind, _ dates: OccurrenceDates, _ plan: Plan, _ campaign: Campaign, formerKey: OccurrenceKey?
    ) -> CalendarChange {
        let key = OccurrenceKey(plan: plan.id, campaign: campaign.id, occurrence: dates.name)
        return CalendarChange(
            kind, key: key, formerKey: formerKey ?? key, uid: CalendarMark.uid(of: formerKey ?? key, in: plan, campaign),
            event: event(dates, plan, campaign))
    }

    /// Returns a fingerprint of the texts of an event besides its title and its place.
    private static func texts(_ plan: Plan, _ campaign: Campaign) -> String {
        let details = campaign.details
        let all: [String?] = [
            campaign.note, details.link, details.owner, campaign.tags.joined(separator: ","), plan.source.number,
            plan.source.date.map(String.init(describing:)), plan.source.issuer,
        ]
        let joined = all.map { $0 ?? "" }.joined(separator: "\u{0}")
        return base32(SHA256.digest(Array(joined.utf8)).prefix(10))
    }

    private static func event(
        _ dates: OccurrenceDates, _ plan: Plan, _ campaign: Campaign, isGone: Bool = false
    ) -> CalendarChange.Event {
        CalendarChange.Event(
            start: dates.start, end: dates.end, time: dates.time?.description ?? "", place: campaign.details.place ?? "",
            title: campaign.title, texts: texts(plan, campaign), isGone: isGone)
    }

    /// Returns the new dates of each old occurrence; nil if it no longer takes place.
    ///
    /// Occurrences with the same name match first, then those with the same start, the same end and
    /// a common day. Each new occurrence matches at most once. `left` keeps those without a match.
    private func matches(of old: [OccurrenceDates], _ left: inout [OccurrenceDates]) -> [OccurrenceDates?] {
        var matches = [OccurrenceDates?](repeating: nil, count: old.count)
        let names = Dictionary(left.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var taken: Set<String> = []
        for (index, dates) in old.enumerated() {
            guard let found = names[dates.name], taken.insert(found.name).inserted else { continue }
            matches[index] = found
        }
        left.removeAll { taken.contains($0.name) }
        let rounds: [(OccurrenceDates, OccurrenceDates) -> Bool] = [
            { $0.start == $1.start }, { $0.end == $1.end }, { $0.start <= $1.end && $1.start <= $0.end },
        ]
        for isLike in rounds where !left.isEmpty {
            for index in old.indices where matches[index] == nil {
                guard let found = left.firstIndex(where: { isLike(old[index], $0) }) else { continue }
                matches[index] = left.remove(at: found)
            }
        }
        return matches
    }
}

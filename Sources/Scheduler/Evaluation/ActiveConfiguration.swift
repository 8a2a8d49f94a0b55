import Dates
import Plans

/// The plans, recipients and sending rules in use. A reload replaces the whole value.
public struct ActiveConfiguration: Sendable {
    public let plans: PlanSet
    public let directory: RecipientDirectory
    public let catchUp: CatchUp
    /// The contact for questions, shown in every message.
    public let contact: String?

    public init(plans: PlanSet, directory: RecipientDirectory, catchUp: CatchUp, contact: String?) {
        self.plans = plans
        self.directory = directory
        self.catchUp = catchUp
        self.contact = contact
    }

    /// Returns the recipients of a scheduled reminder.
    public func recipients(of scheduled: Scheduled) -> RecipientSet {
        directory.resolve(plans.plans[scheduled.plan].campaigns[scheduled.campaign].leads[scheduled.lead].notify)
    }

    /// Decides which of the candidates are due.
    public func decide(
        _ candidates: [Scheduled], _ history: NotificationHistory, lookedUntil: Instant, now: Instant
    ) -> Decision {
        var resolved = Resolved()
        return decide(candidates, history, lookedUntil: lookedUntil, now: now, &resolved)
    }

    /// Caches the recipients of each `notify` list, because plans repeat these lists.
    struct Resolved {
        fileprivate var known: [[String]: NamedRecipients] = [:]
    }

    func decide(
        _ candidates: [Scheduled], _ history: NotificationHistory, lookedUntil: Instant, now: Instant, _ resolved: inout Resolved
    ) -> Decision {
        DueEvaluation(accepted: self, now: now, lookedUntil: lookedUntil).decide(candidates, history, &resolved)
    }

    func named(by scheduled: Scheduled, _ resolved: inout Resolved) -> NamedRecipients {
        named(plans.plans[scheduled.plan].campaigns[scheduled.campaign].leads[scheduled.lead].notify, scheduled.plan, &resolved)
    }

    /// Returns whether recipients who are added to a plan get reminders that were due earlier.
    func admitsJoiners(_ plan: Int) -> Bool { plans.plans[plan].joiners == .latest && catchUp == .latest }

    /// Returns the recipients of a `notify` list, and their fingerprint.
    ///
    /// The fingerprint is inverted if `admitsJoiners` is false. An edit that changes
    /// `admitsJoiners` therefore changes the fingerprint, so that the next evaluation checks the
    /// recipients again.
    func named(_ notify: [String], _ plan: Int, _ resolved: inout Resolved) -> NamedRecipients {
        let found = named(notify, &resolved)
        guard !admitsJoiners(plan) else { return found }
        return NamedRecipients(positions: found.positions, fingerprint: ~found.fingerprint)
    }

    private func named(_ notify: [String], _ resolved: inout Resolved) -> NamedRecipients {
        if let known = resolved.known[notify] { return known }
        let positions = directory.resolve(notify)
        let found = NamedRecipients(positions: positions, fingerprint: directory.fingerprint(of: positions))
        resolved.known[notify] = found
        return found
    }

    /// Returns the current content of a stored reminder; nil if its plan or campaign was removed.
    ///
    /// If the campaign of a cancellation notice was removed, the content is made from the stored
    /// data. `notify` lists the recipients and groups of the reminder's lead. It is empty if the
    /// lead is not known.
    ///
    /// - Parameter calendar: the version of the occurrence's event; nil if it never changed.
    public func notice(
        of stored: StoredReminder, rehearsal: Bool, calendar: CalendarMark? = nil
    ) -> (notice: ReminderContent, notify: [String])? {
        let key = stored.reminder.key
        guard let (plan, campaign) = plans.find(plan: key.plan, campaign: key.campaign) else {
            return stored.change == .gone ? (farewell(stored, rehearsal: rehearsal, calendar), []) : nil
        }
        // A lead may have been renamed since it fired. Its reminder is still valid, but its rule
        // and recipients are not known.
        let lead = campaign.leads.first { $0.id == key.lead }
        let kind: ReminderContent.Kind =
            switch stored.change {
            case nil: .reminder
            case .moved: .moved
            case .gone: .gone
            }
        let notice = ReminderContent(
            kind: kind, plan: plan, campaign: campaign, lead: lead, owner: ownerName(of: campaign), stored: stored,
            contact: contact, rehearsal: rehearsal, audience: lead.flatMap { directory.audience($0.notify) },
            calendar: calendar)
        return (notice, lead?.notify ?? [])
    }

    /// Returns the content of a cancellation notice for a campaign that was removed from the plans.
    private func farewell(_ stored: StoredReminder, rehearsal: Bool, _ calendar: CalendarMark?) -> ReminderContent {
        let reminder = stored.reminder
        let campaign = Campaign(
            id: reminder.key.campaign, title: stored.title, when: .once(from: reminder.start, to: reminder.end),
            writtenWhen: "", leads: [])
        let known = plans.plan(reminder.key.plan)
        let plan = Plan(
            id: reminder.key.plan, title: known?.title ?? reminder.key.plan, source: known?.source ?? .init(),
            zone: known?.zone ?? plans.plans.first?.zone ?? .utc, language: known?.language ?? .vi, campaigns: [campaign])
        return ReminderContent(
            kind: .gone, plan: plan, campaign: campaign, stored: stored, contact: contact, rehearsal: rehearsal,
            calendar: calendar)
    }

    /// Returns the name of the recipient who is responsible for a campaign; nil if there is none.
    public func ownerName(of campaign: Campaign) -> String? {
        campaign.details.owner.flatMap(directory.recipient).map(\.name)
    }
}

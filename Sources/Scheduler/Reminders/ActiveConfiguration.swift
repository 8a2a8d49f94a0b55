import Dates
import Plans

/// Everything the loops run on, as one value that a reload replaces whole: plans, people, and the rules between them.
public struct ActiveConfiguration: Sendable {
    public let plans: PlanSet
    public let directory: RecipientDirectory
    public let catchUp: CatchUp
    /// In every message: whom to ask.
    public let contact: String?

    public init(plans: PlanSet, directory: RecipientDirectory, catchUp: CatchUp, contact: String?) {
        self.plans = plans
        self.directory = directory
        self.catchUp = catchUp
        self.contact = contact
    }

    /// Who a scheduled reminder is for.
    public func recipients(of scheduled: Scheduled) -> RecipientSet {
        directory.resolve(plans.plans[scheduled.plan].campaigns[scheduled.campaign].leads[scheduled.lead].notify)
    }

    /// The rule, applied with these plans and people.
    public func decide(
        _ candidates: [Scheduled], _ history: NotificationHistory, lookedUntil: Instant, now: Instant
    ) -> Decision {
        var resolved = Resolved()
        return decide(candidates, history, lookedUntil: lookedUntil, now: now, &resolved)
    }

    /// The recipients of lists of names: plans repeat them.
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

    /// Recipients who join a plan get its reminders.
    func admitsJoiners(_ plan: Int) -> Bool { plans.plans[plan].joiners == .latest && catchUp == .latest }

    /// Where joiners are let in, the fingerprint differs: those who were kept out before get the reminder.
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

    /// The facts of a stored reminder as they stand today; nil when its plan or campaign is gone.
    public func notice(of stored: StoredReminder, rehearsal: Bool) -> (notice: ReminderContent, notify: [String])? {
        let key = stored.reminder.key
        guard let (plan, campaign) = plans.find(plan: key.plan, campaign: key.campaign) else {
            return stored.change == .gone ? (farewell(stored, rehearsal: rehearsal), []) : nil
        }
        // A lead may have been renamed since it fired: what it says of the reminder still holds.
        let lead = campaign.leads.first { $0.id == key.lead }
        let kind: ReminderContent.Kind =
            switch stored.change {
            case nil: .reminder
            case .moved: .moved
            case .gone: .gone
            }
        let notice = ReminderContent(
            kind: kind, plan: plan, campaign: campaign, rule: lead?.rule ?? .onTheDay, stored: stored, contact: contact,
            rehearsal: rehearsal)
        return (notice, lead?.notify ?? [])
    }

    /// What can still be said of a campaign that is in no plan any more.
    private func farewell(_ stored: StoredReminder, rehearsal: Bool) -> ReminderContent {
        let reminder = stored.reminder
        let campaign = Campaign(
            id: reminder.key.campaign, title: stored.title, when: .once(from: reminder.start, to: reminder.end),
            writtenWhen: "", leads: [])
        let known = plans.plan(reminder.key.plan)
        let plan = Plan(
            id: reminder.key.plan, title: known?.title ?? reminder.key.plan, source: known?.source ?? .init(),
            zone: known?.zone ?? plans.plans.first?.zone ?? .utc, language: known?.language ?? .vi, campaigns: [campaign])
        return ReminderContent(
            kind: .gone, plan: plan, campaign: campaign, rule: .onTheDay, stored: stored, contact: contact,
            rehearsal: rehearsal)
    }
}

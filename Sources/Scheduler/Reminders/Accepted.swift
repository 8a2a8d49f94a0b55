/// Everything the loops run on, as one value that a reload replaces whole: plans, people, and the rules between them.
public struct Accepted: Sendable {
    public let plans: PlanSet
    public let directory: Directory
    public let catchUp: CatchUp
    /// In every message: whom to ask.
    public let contact: String?

    public init(plans: PlanSet, directory: Directory, catchUp: CatchUp, contact: String?) {
        self.plans = plans
        self.directory = directory
        self.catchUp = catchUp
        self.contact = contact
    }

    /// Who a scheduled reminder is for.
    public func recipients(of scheduled: Scheduled) -> Positions {
        directory.resolve(plans.plans[scheduled.plan].campaigns[scheduled.campaign].leads[scheduled.lead].notify)
    }

    /// The rule, applied with these plans and people.
    public func decide(_ candidates: [Scheduled], told: Told, lookedUntil: Instant, now: Instant) -> Decision {
        var resolved = Resolved()
        return decide(candidates, told: told, lookedUntil: lookedUntil, now: now, &resolved)
    }

    /// Whom lists of names come to: plans repeat them.
    struct Resolved {
        fileprivate var known: [[String]: Positions] = [:]
    }

    func decide(
        _ candidates: [Scheduled], told: Told, lookedUntil: Instant, now: Instant, _ resolved: inout Resolved
    ) -> Decision {
        Look(now: now, lookedUntil: lookedUntil, catchUp: catchUp).decide(candidates, told: told) { scheduled in
            let notify = plans.plans[scheduled.plan].campaigns[scheduled.campaign].leads[scheduled.lead].notify
            if let known = resolved.known[notify] { return known }
            let found = directory.resolve(notify)
            resolved.known[notify] = found
            return found
        }
    }

    /// The facts of a stored reminder as they stand today; nil when its plan or campaign is gone.
    public func notice(of stored: StoredReminder, rehearsal: Bool) -> (notice: Notice, notify: [String])? {
        let key = stored.reminder.key
        guard let (plan, campaign) = plans.find(plan: key.plan, campaign: key.campaign) else {
            return stored.change == .gone ? (farewell(stored, rehearsal: rehearsal), []) : nil
        }
        // A lead may have been renamed since it fired: what it says of the reminder still holds.
        let lead = campaign.leads.first { $0.id == key.lead }
        let kind: Notice.Kind =
            switch stored.change {
            case nil: .reminder
            case .moved: .moved
            case .gone: .gone
            }
        let notice = Notice(
            kind: kind, plan: plan, campaign: campaign, rule: lead?.rule ?? .onTheDay, stored: stored, contact: contact,
            rehearsal: rehearsal)
        return (notice, lead?.notify ?? [])
    }

    /// What can still be said of a campaign that is in no plan any more.
    private func farewell(_ stored: StoredReminder, rehearsal: Bool) -> Notice {
        let reminder = stored.reminder
        let campaign = Campaign(
            id: reminder.key.campaign, title: stored.title, when: .once(from: reminder.start, to: reminder.end),
            writtenWhen: "", leads: [])
        let known = plans.plans.first { $0.id == reminder.key.plan }
        let plan = Plan(
            id: reminder.key.plan, title: known?.title ?? reminder.key.plan, source: known?.source ?? .init(),
            zone: known?.zone ?? plans.plans.first?.zone ?? .utc, language: known?.language ?? .vi, campaigns: [campaign])
        return Notice(
            kind: .gone, plan: plan, campaign: campaign, rule: .onTheDay, stored: stored, contact: contact,
            rehearsal: rehearsal)
    }
}

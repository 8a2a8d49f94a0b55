import Dates
import Plans

/// Finds the reminders that fall due next.
///
/// The agenda has one entry for each campaign, with its next due time. Memory therefore grows with
/// the number of campaigns, not with years. A reload builds a new agenda.
public struct Agenda: Sendable {
    private struct Entry: Sendable {
        let due: Instant
        let plan: Int32
        let campaign: Int32
    }

    private let plans: PlanSet
    /// A binary heap with the earliest due time first.
    private var heap: [Entry] = []
    /// All reminders due at or before this instant have been returned.
    private var cursor: Instant

    /// The length of the first search for a campaign's next due time.
    ///
    /// Each further search is four times longer.
    private static let stride = TimeSpan.days(366)

    public init(plans: PlanSet, after cursor: Instant) {
        self.plans = plans
        self.cursor = cursor
        heap.reserveCapacity(plans.campaignCount)
        for plan in plans.plans.indices {
            for campaign in plans.plans[plan].campaigns.indices {
                if let entry = next(plan: plan, campaign: campaign, after: cursor) { push(entry) }
            }
        }
    }

    /// The earliest due time that is still to come; nil if there is none.
    public var nextDue: Instant? { heap.first?.due }

    /// Returns the reminders that fell due since the previous call, up to and including `now`.
    ///
    /// The first call starts after the instant that was passed to `init`. The result is sorted by
    /// `Scheduled.precedes`.
    public mutating func take(through now: Instant) -> [Scheduled] {
        var taken: [Scheduled] = []
        while let first = heap.first, first.due <= now {
            pop()
            let (plan, campaign) = (Int(first.plan), Int(first.campaign))
            taken += plans.reminders(plan: plan, campaign: campaign, dues: first.due...now)
            if let entry = next(plan: plan, campaign: campaign, after: now) { push(entry) }
        }
        cursor = max(cursor, now)
        return taken.sorted(by: Scheduled.precedes)
    }

    private func next(plan: Int, campaign: Int, after instant: Instant) -> Entry? {
        let zone = plans.plans[plan].zone
        let subject = plans.plans[plan].campaigns[campaign]
        guard !subject.leads.isEmpty else { return nil }
        let last = zone.startOfDay(Day.first(ofMonth: 1, year: Day.plannableYears.upperBound + 3))
        var from = Instant(milliseconds: instant.milliseconds + 1)
        var length = Agenda.stride
        while from < last {
            let to = from + length
            let due = plans.reminders(plan: plan, campaign: campaign, dues: from...to).map(\.reminder.due).min()
            if let due { return Entry(due: due, plan: Int32(plan), campaign: Int32(campaign)) }
            from = Instant(milliseconds: to.milliseconds + 1)
            length = TimeSpan(milliseconds: length.milliseconds * 4)
        }
        return nil
    }

    private mutating func push(_ entry: Entry) {
        heap.append(entry)
        var child = heap.count - 1
        while child > 0, heap[child].due < heap[(child - 1) / 2].due {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private mutating func pop() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child].due < heap[least].due {
                least = child
            }
            if least == parent { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}

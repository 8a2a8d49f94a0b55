/// What becomes of a due day on which nobody works (`rest_days:` of a plan).
public enum RestDays: String, Hashable, Sendable, CaseIterable {
    case send
    case previousWorkingDay = "previous working day"
    case nextWorkingDay = "next working day"
}

/// The day a reminder falls due, and how it came about.
public struct LeadDue: Hashable, Sendable {
    /// Why the due is not on the day that the lead names.
    public struct Shift: Hashable, Sendable {
        /// Why that day is not worked.
        public let status: WorkingCalendar.Status
        /// True where the next working day was asked for, but lies past the last day of the occurrence.
        public let nextWouldPassTheEnd: Bool
    }

    /// The day the lead counts from.
    public let anchor: Day
    /// The day the lead names.
    public let named: Day
    /// The day it falls due: `named`, or the working day before or after it.
    public let day: Day
    /// nil where nothing was shifted.
    public let shift: Shift?
}

extension LeadRule {
    /// The days this lead counts from in one occurrence, in order: the start, the last day for leads by the end, each
    /// such weekday (both ends included; perhaps none) for weekly ones.
    public func anchors(of occurrence: OccurrenceDates) -> [Day] {
        switch self {
        case .before, .onTheDay: return [occurrence.start]
        case .beforeEnd, .onTheLastDay, .afterEnd: return [occurrence.end]
        case .weekly(let weekday):
            let wait = (weekday.rawValue - occurrence.start.weekday.rawValue).flooredRemainder(7)
            let days = occurrence.end - occurrence.start
            return stride(from: wait, through: days, by: 7).map { occurrence.start + $0 }
        }
    }

    /// The day this lead names, counted from `anchor`, before any shift for rest days.
    ///
    /// Months clamp to the end of a shorter month: a month before 31 March is the last day of February. "N working days
    /// before" is the N-th working day strictly before the anchor, "after" the N-th strictly after it; nil only where the
    /// working calendar has not so many days.
    public func dueDay(anchor: Day, workingDays: WorkingCalendar) -> Day? {
        switch self {
        case .onTheDay, .onTheLastDay, .weekly: anchor
        case .before(let count, let unit), .beforeEnd(let count, let unit):
            switch unit {
            case .days: anchor - count
            case .weeks: anchor - 7 * count
            case .months: anchor.adding(months: -count)
            case .workingDays: workingDays.working(count, before: anchor)
            }
        case .afterEnd(let count, let unit):
            switch unit {
            case .days: anchor + count
            case .weeks: anchor + 7 * count
            case .months: anchor.adding(months: count)
            case .workingDays: workingDays.working(count, after: anchor)
            }
        }
    }

    /// The day this lead falls due in an occurrence that ends on `lastDay`, shifted off rest days as the plan asks; nil as
    /// for `dueDay`.
    ///
    /// Where the next working day would pass the last day, the previous one is taken; leads after the end
    /// know no such limit (contract, "remind"). A day with no working day within the calendar's reach stays.
    public func due(anchor: Day, lastDay: Day, restDays: RestDays, workingDays: WorkingCalendar) -> LeadDue? {
        guard let named = dueDay(anchor: anchor, workingDays: workingDays) else { return nil }
        let unshifted = LeadDue(anchor: anchor, named: named, day: named, shift: nil)
        guard restDays != .send else { return unshifted }
        let status = workingDays.status(of: named)
        guard !status.isWorking else { return unshifted }
        var passesEnd = false
        if restDays == .nextWorkingDay {
            let next = workingDays.working(atOrAfter: named)
            if let next, isAfterEnd || next <= lastDay {
                let shift = LeadDue.Shift(status: status, nextWouldPassTheEnd: false)
                return LeadDue(anchor: anchor, named: named, day: next, shift: shift)
            }
            passesEnd = next != nil
        }
        guard let previous = workingDays.working(atOrBefore: named) else { return unshifted }
        let shift = LeadDue.Shift(status: status, nextWouldPassTheEnd: passesEnd)
        return LeadDue(anchor: anchor, named: named, day: previous, shift: shift)
    }

    /// Counted from the end forwards, and so without a deadline at the occurrence's last day.
    public var isAfterEnd: Bool {
        if case .afterEnd = self { return true }
        return false
    }

    /// Whether the due depends on the working calendar.
    public var usesWorkingDays: Bool { workingDayCount != nil }

    /// How many working days it counts; nil where it counts none.
    package var workingDayCount: Int? {
        switch self {
        case .before(let count, .workingDays), .beforeEnd(let count, .workingDays), .afterEnd(let count, .workingDays): count
        default: nil
        }
    }
}

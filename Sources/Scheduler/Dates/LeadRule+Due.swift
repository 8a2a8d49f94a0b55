/// The treatment of a due day that is not a working day (`rest_days:` of a plan).
public enum RestDays: String, Hashable, Sendable, CaseIterable {
    /// The reminder stays on its due day.
    case send
    case previousWorkingDay = "previous working day"
    case nextWorkingDay = "next working day"
}

/// The day on which a reminder is due, and the steps by which the day was computed.
public struct LeadDue: Hashable, Sendable {
    /// The shift of a due day from a day that is not a working day.
    public struct Shift: Hashable, Sendable {
        /// Why the day before the shift (`LeadDue.named`) is not a working day.
        public let status: WorkingCalendar.Status
        /// Whether the next working day would be after the last day of the occurrence.
        ///
        /// If so, the due day is the previous working day, although the plan uses the next working
        /// day.
        public let nextWouldPassTheEnd: Bool
    }

    /// The day from which the lead counts.
    public let anchor: Day
    /// The day that results from the lead before any shift for rest days.
    public let named: Day
    /// The due day: `named`, or the working day before or after it.
    public let day: Day
    /// The shift that changed `named` to `day`; nil if they are the same day.
    public let shift: Shift?
}

extension LeadRule {
    /// Returns the days from which this lead counts in one occurrence, in order.
    ///
    /// Most leads count from one day: the start of the occurrence or, if the phrase refers to the
    /// end, its last day. A weekly lead counts from each such weekday from the start to the last
    /// day, both included. There may be no such weekday. A daily lead counts from each of its days.
    public func anchors(of occurrence: OccurrenceDates) -> [Day] {
        switch self {
        case .before, .onTheDay: return [occurrence.start]
        case .beforeEnd, .onTheLastDay, .afterEnd: return [occurrence.end]
        case .weekly(let weekday):
            let wait = (weekday.rawValue - occurrence.start.weekday.rawValue).flooredRemainder(7)
            let days = occurrence.end - occurrence.start
            return stride(from: wait, through: days, by: 7).map { occurrence.start + $0 }
        case .daily(let count): return (0...count).map { occurrence.start - (count - $0) }
        }
    }

    /// Returns the day of this lead, counted from `anchor`, before any shift for rest days.
    ///
    /// Counting months may lead to a month that is too short. The result is then the last day of
    /// that month. For example, one month before 31 March is the last day of February. "N working
    /// days before" is the N-th working day strictly before the anchor. "N working days after" is
    /// the N-th working day strictly after the anchor. Returns nil only if the working calendar
    /// does not have that many working days.
    ///
    /// A lead in hours or minutes has no due day of its own. Its result is the anchor.
    public func dueDay(anchor: Day, workingDays: WorkingCalendar) -> Day? {
        switch self {
        case .onTheDay, .onTheLastDay, .weekly, .daily: anchor
        case .before(let count, let unit), .beforeEnd(let count, let unit):
            switch unit {
            case .days: anchor - count
            case .weeks: anchor - 7 * count
            case .months: anchor.adding(months: -count)
            case .workingDays: workingDays.working(count, before: anchor)
            case .hours, .minutes: anchor
            }
        case .afterEnd(let count, let unit):
            switch unit {
            case .days: anchor + count
            case .weeks: anchor + 7 * count
            case .months: anchor.adding(months: count)
            case .workingDays: workingDays.working(count, after: anchor)
            case .hours, .minutes: anchor
            }
        }
    }

    /// Returns the due day of this lead in an occurrence that ends on `lastDay`.
    ///
    /// If the day is a rest day, it is shifted as `restDays` specifies. If the next working day is
    /// after the last day of the occurrence, the previous working day is used instead. Leads after
    /// the end do not have this limit. A rest day is not shifted if the working calendar has no
    /// working day to shift it to. Leads in hours and minutes ignore rest days. Returns nil if
    /// `dueDay` returns nil.
    ///
    /// - Parameter restDays: the value that the plan names; nil for `self.restDays`.
    public func due(anchor: Day, lastDay: Day, restDays: RestDays?, workingDays: WorkingCalendar) -> LeadDue? {
        guard let named = dueDay(anchor: anchor, workingDays: workingDays) else { return nil }
        let unshifted = LeadDue(anchor: anchor, named: named, day: named, shift: nil)
        let restDays = restDays ?? self.restDays
        guard restDays != .send, timeBefore == nil else { return unshifted }
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

    /// The value of `rest_days` for this lead, if the plan names none.
    ///
    /// A lead that counts back from the start comes on the working day before a rest day, because
    /// its recipients still have time to act. Any other lead stays on its day.
    public var restDays: RestDays {
        switch self {
        case .before, .daily: .previousWorkingDay
        default: .send
        }
    }

    /// Whether the lead counts forwards from the end of the occurrence.
    ///
    /// Such a lead may be due after the last day of the occurrence.
    public var isAfterEnd: Bool {
        if case .afterEnd = self { return true }
        return false
    }

    /// The time before the start at which a lead in hours or minutes is due; nil for other leads.
    public var timeBefore: TimeSpan? {
        switch self {
        case .before(let count, .hours): .hours(Int64(count))
        case .before(let count, .minutes): .minutes(Int64(count))
        default: nil
        }
    }

    /// Whether the lead counts working days, which depend on the working calendar.
    public var usesWorkingDays: Bool { workingDayCount != nil }

    /// The number of working days that the lead counts; nil if it does not count working days.
    package var workingDayCount: Int? {
        switch self {
        case .before(let count, .workingDays), .beforeEnd(let count, .workingDays), .afterEnd(let count, .workingDays): count
        default: nil
        }
    }
}

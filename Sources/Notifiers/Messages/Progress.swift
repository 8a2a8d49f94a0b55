import Dates

/// How far an occurrence is from the day of an attempt.
struct Progress: Hashable, Sendable {
    enum Phase: Hashable, Sendable {
        /// The number of days until the first day, at least 1.
        case ahead(days: Int)
        /// The number of minutes until the begin, 1 to 1 439, if the lead counts hours or minutes.
        case soon(minutes: Int)
        /// The only day of the occurrence.
        case today
        case firstDay
        /// The number of days until the last day, at least 1.
        case underWay(days: Int)
        case lastDay
        /// The number of days since the last day, at least 1.
        case over(days: Int)
    }

    let start: Day
    let end: Day
    /// The civil day of the attempt in the plan's zone.
    let today: Day
    let phase: Phase
    /// Whether the occurrence is a deadline, which does not begin or take place.
    let isDeadline: Bool
    let time: EventTime?

    /// - Parameter minutesAhead: the number of minutes from the attempt to the begin of the
    ///   occurrence; nil unless the lead counts hours or minutes.
    init(start: Day, end: Day, today: Day, isDeadline: Bool = false, time: EventTime? = nil, minutesAhead: Int? = nil) {
        self.start = start
        self.end = end
        self.today = today
        self.isDeadline = isDeadline
        self.time = time
        phase =
            if let minutesAhead, (1..<1_440).contains(minutesAhead), time != nil {
                .soon(minutes: minutesAhead)
            } else if today < start {
                .ahead(days: start - today)
            } else if today > end {
                .over(days: today - end)
            } else if start == end {
                .today
            } else if today == start {
                .firstDay
            } else if today == end {
                .lastDay
            } else {
                .underWay(days: end - today)
            }
    }

    /// The day to which the phase counts: the first day until it has come, and then the last day.
    var day: Day {
        switch phase {
        case .ahead, .soon, .today, .firstDay: start
        case .underWay, .lastDay, .over: end
        }
    }
}

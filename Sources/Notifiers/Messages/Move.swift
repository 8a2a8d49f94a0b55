import Dates

/// An announced change of an occurrence: its days and time of day before and after.
struct Move: Hashable, Sendable {
    /// The days before the change; nil if they are not known.
    let before: ClosedRange<Day>?
    let after: ClosedRange<Day>
    let timeBefore: EventTime?
    let time: EventTime?

    /// Whether only the time of day changed.
    var isOfTime: Bool { before == after && timeBefore != time }
    /// Whether the occurrence takes place as first planned, after it was cancelled.
    var isReturn: Bool { before == after && timeBefore == time }
}

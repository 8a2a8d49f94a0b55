/// The working days from 1960 to 2210, stored as one bit for each day.
///
/// The type finds the n-th working day before or after any day. A search is fast even across a long
/// period without working days. The bits use 12 kB. A lead may count at most 500 working days. Even
/// if a week has only one working day, 500 working days from any plannable day, or from an end in
/// 2200, are within the range of this type.
package struct WorkedDays: Sendable {
    static let span = Day.first(ofMonth: 1, year: 1960)...Day.last(ofMonth: 12, year: 2210)
    private static let count = span.upperBound - span.lowerBound + 1

    /// Bit `i % 64` of word `i / 64` represents the day `span.lowerBound + i`.
    private var words: [UInt64]

    /// Creates a set in which every day is a working day except on these days of the week.
    init(weeklyRest: Set<Weekday>) {
        // The pattern of the week repeats every 7 words.
        var pattern = [UInt64](repeating: 0, count: 7)
        for bit in 0..<448 where !weeklyRest.contains((Self.span.lowerBound + bit).weekday) {
            pattern[bit / 64] |= 1 << UInt64(bit % 64)
        }
        words = (0..<(Self.count + 63) / 64).map { pattern[$0 % 7] }
        let beyond = words.count * 64 - Self.count
        words[words.count - 1] &= .max >> UInt64(beyond)
    }

    /// Sets whether `day` is a working day. Ignores days outside `span`.
    mutating func set(_ day: Day, isWorked: Bool) {
        guard Self.span.contains(day) else { return }
        let index = day - Self.span.lowerBound
        let bit: UInt64 = 1 << UInt64(index % 64)
        if isWorked { words[index / 64] |= bit } else { words[index / 64] &= ~bit }
    }

    /// Returns the `count`-th working day at or after `day` (`count` ≥ 1).
    ///
    /// Returns nil if `span` does not have that many working days from `day` on.
    func day(_ count: Int, atOrAfter day: Day) -> Day? {
        let index = max(0, day - Self.span.lowerBound)
        guard index < Self.count else { return nil }
        var left = count
        var word = words[index / 64] & (.max << UInt64(index % 64))
        var position = index / 64
        while word.nonzeroBitCount < left {
            left -= word.nonzeroBitCount
            position += 1
            guard position < words.count else { return nil }
            word = words[position]
        }
        return Self.span.lowerBound + (position * 64 + Self.bit(left, of: word))
    }

    /// Returns the `count`-th working day at or before `day`, counted backwards (`count` ≥ 1).
    ///
    /// Returns nil if `span` does not have that many working days up to `day`.
    func day(_ count: Int, atOrBefore day: Day) -> Day? {
        let index = min(Self.count - 1, day - Self.span.lowerBound)
        guard index >= 0 else { return nil }
        var left = count
        var word = words[index / 64] & (.max >> UInt64(63 - index % 64))
        var position = index / 64
        while word.nonzeroBitCount < left {
            left -= word.nonzeroBitCount
            position -= 1
            guard position >= 0 else { return nil }
            word = words[position]
        }
        return Self.span.lowerBound + (position * 64 + Self.bit(word.nonzeroBitCount - left + 1, of: word))
    }

    /// Returns, by count n, the most days from a working day to the n-th working day after it.
    ///
    /// A count is missing from the result if `span` does not have that many working days.
    package func longestStretches(_ counts: Set<Int>) -> [Int: Int] {
        guard !counts.isEmpty else { return [:] }
        var days: [Int32] = []
        days.reserveCapacity(Self.count)
        for (position, var word) in words.enumerated() {
            while word != 0 {
                days.append(Int32(position * 64 + word.trailingZeroBitCount))
                word &= word - 1
            }
        }
        var longest: [Int: Int] = [:]
        for count in counts where count < days.count {
            var most: Int32 = 0
            for index in count..<days.count { most = max(most, days[index] - days[index - count]) }
            longest[count] = Int(most)
        }
        return longest
    }

    /// Returns the position of the `number`-th set bit, counted from the lowest set bit.
    private static func bit(_ number: Int, of word: UInt64) -> Int {
        var rest = word
        for _ in 1..<number { rest &= rest - 1 }
        return rest.trailingZeroBitCount
    }
}

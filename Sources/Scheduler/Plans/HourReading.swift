import Dates
import Diagnostics

/// The hour or the part of the day in a `when` phrase, and the phrase without it.
///
/// The hour is taken out before the days are read, so that every kind of phrase can have one.
struct HourReading {
    /// The phrase with spaces instead of the hour, so that offsets stay the same.
    private(set) var days: String
    private(set) var time: EventTime?
    private(set) var partOfDay: PartOfDay?
    /// Whether the hour is `24h`, which a deadline on the day itself has anyway.
    private(set) var isEndOfDay = false
    /// Whether the phrase has two hours, one for its first and one for its last day.
    private(set) var hasHourOfEachDay = false
    /// The offset of the hour or the part of the day in the phrase; 0 if there is none.
    private(set) var offset = 0

    /// Whether the phrase has an hour.
    var hasHour: Bool { time != nil || isEndOfDay }

    private let tokens: [PhraseToken]
    /// The indices of the tokens that belong to the hour or the part of the day.
    private var taken: Set<Int> = []

    private struct Clock {
        let minute: Int
        let start: Int
        let end: Int
        let hasHalf: Bool
    }

    init(_ phrase: String) throws(PhraseProblem) {
        days = phrase
        // Only lists of dates are longer. They have no hour.
        guard phrase.utf8.count <= WhenParser.lengthLimit else {
            tokens = []
            return
        }
        tokens = PhraseLexer.tokens(phrase)
        let clocks = try clocks()
        try takePart(clocks)
        try take(clocks)
        try refuseStrayAt()
        guard let first = taken.min() else { return }
        offset = tokens[first].offset
        for index in taken {
            let range = tokens[index].offset..<tokens[index].end
            days = days.replacing(range, with: String(repeating: " ", count: range.count))
        }
        while days.last == " " { days.removeLast() }
    }

    private func kind(_ index: Int) -> PhraseToken.Kind? { tokens.indices.contains(index) ? tokens[index].kind : nil }

    private func text(_ index: Int) -> String? { tokens.indices.contains(index) ? tokens[index].text.lowercased() : nil }

    private func clocks() throws(PhraseProblem) -> [Clock] {
        var found: [Clock] = []
        var index = 0
        while index < tokens.count {
            guard let clock = try WrittenClock(tokens, at: index) else {
                index += 1
                continue
            }
            found.append(Clock(minute: clock.minute, start: index, end: clock.end, hasHalf: clock.hasHalf))
            index = clock.end
        }
        guard found.count <= 2 else { throw .refused("a phrase has at most two times of day", at: tokens[found[2].start].offset) }
        return found
    }

    // MARK: The hour

    private mutating func take(_ clocks: [Clock]) throws(PhraseProblem) {
        guard let first = clocks.first else { return }
        let place = tokens[first.start].offset
        let isDeadline = tokens.contains { $0.kind == .term(.by) || $0.kind == .term(.before) } || opensWithTo
        guard let last = clocks.dropFirst().first else {
            take(first, andFrom: !tokens.contains { $0.kind == .term(.to) })
            if first.minute == 24 * 60 {
                guard isDeadline else { throw .refused(WrittenClock.outside, at: place) }
                isEndOfDay = true
            }
            time = try eventTime(first)
            return
        }
        guard !isDeadline else { throw .refused("a deadline has one time of day", at: tokens[last.start].offset) }
        let isRange = last.start == first.end + 1 && kind(first.end) == .term(.to)
        take(first, andFrom: isRange)
        take(last, andFrom: false)
        if isRange { taken.insert(first.end) } else { hasHourOfEachDay = true }
        guard let start = try eventTime(first)?.start, let end = try eventTime(last)?.start else {
            throw .refused(WrittenClock.outside, at: place)
        }
        time = EventTime(start: start, end: end)
    }

    /// Whether the phrase begins with `đến`, which makes it a deadline.
    private var opensWithTo: Bool { kind(0) == .term(.to) && !tokens[0].isDash }

    /// The time of a clock, after the part of the day beside it has been applied; nil for `24h`.
    private mutating func eventTime(_ clock: Clock) throws(PhraseProblem) -> EventTime? {
        var (hour, minute) = (clock.minute / 60, clock.minute % 60)
        if let part = partOfDay, !clock.hasHalf {
            guard let meant = part.hour(hour) else { throw WrittenClock.isElsewhere(tokens[clock.start].offset) }
            (hour, minute) = (meant, clock.minute % 60)
        }
        return TimeOfDay(hour: hour, minute: minute).map { EventTime(start: $0) }
    }

    /// Takes the tokens of a clock and the words and the comma that belong to it.
    private mutating func take(_ clock: Clock, andFrom takesFrom: Bool) {
        taken.formUnion(clock.start..<clock.end)
        var first = clock.start
        while let word = kind(first - 1), word == .term(.at) || word == .term(.filler) || text(first - 1) == "hồi" {
            first -= 1
            taken.insert(first)
        }
        if takesFrom, kind(first - 1) == .term(.from) || kind(first - 1) == .term(.since) {
            first -= 1
            taken.insert(first)
        }
        if text(clock.end) == "," {
            taken.insert(clock.end)
        } else if text(first - 1) == "," {
            taken.insert(first - 1)
        }
    }

    /// Refuses `at` and `lúc` without a time of day that can be read.
    private func refuseStrayAt() throws(PhraseProblem) {
        guard let index = tokens.indices.first(where: { tokens[$0].kind == .term(.at) && !taken.contains($0) }),
            index + 1 < tokens.count
        else { return }
        let number = tokens[index + 1]
        var hints: [String] = []
        if case .number(let hour, digits: 1...2) = number.kind, hour < 24, index + 2 == tokens.count {
            hints = [days.replacing(number.offset..<number.end, with: "\(padded(hour, 2)):00")]
        }
        throw .refused("times of day are written 18:00", hints: hints, at: number.offset)
    }

    // MARK: The part of the day

    private mutating func takePart(_ clocks: [Clock]) throws(PhraseProblem) {
        var found: [(index: Int, part: PartOfDay)] = []
        for index in tokens.indices where !clocks.contains(where: { ($0.start..<$0.end).contains(index) }) {
            guard tokens[index].kind == .unknown, let word = text(index) else { continue }
            if let part = PartOfDay(vietnamese: word) ?? PartOfDay(rawValue: word) { found.append((index, part)) }
        }
        guard let (index, part) = found.first else { return }
        guard found.count == 1 else {
            throw .refused("a phrase names one part of the day", at: tokens[found[1].index].offset)
        }
        if clocks.isEmpty, tokens.contains(where: { $0.kind == .term(.before) }) {
            throw .refused("a deadline before a part of the day needs its hour", at: tokens[index].offset)
        }
        partOfDay = part
        taken.insert(index)
        var first = index
        while let word = text(first - 1),
            word == "buổi" || word == "the" || kind(first - 1) == .term(.filler)
                || kind(first - 1) == .term(.at)
        {
            first -= 1
            taken.insert(first)
        }
        if kind(index + 1) == .term(.of) { taken.insert(index + 1) }
    }

    /// Leaves the part of the day out if the hour already says it.
    var partWithoutHour: PartOfDay? { hasHour ? nil : partOfDay }
}

/// A `when` phrase: its days, and its hour or part of the day if it has one.
public struct WhenPhrase: Hashable, Sendable {
    public let recurrence: Recurrence
    /// The hour in the phrase; nil if it has none.
    public let time: EventTime?
    /// The part of the day in the phrase; nil if it has none, or if it has an hour.
    public let partOfDay: PartOfDay?

    public init(_ recurrence: Recurrence, time: EventTime? = nil, partOfDay: PartOfDay? = nil) {
        self.recurrence = recurrence
        self.time = time
        self.partOfDay = partOfDay
    }

    /// Reads a `when` phrase, English or Vietnamese, which may have an hour.
    ///
    /// A deadline before an hour (`trước 17h ngày 15/11`) is on the day itself, at that hour.
    ///
    /// - Parameter seekingHints: whether to search for hints, as for `Recurrence(phrase:)`.
    /// - Throws: `PhraseRefusal` if `Recurrence(phrase:)` refuses the days, or if the hour does not
    ///   fit them.
    public init(phrase: String, seekingHints: Bool = true) throws(PhraseRefusal) {
        let hours: HourReading
        do throws(PhraseProblem) {
            hours = try HourReading(phrase)
        } catch {
            throw error.refusal
        }
        partOfDay = hours.partWithoutHour
        time = hours.time
        let found: Recurrence
        do throws(PhraseRefusal) {
            found = try Recurrence(phrase: hours.days, seekingHints: seekingHints)
        } catch {
            guard hours.hasHour || hours.partOfDay != nil else { throw error }
            let suffix = WhenPhrase.suffix(
                hours.time, hours.partWithoutHour, isVietnamese: PhraseCorrection.isVietnamese(phrase))
            throw PhraseRefusal(error.message, hints: error.hints.map { $0 + suffix }, offset: error.offset)
        }
        if case .deadline(let days, .before) = found, hours.hasHour {
            recurrence = .deadline(days, .by)
        } else {
            recurrence = found
        }
        guard let time, let end = time.end, !recurrence.hasSeveralDays else { return }
        if hours.hasHourOfEachDay { throw PhraseRefusal("two times of day need a window of several days", offset: hours.offset) }
        if end <= time.start { throw PhraseRefusal(WhenPhrase.endsEarly, offset: hours.offset) }
    }

    static let endsEarly: LocalizedText = "the time of day ends before it starts"

    /// The canonical phrase in English: `8/3 at 18:30`, `16/11 in the morning`.
    ///
    /// The phrase of a deadline on an eve has no hour, because with an hour it would be on the day.
    /// Only the key `time` can give such a deadline a time.
    public var phrase: String { recurrence.phrase + suffix(isVietnamese: false) }

    /// The canonical phrase in Vietnamese: `ngày 8/3 lúc 18:30`, `ngày 16/11 buổi sáng`.
    public var vietnamesePhrase: String { recurrence.vietnamesePhrase + suffix(isVietnamese: true) }

    private func suffix(isVietnamese: Bool) -> String {
        if case .deadline(_, .before) = recurrence { return "" }
        return WhenPhrase.suffix(time, time == nil ? partOfDay : nil, isVietnamese: isVietnamese)
    }

    private static func suffix(_ time: EventTime?, _ part: PartOfDay?, isVietnamese: Bool) -> String {
        if let time { return (isVietnamese ? " lúc " : " at ") + time.description }
        return part.map { isVietnamese ? " buổi \($0.vietnamese)" : " \($0.englishSuffix)" } ?? ""
    }
}

extension PartOfDay {
    /// The words behind a date: `in the morning`, `at noon`.
    fileprivate var englishSuffix: String {
        switch self {
        case .morning, .afternoon, .evening: "in the \(english)"
        case .noon, .night: "at \(english)"
        }
    }
}

extension Recurrence {
    /// Whether an occurrence can have several days by the phrase.
    public var hasSeveralDays: Bool {
        switch self {
        case .window, .month, .months, .half, .quarter, .partOfMonth, .lunarWindow: true
        case .once(let from, let to): from != to
        case .listed(let dates): dates.contains { $0.lowerBound != $0.upperBound }
        case .rrule(_, _, let days): days > 1
        default: false
        }
    }
}

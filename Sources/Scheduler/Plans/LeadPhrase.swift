import Dates
import Diagnostics

/// A `remind` phrase: the distance from the occurrence and an optional time of day.
public struct LeadPhrase: Hashable, Sendable {
    public let rule: LeadRule
    /// The time of day; nil if the phrase has no `at HH:MM`.
    public let at: TimeOfDay?

    /// Reads a `remind` phrase, English or Vietnamese.
    ///
    /// - Parameter seekingHints: whether to search for the nearest valid phrase. The search takes
    ///   some milliseconds.
    /// - Throws: `PhraseRefusal` if the text is not a phrase, or if the count or the time of day is
    ///   out of range. If the text is not a phrase, the hint is the nearest valid phrase.
    public init(phrase: String, seekingHints: Bool = true) throws(PhraseRefusal) {
        do throws(PhraseProblem) {
            var parser = LeadParser(phrase)
            self = try parser.lead()
        } catch  where error.isSyntax && seekingHints {
            let refusal = PhraseCorrection.refusal(
                of: phrase, problem: error.refusal, examples: LeadParser.examples, showsCanonical: true,
                parse: LeadParser.verdict)
            throw HintCheck.checked(refusal, ofLead: phrase)
        } catch {
            throw error.refusal
        }
    }

    init(rule: LeadRule, at: TimeOfDay?) {
        self.rule = rule
        self.at = at
    }

    /// The canonical phrase in English: `5 working days before at 07:30`.
    public var phrase: String { rule.phrase + (at.map { " at \($0)" } ?? "") }

    /// The canonical phrase in Vietnamese: `5 ngày làm việc trước lúc 07:30`.
    public var vietnamesePhrase: String { rule.vietnamesePhrase + (at.map { " lúc \($0)" } ?? "") }
}

extension LeadRule {
    /// Reads a `remind` phrase without a time of day.
    ///
    /// - Throws: `PhraseRefusal` if `LeadPhrase` refuses the phrase, or if the phrase has a time of
    ///   day.
    public init(phrase: String) throws(PhraseRefusal) {
        let lead = try LeadPhrase(phrase: phrase)
        guard lead.at == nil else {
            throw PhraseRefusal("the time of day has a place of its own", hints: [lead.rule.phrase])
        }
        self = lead.rule
    }

    /// The canonical phrase in English. The unit is singular for a count of 1.
    ///
    /// This phrase is the id of the lead if the plan gives the lead no id.
    public var phrase: String {
        switch self {
        case .before(let count, let unit): "\(unit.english(count)) before"
        case .onTheDay: "on the day"
        case .beforeEnd(let count, let unit): "\(unit.english(count)) before the end"
        case .onTheLastDay: "on the last day"
        case .afterEnd(let count, let unit): "\(unit.english(count)) after the end"
        case .weekly(let weekday): "every \(weekday.english) during"
        case .daily(let count): "every day from \(LeadUnit.days.english(count)) before"
        }
    }

    /// The canonical phrase in Vietnamese.
    public var vietnamesePhrase: String {
        switch self {
        case .before(let count, let unit): "\(unit.vietnamese(count)) trước"
        case .onTheDay: "đúng ngày"
        case .beforeEnd(let count, let unit): "\(unit.vietnamese(count)) trước khi kết thúc"
        case .onTheLastDay: "ngày cuối"
        case .afterEnd(let count, let unit): "\(unit.vietnamese(count)) sau khi kết thúc"
        case .weekly(let weekday): "\(weekday.vietnamese) hằng tuần trong đợt"
        case .daily(let count): "hằng ngày từ \(LeadUnit.days.vietnamese(count)) trước"
        }
    }
}

extension LeadUnit {
    /// Returns a count with this unit in English, such as `5 working days`.
    fileprivate func english(_ count: Int) -> String {
        let name =
            switch self {
            case .days: "day"
            case .weeks: "week"
            case .months: "month"
            case .workingDays: "working day"
            case .hours: "hour"
            case .minutes: "minute"
            }
        return "\(count) \(name)\(count == 1 ? "" : "s")"
    }

    /// Returns a count with this unit in Vietnamese, such as `5 ngày làm việc`.
    fileprivate func vietnamese(_ count: Int) -> String {
        switch self {
        case .days: "\(count) ngày"
        case .weeks: "\(count) tuần"
        case .months: "\(count) tháng"
        case .workingDays: "\(count) ngày làm việc"
        case .hours: "\(count) giờ"
        case .minutes: "\(count) phút"
        }
    }
}

/// Reads one `remind` phrase.
///
/// In Vietnamese, the count may come before or after the word for "before" or "after".
struct LeadParser: PhraseCursor {
    let phrase: String
    let tokens: [PhraseToken]
    var index = 0
    let isVietnamese: Bool

    /// The maximum length of a phrase in Unicode scalars. No valid phrase is longer.
    static let lengthLimit = 200

    static let examples = [
        "30 days before", "2 weeks before", "1 month before", "5 working days before", "5 working days before at 07:30",
        "on the day", "3 days before the end", "on the last day", "10 days after the end", "every Monday during",
        "every day from 5 days before", "2 hours before", "30 minutes before",
        "30 ngày trước", "2 tuần trước", "1 tháng trước", "5 ngày làm việc trước", "đúng ngày", "3 ngày trước khi kết thúc",
        "ngày cuối", "10 ngày sau khi kết thúc", "thứ hai hằng tuần trong đợt", "hằng ngày từ 5 ngày trước",
        "2 giờ trước", "30 phút trước",
    ].map(PhraseCorrection.Example.init)

    init(_ phrase: String) {
        self.phrase = phrase
        let pieces = PhraseLexer.pieces(phrase)
        tokens = PhraseLexer.tokens(pieces)
        isVietnamese = PhraseCorrection.isVietnamese(pieces)
    }

    static func verdict(_ phrase: String) -> PhraseCorrection.Verdict {
        do throws(PhraseProblem) {
            var parser = LeadParser(phrase)
            let lead = try parser.lead()
            return .stands(canonical: parser.spell(lead))
        } catch {
            return error.isSyntax ? .noPhrase : .refused(error.refusal)
        }
    }

    mutating func lead() throws(PhraseProblem) -> LeadPhrase {
        guard phrase.unicodeScalars.count <= Self.lengthLimit else {
            throw .refused("a lead has at most \(Self.lengthLimit) characters", at: Self.lengthLimit)
        }
        guard !tokens.isEmpty else { throw .syntax("the phrase is empty", at: 0) }
        if let early = try time() {
            guard let rule = try rule(), atEnd else { throw nonsense() }
            throw .refused("the time stands at the end", hints: [spell(LeadPhrase(rule: rule, at: early))], at: 0)
        }
        guard let rule = try rule() else { throw nonsense() }
        let at = try time(after: rule)
        let place = offset
        if at != nil, try time() != nil {
            throw .refused("a lead has at most one time", hints: [spell(LeadPhrase(rule: rule, at: at))], at: place)
        }
        guard atEnd else { throw nonsense() }
        if at != nil, rule.timeBefore != nil {
            throw .refused("a lead in hours or minutes has no time of day of its own", hints: [spell(rule)], at: place)
        }
        return LeadPhrase(rule: rule, at: at)
    }

    private func spell(_ lead: LeadPhrase) -> String { isVietnamese ? lead.vietnamesePhrase : lead.phrase }

    private func spell(_ rule: LeadRule) -> String { spell(LeadPhrase(rule: rule, at: nil)) }

    // MARK: The rule

    private mutating func rule() throws(PhraseProblem) -> LeadRule? {
        if take(.onTheDay) { return .onTheDay }
        if take(.onTheLastDay) { return .onTheLastDay }
        if take(.eve) { return .before(1, .days) }
        if let weekly = try weekly() { return weekly }
        if let daily = try daily() { return daily }
        let start = index
        if take(.fortnight) {
            if take(.before), kind() != .term(.end), kind() != .term(.start) { return .before(15, .days) }
            index = start
            return nil
        }
        if take(.overdue) {
            let place = offset
            if let count = takeNumber(), let unit = takeUnit() { return try rule(.afterEnd, count, unit, at: place) }
            index = start
            return nil
        }
        if take(.day) {
            if take(.dau) || take(.ordinal(.first)) { return .onTheDay }
            if take(.cuoi) || take(.ordinal(.last)) { return .onTheLastDay }
            index = start
            return nil
        }
        return try counted()
    }

    /// Reads `every Monday during` or `thứ hai hằng tuần trong đợt`.
    private mutating func weekly() throws(PhraseProblem) -> LeadRule? {
        let start = index
        let isEnglish = take(.every)
        guard let weekday = takeWeekday() else {
            index = start
            return nil
        }
        if !isEnglish, !(take(.every) && take(.week)) { throw nonsense() }
        if take(.during) { return .weekly(weekday) }
        guard atEnd || kind() == .term(.at) else { throw nonsense() }
        throw .refused("a weekly lead counts the days of the occurrence", hints: [spell(.weekly(weekday))], at: offset)
    }

    /// Reads `every day from 5 days before` or `hằng ngày từ 5 ngày trước`.
    private mutating func daily() throws(PhraseProblem) -> LeadRule? {
        let start = index
        guard take(.every), take(.day), take(.from) else {
            index = start
            return nil
        }
        let place = offset
        switch try counted() {
        case .before(let count, .days): return .daily(count)
        case .before(let count, .weeks): return .daily(count * 7)
        default: throw .refused("a daily lead begins some days before the first day", at: place)
        }
    }

    private enum Side { case before, beforeStart, beforeEnd, afterEnd, after, afterStart }

    /// Reads `30 days before` or `trước khi kết thúc 3 ngày`.
    private mutating func counted() throws(PhraseProblem) -> LeadRule? {
        let start = index
        var side = takeSide()
        let place = offset
        guard let count = takeNumber(), let unit = takeUnit() else {
            index = start
            return nil
        }
        if case .known(.hours) = unit, case .number(let minutes, _) = kind(), kind(ahead: 1) == .term(.minute) {
            let total = count.multipliedReportingOverflow(by: 60).partialValue.addingReportingOverflow(minutes).partialValue
            let isInRange = (1...LeadUnit.minutes.limit).contains(total)
            throw .refused(
                "a lead is counted in hours or in minutes", hints: isInRange ? [spell(.before(total, .minutes))] : [], at: place)
        }
        side = side ?? takeSide()
        guard let side else {
            guard atEnd || kind() == .term(.at), let (count, unit) = unit.counting(count) else { throw nonsense() }
            throw .refused("a lead says what it counts from", hints: [spell(.before(count, unit))], at: offset)
        }
        return try rule(side, count, unit, at: place)
    }

    private mutating func takeSide() -> Side? {
        if take(.before) { return take(.end) ? .beforeEnd : take(.start) ? .beforeStart : .before }
        if take(.after) { return take(.end) ? .afterEnd : take(.start) ? .afterStart : .after }
        return nil
    }

    private func rule(_ side: Side, _ count: Int, _ written: WrittenUnit, at place: Int) throws(PhraseProblem) -> LeadRule {
        guard let (total, unit) = written.counting(count) else {
            throw .refused(
                count < 1 ? "a lead counts from 1" : "a lead is at most \(LocalizedText(lookedUp: written.limitInWords))",
                hints: count < 1 ? [spell(side == .before ? .onTheDay : .onTheLastDay)] : [], at: place)
        }
        let rule: LeadRule =
            switch side {
            case .before, .beforeStart: .before(total, unit)
            case .beforeEnd: .beforeEnd(total, unit)
            case .afterEnd, .after, .afterStart: .afterEnd(total, unit)
            }
        if unit == .hours || unit == .minutes, side != .before, side != .beforeStart {
            throw .refused("a lead in hours or minutes counts back from the start", at: place)
        }
        if case .other = written {
            throw .refused("leads are counted in days, weeks, months or working days", hints: [spell(rule)], at: place)
        }
        if side == .beforeStart {
            throw .refused("before counts from the start by itself", hints: [spell(rule)], at: place)
        }
        if side == .afterStart {
            throw .refused("no lead counts from the start on; leads after an occurrence count from its end", at: place)
        }
        if side == .after {
            throw .refused("leads after an occurrence count from its end", hints: [spell(rule)], at: place)
        }
        return rule
    }

    /// A unit as written.
    ///
    /// The parser recognizes years and quarters only to refuse them with a reason.
    private enum WrittenUnit {
        case known(LeadUnit)
        /// A unit of this many months.
        case other(months: Int)

        /// Returns the count, converted to a unit that leads use, and that unit.
        ///
        /// Returns nil if the converted count is outside 1...`LeadUnit.limit`.
        func counting(_ count: Int) -> (Int, LeadUnit)? {
            let (total, unit): (Int, LeadUnit) =
                switch self {
                case .known(let unit): (count, unit)
                case .other(let months): (count.multipliedReportingOverflow(by: months).partialValue, .months)
                }
            return (1...unit.limit).contains(total) ? (total, unit) : nil
        }

        var limitInWords: String {
            switch self {
            case .known(let unit): unit.english(unit.limit)
            case .other: LeadUnit.months.english(LeadUnit.months.limit)
            }
        }
    }

    private mutating func takeUnit() -> WrittenUnit? {
        if take(.working) { return take(.day) ? .known(.workingDays) : nil }
        if take(.day) { return .known(take(.working) ? .workingDays : .days) }
        if take(.week) { return .known(.weeks) }
        if take(.month) { return .known(.months) }
        if take(.hour) { return .known(.hours) }
        if take(.minute) { return .known(.minutes) }
        if take(.quarter) { return .other(months: 3) }
        if take(.year) { return .other(months: 12) }
        return nil
    }

    // MARK: The time

    /// Reads `at 07:30`, `lúc 7h30` or `lúc 7 giờ 30`. Returns nil if no time begins here.
    private mutating func time(after rule: LeadRule? = nil) throws(PhraseProblem) -> TimeOfDay? {
        guard take(.at) else { return nil }
        let place = offset
        let start = index
        if let clock = try WrittenClock(tokens, at: index, takesHalf: false) {
            index = clock.end
            if halfDay == nil {
                if let time = clock.time { return time }
                throw .refused(WrittenClock.outside, at: place)
            }
            index = start
        }
        let guess = guessedTime()
        index = start
        guard guess != nil || kind() != nil else { throw nonsense() }
        let hints = guess.flatMap { time in rule.map { spell(LeadPhrase(rule: $0, at: time)) } }.map { [$0] } ?? []
        throw .refused("times of day are written 07:30", hints: hints, at: place)
    }

    /// Reads a time that is not written as `07:30`, to suggest the correct spelling.
    ///
    /// Examples: `7h30`, `7 giờ`, `7.30`, `8`, `8 pm`, `7:30 tối`. Returns nil for other text.
    private mutating func guessedTime() -> TimeOfDay? {
        guard var hour = takeNumber() else { return nil }
        var minute = 0
        if let joint = word(), ["h", "g", "giờ", "gio", ".", ":"].contains(joint) {
            index += 1
            minute = takeNumber() ?? 0
        }
        if let halfDay {
            index += 1
            guard let meant = halfDay.hour(hour) else { return nil }
            hour = meant
        }
        return atEnd ? TimeOfDay(hour: hour, minute: minute) : nil
    }

    private var halfDay: HalfDay? { word().flatMap { HalfDay.words[$0] } }

    private func word() -> String? { atEnd ? nil : tokens[index].text.lowercased() }
}

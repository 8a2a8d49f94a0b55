import Dates
import Diagnostics

/// Writes and reads the text of a recurrence rule, such as `FREQ=YEARLY;BYMONTH=9;BYDAY=1MO`.
extension RecurrenceRule {
    /// The canonical text of the rule.
    ///
    /// Parts are in a fixed order and lists are sorted. Defaults (INTERVAL=1, WKST=MO) are left
    /// out.
    public var text: String {
        var parts = ["FREQ=\(frequency.rawValue)"]
        if interval != 1 { parts.append("INTERVAL=\(interval)") }
        switch bound {
        case .none: break
        case .count(let count): parts.append("COUNT=\(count)")
        case .until(let day): parts.append("UNTIL=\(String(day.description.filter { $0 != "-" }))")
        }
        for (name, values) in [
            ("BYMONTH", byMonth), ("BYWEEKNO", byWeekNumber), ("BYYEARDAY", byYearDay), ("BYMONTHDAY", byMonthDay),
        ] where !values.isEmpty {
            parts.append(name + "=" + values.map(String.init).joined(separator: ","))
        }
        if !byDay.isEmpty {
            parts.append(
                "BYDAY=" + byDay.map { ($0.ordinal == 0 ? "" : "\($0.ordinal)") + $0.weekday.code }.joined(separator: ","))
        }
        if !bySetPosition.isEmpty {
            parts.append("BYSETPOS=" + bySetPosition.map(String.init).joined(separator: ","))
        }
        if weekStart != .monday { parts.append("WKST=\(weekStart.code)") }
        return parts.joined(separator: ";")
    }

    /// Reads a rule in the syntax of RFC 5545, in upper or lower case.
    ///
    /// - Throws: `PhraseRefusal` for a string that is not a rule, for a rule that the RFC forbids,
    ///   and for a rule that is not about whole days. The hints are rules, and the offset counts
    ///   from the beginning of `text`.
    public init(text: String) throws(PhraseRefusal) {
        var reader = RuleReader(text: text)
        self = try reader.rule()
    }
}

extension Weekday {
    /// The code of the weekday in RFC 5545, such as `MO`.
    fileprivate var code: String { String(english.prefix(2)).uppercased() }
}

/// Reads the parts of a rule, and then checks that their combination is allowed.
private struct RuleReader {
    let text: String
    /// The name, the value and the offset of each part. Names and values are in upper case.
    private var parts: [(name: String, value: String, offset: Int)] = []

    private static let known = [
        "FREQ", "INTERVAL", "COUNT", "UNTIL", "BYMONTH", "BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYDAY", "BYSETPOS", "WKST",
    ]
    private static let partsOfADay: Set<String> = ["BYHOUR", "BYMINUTE", "BYSECOND"]

    init(text: String) { self.text = text }

    mutating func rule() throws(PhraseRefusal) -> RecurrenceRule {
        try split()
        let interval = try single("INTERVAL", 1...RecurrenceRule.intervalLimit) ?? 1
        let rule = RecurrenceRule(
            frequency: try frequency(), interval: interval, bound: try bound(),
            byMonth: try list("BYMONTH", upTo: 12, negative: false), byWeekNumber: try list("BYWEEKNO", upTo: 53),
            byYearDay: try list("BYYEARDAY", upTo: 366), byMonthDay: try list("BYMONTHDAY", upTo: 31),
            byDay: try byDay(), bySetPosition: try list("BYSETPOS", upTo: 366), weekStart: try weekStart())
        try checkCompany(rule)
        return rule
    }

    // MARK: Splitting

    private mutating func split() throws(PhraseRefusal) {
        var offset = 0
        for piece in text.split(separator: ";", omittingEmptySubsequences: false) {
            defer { offset += piece.unicodeScalars.count + 1 }
            let sides = piece.split(separator: "=", omittingEmptySubsequences: false)
            guard sides.count == 2, !sides[0].isEmpty, !sides[1].isEmpty else {
                throw PhraseRefusal("a rule is made of NAME=VALUE, joined by \";\"", hints: without(offset), offset: offset)
            }
            let name = String(sides[0]).uppercased()
            if Self.partsOfADay.contains(name) {
                throw PhraseRefusal(
                    "remindd plans whole days: no \(name); the time of day belongs to the leads", hints: without(offset),
                    offset: offset)
            }
            guard Self.known.contains(name) else {
                let nearest = Spelling.nearest(to: name, among: Self.known)
                throw PhraseRefusal(
                    "\(name) is no part of a rule; there are \(Self.known.joined(separator: ", "))",
                    hints: nearest.map { [replacing(piece, at: offset, with: "\($0)=\(sides[1])")] } ?? [], offset: offset)
            }
            guard !parts.contains(where: { $0.name == name }) else {
                throw PhraseRefusal("\(name) stands twice", offset: offset)
            }
            parts.append((name, String(sides[1]).uppercased(), offset))
        }
    }

    /// Returns a hint: the rule without the part at `offset`. Empty if no other part remains.
    private func without(_ offset: Int) -> [String] {
        var seen = 0
        var kept: [Substring] = []
        for piece in text.split(separator: ";", omittingEmptySubsequences: false) {
            if seen != offset, !piece.isEmpty { kept.append(piece) }
            seen += piece.unicodeScalars.count + 1
        }
        return kept.isEmpty ? [] : [kept.joined(separator: ";")]
    }

    private func replacing(_ piece: Substring, at offset: Int, with new: String) -> String {
        text.replacing(offset..<(offset + piece.unicodeScalars.count), with: new)
    }

    private func part(_ name: String) -> (name: String, value: String, offset: Int)? {
        parts.first { $0.name == name }
    }

    private func replacing(_ part: (name: String, value: String, offset: Int), with value: String) -> String {
        replacing(Substring("\(part.name)=\(part.value)"), at: part.offset, with: "\(part.name)=\(value)")
    }

    // MARK: Values

    private func frequency() throws(PhraseRefusal) -> RecurrenceRule.Frequency {
        guard let part = part("FREQ") else {
            throw PhraseRefusal("FREQ is missing", hints: text.isEmpty ? [] : ["FREQ=YEARLY;" + text])
        }
        if let frequency = RecurrenceRule.Frequency(rawValue: part.value) { return frequency }
        let names = RecurrenceRule.Frequency.allCases.map(\.rawValue)
        if ["HOURLY", "MINUTELY", "SECONDLY"].contains(part.value) {
            throw PhraseRefusal(
                "remindd plans whole days: FREQ is DAILY, WEEKLY, MONTHLY or YEARLY",
                hints: [replacing(part, with: "DAILY")], offset: part.offset)
        }
        let nearest = Spelling.nearest(to: part.value, among: names)
        throw PhraseRefusal(
            "FREQ is DAILY, WEEKLY, MONTHLY or YEARLY", hints: nearest.map { [replacing(part, with: $0)] } ?? [],
            offset: part.offset)
    }

    private func bound() throws(PhraseRefusal) -> RecurrenceRule.Bound {
        let count = try single("COUNT", 1...RecurrenceRule.countLimit)
        guard let part = part("UNTIL") else { return count.map { .count($0) } ?? .none }
        if count != nil {
            throw PhraseRefusal("COUNT and UNTIL exclude each other", hints: without(part.offset), offset: part.offset)
        }
        let digits = Array(part.value.utf8)
        if digits.count == 8, let year = decimal(digits[..<4]), let month = decimal(digits[4..<6]),
            let day = decimal(digits[6...])
        {
            guard let until = Day(year, month, day), Day.plannableYears.contains(year) else {
                throw PhraseRefusal("UNTIL=\(part.value) is no day of 1970 to 2199", offset: part.offset)
            }
            return .until(until)
        }
        let plain = part.value.filter { $0 != "-" && $0 != "/" }.prefix(8)
        let isDate = plain.utf8.count == 8 && decimal(plain.utf8) != nil
        throw PhraseRefusal(
            "UNTIL is a whole day, as in UNTIL=20261231",
            hints: isDate ? [replacing(part, with: String(plain))] : [], offset: part.offset)
    }

    private func single(_ name: String, _ range: ClosedRange<Int>) throws(PhraseRefusal) -> Int? {
        guard let part = part(name) else { return nil }
        guard let value = decimal(part.value.utf8), range.contains(value) else {
            throw PhraseRefusal("\(name) is a number from \(range.lowerBound) to \(range.upperBound)", offset: part.offset)
        }
        return value
    }

    private func list(_ name: String, upTo limit: Int, negative: Bool = true) throws(PhraseRefusal) -> [Int] {
        guard let part = part(name) else { return [] }
        var values: [Int] = []
        for text in part.value.split(separator: ",", omittingEmptySubsequences: false) {
            guard let value = Self.signed(text), (1...limit).contains(abs(value)), value > 0 || negative else {
                let range: LocalizedText = negative ? "1 to \(limit) or -\(limit) to -1" : "1 to \(limit)"
                throw PhraseRefusal("\(name) takes numbers from \(range), joined by \",\"", offset: part.offset)
            }
            values.append(value)
        }
        return values
    }

    /// Reads digits with an optional sign. Returns nil for any other text.
    private static func signed(_ text: Substring) -> Int? {
        let isNegative = text.hasPrefix("-")
        let digits = isNegative || text.hasPrefix("+") ? text.dropFirst() : text
        return decimal(digits.utf8).map { isNegative ? -$0 : $0 }
    }

    private func byDay() throws(PhraseRefusal) -> [RecurrenceRule.WeekdayNumber] {
        guard let part = part("BYDAY") else { return [] }
        var entries: [RecurrenceRule.WeekdayNumber] = []
        for text in part.value.split(separator: ",", omittingEmptySubsequences: false) {
            let number = text.dropLast(2)
            let ordinal = number.isEmpty ? 0 : Self.signed(number) ?? 99
            guard let weekday = Self.weekday(text.suffix(2)), number.isEmpty || (1...53).contains(abs(ordinal)) else {
                throw PhraseRefusal(
                    "BYDAY takes MO, TU, WE, TH, FR, SA, SU, each perhaps with a number from 1 to 53 or -53 to -1 before it",
                    offset: part.offset)
            }
            entries.append(.init(ordinal: ordinal, weekday: weekday))
        }
        return entries
    }

    private func weekStart() throws(PhraseRefusal) -> Weekday {
        guard let part = part("WKST") else { return .monday }
        guard let weekday = Self.weekday(Substring(part.value)) else {
            throw PhraseRefusal("WKST is one of MO, TU, WE, TH, FR, SA, SU", offset: part.offset)
        }
        return weekday
    }

    private static func weekday(_ code: Substring) -> Weekday? { Weekday.allCases.first { $0.code == code } }

    // MARK: Allowed combinations (RFC 5545, section 3.3.10)

    private func checkCompany(_ rule: RecurrenceRule) throws(PhraseRefusal) {
        if !rule.byWeekNumber.isEmpty, rule.frequency != .yearly { try refuse("BYWEEKNO", "goes with FREQ=YEARLY only") }
        if !rule.byYearDay.isEmpty, rule.frequency != .yearly { try refuse("BYYEARDAY", "goes with FREQ=YEARLY only") }
        if !rule.byMonthDay.isEmpty, rule.frequency == .weekly { try refuse("BYMONTHDAY", "does not go with FREQ=WEEKLY") }
        if rule.byDay.contains(where: { $0.ordinal != 0 }) {
            if rule.frequency == .daily || rule.frequency == .weekly {
                try refuse("BYDAY", "takes numbers with FREQ=MONTHLY and FREQ=YEARLY only")
            }
            if !rule.byWeekNumber.isEmpty { try refuse("BYDAY", "takes no numbers beside BYWEEKNO") }
        }
        let others = [rule.byMonth, rule.byWeekNumber, rule.byYearDay, rule.byMonthDay]
        if !rule.bySetPosition.isEmpty, rule.byDay.isEmpty, others.allSatisfy(\.isEmpty) {
            try refuse("BYSETPOS", "needs another BY… part to choose from")
        }
    }

    private func refuse(_ name: String, _ reason: LocalizedText) throws(PhraseRefusal) {
        let offset = part(name)?.offset ?? 0
        throw PhraseRefusal("\(name) \(reason) (RFC 5545, 3.3.10)", offset: offset)
    }
}

import Dates
import Diagnostics

/// The tokens of a `when` phrase without the words that stand around its dates.
///
/// The words that the contract skips are gone, and so are brackets around the whole. The parser
/// gets the meaning of the other words beside the tokens: a deadline, `âm lịch`, `hằng năm`, and
/// notes in brackets against which a date is checked. Dots and hyphens that join a day and a month
/// have become slashes.
struct PreparedPhrase {
    /// Brackets behind a date that repeat it, as in `(tức ngày 12/8 âm lịch)`.
    struct Note {
        /// The offset at which the date before the brackets ends.
        let dateEnd: Int
        /// The content of the brackets, without `tức`.
        let tokens: [PhraseToken]
    }

    private(set) var tokens: [PhraseToken]
    private(set) var deadline: Recurrence.Deadline?
    private(set) var isLunar = false
    /// Whether `dương lịch` stands in the phrase.
    private(set) var isSolar = false
    /// The offset of `hằng năm` behind the phrase; nil without these words.
    private(set) var yearlyOffset: Int?
    private(set) var notes: [Note] = []

    init(_ tokens: [PhraseToken]) throws(PhraseProblem) {
        self.tokens = tokens
        dropOuterBrackets()
        try refuseHours()
        try dropRepeatedNumbers()
        takeNotes()
        takeYearly()
        dropFillers()
        takeDeadline()
        takeLunar()
        if isSolar, isLunar { throw .refused("a date is either lunar or solar", at: tokens.first?.offset ?? 0) }
        joinDates()
    }

    private func kind(_ index: Int) -> PhraseToken.Kind? { tokens.indices.contains(index) ? tokens[index].kind : nil }

    private func text(_ index: Int) -> String? { tokens.indices.contains(index) ? tokens[index].text.lowercased() : nil }

    /// The index of the bracket that closes the one at `index`.
    private func closing(_ index: Int) -> Int? {
        guard text(index) == "(", let end = tokens[index...].firstIndex(where: { $0.text == ")" }),
            !tokens[(index + 1)..<end].contains(where: { $0.text == "(" })
        else { return nil }
        return end
    }

    private mutating func dropOuterBrackets() {
        guard tokens.count > 2, closing(0) == tokens.count - 1 else { return }
        tokens = Array(tokens.dropFirst().dropLast())
    }

    /// Refuses an hour or a part of the day. Only `when` of a campaign takes them (`WhenPhrase`).
    private func refuseHours() throws(PhraseProblem) {
        for (index, token) in tokens.enumerated() {
            let isPart = token.kind == .unknown && PartOfDay(vietnamese: token.text.lowercased()) != nil
            let follows = text(index + 1) ?? ""
            let isHour =
                token.number != nil && (["h", "g", "giờ"].contains(follows) || follows == ":" && isTightNumber(index + 2))
            guard isPart || isHour || token.kind == .term(.at) && kind(index + 1) != nil else { continue }
            throw .refused("only days are allowed here, without an hour or a part of the day", at: token.offset)
        }
    }

    private func isTightNumber(_ index: Int) -> Bool {
        tokens.indices.contains(index) && tokens[index].number != nil && !tokens[index].hasSpaceBefore
    }

    /// Drops a number that is said again in words: `06 (sáu)`.
    private mutating func dropRepeatedNumbers() throws(PhraseProblem) {
        var index = 1
        while index < tokens.count {
            defer { index += 1 }
            guard let end = closing(index), end > index + 1, let number = tokens[index - 1].number else { continue }
            let words = tokens[(index + 1)..<end].map { $0.text.lowercased() }.joined(separator: " ")
            guard let said = NumberWords.value(words) else { continue }
            guard said == number else {
                throw .refused("the number in brackets is another one", at: tokens[index].offset)
            }
            tokens.removeSubrange(index...end)
        }
    }

    /// Takes brackets that are checked, and drops the brackets around `âm lịch`.
    private mutating func takeNotes() {
        var index = 1
        while index < tokens.count {
            guard let end = closing(index), end > index + 1 else {
                index += 1
                continue
            }
            var content = Array(tokens[(index + 1)..<end])
            if content.count == 1, content[0].kind == .term(.lunar) {
                tokens.replaceSubrange(index...end, with: content)
            } else if content[0].kind == .term(.thatIs) || content[0].isWeekday {
                if content[0].kind == .term(.thatIs) { content.removeFirst() }
                notes.append(Note(dateEnd: tokens[index - 1].end, tokens: content))
                tokens.removeSubrange(index...end)
            } else {
                index = end
            }
        }
    }

    private mutating func takeYearly() {
        guard tokens.count > 2, kind(tokens.count - 2) == .term(.every), kind(tokens.count - 1) == .term(.year) else { return }
        yearlyOffset = tokens[tokens.count - 2].offset
        tokens.removeLast(2)
        if tokens.count > 1, tokens.last?.text == "," { tokens.removeLast() }
    }

    /// Drops the words that carry no date, and records `dương lịch`.
    private mutating func dropFillers() {
        var kept: [PhraseToken] = []
        for (index, token) in tokens.enumerated() {
            let isLast = index == tokens.count - 1
            switch token.kind {
            case .term(.solar): isSolar = true
            case .term(.filler) where !isLast: break
            case .term(.during) where !isLast && token.text.lowercased() == "during": break
            case .term(.since):
                let opensWindow = !kept.isEmpty || tokens[index...].contains { $0.kind == .term(.to) }
                if opensWindow { kept.append(token.meaning(.term(.from))) }
            default: kept.append(token)
            }
        }
        tokens = kept
    }

    private mutating func takeDeadline() {
        guard tokens.count > 1, let first = tokens.first else { return }
        switch first.kind {
        case .term(.by): deadline = .by
        case .term(.to) where !first.isDash: deadline = .by
        case .term(.before): deadline = .before
        default: return
        }
        tokens.removeFirst()
        if first.kind == .term(.by), tokens.count > 1, kind(0) == .term(.to), !tokens[0].isDash { tokens.removeFirst() }
    }

    /// Takes `âm lịch` or `lunar` before or after the phrase. Only `leap` and a year may follow it.
    private mutating func takeLunar() {
        if kind(0) == .term(.lunar) {
            tokens.removeFirst()
            isLunar = true
        }
        guard let index = tokens.lastIndex(where: { $0.kind == .term(.lunar) }) else { return }
        let mayFollow = tokens[(index + 1)...].allSatisfy {
            $0.kind == .term(.leap) || $0.kind == .term(.year) || $0.kind == .slash || $0.number != nil
        }
        guard mayFollow else { return }
        tokens.remove(at: index)
        isLunar = true
    }

    // MARK: Dots and hyphens between day and month

    /// Turns the marks in `28.7.2027`, `28-6 năm 2027` and `ngày 1-6` into slashes.
    ///
    /// A year behind the month, `ngày` or `âm lịch` says that the numbers are a day and a month.
    private mutating func joinDates() {
        let isMarked =
            isLunar || notes.contains { $0.tokens.contains { $0.kind == .term(.lunar) } }
            || tokens.contains { $0.kind == .term(.day) && $0.text.lowercased() == "ngày" }
        var index = 0
        while index + 2 < tokens.count {
            defer { index += 1 }
            guard isJoined(index), isShort(index), isShort(index + 2), !isJoined(index - 2), !isSlash(index - 1) else { continue }
            if isJoined(index + 2), isYear(index + 4), !isJoined(index + 4), !isSlash(index + 5) {
                tokens[index + 1] = tokens[index + 1].meaning(.slash)
                tokens[index + 3] = tokens[index + 3].meaning(.slash)
                index += 4
                continue
            }
            let hasYear = kind(index + 3) == .term(.year) && isYear(index + 4)
            guard hasYear || isMarked, !isJoined(index + 2), !isSlash(index + 3), !isPeriod(index - 1), !isPeriod(index + 3),
                (1...12).contains(tokens[index + 2].number ?? 0)
            else { continue }
            tokens[index + 1] = tokens[index + 1].meaning(.slash)
            index += 2
        }
    }

    /// Whether a dot or hyphen without spaces joins the numbers at `index` and `index + 2`.
    private func isJoined(_ index: Int) -> Bool {
        guard index >= 0, index + 2 < tokens.count, tokens[index].number != nil, tokens[index + 2].number != nil else {
            return false
        }
        let mark = tokens[index + 1]
        return (mark.isDash || mark.text == ".") && !mark.hasSpaceBefore && !tokens[index + 2].hasSpaceBefore
    }

    private func isShort(_ index: Int) -> Bool {
        if case .number(_, digits: 1...2) = kind(index) { return true }
        return false
    }

    private func isYear(_ index: Int) -> Bool {
        if case .number(_, digits: 4) = kind(index) { return true }
        return false
    }

    private func isSlash(_ index: Int) -> Bool { kind(index) == .slash }

    /// Whether the token makes the numbers beside it months, or days of a month that follows.
    private func isPeriod(_ index: Int) -> Bool {
        switch kind(index) {
        case .term(.month), .term(.monthName), .term(.monthWord), .term(.lunarMonth), .term(.quarter), .term(.every),
            .term(.feast):
            true
        default: false
        }
    }
}

extension PhraseToken {
    var isWeekday: Bool {
        switch kind {
        case .term(.weekday), .term(.thu): true
        default: false
        }
    }
}

/// Numbers in Vietnamese words, as official documents repeat them in brackets.
enum NumberWords {
    /// The value of `sáu`, `hai mươi lăm` or `6`, 1...99; nil for other words.
    static func value(_ words: String) -> Int? { values[words] }

    private static let values: [String: Int] = {
        let ones = ["một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"]
        /// The spellings of 1 to 9 behind the tens.
        func units(_ number: Int, afterTens: Bool) -> [String] {
            switch number {
            case 1 where afterTens: ["mốt", "một"]
            case 4: ["bốn", "tư"]
            case 5: afterTens ? ["lăm", "năm", "nhăm"] : ["năm"]
            case 7: ["bảy", "bẩy"]
            default: [ones[number - 1]]
            }
        }
        var values: [String: Int] = [:]
        for number in 1...99 {
            values[String(number)] = number
            let (tens, one) = (number / 10, number % 10)
            let head = tens == 0 ? "" : tens == 1 ? "mười" : ones[tens - 1] + " mươi"
            for unit in one == 0 ? [""] : units(one, afterTens: tens > 1) + (tens == 1 && one == 5 ? ["lăm"] : []) {
                values[[head, unit].filter { !$0.isEmpty }.joined(separator: " ")] = number
            }
        }
        return values
    }()
}

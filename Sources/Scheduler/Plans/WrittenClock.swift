import Dates
import Diagnostics

/// A time of day as a phrase writes it.
///
/// Examples are `20h`, `7h30`, `18:30`, `6 giờ 00 phút`, `8 giờ sáng` and `6 pm`.
struct WrittenClock {
    /// The minute of the day, 0...1440. The value 1440 is `24h`, the end of the day.
    let minute: Int
    /// The index behind the last token of the time.
    let end: Int
    /// Whether a word behind the time names the half of the day (`8 giờ sáng`, `6 pm`).
    let hasHalf: Bool

    /// The time of day; nil for `24h`.
    var time: TimeOfDay? { TimeOfDay(hour: minute / 60, minute: minute % 60) }

    static let outside: LocalizedText = "times of day are 00:00 to 23:59"

    /// Reads the time of day at `index`; nil if none begins there.
    ///
    /// A time without minutes needs `h`, `g`, `giờ` or a word for the half of the day.
    ///
    /// - Parameter takesHalf: whether to read a word for the half or the part of the day behind it.
    /// - Throws: a refusal if there is no such time, or if the part of the day has no such hour.
    init?(_ tokens: [PhraseToken], at index: Int, takesHalf: Bool = true) throws(PhraseProblem) {
        let reader = Reader(tokens: tokens)
        guard case .number(let hour, digits: 1...2) = reader.kind(index) else { return nil }
        var next = index + 1
        var minutes = 0
        var hasUnit = false
        if reader.text(next) == ":", reader.isTight(next), case .number(let value, digits: 2) = reader.kind(next + 1),
            reader.isTight(next + 1)
        {
            (minutes, next, hasUnit) = (value, next + 2, true)
        } else if let unit = reader.text(next), ["h", "g", "giờ"].contains(unit) {
            (next, hasUnit) = (next + 1, true)
            if reader.text(next) == "rưỡi" {
                (minutes, next) = (30, next + 1)
            } else if let value = reader.minutes(next) {
                (minutes, next) = (value, next + 1)
                if ["phút", "p", "'", "’"].contains(reader.text(next) ?? "") { next += 1 }
            }
        }
        let half = takesHalf ? reader.half(next) : nil
        guard hasUnit || half?.isEnglish == true else { return nil }
        guard minutes < 60, hour < 24 || hour == 24 && minutes == 0 && half == nil else {
            throw .refused(WrittenClock.outside, at: tokens[index].offset)
        }
        guard let half else {
            (minute, end, hasHalf) = (hour * 60 + minutes, next, false)
            return
        }
        guard let meant = half.hour(hour) else { throw WrittenClock.isElsewhere(tokens[index].offset) }
        (minute, end, hasHalf) = (meant * 60 + minutes, next + 1, true)
    }

    static func isElsewhere(_ offset: Int) -> PhraseProblem {
        .refused("there is no such hour in this part of the day; hours are written 00:00 to 23:59", at: offset)
    }

    /// The word for a half or a part of the day behind an hour.
    enum Half: Equatable {
        case half(HalfDay)
        case part(PartOfDay)

        var isEnglish: Bool { if case .half = self { true } else { false } }

        /// Converts an hour of this part to the 24-hour clock; nil if there is no such hour.
        ///
        /// Midnight (`12 giờ đêm`) is refused, because it may belong to either of two days.
        func hour(_ written: Int) -> Int? {
            switch self {
            case .half(let half): half.hour(written)
            case .part(let part): part.hour(written)
            }
        }
    }

    private struct Reader {
        let tokens: [PhraseToken]

        func kind(_ index: Int) -> PhraseToken.Kind? { tokens.indices.contains(index) ? tokens[index].kind : nil }

        func text(_ index: Int) -> String? { tokens.indices.contains(index) ? tokens[index].text.lowercased() : nil }

        func isTight(_ index: Int) -> Bool { tokens.indices.contains(index) && !tokens[index].hasSpaceBefore }

        /// The minutes behind `h` or `giờ`. Another number there is the day of a date (`20h 3/10`).
        func minutes(_ index: Int) -> Int? {
            guard case .number(let value, let digits) = kind(index), digits <= 2 else { return nil }
            guard digits == 2 || text(index + 1) == "phút" else { return nil }
            switch kind(index + 1) {
            case .slash, .term(.month), .term(.monthName), .term(.monthWord), .term(.lunarMonth): return nil
            default: break
            }
            let isJoined = [".", "-", "–"].contains(text(index + 1) ?? "") && isTight(index + 1) && isTight(index + 2)
            guard isJoined, case .number = kind(index + 2) else { return value }
            // In `8h30-11h30` the number behind the dash is an hour, in `8h 28-6-2027` a month.
            let isHour = ["h", "g", "giờ", ":"].contains(text(index + 3) ?? "")
            return isHour ? value : nil
        }

        func half(_ index: Int) -> Half? {
            guard let word = text(index) else { return nil }
            if word == "am" || word == "pm" { return HalfDay.words[word].map(Half.half) }
            return PartOfDay(vietnamese: word).map(Half.part)
        }
    }
}

extension PartOfDay {
    /// The part with this Vietnamese name in lower case; nil for other words.
    package init?(vietnamese word: String) {
        guard let part = PartOfDay.allCases.first(where: { $0.vietnamese == word }) else { return nil }
        self = part
    }

    /// Converts an hour of this part to the 24-hour clock; nil if the part has no such hour.
    package func hour(_ written: Int) -> Int? {
        switch (self, written) {
        case (.morning, 0...11), (.noon, 10...14), (.afternoon, 12...18), (.evening, 17...23), (.night, 21...23),
            (.night, 0...4):
            written
        case (.noon, 1...2), (.afternoon, 1...6), (.evening, 5...11), (.night, 9...11): written + 12
        default: nil
        }
    }
}

extension EventTime {
    /// Reads the value of the key `time`.
    ///
    /// Examples are `14:00`, `14:00 - 16:30`, `14h - 16h30` and `từ 14h đến 16h30`.
    ///
    /// - Throws: `PhraseRefusal` for any other text.
    public init(phrase: String) throws(PhraseRefusal) {
        let tokens = PhraseLexer.tokens(phrase)
        func refusal(_ offset: Int) -> PhraseRefusal {
            PhraseRefusal("a time is written 14:00 or, with its end, 14:00 - 16:30", offset: offset)
        }
        do throws(PhraseProblem) {
            var index = tokens.first?.kind == .term(.from) ? 1 : 0
            guard let first = try WrittenClock(tokens, at: index), let start = first.time else {
                throw PhraseProblem(refusal: refusal(0), isSyntax: false)
            }
            index = first.end
            guard index < tokens.count else {
                self.init(start: start)
                return
            }
            guard tokens[index].kind == .term(.to), let last = try WrittenClock(tokens, at: index + 1), let end = last.time,
                last.end == tokens.count
            else { throw PhraseProblem(refusal: refusal(tokens[index].offset), isSyntax: false) }
            self.init(start: start, end: end)
        } catch {
            throw error.refusal
        }
    }
}

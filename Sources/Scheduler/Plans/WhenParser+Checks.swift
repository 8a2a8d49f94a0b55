import Dates
import Diagnostics

// Weekdays and lunar dates beside a dated day are checked against it.

extension WhenParser {
    /// Checks the weekdays and the brackets of a date against the day that it means.
    func check(_ piece: DatePiece, against day: Day) throws(PhraseProblem) {
        for (weekday, offset) in piece.weekdays { try check(weekday, against: day, at: offset) }
        guard let note = piece.note else { return }
        var parser = WhenParser(note: note.tokens, of: self)
        while !parser.atEnd {
            let place = parser.offset
            if parser.isWeekdayBesideDate {
                parser.index += 1
            } else if let weekday = parser.takeWeekday() {
                try check(weekday, against: day, at: place)
                continue
            }
            if let lunar = try parser.datePiece() {
                try check(lunar, against: day, at: place)
            } else if parser.take(.year) {
                try parser.checkYearName(against: day, at: place)
            } else {
                let text = parser.tokens[parser.index].text
                guard [",", ";"].contains(text) || parser.tokens[parser.index].isDash || parser.kind() == .term(.lunar) else {
                    throw parser.nonsense()
                }
                parser.index += 1
            }
        }
    }

    /// Refuses a weekday or brackets beside a date that has no year.
    func refuseChecks(of piece: DatePiece) throws(PhraseProblem) {
        guard let place = piece.weekdays.first?.offset ?? piece.note?.dateEnd else { return }
        throw .refused("only a solar date with its year can be checked", at: place)
    }

    private func check(_ weekday: Weekday, against day: Day, at offset: Int) throws(PhraseProblem) {
        guard day.weekday != weekday else { return }
        throw .refused(
            "\(spellDay(day)) is a \(LocalizedText(lookedUp: day.weekday.english)), not a \(LocalizedText(lookedUp: weekday.english))",
            at: offset)
    }

    private func check(_ piece: DatePiece, against day: Day, at offset: Int) throws(PhraseProblem) {
        guard let lunar = LunarCalendar.lunarDay(of: day) else { throw .refused("this lunar date cannot be checked", at: offset) }
        for (weekday, place) in piece.weekdays { try check(weekday, against: day, at: place) }
        let length = LunarCalendar.monthLength(year: lunar.year, month: lunar.month, isLeap: lunar.isLeap)
        let isSameDay = (piece.day ?? length) == lunar.day && piece.month == lunar.month && (!piece.isLeap || lunar.isLeap)
        let isSameYear = piece.year.map { $0 == lunar.year || $0 == day.year } ?? true
        guard !isSameDay || !isSameYear else { return }
        let leap: LocalizedText = lunar.isLeap ? " leap" : ""
        throw .refused("\(spellDay(day)) is the lunar \(lunar.day)/\(lunar.month)\(leap)", at: offset)
    }

    /// Reads and checks the name of a lunar year behind `năm`: `Ất Tỵ`.
    private mutating func checkYearName(against day: Day, at offset: Int) throws(PhraseProblem) {
        guard index + 1 < tokens.count, let lunar = LunarCalendar.lunarDay(of: day) else { throw nonsense() }
        let stems = ["canh", "tan", "nham", "qui", "giap", "at", "binh", "dinh", "mau", "ki"]
        let branches = ["than", "dau", "tuat", "hoi", "ti", "suu", "dan", "mao", "thin", "ti", "ngo", "mui"]
        // Both `y` and `i` are in use: Kỷ and Kỉ, Tỵ and Tị.
        let written = tokens[index..<(index + 2)].map {
            Spelling.withoutAccents($0.text).replacing("y", with: "i")
        }
        guard written == [stems[lunar.year % 10], branches[lunar.year % 12]] else {
            throw .refused("\(spellDay(day)) is in another lunar year", at: offset)
        }
        index += 2
    }
}

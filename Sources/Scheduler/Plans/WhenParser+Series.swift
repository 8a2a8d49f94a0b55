import Dates
import Diagnostics

// Reads phrases that come several times a year, or on a day that is counted within a period.

extension WhenParser {
    /// Reads `every 2 weeks from 2026-01-05` or `2 tuần một lần từ 2026-01-05`.
    mutating func stepping() throws(PhraseProblem) -> Recurrence? {
        let start = index
        let isEnglish = take(.every)
        let count = takeNumber() ?? 1
        let counted = index > start + (isEnglish ? 1 : 0)
        guard isEnglish || counted, let (unit, factor) = takeStepUnit(), isEnglish || takeOnce() else {
            index = start
            return nil
        }
        let step = count > 1_000_000 ? count : count * factor
        let spelt = Recurrence.every(max(1, min(step, unit.limit)), unit, from: Self.exampleStart)
        guard take(.from) else {
            guard atEnd else { throw nonsense() }
            throw .refused("a step needs the day it starts from", hints: [spell(spelt)], at: offset)
        }
        let place = offset
        guard let piece = try datePiece() else {
            throw .refused("a step starts from one dated day, such as \(Self.exampleStart)", hints: [], at: place)
        }
        guard piece.year != nil, let day = piece.day, !piece.needsLunar else {
            throw .refused("a step starts from one dated day, such as \(Self.exampleStart)", hints: [spell(spelt)], at: place)
        }
        let from = try civilDay(piece, day: day)
        guard (1...unit.limit).contains(step) else {
            throw .refused("a step is 1 to \(unit.limit) \(LocalizedText(lookedUp: unit.english(2)))", at: tokens[start].offset)
        }
        return .every(step, unit, from: from)
    }

    /// The start day in hints that need one. It is a Monday.
    private static let exampleStart = Day.clamped(2026, 1, 5)

    private mutating func takeStepUnit() -> (Recurrence.StepUnit, factor: Int)? {
        if take(.day) { return (.days, 1) }
        if take(.week) { return (.weeks, 1) }
        if take(.month) { return (.months, 1) }
        if take(.quarter) { return (.months, 3) }
        if take(.year) { return (.months, 12) }
        return nil
    }

    private mutating func takeOnce() -> Bool {
        let start = index
        if take(.once) || (takeNumber() == 1 && take(.times)) { return true }
        index = start
        return false
    }

    func period(ahead: Int = 0) -> Recurrence.Period? {
        switch kind(ahead: ahead) {
        case .term(.month): .month
        case .term(.quarter): .quarter
        default: nil
        }
    }

    mutating func takeComma() {
        if tokens.indices.contains(index), tokens[index].text == "," { index += 1 }
    }

    // MARK: Weeks

    /// Reads `every Wednesday and Saturday from 27/6/2026` or `thứ tư và thứ bảy hằng tuần`.
    mutating func weekly() throws(PhraseProblem) -> Recurrence? {
        let start = index
        let isEnglish = take(.every)
        var weekdays: [Weekday] = []
        while let weekday = takeWeekday() {
            weekdays.append(weekday)
            guard take(.and) || tokens.indices.contains(index) && tokens[index].text == "," else { break }
            if kind(ahead: -1) != .term(.and) { index += 1 }
        }
        guard !weekdays.isEmpty, isEnglish || take(.every) && take(.week) else {
            index = start
            return nil
        }
        takeComma()
        let from = take(.from) ? try endOfSeries() : nil
        takeComma()
        let until = take(.until) || take(.to) ? try endOfSeries() : nil
        guard atEnd else { throw nonsense() }
        if let from, let until, until < from { throw .refused("this series ends before it starts", at: tokens[start].offset) }
        return .weekly(Set(weekdays).sorted(), from: from, until: until)
    }

    /// Reads the first or last day of a series, which has a year.
    private mutating func endOfSeries() throws(PhraseProblem) -> Day {
        let place = offset
        guard let piece = try datePiece(), piece.year != nil, let day = piece.day, !piece.needsLunar else {
            throw .refused("a series begins and ends on a dated day, such as \(spellDay(Self.exampleStart))", at: place)
        }
        return try civilDay(piece, day: day)
    }

    // MARK: Months and quarters

    /// Reads `day 1 and 15 of every month`, `ngày 25 hằng tháng`, `day 15 of every quarter` or
    /// `day 20 of the last month of every quarter`.
    mutating func daysOfEveryMonth() throws(PhraseProblem) -> Recurrence? {
        let start = index
        guard take(.day), let first = takeNumber() else {
            index = start
            return nil
        }
        var days = [first]
        if atEnd, (1...28).contains(first) {
            throw .refused("the month is missing", hints: [spell(.everyMonth(day: first))], at: offset)
        }
        while take(.and) || tokens.indices.contains(index) && tokens[index].text == "," {
            if kind(ahead: -1) != .term(.and) { index += 1 }
            _ = take(.day)
            guard let day = takeNumber() else {
                index = start
                return nil
            }
            days.append(day)
        }
        _ = take(.of)
        let place = tokens[start + 1].offset
        if days.count == 1, let month = takeMonthOfQuarter() {
            if case .number(let number, _) = kind(), (1...4).contains(number) {
                index += 1
                return try day(first, ofMonth: number * 3 - 3 + month, at: place)
            }
            if case .term(.roman(let number)) = kind() {
                index += 1
                return try day(first, ofMonth: number * 3 - 3 + month, at: place)
            }
            return try everyQuarter(first, month, at: place)
        }
        guard take(.every), let period = period() else {
            index = start
            return nil
        }
        index += 1
        if period == .quarter, days.count == 1 { return try everyQuarter(first, 1, at: place) }
        guard period == .month else { throw .refused("a quarter takes one day; take two campaigns", at: place) }
        for day in days where !(1...28).contains(day) {
            let last = spell(.everyPeriod(.last, working: false, .month))
            let message: LocalizedText =
                (29...31).contains(day)
                ? "not every month has a day \(day)" : "there is no day \(PhraseToken.shown(day)) of a month"
            throw .refused(message, hints: day >= 29 && days.count == 1 ? [last] : [], at: place)
        }
        let all = Set(days).sorted()
        return all.count == 1 ? .everyMonth(day: all[0]) : .everyMonthDays(all)
    }

    /// Reads `the last month of every quarter`, `tháng cuối quý` or `tháng giữa của quý`.
    private mutating func takeMonthOfQuarter() -> Int? {
        let start = index
        var month = takePlaceInQuarter()
        if take(.month) {
            month = month ?? takePlaceInQuarter()
            _ = take(.of)
            _ = take(.every)
            if let month, take(.quarter) { return month }
        }
        index = start
        return nil
    }

    private mutating func takePlaceInQuarter() -> Int? {
        let place: Int? =
            switch kind() {
            case .term(.ordinal(.first)), .term(.dau): 1
            case .term(.ordinal(.second)), .term(.part(.mid)): 2
            case .term(.ordinal(.third)), .term(.ordinal(.last)), .term(.cuoi): 3
            default: nil
            }
        if place != nil { index += 1 }
        return place
    }

    private func everyQuarter(_ day: Int, _ month: Int, at place: Int) throws(PhraseProblem) -> Recurrence {
        // February has 28 days in most years. The other months of a quarter have at least 30.
        guard (1...(month == 2 ? 28 : 30)).contains(day) else {
            let isLast = month == 3 && day == 31
            throw .refused(
                "not every quarter has such a day", hints: isLast ? [spell(.everyPeriod(.last, working: false, .quarter))] : [],
                at: place)
        }
        return .everyQuarter(day: day, month: month)
    }

    private func day(_ day: Int, ofMonth month: Int, at place: Int) throws(PhraseProblem) -> Recurrence {
        guard let date = MonthDay(month: month, day: day) else {
            throw .refused(
                "\(LocalizedText(lookedUp: Recurrence.english(month))) has no day \(PhraseToken.shown(day))", at: place)
        }
        guard date != MonthDay(month: 2, day: 29) else { throw .refused("29 February is missing in most years", at: place) }
        return .day(date)
    }

    /// Reads `5th working day of every month` or `ngày làm việc thứ 5 hằng tháng`.
    mutating func numberedWorkingDay() throws(PhraseProblem) -> Recurrence? {
        let start = index
        guard let number = takeWorkingDayNumber() else {
            index = start
            return nil
        }
        _ = take(.of)
        guard take(.every), take(.month) else {
            index = start
            return nil
        }
        guard (1...23).contains(number) else {
            throw .refused("a month has at most 23 working days", at: tokens[start].offset)
        }
        return number == 1 ? .everyPeriod(.first, working: true, .month) : .workingDayOfEveryMonth(number)
    }

    private mutating func takeWorkingDayNumber() -> Int? {
        if take(.day) {
            guard take(.working) else { return nil }
            if case .term(.thu(let number)) = kind() {
                index += 1
                return number
            }
            return take(.nth) ? takeNumber() : nil
        }
        var number: Int?
        if let written = takeNumber() {
            let endings: Set = ["st", "nd", "rd", "th"]
            guard tokens.indices.contains(index), endings.contains(tokens[index].text.lowercased()) else { return nil }
            index += 1
            number = written
        } else if case .term(.ordinal(let ordinal)) = kind(), ordinal != .last, ordinal != .first {
            index += 1
            number = ordinal.rawValue
        } else if take(.fifth) {
            number = 5
        }
        return take(.working) && take(.day) ? number : nil
    }
}

import Dates

// Reads months, quarters and years, and their parts.

extension WhenParser {
    /// Reads `first half of the year` or `6 tháng đầu năm`.
    mutating func halfYear() throws(PhraseProblem) -> Recurrence? {
        if case .term(.half(let half)) = kind() {
            index += 1
            return .half(half)
        }
        let start = index
        guard takeNumber() == 6, take(.month) else {
            index = start
            return nil
        }
        let isFirst = take(.dau)
        guard isFirst || take(.cuoi), take(.year) else {
            index = start
            return nil
        }
        return .half(isFirst ? .first : .second)
    }

    /// Reads `April - September`, `từ tháng 4 đến tháng 9/2027` or `tháng 4-9`.
    ///
    /// A year at both ends or behind the last month makes it one window. If only the last month
    /// has a year, the first is in the same year, or in the year before if it would be later.
    mutating func months() throws(PhraseProblem) -> Recurrence? {
        let start = index
        _ = take(.from)
        let place = offset
        guard !isLunar, let first = try month(), !first.isLunar else {
            index = start
            return nil
        }
        let firstYear = try takeYearBehind()
        guard take(.to), let last = try lastMonth(after: first) else {
            index = start
            return nil
        }
        let lastYear = try takeYearBehind()
        guard atEnd else {
            index = start
            return nil
        }
        guard let lastYear else {
            guard firstYear == nil else { throw .refused("this window has a year on one side only", at: place) }
            return first.number == last ? .month(last) : .months(from: first.number, to: last)
        }
        let from = Day.first(ofMonth: first.number, year: firstYear ?? (first.number > last ? lastYear - 1 : lastYear))
        let to = Day.last(ofMonth: last, year: lastYear)
        guard from <= to else { throw .refused("this window ends before it starts", at: place) }
        guard Day.plannableYears.contains(from.year) else { throw Self.yearOutside(at: place) }
        return .once(from: from, to: to)
    }

    /// Reads the last month of several. After `tháng 4`, a number alone is a month.
    private mutating func lastMonth(after first: Month) throws(PhraseProblem) -> Int? {
        if let last = try month() { return last.isLunar ? nil : last.number }
        guard !first.isEnglish, case .number(let number, digits: 1...2) = kind(), (1...12).contains(number) else { return nil }
        index += 1
        return number
    }

    /// Reads `early Q2`, `đầu quý 2`, `early June`, `đầu tháng 6` or `Q2`.
    mutating func partOrQuarter() throws(PhraseProblem) -> Recurrence? {
        let start = index
        var isTenDays = false
        if case .term(.tenDays) = kind() { isTenDays = true }
        guard let part = takePart() else {
            return try quarter().map { .quarter($0, nil) }
        }
        _ = take(.of)
        if !isTenDays, let quarter = try quarter() { return .quarter(quarter, part) }
        if take(.year) { throw partOfYear(part) }
        guard let month = try month() else {
            index = start
            return nil
        }
        if month.isLunar || isLunar {
            let (first, last): (Int, Int?) =
                switch part {
                case .early: (1, 10)
                case .mid: (11, 20)
                case .late: (21, nil)
                }
            let window = Recurrence.lunarWindow(
                from: LunarMonthDay(month: month.number, day: first), to: LunarMonthDay(month: month.number, day: last))
            throw .refused("only dates and windows of dates can be lunar", hints: [spell(window)], at: tokens[start].offset)
        }
        return .partOfMonth(month.number, part)
    }

    private func partOfYear(_ part: Recurrence.Part) -> PhraseProblem {
        let hints: [Recurrence] =
            switch part {
            case .early: [.quarter(1, nil), .month(1)]
            case .mid: [.quarter(2, .late), .month(6)]
            case .late: [.quarter(4, nil), .month(12)]
            }
        return .refused("a part of the year is a quarter or a month", hints: hints.map(spell), at: 0)
    }

    private mutating func takePart() -> Recurrence.Part? {
        if take(.dau) { return .early }
        if take(.cuoi) { return .late }
        switch kind() {
        case .term(.part(let part)), .term(.tenDays(let part)):
            index += 1
            return part
        default: return nil
        }
    }

    /// Reads `Q2`, `quý 2` or `quý II`.
    mutating func quarter() throws(PhraseProblem) -> Int? {
        let start = index
        guard take(.q) || take(.quarter) else { return nil }
        if case .term(.roman(let number)) = kind() {
            index += 1
            return number
        }
        let place = offset
        guard let number = takeNumber() else {
            index = start
            return nil
        }
        guard (1...4).contains(number) else { throw .refused("quarters are 1 to 4", at: place) }
        return number
    }

    /// Reads `June` or `tháng 6`.
    ///
    /// Refuses similar phrases. The hint is the phrase that was probably meant.
    mutating func wholeMonth() throws(PhraseProblem) -> Recurrence? {
        let start = index
        let place = offset
        guard let month = try month() else { return nil }
        if month.isEnglish, let day = takeNumber() {
            if day <= 31 {
                takeComma()
                let year = takeNumber()
                let date = "\(day) \(Recurrence.english(month.number))" + (year.map { " \($0)" } ?? "")
                throw .refused("the day comes before the month", hints: tried([date]), at: place)
            }
            index -= 1
        }
        if month.isLunar || isLunar {
            guard atEnd else {
                index = start
                return nil
            }
            let window = Recurrence.lunarWindow(
                from: LunarMonthDay(month: month.number, day: 1), to: LunarMonthDay(month: month.number, day: nil))
            let first = month.isLunar && month.number == 1 ? ["mùng 1 tháng Giêng"] : []
            throw .refused("a whole lunar month is written as a window", hints: [spell(window)] + first, at: place)
        }
        return .month(month.number)
    }
}

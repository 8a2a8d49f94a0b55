import Dates
import Diagnostics

/// A word of the phrase grammar, independent of its language.
enum Term: Hashable, Sendable {
    case day, week, month, quarter, year
    /// `working`, `làm việc`. The word comes before "day" in English and after "day" in Vietnamese.
    case working
    /// `June`.
    case monthName(Int)
    /// `tháng Sáu`.
    case monthWord(Int)
    /// `tháng Giêng`, `tháng Chạp`, which are always lunar.
    case lunarMonth(Int)
    case weekday(Weekday)
    /// `thứ hai` to `thứ bảy`, 2...7.
    ///
    /// The words mean Monday to Saturday. If the words for 2 to 4 come after a weekday, they mean
    /// "second" to "fourth".
    case thu(Int)
    /// `first`, `đầu tiên`, `last`, `cuối cùng`.
    case ordinal(Recurrence.Ordinal)
    /// `fifth`. The parser recognizes it only to refuse it with a reason.
    case fifth
    /// `early`, `giữa`.
    case part(Recurrence.Part)
    /// `đầu`, which means "early" or "first day of".
    case dau
    /// `cuối`, which means "late" or "last day of".
    case cuoi
    /// The letter Q in `Q2`.
    case q
    /// `II` after `quý`.
    case roman(Int)
    case every, of, from, to, or
    /// `lunar`, `âm lịch`.
    case lunar
    /// `leap`, `nhuận`.
    case leap
    case leapYearsOnly
    /// `rằm`, the 15th of a lunar month.
    case fullMoon
    /// `mùng`, before the days 1 to 10 of lunar months and, in speech, of solar months.
    case mung
    /// `một lần`, which marks a step in Vietnamese.
    case once
    /// `lần` after a number.
    case times
    /// `and`, `và`, between weekdays or days of the month.
    case and
    /// `until`, at the end of a weekly series.
    case until
    /// `by`, `chậm nhất`, `hạn`: a deadline on the day itself.
    case by
    /// `thượng tuần`, `trung tuần`, `hạ tuần`: ten days of a month.
    case tenDays(Recurrence.Part)
    /// `first half of the year`.
    case half(Recurrence.Half)
    /// A feast on a lunar day.
    case feast(Feast)
    /// A feast by the position of the sun, recognized only to refuse it with a reason.
    case solarTerm
    /// `Tết Dương lịch`, recognized only to refuse it, because `Tết` alone is the lunar new year.
    case solarNewYear
    /// `thứ`, which makes an ordinal of the number that follows: `thứ 5`.
    case nth
    /// A word that carries no date, such as `trong` and `in`.
    case filler
    /// `dương lịch`, which says that a date is solar.
    case solar
    /// `kể từ`, which means `from` before the first day of a series or a window.
    case since
    /// `tức`, which begins the same day in the other calendar.
    case thatIs
    // Leads
    case before, after, start, end, onTheDay, onTheLastDay, during, at
    /// `hôm trước`, one day before.
    case eve
    /// `nửa tháng`, 15 days.
    case fortnight
    /// `quá hạn`, after the end.
    case overdue
    /// `hours`, `giờ`, `tiếng`; `minutes`, `phút`.
    case hour, minute
}

/// The vocabularies of English and Vietnamese, which share one grammar.
///
/// The languages differ only in their words and in the order of words.
enum Vocabulary {
    static let englishMonths = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]

    static let vietnameseMonths = [
        "một", "hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười", "mười một", "mười hai",
    ]

    // If several entries match, the lexer uses the longest entry.
    static let english: [String: [Term]] = {
        var terms: [String: [Term]] = [
            "day": [.day], "days": [.day], "week": [.week], "weeks": [.week], "month": [.month], "months": [.month],
            "quarter": [.quarter], "quarters": [.quarter], "year": [.year], "years": [.year], "working": [.working],
            "first": [.ordinal(.first)], "second": [.ordinal(.second)], "third": [.ordinal(.third)],
            "fourth": [.ordinal(.fourth)], "fifth": [.fifth], "last": [.ordinal(.last)],
            "early": [.part(.early)], "mid": [.part(.mid)], "late": [.part(.late)],
            "q": [.q], "every": [.every], "of": [.of], "from": [.from], "to": [.to], "or": [.or],
            "lunar": [.lunar], "leap": [.leap], "leap years only": [.leapYearsOnly],
            "before": [.before], "after": [.after], "the start": [.start], "the end": [.end], "on the day": [.onTheDay],
            "on the last day": [.onTheLastDay], "during": [.during], "at": [.at],
            "on the first day": [.onTheDay], "of the": [.of], "and": [.and], "until": [.until], "by": [.by],
            "no later than": [.by], "hour": [.hour], "hours": [.hour], "minute": [.minute], "minutes": [.minute],
            "on": [.filler], "in": [.filler], "first half of the year": [.half(.first)],
            "second half of the year": [.half(.second)],
        ]
        for feast in Feast.allCases { for name in feast.english { terms[name] = [.feast(feast)] } }
        for (index, name) in englishMonths.enumerated() {
            terms[name.lowercased()] = [.monthName(index + 1)]
            terms[String(name.lowercased().prefix(3))] = [.monthName(index + 1)]
        }
        terms["sept"] = [.monthName(9)]
        for weekday in Weekday.allCases { terms[weekday.english.lowercased()] = [.weekday(weekday)] }
        return terms
    }()

    static let vietnamese: [String: [Term]] = {
        var terms: [String: [Term]] = [
            "ngày": [.day], "tuần": [.week], "tháng": [.month], "quý": [.quarter], "quí": [.quarter], "năm": [.year],
            "làm việc": [.working], "thứ nhất": [.ordinal(.first)], "đầu tiên": [.ordinal(.first)],
            "cuối cùng": [.ordinal(.last)], "đầu": [.dau], "giữa": [.part(.mid)], "cuối": [.cuoi],
            "i": [.roman(1)], "ii": [.roman(2)], "iii": [.roman(3)], "iv": [.roman(4)],
            "hằng": [.every], "hàng": [.every], "của": [.of], "từ": [.from], "đến": [.to], "hoặc": [.or],
            "âm lịch": [.lunar], "nhuận": [.leap], "chỉ năm nhuận": [.leapYearsOnly], "rằm": [.fullMoon],
            "mùng": [.mung], "mồng": [.mung], "một lần": [.once], "lần": [.times],
            // "3 tháng một lần" means every three months. Its "tháng một" is not January.
            "tháng một lần": [.month, .once],
            "trước": [.before], "sau": [.after], "khi bắt đầu": [.start], "khi kết thúc": [.end], "đúng ngày": [.onTheDay],
            "trong đợt": [.during], "lúc": [.at],
            "tháng giêng": [.lunarMonth(1)], "tháng chạp": [.lunarMonth(12)], "tháng bốn": [.monthWord(4)],
            "đến hết": [.to], "hết": [.by], "chậm nhất": [.by], "chậm nhất là": [.by], "muộn nhất": [.by],
            "muộn nhất là": [.by], "hạn": [.by], "hạn cuối": [.by], "hạn chót": [.by], "bắt đầu từ": [.from], "và": [.and],
            "al": [.lunar], "âl": [.lunar], "dương lịch": [.solar], "thứ": [.nth], "tức": [.thatIs], "tức là": [.thatIs],
            "thượng tuần": [.tenDays(.early)], "trung tuần": [.tenDays(.mid)], "hạ tuần": [.tenDays(.late)],
            "trong": [.filler], "vào": [.filler], "ngay": [.filler], "thời gian": [.filler], "kể từ": [.since],
            "tết dương lịch": [.solarNewYear], "tết tây": [.solarNewYear],
            // Leads
            "giờ": [.hour], "tiếng": [.hour], "phút": [.minute], "hôm trước": [.eve], "nửa tháng": [.fortnight],
            "quá hạn": [.overdue],
            "tháng bẩy": [.monthWord(7)], "thứ bẩy": [.thu(7)], "chủ nhật": [.weekday(.sunday)],
        ]
        for feast in Feast.allCases { for name in feast.vietnamese { terms[name] = [.feast(feast)] } }
        for name in Feast.solarTerms { (terms[name], terms["tết " + name]) = ([.solarTerm], [.solarTerm]) }
        for (index, word) in vietnameseMonths.enumerated() { terms["tháng " + word] = [.monthWord(index + 1)] }
        for weekday in Weekday.allCases where weekday != .sunday {
            terms[weekday.vietnamese] = [.thu(weekday.rawValue + 1)]
        }
        return terms
    }()

    static let terms = english.merging(vietnamese) { english, _ in english }

    /// For each word that begins an entry, the number of words and hyphens of the longest one.
    static let longestFrom: [String: Int] = Dictionary(
        terms.keys.map { entry in
            let words = entry.split(separator: " ")
            return (String(words[0]), words.count)
        }, uniquingKeysWith: max)

    /// The single words of all entries, sorted.
    static let words: [String] = Set(terms.keys.flatMap { $0.split(separator: " ").map(String.init) }).subtracting(["-"]).sorted()

    static let knownWords = Set(words)

    /// The words of the entries, keyed by their spelling without accents: `thang` gives `tháng`.
    static let accented: [String: [String]] = Dictionary(grouping: words, by: Spelling.withoutAccents)

    /// Returns the word, capitalized if it is a month or weekday: `june` gives `June`.
    static func capitalized(_ word: String) -> String { names[word] ?? word }

    private static let names: [String: String] = Dictionary(
        (englishMonths + Weekday.allCases.map(\.english)).map { ($0.lowercased(), $0) }, uniquingKeysWith: { first, _ in first })

    /// Words of the grammar that may replace a word that the grammar does not have.
    ///
    /// The substitutes are used only for hints.
    static let substitutes: [String: [String]] = [
        "one": ["1"], "a": ["1"], "an": ["1"], "two": ["2"], "three": ["3"], "four": ["4"], "five": ["5"], "six": ["6"],
        "seven": ["7"], "eight": ["8"], "nine": ["9"], "ten": ["10"], "twelve": ["12"],
        "một": ["1"], "hai": ["2"], "ba": ["3"], "bốn": ["4"], "năm": ["5"], "sáu": ["6"], "bảy": ["7"], "tám": ["8"],
        "chín": ["9"], "mười": ["10"],
        "business": ["working"], "work": ["working"], "workday": ["working day"], "weekday": ["working day"],
        "workdays": ["working days"], "weekdays": ["working days"], "each": ["every"], "till": ["until", "to"],
        "through": ["to"], "thru": ["to"], "middle": ["mid"], "beginning": ["early"], "start": ["early"],
        "end": ["last day", "late"],
        "1st": ["first"], "2nd": ["second"], "3rd": ["third"], "4th": ["fourth"], "final": ["last"],
        "mon": ["Monday"], "tue": ["Tuesday"], "tues": ["Tuesday"], "wed": ["Wednesday"], "thu": ["Thursday", "thứ"],
        "thur": ["Thursday"], "thurs": ["Thursday"], "fri": ["Friday"], "sat": ["Saturday"], "sun": ["Sunday"],
        "mỗi": ["hằng"], "tới": ["đến"], "hay": ["hoặc"], "cn": ["chủ nhật"],
        "âm": ["âm lịch"],
        "chinese": ["lunar"], "prior": ["before"], "ahead": ["before"], "qúy": ["quý"],
    ]
}

extension Weekday {
    /// The English name, such as `Monday`.
    public var english: String {
        switch self {
        case .monday: "Monday"
        case .tuesday: "Tuesday"
        case .wednesday: "Wednesday"
        case .thursday: "Thursday"
        case .friday: "Friday"
        case .saturday: "Saturday"
        case .sunday: "Sunday"
        }
    }

    /// The Vietnamese name, such as `thứ hai`.
    public var vietnamese: String {
        switch self {
        case .monday: "thứ hai"
        case .tuesday: "thứ ba"
        case .wednesday: "thứ tư"
        case .thursday: "thứ năm"
        case .friday: "thứ sáu"
        case .saturday: "thứ bảy"
        case .sunday: "chủ nhật"
        }
    }
}

import Dates
import Messages
import Plans

/// The words for days and months in lists and on the printed sheet, in one language.
///
/// Days are day/month, as in official documents. Vietnamese weekdays are written as inside a
/// sentence (Decree 30/2020): `thứ Hai`, `Chủ nhật`.
struct CalendarWords {
    let language: Language

    private static let vietnamese = ["thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật"]
    private static let english = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]

    private var isVietnamese: Bool { language == .vi }

    /// Returns a month with its year: `Tháng 5/2027`, `May 2027`.
    func month(_ day: Day) -> String {
        isVietnamese ? "Tháng \(day.month)/\(day.year)" : "\(CalendarWords.months[day.month - 1]) \(day.year)"
    }

    /// Returns a date without weekday: `01/06`, or `01/06/2028` if it is not in `year`.
    func date(_ day: Day, in year: Int?) -> String {
        let (own, month, dayOfMonth) = day.fields
        return "\(twoDigits(dayOfMonth))/\(twoDigits(month))" + (own == year ? "" : "/\(own)")
    }

    /// Returns a date with its weekday: `thứ Ba 01/06`. The spaces do not break.
    func day(_ day: Day, in year: Int?) -> String {
        let names = isVietnamese ? CalendarWords.vietnamese : CalendarWords.english
        return "\(names[day.weekday.rawValue - 1]) \(date(day, in: year))".replacing(" ", with: "\u{A0}")
    }

    /// Returns a date with its weekday at the beginning of a line: `Thứ Ba 01/06`.
    func heading(_ day: Day, in year: Int?) -> String {
        let words = self.day(day, in: year).replacing("\u{A0}", with: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }

    /// Returns the first and the last day: `thứ Ba 01/06 – thứ Tư 30/06`, or the one day.
    func span(_ start: Day, _ end: Day, in year: Int?) -> String {
        start == end ? day(start, in: year) : "\(day(start, in: year))\u{A0}– \(day(end, in: year))"
    }
}

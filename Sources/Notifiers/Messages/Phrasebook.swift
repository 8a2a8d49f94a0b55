import Dates
import Plans
import Scheduler

/// The words of a message that depend on numbers and dates, in one language.
///
/// Templates contain the other words of the message. Vietnamese dates are in the form
/// day/month/year, as in official documents. English dates have the month in words.
public struct Phrasebook: Sendable {
    public let language: Language

    public init(language: Language) {
        self.language = language
    }

    // MARK: The subject

    func prefix(_ kind: ReminderContent.Kind, late: Bool) -> String {
        switch (language, kind, late) {
        case (.vi, .moved, _): "[Đổi lịch]"
        case (.en, .moved, _): "[Rescheduled]"
        case (.vi, .gone, _): "[Đã hủy]"
        case (.en, .gone, _): "[Cancelled]"
        case (.vi, .test, _): "[Thử]"
        case (.vi, .reminder, true): "[Nhắc muộn]"
        case (.vi, .reminder, false): "[Nhắc việc]"
        case (.en, .test, _): "[Test]"
        case (.en, .reminder, true): "[Late reminder]"
        case (.en, .reminder, false): "[Reminder]"
        }
    }

    // MARK: The phrase

    /// Returns the phrase of the plan, such as `đầu quý 2`.
    ///
    /// The result is nil if the phrase itself contains the dates, or if the phrase is a recurrence
    /// rule that cannot be said in words.
    public func understood(_ when: Recurrence, _ start: Day, _ end: Day) -> String? {
        switch when {
        case .day, .window, .lunar, .lunarWindow, .once, .listed: return nil
        case .deadline(.day, _), .deadline(.lunar, _), .deadline(.once, _): return nil
        case .month, .months, .half, .quarter, .partOfMonth, .lastDay, .weekday, .workingDay, .everyMonth, .everyMonthDays,
            .everyQuarter, .everyPeriod, .weekdayOfEvery, .workingDayOfEveryMonth, .weekly, .every, .deadline, .leapDay, .rrule:
            break
        }
        guard let phrase = words(when) else { return nil }
        // The plan's `except:` may have changed the dates of this occurrence.
        if let usual = Self.usualDates(of: when, year: start.year), usual != start...end {
            return language == .vi ? "\(phrase), riêng lần này đổi ngày" : "\(phrase), with other dates this time"
        }
        return phrase
    }

    /// Returns the phrase of a recurrence; nil for a recurrence rule that no phrase describes.
    public func words(_ when: Recurrence) -> String? {
        when.inWords.map { language == .vi ? $0.vietnamesePhrase : $0.phrase }
    }

    /// Returns the dates that a phrase has if it names a month, a quarter or a month's last day.
    ///
    /// The result is nil for other phrases.
    private static func usualDates(of when: Recurrence, year: Int) -> ClosedRange<Day>? {
        func month(_ month: Int) -> ClosedRange<Day> {
            Day.first(ofMonth: month, year: year)...Day.last(ofMonth: month, year: year)
        }
        switch when {
        case .month(let number):
            return month(number)
        case .quarter(let number, nil):
            return Day.first(ofMonth: number * 3 - 2, year: year)...Day.last(ofMonth: number * 3, year: year)
        case .quarter(let number, let part?):
            return month(number * 3 - 2 + part.rawValue)
        case .lastDay(let number):
            return month(number).upperBound...month(number).upperBound
        default:
            return nil
        }
    }

    // MARK: The reason for sending

    /// Returns the reason why a recipient gets the message: the groups, or a direct mention in the
    /// plan.
    func reason(groups: [String], plan: String) -> String {
        switch (language, groups.isEmpty) {
        case (.vi, true): "có tên trong danh sách nhận của “\(plan)”"
        case (.vi, false): "thuộc nhóm \(groups.joined(separator: ", ")) của “\(plan)”"
        case (.en, true): "you are named in “\(plan)”"
        case (.en, false):
            "you are in the \(groups.count == 1 ? "group" : "groups") \(groups.joined(separator: ", ")) of “\(plan)”"
        }
    }

    /// Returns the names of the recipients, and the number of further ones, one a line.
    func lines(of audience: Audience) -> [String] {
        let more = audience.count - audience.names.count
        guard more > 0 else { return audience.names }
        return audience.names + [language == .vi ? "và \(more) nơi khác" : "and \(more) more"]
    }

    /// The sentence at the beginning of every message text that a rehearsal sends.
    var rehearsal: String {
        switch language {
        case .vi: "DIỄN TẬP: tin này do đồng hồ diễn tập gửi, không phải lời nhắc thật."
        case .en: "REHEARSAL: this was sent by a rehearsal clock; it is not a real reminder."
        }
    }
}

package func twoDigits(_ number: Int) -> String {
    number < 10 ? "0\(number)" : "\(number)"
}

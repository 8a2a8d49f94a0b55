import Dates
import Diagnostics
import Documents
import Foundation
import Plans
import Scheduler
import Transport

/// Reads `working-days/*.yaml`.
///
/// A file lists the weekly rest days, the yearly holidays, and single dates that are exceptions.
/// Each exception cites the official decision that declares it.
package struct WorkingDaysReader {
    package let problems: Problems

    package static let keys = Keys([
        .required("calendar", .text(), "The calendar's id."),
        .required(
            "weekly_rest", .orEmpty(.list(.choice(Weekday.allCases.map(\.english) + Weekday.allCases.map(\.vietnamese)))),
            "Days of the week on which nobody works."),
        .optional("title", .text(), "What people call it."),
        .optional("official", .years, "Years whose official decisions are entered."),
        .optional("holidays", .orEmpty(.list(.table(holidayKeys), most: entryLimit)), "Holidays that come every year."),
        .optional("off", .orEmpty(.list(.table(exceptionKeys), most: entryLimit)), "Single days off."),
        .optional(
            "work", .orEmpty(.list(.table(exceptionKeys), most: entryLimit)),
            "Single days that are worked although they would be free."),
    ])
    package static let holidayKeys = Keys([
        .required("title", .text(most: 200), "What it is called."),
        .required("when", .text(), "When it comes, as in a plan."),
        .optional("cite", .text(most: 4_096), "The law that grants it."),
        .optional("years", .years, "Years in which it is kept, by the Gregorian year of the start, lunar dates too."),
    ])
    package static let exceptionKeys = Keys([
        .required("date", .day, "The day: 2026-01-02, 2/1/2026 or ngày 2 tháng 1 năm 2026."),
        .required("cite", .text(most: 4_096), "The decision it comes from."),
        .optional("title", .text(), "What it is for."),
    ])
    package static let entryLimit = 20_000

    package func read(bytes: [UInt8], name: String) -> WorkingCalendar? {
        guard let file = YAMLFile(bytes: bytes, name: name, source: .data, vocabulary: .all, problems: problems),
            let table = file.root.table("a working calendar", keys: WorkingDaysReader.keys)
        else { return nil }
        let before = problems.all.count { $0.severity == .error }
        let rest = weeklyRest(table["weekly_rest"])
        let off = exceptions(table["off"], "off")
        let work = exceptions(table["work"], "work")
        let holidays = list(table["holidays"], "holidays").compactMap { problems.isFull ? nil : holiday($0) }
        let official = table["official"].map(officialYears) ?? []
        for (day, cite) in work where off[day] != nil {
            table["work"]?.error("\(day) is both under \"off\" and under \"work\" (\(printable(cite)))")
        }
        guard problems.all.count(where: { $0.severity == .error }) == before else { return nil }
        return WorkingCalendar(weeklyRest: rest, holidays: holidays, off: off, work: work, officialYears: official)
    }

    private func list(_ value: YAMLValue?, _ what: LocalizedText) -> [YAMLValue] {
        guard let value, !value.isNull, let listed = value.list(what) else { return [] }
        guard listed.count <= WorkingDaysReader.entryLimit else {
            value.error("\(what) has \(listed.count) entries; at most \(WorkingDaysReader.entryLimit) are allowed")
            return []
        }
        return listed
    }

    private func weeklyRest(_ value: YAMLValue?) -> Set<Weekday> {
        let names = Weekday.allCases.map(\.english)
        var days: Set<Weekday> = []
        guard let value, !value.isNull else { return days }
        for (text, place) in value.texts("weekly_rest") ?? [] where !problems.isFull {
            guard let weekday = Weekday(name: text) else {
                place.error(
                    "weekly_rest names \(place.shown); allowed: \(names.joined(separator: ", "))",
                    hints: problems.areHintsWanted
                        ? Spelling.nearest(to: text, among: names + Weekday.allCases.map(\.vietnamese)).map { [$0] } ?? [] : [])
                continue
            }
            days.insert(weekday)
        }
        if days.count == 7 { value.error("weekly_rest names all seven days; at least one must be worked") }
        return days
    }

    private func officialYears(_ value: YAMLValue) -> Set<Int> {
        guard let text = value.text("official") else { return [] }
        do {
            return Set(try YearsPhrase(phrase: text).years)
        } catch {
            value.error(error, of: "official")
            return []
        }
    }

    private func holiday(_ value: YAMLValue) -> WorkingCalendar.Holiday? {
        guard let table = value.table("a holiday", keys: WorkingDaysReader.holidayKeys) else { return nil }
        let title = table["title"]?.text("title", isProse: true, maxCharacters: 200)
        let when = table["when"].flatMap(recurrence)
        let years = table["years"].map(years) ?? Day.plannableYears
        let cite = table["cite"]?.text("cite", isProse: true, maxBytes: 4_096) ?? ""
        guard let title, let when else { return nil }
        return WorkingCalendar.Holiday(title: title, when: when, years: years, cite: cite)
    }

    private func recurrence(_ value: YAMLValue) -> Recurrence? {
        guard let text = value.text("when") else { return nil }
        do {
            let when = try Recurrence(phrase: text, seekingHints: problems.arePhraseHintsWanted)
            guard when.usesWorkingDays else { return when }
            value.error("when \(value.shown): a holiday cannot depend on working days")
        } catch {
            value.error(error, of: "when")
        }
        return nil
    }

    private func years(_ value: YAMLValue) -> ClosedRange<Int> {
        guard let text = value.text("years") else { return Day.plannableYears }
        do {
            return try YearsPhrase(phrase: text).years
        } catch {
            value.error(error, of: "years")
            return Day.plannableYears
        }
    }

    private func exceptions(_ value: YAMLValue?, _ what: LocalizedText) -> [Day: String] {
        var days: [Day: String] = [:]
        for item in list(value, what) where !problems.isFull {
            guard let table = item.table("an exception", keys: WorkingDaysReader.exceptionKeys) else { continue }
            let cite = table["cite"]?.text("cite", isProse: true, maxBytes: 4_096)
            guard let place = table["date"], let text = place.text("date") else { continue }
            guard let day = Day(written: text), Day.plannableYears.contains(day.year) else {
                place.error(
                    "date is \(place.shown); allowed: a day as 2026-01-02 or 2/1/2026",
                    hints: DaySlip.hint(text).map { [$0] } ?? [])
                continue
            }
            if days[day] != nil { place.error("\(day) stands twice under \"\(what)\"") }
            days[day] = cite ?? ""
        }
        return days
    }
}

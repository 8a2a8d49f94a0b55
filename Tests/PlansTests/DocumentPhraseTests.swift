import Foundation
import Support
import Testing

@testable import Dates
@testable import Plans
@testable import Scheduler

/// The date expressions of official documents, each with the dates that a reader gave it.
///
/// The file is in a folder next to the checkout and not in the repository.
@Suite("Expressions of official documents")
struct DocumentPhraseTests {
    private struct Row: Decodable {
        let phrase: String
        let start: String?
        let end: String?
        let rule: String?
        let dates: [[String]]?
        let recurs: String
        let calendar: String
        let note: String

        /// The time of day at the end of the note, such as `17:00`; nil if there is none.
        var time: String? { note.range(of: "time ").map { String(note[$0.upperBound...]) } }

        /// The days before the days that the phrase names: 1 for an eve.
        var shift: Int { note.hasPrefix("eve") ? 1 : 0 }
    }

    private enum Reading: Equatable { case right, refused(String), wrong(String) }

    private static let year = 2027

    @Test("At least 95 % of the expressions are read as labelled, and none is read otherwise")
    func corpus() throws {
        guard let text = try? String(contentsOfFile: PackageRoot.path("../shared/documents/phrases.jsonl"), encoding: .utf8)
        else {
            print("NOTE: ../shared/documents is missing: the expressions of official documents are not read")
            return
        }
        let rows = try text.split(separator: "\n").map { try JSONDecoder().decode(Row.self, from: Data($0.utf8)) }
        var right = 0
        for row in rows {
            switch try Self.reading(row) {
            case .right: right += 1
            case .refused(let why): print("refused: \(row.phrase): \(why)")
            case .wrong(let got): Issue.record("\(row.phrase) is read as \(got)")
            }
        }
        print("read right: \(right) of \(rows.count)")
        #expect(right * 100 >= rows.count * 95)
    }

    private static func reading(_ row: Row) throws -> Reading {
        let phrase: WhenPhrase
        do {
            phrase = try WhenPhrase(phrase: row.phrase)
        } catch {
            return .refused("\(error)")
        }
        let recurrence = phrase.recurrence
        guard phrase.time?.description == row.time else { return .wrong(phrase.phrase) }
        let expected = try expected(row)
        let span = row.dates == nil ? spanOfRow(row) : Recurrence.plannableDays
        let got = recurrence.occurrences(overlapping: span, workingDays: .mondayToFriday)
            .filter { span.contains($0.start) }.map { [$0.start, $0.end] }
        let isOnce = recurrence.naming == .once
        guard got == expected, row.dates != nil || isOnce == (row.recurs == "once") else {
            return .wrong("\(recurrence.phrase): \(got.prefix(3)), not \(expected.prefix(3))")
        }
        let again = try WhenPhrase(phrase: phrase.vietnamesePhrase)
        return again == phrase ? .right : .wrong(again.phrase)
    }

    /// The year in which the label has its dates. For an undated label it is 2027.
    private static func spanOfRow(_ row: Row) -> ClosedRange<Day> {
        var year = row.start.flatMap { $0.count == 10 ? Int($0.prefix(4)) : nil } ?? Self.year
        if row.rule != nil { year = 2026 }
        return Day.clamped(year, 1, 1)...Day.clamped(year, 12, 31)
    }

    private static func expected(_ row: Row) throws -> [[Day]] {
        if let dates = row.dates { return try dates.map { try $0.map { try #require(Day($0)) } } }
        if let rule = row.rule, row.note != "2027" {
            let span = spanOfRow(row)
            let from = row.start.flatMap { Day($0) } ?? Day.clamped(2020, 1, 1)
            return try RecurrenceRule(text: rule).days(from: from, in: span).map { [$0 - row.shift, $0 - row.shift] }
        }
        let first = try #require(row.start)
        let last = row.end ?? first
        if first.count == 10 {
            let days = [try #require(Day(first)), try #require(Day(last))]
            return [days.map { $0 - row.shift }]
        }
        func day(_ text: String) -> Day? {
            let parts = text.split(separator: "-").compactMap { Int($0) }
            if row.calendar == "solar" { return Day(year, parts[0], parts[1]) }
            return LunarCalendar.day(LunarDay(year: year, month: parts[0], day: parts[1], isLeap: false))
        }
        return [[try #require(day(first)) - row.shift, try #require(day(last)) - row.shift]]
    }
}

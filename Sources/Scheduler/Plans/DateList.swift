import Dates

/// Reads a list of dated days and windows: `2024-09-17, 2025-10-06, 2026-09-25 - 2026-09-27`.
enum DateList {
    /// The maximum number of dates. A list of every working day has 5 000 in twenty years.
    static let limit = 5_000
    /// The maximum length of a list in bytes: each date may be a window with long words.
    static let lengthLimit = limit * 64

    /// Returns the recurrence of a list; nil if the phrase is not a list.
    ///
    /// A list has a year in each of its parts. Parts are separated by commas outside brackets.
    static func recurrence(_ phrase: String) throws(PhraseProblem) -> Recurrence? {
        guard phrase.utf8.contains(UInt8(ascii: ",")) else { return nil }
        guard phrase.utf8.count <= lengthLimit else {
            throw .refused("a list has at most \(limit) dates", at: phrase.unicodeScalars.count)
        }
        let parts = parts(phrase)
        guard parts.count > 1, parts.allSatisfy({ hasYear($0.text) }) else { return nil }
        guard parts.count <= limit else {
            throw .refused("a list has at most \(limit) dates", at: parts[limit].offset)
        }
        var dates: [(days: ClosedRange<Day>, offset: Int)] = []
        dates.reserveCapacity(parts.count)
        for (text, offset) in parts {
            dates.append((try days(text, at: offset), offset))
        }
        dates.sort { $0.days.lowerBound < $1.days.lowerBound }
        for (date, next) in zip(dates, dates.dropFirst()) where next.days.lowerBound <= date.days.upperBound {
            throw .refused("two dates of this list share a day", at: next.offset)
        }
        return .listed(dates.map(\.days))
    }

    private static func days(_ text: String, at offset: Int) throws(PhraseProblem) -> ClosedRange<Day> {
        let recurrence: Recurrence
        do throws(PhraseProblem) {
            recurrence = try WhenParser.parse(text, seeksHints: false)
        } catch {
            // A hint for one date cannot replace the whole list.
            throw .refused(error.refusal.message, at: offset + error.refusal.offset)
        }
        guard case .once(let from, let to) = recurrence else {
            throw .refused("a list has only days and windows with years", at: offset)
        }
        return from...to
    }

    /// Whether the text has a number of exactly four digits.
    private static func hasYear(_ text: String) -> Bool {
        var run = 0
        for byte in text.utf8 {
            if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
                run += 1
            } else if run == 4 {
                return true
            } else {
                run = 0
            }
        }
        return run == 4
    }

    /// The parts between commas, each with its offset in Unicode scalars.
    private static func parts(_ phrase: String) -> [(text: String, offset: Int)] {
        var parts: [(text: String, offset: Int)] = []
        var part = String.UnicodeScalarView()
        var start = 0
        var depth = 0
        func end() { parts.append((String(part), start)) }
        for (offset, scalar) in phrase.unicodeScalars.enumerated() {
            if scalar == "(" { depth += 1 }
            if scalar == ")" { depth -= 1 }
            guard scalar == ",", depth <= 0 else {
                part.append(scalar)
                continue
            }
            end()
            part = String.UnicodeScalarView()
            start = offset + 1
        }
        end()
        return parts
    }
}

import Dates
import Foundation
import Plans
import Scheduler
import Testing

/// Checks RRULE against python-dateutil and against the examples of RFC 5545.
///
/// `Tests/Oracles/rrule_oracle.py` computed the vectors.
@Suite("Recurrence rules")
struct RecurrenceRuleTests {
    /// The numbers of vectors in which python-dateutil 2.9.0 departs from RFC 5545.
    ///
    /// remindd follows the RFC.
    ///
    /// Such a vector has two results: the result that the script computes day by day from the text
    /// of the RFC, and the result of dateutil. The numbers follow from the seed of the script.
    ///
    /// - `union`: BYDAY=MO,1TU. "The BYDAY rule part specifies a COMMA-separated list of days of
    ///   the week", so a day that matches one entry is enough. dateutil requires that the day
    ///   matches both a plain entry and a numbered entry.
    /// - `week-start`: FREQ=WEEKLY;BYSETPOS with a start day in mid-week. "A set of recurrence
    ///   instances starts at the beginning of the interval defined by the FREQ rule part", so
    ///   positions count from the first day of the week. In the first week, dateutil counts
    ///   positions from the start day.
    /// - `last-week`: BYWEEKNO=52 or 53, for days of early January that are in the last week of the
    ///   previous year. Weeks are numbered "according to week numbering as defined in
    ///   ISO.8601.2004". dateutil assumes 53 weeks for some years of 52 weeks, because it uses the
    ///   length of the current year for the previous year.
    static let argued = ["last-week": 23, "union": 67, "week-start": 26]

    struct Vector {
        let rule: String
        let start: Day
        let count: Int
        let hash: String
        let first: String
        let reason: String?
        let dateutilHash: String?
    }

    static let vectors: [Vector] = {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Oracles/vectors/rrule.tsv")
        guard let text = try? String(contentsOf: path, encoding: .utf8) else { return [] }
        return text.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            guard fields.count >= 5, let start = Day(fields[1]), let count = Int(fields[2]) else { return nil }
            let isArgued = fields.count == 7
            return Vector(
                rule: fields[0], start: start, count: count, hash: fields[3], first: fields[4],
                reason: isArgued ? fields[5] : nil, dateutilHash: isArgued ? fields[6] : nil)
        }
    }()

    private static let horizon = Day.clamped(2199, 12, 31)

    /// Returns the first sixty instances.
    ///
    /// Searches several spans, so that the jump to the start of a span is tested too.
    private static func firstSixty(_ rule: RecurrenceRule, from start: Day) -> [Day] {
        var days: [Day] = []
        var lower = start
        var length = 40
        while days.count < 60, lower <= horizon {
            let upper = min(lower + length, horizon)
            days += rule.days(from: start, in: lower...upper)
            lower = upper + 1
            length *= 4
        }
        return Array(days.prefix(60))
    }

    private static func fnv(_ days: [Day]) -> String {
        var value: UInt64 = 0xCBF2_9CE4_8422_2325
        for day in days {
            for byte in day.description.utf8 { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
        }
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Compares the rules in four parts, which run in parallel.
    @Test(
        "10 044 random and documented rules expand as in python-dateutil, except where the RFC differs",
        arguments: 0..<4)
    func vectorsAgree(part: Int) throws {
        for (index, vector) in Self.vectors.enumerated() where index % 4 == part {
            let days = Self.firstSixty(try RecurrenceRule(text: vector.rule), from: vector.start)
            let hash = Self.fnv(days)
            if days.count != vector.count || hash != vector.hash {
                Issue.record("\(vector.rule) from \(vector.start): \(days.prefix(6)), not \(vector.first) … (\(vector.count))")
            }
            if vector.reason != nil { #expect(hash != vector.dateutilHash) }
        }
    }

    @Test("The vectors are complete, and the number of disputed ones has not changed")
    func vectorsAreWhole() {
        #expect(Self.vectors.count == 10_044)
        #expect(Dictionary(grouping: Self.vectors.compactMap(\.reason)) { $0 }.mapValues(\.count) == Self.argued)
    }

    @Test("Rules read back equal from their canonical text")
    func printsAndReads() throws {
        for vector in Self.vectors {
            let rule = try RecurrenceRule(text: vector.rule)
            #expect(try RecurrenceRule(text: rule.text) == rule)
            #expect(try RecurrenceRule(text: rule.text.lowercased()).text == rule.text)
        }
        let untidy = try RecurrenceRule(text: "byday=fr,mo,+1tu,mo;wkst=MO;INTERVAL=1;freq=monthly;BYMONTH=12,1")
        #expect(untidy.text == "FREQ=MONTHLY;BYMONTH=1,12;BYDAY=MO,1TU,FR")
    }

    @Test(
        "The RFC's examples expand to the days that the RFC lists",
        arguments: [
            ("FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200", "1997-01-01", "1997-01-01 1997-04-10 1997-07-19 2000-01-01"),
            ("FREQ=YEARLY;BYDAY=20MO", "1997-05-19", "1997-05-19 1998-05-18 1999-05-17"),
            ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "1997-05-12", "1997-05-12 1998-05-11 1999-05-17"),
            ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "1997-09-02", "1998-02-13 1998-03-13 1998-11-13 1999-08-13 2000-10-13"),
            (
                "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8", "1996-11-05",
                "1996-11-05 2000-11-07 2004-11-02"
            ),
            ("FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "1997-09-04", "1997-09-04 1997-10-07 1997-11-06"),
            ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2", "1997-09-29", "1997-09-29 1997-10-30 1997-11-27 1997-12-30"),
            ("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "1997-08-05", "1997-08-05 1997-08-10 1997-08-19 1997-08-24"),
            ("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "1997-08-05", "1997-08-05 1997-08-17 1997-08-19 1997-08-31"),
            ("FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", "2007-01-15", "2007-01-15 2007-01-30 2007-02-15 2007-03-15 2007-03-30"),
            ("FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU", "1997-09-07", "1997-09-07 1997-09-28 1997-11-02 1997-11-30"),
        ])
    func documentedExamples(rule: String, start: String, expected: String) throws {
        let first = try #require(Day(start))
        let days = Self.firstSixty(try RecurrenceRule(text: rule), from: first)
        let wanted = expected.split(separator: " ").compactMap { Day(String($0)) }
        #expect(Array(days.prefix(wanted.count)) == wanted)
    }

    @Test("An example of each of the three differences from python-dateutil follows the RFC")
    func arguedExamples() throws {
        let first = try #require(Day("2026-01-07"))
        let union = try RecurrenceRule(text: "FREQ=MONTHLY;BYDAY=MO,1TU;COUNT=4")
        #expect(
            Self.firstSixty(union, from: first).map(\.description) == ["2026-01-12", "2026-01-19", "2026-01-26", "2026-02-02"])
        // The week of Wednesday 7 January begins on Monday 5 January. The first instance of that
        // week is that Monday, which is before the start.
        let week = try RecurrenceRule(text: "FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=1;COUNT=2")
        #expect(Self.firstSixty(week, from: first).map(\.description) == ["2026-01-12", "2026-01-19"])
        // 2028-01-01 is a Saturday in week 52 of 2027, as `date -d 2028-01-01 +%V` shows.
        let lastWeek = try RecurrenceRule(text: "FREQ=YEARLY;BYWEEKNO=52;BYDAY=SA")
        let january = try #require(Day("2028-01-01"))
        #expect(lastWeek.days(from: first, in: january...january) == [january])
    }

    @Test("The start day is an instance only if the rule names it")
    func startCountsOnlyWhereNamed() throws {
        let start = try #require(Day("2026-01-01"))
        let rule = try RecurrenceRule(text: "FREQ=YEARLY;BYMONTH=9;BYDAY=1MO;COUNT=2")
        #expect(rule.days(from: start, in: start...Self.horizon).map(\.description) == ["2026-09-07", "2027-09-06"])
    }

    @Test("The days in any span are that part of the whole expansion")
    func spansAgreeWithTheWhole() throws {
        for (index, vector) in Self.vectors.enumerated() where index % 25 == 0 {
            let rule = try RecurrenceRule(text: vector.rule)
            let end = min(vector.start + 3_000, Self.horizon)
            let whole = rule.days(from: vector.start, in: vector.start...end)
            let lower = min(vector.start - 100 + index % 900, end)
            let span = lower...min(lower + index % 1_500, end)
            #expect(rule.days(from: vector.start, in: span) == whole.filter(span.contains), "\(vector.rule)")
        }
    }

    @Test(
        "A rule that names no day is detected quickly",
        arguments: [
            "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=4,6",
            "FREQ=YEARLY;BYYEARDAY=-366;BYMONTH=3", "FREQ=DAILY;BYDAY=MO;BYSETPOS=2", "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6",
            "FREQ=YEARLY;BYWEEKNO=20;BYMONTH=1", "FREQ=WEEKLY;BYMONTH=2;BYSETPOS=5;BYDAY=MO",
            "FREQ=MONTHLY;INTERVAL=12;BYMONTH=5",
        ])
    func impossibleRulesAreFoundOut(rule: String) throws {
        let start = try #require(Day("1970-01-01"))
        let read = try RecurrenceRule(text: rule)
        let clock = ContinuousClock()
        var first: Day?
        let spent = clock.measure { first = read.firstDay(from: start) }
        #expect(first == nil)
        // The limit is for a debug build that runs in parallel with other tests. The slowest rule
        // takes 13 ms in a release build.
        #expect(spent < .milliseconds(1_000))
    }

    @Test(
        "A rule that the RFC forbids or that is not about whole days is refused, with a hint if possible",
        arguments: [
            ("FREQ=HOURLY", "remindd plans whole days: FREQ is DAILY, WEEKLY, MONTHLY or YEARLY", "FREQ=DAILY", 0),
            (
                "FREQ=SECONDLY;COUNT=3", "remindd plans whole days: FREQ is DAILY, WEEKLY, MONTHLY or YEARLY",
                "FREQ=DAILY;COUNT=3", 0
            ),
            (
                "FREQ=DAILY;BYHOUR=8", "remindd plans whole days: no BYHOUR; the time of day belongs to the leads", "FREQ=DAILY",
                11
            ),
            (
                "BYMINUTE=8;FREQ=DAILY", "remindd plans whole days: no BYMINUTE; the time of day belongs to the leads",
                "FREQ=DAILY", 0
            ),
            ("BYMONTH=2", "FREQ is missing", "FREQ=YEARLY;BYMONTH=2", 0),
            ("FREQ=YERLY", "FREQ is DAILY, WEEKLY, MONTHLY or YEARLY", "FREQ=YEARLY", 0),
            ("FREQ=DAILY;COUNT=2;UNTIL=20260101", "COUNT and UNTIL exclude each other", "FREQ=DAILY;COUNT=2", 19),
            ("FREQ=DAILY;UNTIL=20260101T000000Z", "UNTIL is a whole day, as in UNTIL=20261231", "FREQ=DAILY;UNTIL=20260101", 11),
            ("FREQ=DAILY;UNTIL=2026-01-01", "UNTIL is a whole day, as in UNTIL=20261231", "FREQ=DAILY;UNTIL=20260101", 11),
            ("FREQ=DAILY;UNTIL=20260230", "UNTIL=20260230 is no day of 1970 to 2199", "", 11),
            ("FREQ=DAILY;INTERVAL=0", "INTERVAL is a number from 1 to 100000", "", 11),
            ("FREQ=DAILY;COUNT=1000000", "COUNT is a number from 1 to 100000", "", 11),
            ("FREQ=YEARLY;BYMONTH=13", "BYMONTH takes numbers from 1 to 12, joined by \",\"", "", 12),
            ("FREQ=YEARLY;BYMONTH=-1", "BYMONTH takes numbers from 1 to 12, joined by \",\"", "", 12),
            ("FREQ=YEARLY;BYMONTHDAY=0", "BYMONTHDAY takes numbers from 1 to 31 or -31 to -1, joined by \",\"", "", 12),
            ("FREQ=MONTHLY;BYWEEKNO=2", "BYWEEKNO goes with FREQ=YEARLY only (RFC 5545, 3.3.10)", "", 13),
            ("FREQ=MONTHLY;BYYEARDAY=2", "BYYEARDAY goes with FREQ=YEARLY only (RFC 5545, 3.3.10)", "", 13),
            ("FREQ=WEEKLY;BYMONTHDAY=2", "BYMONTHDAY does not go with FREQ=WEEKLY (RFC 5545, 3.3.10)", "", 12),
            ("FREQ=WEEKLY;BYDAY=1MO", "BYDAY takes numbers with FREQ=MONTHLY and FREQ=YEARLY only (RFC 5545, 3.3.10)", "", 12),
            ("FREQ=YEARLY;BYWEEKNO=2;BYDAY=1MO", "BYDAY takes no numbers beside BYWEEKNO (RFC 5545, 3.3.10)", "", 23),
            ("FREQ=YEARLY;BYSETPOS=1", "BYSETPOS needs another BY… part to choose from (RFC 5545, 3.3.10)", "", 12),
            ("FREQ=YEARLY;WKST=MONDAY", "WKST is one of MO, TU, WE, TH, FR, SA, SU", "", 12),
            ("FREQ=DAILY;FREQ=DAILY", "FREQ stands twice", "", 11),
            ("FREQ=DAILY;", "a rule is made of NAME=VALUE, joined by \";\"", "FREQ=DAILY", 11),
        ])
    func refusals(rule: String, message: String, hint: String, offset: Int) {
        #expect(throws: PhraseRefusal(message, hints: hint.isEmpty ? [] : [hint], offset: offset)) {
            try RecurrenceRule(text: rule)
        }
    }
}

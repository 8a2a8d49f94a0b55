import Foundation
import Randomness
import Support
import Testing

@testable import Dates
@testable import Diagnostics
@testable import Plans
@testable import Scheduler

/// The zone files of the machine on which the tests run.
private enum SystemZones {
    static let folder = "/usr/share/zoneinfo"

    static func bytes(_ name: String) throws -> [UInt8] {
        let data = FileManager.default.contents(atPath: "\(folder)/\(name)")
        return [UInt8](try #require(data, "these tests need the system's zone files: install tzdata (\(folder)/\(name))"))
    }

    static func zone(_ name: String) throws -> Zone {
        try Zone(name: name, tzif: bytes(name))
    }
}

/// Builds a TZif file of any version for a test.
private struct MadeFile {
    var version: UInt8 = UInt8(ascii: "2")
    /// The transitions: the time in seconds since 1970, and the index of the local time type.
    var transitions: [(Int64, UInt8)] = []
    /// The local time types: the offset in seconds east of Greenwich, and 1 for daylight saving
    /// time.
    var types: [(Int32, UInt8)] = [(0, 0)]
    var footer = "\n\n"
    var leaps = 0

    var bytes: [UInt8] {
        var bytes = block(timeSize: 4)
        if version > 0 { bytes += block(timeSize: 8) + Array(footer.utf8) }
        return bytes
    }

    private func block(timeSize: Int) -> [UInt8] {
        var bytes = Array("TZif".utf8) + [version] + [UInt8](repeating: 0, count: 15)
        for count in [0, 0, leaps, transitions.count, types.count, 4] { bytes += bigEndian(UInt32(count)) }
        for (time, _) in transitions { bytes += bigEndian(UInt64(bitPattern: time)).suffix(timeSize) }
        for (_, type) in transitions { bytes.append(type) }
        for (offset, daylight) in types { bytes += bigEndian(UInt32(bitPattern: offset)) + [daylight, 0] }
        bytes += Array("ABC\0".utf8)
        return bytes + [UInt8](repeating: 0, count: leaps * (timeSize + 4))
    }

    private func bigEndian<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }

    func zone() throws -> Zone { try Zone(name: "Made", tzif: bytes) }

    static func rule(_ text: String) throws -> Zone { try MadeFile(footer: "\n\(text)\n").zone() }
}

private func day(_ text: String) throws -> Day { try #require(Day(text)) }
private func time(_ text: String) throws -> TimeOfDay { try #require(TimeOfDay(text)) }
private func instant(_ text: String) throws -> Instant { try #require(Instant(rfc3339: text)) }

/// Tests real zones only with past dates, because parliaments may change future rules.
@Suite("Zones: from civil time to instants")
struct ZoneTests {
    @Test(
        "A civil time in a gap means the first instant after the gap",
        arguments: [
            ("Europe/Berlin", "2024-03-31", "02:00", "2024-03-31T03:00:00+02:00"),
            ("Europe/Berlin", "2024-03-31", "02:30", "2024-03-31T03:00:00+02:00"),
            ("Europe/Berlin", "2024-03-31", "02:59", "2024-03-31T03:00:00+02:00"),
            ("America/New_York", "2024-03-10", "02:30", "2024-03-10T03:00:00-04:00"),
            ("Australia/Lord_Howe", "2024-10-06", "02:15", "2024-10-06T02:30:00+11:00"),
            ("Antarctica/Troll", "2024-03-31", "01:30", "2024-03-31T03:00:00+02:00"),
            ("Europe/Dublin", "2024-03-31", "01:30", "2024-03-31T02:00:00+01:00"),
            ("Africa/Casablanca", "2024-04-14", "02:30", "2024-04-14T03:00:00+01:00"),
            ("Africa/Cairo", "2024-04-26", "00:00", "2024-04-26T01:00:00+03:00"),
            ("Pacific/Apia", "2011-12-30", "00:00", "2011-12-31T00:00:00+14:00"),
            ("Pacific/Apia", "2011-12-30", "08:00", "2011-12-31T00:00:00+14:00"),
            ("Pacific/Apia", "2011-12-30", "23:59", "2011-12-31T00:00:00+14:00"),
        ])
    func gaps(name: String, date: String, clock: String, expected: String) throws {
        let zone = try SystemZones.zone(name)
        #expect(zone.resolve(try day(date), try time(clock)) == .gap(after: try instant(expected)))
        #expect(zone.instant(try day(date), try time(clock)) == (try instant(expected)))
        #expect(zone.rfc3339(try instant(expected)) == expected)
    }

    @Test(
        "A civil time that occurs twice means the first instant",
        arguments: [
            ("Europe/Berlin", "2024-10-27", "02:30", "2024-10-27T02:30:00+02:00", "2024-10-27T02:30:00+01:00"),
            ("Europe/Berlin", "2024-10-27", "02:00", "2024-10-27T02:00:00+02:00", "2024-10-27T02:00:00+01:00"),
            ("America/New_York", "2024-11-03", "01:30", "2024-11-03T01:30:00-04:00", "2024-11-03T01:30:00-05:00"),
            ("Australia/Lord_Howe", "2024-04-07", "01:45", "2024-04-07T01:45:00+11:00", "2024-04-07T01:45:00+10:30"),
            ("Antarctica/Troll", "2024-10-27", "01:30", "2024-10-27T01:30:00+02:00", "2024-10-27T01:30:00+00:00"),
            ("Europe/Dublin", "2024-10-27", "01:30", "2024-10-27T01:30:00+01:00", "2024-10-27T01:30:00+00:00"),
            ("Africa/Casablanca", "2024-03-10", "02:30", "2024-03-10T02:30:00+01:00", "2024-03-10T02:30:00+00:00"),
            ("America/Havana", "2024-11-03", "00:00", "2024-11-03T00:00:00-04:00", "2024-11-03T00:00:00-05:00"),
            ("Pacific/Kwajalein", "1969-09-30", "13:00", "1969-09-30T13:00:00+11:00", "1969-09-30T13:00:00-12:00"),
            ("Asia/Ho_Chi_Minh", "1975-06-12", "23:30", "1975-06-12T23:30:00+08:00", "1975-06-12T23:30:00+07:00"),
        ])
    func folds(name: String, date: String, clock: String, first: String, second: String) throws {
        let zone = try SystemZones.zone(name)
        let expected = Zone.Resolution.fold(first: try instant(first), second: try instant(second))
        #expect(zone.resolve(try day(date), try time(clock)) == expected)
        #expect(zone.instant(try day(date), try time(clock)) == (try instant(first)))
    }

    @Test(
        "A civil time beside a change of the clocks occurs once",
        arguments: [
            ("Europe/Berlin", "2024-03-31", "01:59", "2024-03-31T01:59:00+01:00"),
            ("Europe/Berlin", "2024-03-31", "03:00", "2024-03-31T03:00:00+02:00"),
            ("Europe/Berlin", "2024-10-27", "01:59", "2024-10-27T01:59:00+02:00"),
            ("Europe/Berlin", "2024-10-27", "03:00", "2024-10-27T03:00:00+01:00"),
            ("Pacific/Apia", "2011-12-29", "23:59", "2011-12-29T23:59:00-10:00"),
            ("Pacific/Apia", "2011-12-31", "00:00", "2011-12-31T00:00:00+14:00"),
            ("Asia/Ho_Chi_Minh", "2027-10-16", "08:00", "2027-10-16T08:00:00+07:00"),
            ("Asia/Kathmandu", "2027-10-16", "08:00", "2027-10-16T08:00:00+05:45"),
            ("America/St_Johns", "2024-12-31", "23:59", "2024-12-31T23:59:00-03:30"),
        ])
    func uniqueTimes(name: String, date: String, clock: String, expected: String) throws {
        let zone = try SystemZones.zone(name)
        #expect(zone.resolve(try day(date), try time(clock)) == .unique(try instant(expected)))
        #expect(zone.rfc3339(try instant(expected)) == expected)
    }

    @Test(
        "A day ends where the next one begins, also if midnight is skipped or occurs twice",
        arguments: [
            ("Asia/Ho_Chi_Minh", "2026-12-31", "2026-12-31T00:00:00+07:00", "2027-01-01T00:00:00+07:00"),
            ("Europe/Berlin", "2024-03-31", "2024-03-31T00:00:00+01:00", "2024-04-01T00:00:00+02:00"),
            ("Africa/Cairo", "2024-04-26", "2024-04-26T01:00:00+03:00", "2024-04-27T00:00:00+03:00"),
            ("Africa/Cairo", "2024-04-25", "2024-04-25T00:00:00+02:00", "2024-04-26T01:00:00+03:00"),
            ("America/Havana", "2024-11-03", "2024-11-03T00:00:00-04:00", "2024-11-04T00:00:00-05:00"),
            ("Pacific/Apia", "2011-12-29", "2011-12-29T00:00:00-10:00", "2011-12-31T00:00:00+14:00"),
            ("Pacific/Apia", "2011-12-30", "2011-12-31T00:00:00+14:00", "2011-12-31T00:00:00+14:00"),
        ])
    func daysMeet(name: String, date: String, start: String, end: String) throws {
        let zone = try SystemZones.zone(name)
        #expect(zone.startOfDay(try day(date)) == (try instant(start)))
        #expect(zone.endOfDay(try day(date)) == (try instant(end)))
        #expect(zone.endOfDay(try day(date)) == zone.startOfDay(try day(date) + 1))
    }

    @Test("One day before, across a change of the clocks, is the same time of day and not 24 hours (fault 46)")
    func leadsAreCivil() throws {
        let zone = try SystemZones.zone("Europe/Berlin")
        let eight = try time("08:00")
        let changed = try day("2024-03-31")
        #expect(zone.instant(changed, eight) - zone.instant(changed - 1, eight) == .hours(23))
        #expect(zone.instant(changed + 1, eight) - zone.instant(changed, eight) == .hours(24))
        let back = try day("2024-10-27")
        #expect(zone.instant(back, eight) - zone.instant(back - 1, eight) == .hours(25))
    }

    @Test("The footer's rule gives gaps and folds long after the last transition of the file")
    func farFuture() throws {
        let zone = try MadeFile(
            transitions: [(0, 1)], types: [(0, 0), (3_600, 0)], footer: "\nCET-1CEST,M3.5.0,M10.5.0/3\n"
        ).zone()
        let half = try time("02:30")
        #expect(zone.resolve(try day("2080-03-31"), half) == .gap(after: try instant("2080-03-31T03:00:00+02:00")))
        let fold = Zone.Resolution.fold(
            first: try instant("2080-10-27T02:30:00+02:00"), second: try instant("2080-10-27T02:30:00+01:00"))
        #expect(zone.resolve(try day("2080-10-27"), half) == fold)
        #expect(zone.resolve(try day("2080-10-26"), half) == .unique(try instant("2080-10-26T02:30:00+02:00")))
        for (date, offset) in [("2199-12-31", "+01:00"), ("2200-01-01", "+01:00"), ("2200-07-01", "+02:00")] {
            #expect(zone.resolve(try day(date), .midnight) == .unique(try instant("\(date)T00:00:00\(offset)")))
        }
    }

    @Test("Gaps within folds and folds within gaps are resolved if transitions are close together")
    func closeTransitions() throws {
        // The clocks go forward one hour at 0 seconds, back two hours at 1800 seconds, and forward
        // three hours at 3600 seconds.
        let zone = try MadeFile(
            transitions: [(0, 1), (1_800, 2), (3_600, 3)], types: [(0, 0), (3_600, 1), (-3_600, 0), (7_200, 1)]
        ).zone()
        let origin = try day("1970-01-01")
        // The clocks show 01:00 to 01:30 from 0 to 1800 seconds. They do not show these times
        // again, because at 3600 seconds they go from 00:00 to 03:00.
        #expect(zone.resolve(origin, try time("01:15")) == .unique(Instant(seconds: 900)))
        #expect(zone.resolve(origin, try time("00:15")) == .gap(after: Instant(seconds: 0)))
        #expect(zone.resolve(origin, try time("02:00")) == .gap(after: Instant(seconds: 3_600)))
        #expect(
            zone.resolve(origin - 1, try time("23:45"))
                == .fold(first: Instant(seconds: -900), second: Instant(seconds: 2_700)))
        #expect(zone.resolve(origin, try time("03:00")) == .unique(Instant(seconds: 3_600)))
    }

    @Test("Days and instants at the limits of their types are converted under every rule")
    func extremes() throws {
        for zone in [Zone.utc, try SystemZones.zone("Europe/Berlin"), try MadeFile.rule("<-12>12<+13>-13,J1/-167,J365/167")] {
            for number in [Int(Int32.min), Int(Int32.max)] {
                let day = Day(number: number)
                #expect(zone.startOfDay(day) < zone.endOfDay(day))
                #expect(zone.instant(day, try time("23:59")) <= zone.endOfDay(day))
            }
            #expect(zone.civil(at: .distantPast).day.year == 0)
            #expect(zone.civil(at: .distantFuture).day.year == 9_999)
            for instant in [Instant.distantPast, .distantFuture] {
                #expect(zone.rfc3339(instant).count == "2026-01-01T00:00:00+00:00".count)
                #expect(zone.offset(at: instant) == zone.offset(at: instant + .days(400)))
            }
        }
    }
}

@Suite("Zones: the files and their rules")
struct ZoneTestsOfFiles {
    @Test(
        "A footer rule in any form of POSIX and RFC 9636 applies to all later times",
        arguments: [
            ("CET-1CEST,M3.5.0,M10.5.0/3", "2100-07-01T00:00:00Z", 7_200),
            ("CET-1CEST,M3.5.0,M10.5.0/3", "2100-03-28T00:59:59Z", 3_600),
            ("CET-1CEST,M3.5.0,M10.5.0/3", "2100-03-28T01:00:00Z", 7_200),
            ("CET-1CEST,M3.5.0,M10.5.0/3", "2100-10-31T00:59:59Z", 7_200),
            ("CET-1CEST,M3.5.0,M10.5.0/3", "2100-10-31T01:00:00Z", 3_600),
            // In the southern hemisphere, daylight saving time lasts past the end of the year.
            ("NZST-12NZDT,M9.5.0,M4.1.0/3", "2099-12-31T23:59:59Z", 46_800),
            ("NZST-12NZDT,M9.5.0,M4.1.0/3", "2100-01-01T00:00:00Z", 46_800),
            ("NZST-12NZDT,M9.5.0,M4.1.0/3", "2100-06-01T00:00:00Z", 43_200),
            // These rules have quoted abbreviations, and one has half an hour of daylight saving
            // time.
            ("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2050-01-01T00:00:00Z", 39_600),
            ("<+07>-7", "2150-01-01T00:00:00Z", 25_200),
            ("<-0330>3:30:15", "2150-01-01T00:00:00Z", -12_615),
            // In winter, this zone has daylight saving time with a smaller offset than standard
            // time.
            ("IST-1GMT0,M10.5.0,M3.5.0/1", "2050-01-01T00:00:00Z", 0),
            ("IST-1GMT0,M10.5.0,M3.5.0/1", "2050-07-01T00:00:00Z", 3_600),
            // J60 is 1 March in every year. Day 59, which counts from 0, is 29 February in leap
            // years.
            ("AAA0BBB,J60/0,J90/0", "2028-02-29T12:00:00Z", 0), ("AAA0BBB,J60/0,J90/0", "2028-03-01T12:00:00Z", 3_600),
            ("AAA0BBB,J60/0,J90/0", "2027-03-01T12:00:00Z", 3_600), ("AAA0BBB,J59/0,J90/0", "2028-02-28T12:00:00Z", 3_600),
            ("AAA0BBB,59/0,89/0", "2028-02-29T12:00:00Z", 3_600), ("AAA0BBB,59/0,89/0", "2027-02-28T12:00:00Z", 0),
            // These rules have times outside 0 to 24 hours. The times name the evening before the
            // last Sunday, and the Friday after the fourth Thursday.
            ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2050-03-27T00:59:59Z", -7_200),
            ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2050-03-27T01:00:00Z", -3_600),
            ("IST-2IDT,M3.4.4/26,M10.5.0", "2050-03-25T00:00:00Z", 10_800),
            ("IST-2IDT,M3.4.4/26,M10.5.0", "2050-03-24T23:59:59Z", 7_200),
            // This rule has daylight saving time during the whole year.
            ("EST5EDT,0/0,J365/25", "2050-01-01T05:00:00Z", -14_400), ("EST5EDT,0/0,J365/25", "2051-01-01T04:59:59Z", -14_400),
            ("EST5EDT,0/0,J365/25", "2052-12-31T23:00:00Z", -14_400),
            // In these rules, a change of the clocks falls in the year before or after the year of
            // its rule.
            ("AAA0BBB,J1/-167,J20/0", "2049-12-25T00:59:59Z", 0), ("AAA0BBB,J1/-167,J20/0", "2049-12-25T01:00:00Z", 3_600),
            ("AAA0BBB,J300/0,J365/167", "2050-01-06T21:59:59Z", 3_600), ("AAA0BBB,J300/0,J365/167", "2050-01-06T22:00:00Z", 0),
        ])
    func footerRules(rule: String, at: String, offset: Int) throws {
        #expect(try MadeFile.rule(rule).offset(at: instant(at)) == offset)
    }

    @Test("The footer applies from the last transition on and not before")
    func footerAfterTransitions() throws {
        let zone = try MadeFile(
            transitions: [(1_000_000_000, 1)], types: [(0, 0), (3_600, 0)], footer: "\n<+01>-1<+02>,M3.5.0,M10.5.0\n"
        ).zone()
        #expect(zone.offset(at: Instant(seconds: 999_999_999)) == 0)
        // This instant is on 9 September 2001, when summer time applies by the rule.
        #expect(zone.offset(at: Instant(seconds: 1_000_000_000)) == 7_200)
        #expect(zone.offset(at: Instant(seconds: -4_000_000_000)) == 0)
    }

    @Test("Files of versions 1 to 4 and empty footers are read")
    func versions() throws {
        let types: [(Int32, UInt8)] = [(-600, 0), (3_600, 1)]
        for version in [0, UInt8(ascii: "2"), UInt8(ascii: "3"), UInt8(ascii: "4")] {
            let zone = try MadeFile(version: version, transitions: [(-5, 1), (5, 0)], types: types).zone()
            #expect([-6, -5, 4, 5].map { zone.offset(at: Instant(seconds: $0)) } == [-600, 3_600, 3_600, -600])
            #expect(zone.offset(at: .distantFuture) == -600)
        }
    }

    @Test("Zones with equal name and rules are equal, and RFC 3339 text has offsets in minutes for the same instant")
    func values() throws {
        let file = MadeFile(types: [(25_590, 0)])
        #expect(try file.zone() == file.zone())
        #expect(try file.zone().hashValue == file.zone().hashValue)
        #expect(try file.zone() != Zone(name: "Other", tzif: file.bytes))
        #expect(try file.zone() != MadeFile(types: [(25_591, 0)]).zone())
        #expect(try file.zone().rfc3339(Instant(seconds: 0)) == "1970-01-01T07:06:00+07:06")
        #expect(try MadeFile(types: [(-2_670, 0)]).zone().rfc3339(Instant(seconds: 0)) == "1969-12-31T23:16:00-00:44")
        let civil = try file.zone().civil(at: Instant(milliseconds: -1))
        #expect(civil.day == (try day("1970-01-01")) && civil.secondOfDay == 25_589 && civil.offset == 25_590)
        #expect(Zone.utc.rfc3339(Instant(milliseconds: -1)) == "1969-12-31T23:59:59+00:00")
    }

    @Test("The refusal of a file names the problem")
    func refusals() throws {
        func problem(_ bytes: [UInt8]) -> ZoneError.Problem? {
            do throws(ZoneError) {
                _ = try Zone(name: "X", tzif: bytes)
                return nil
            } catch {
                return error.problem
            }
        }
        #expect(problem([]) == .notTZif)
        #expect(problem(Array("#!/bin/sh\n".utf8)) == .notTZif)
        #expect(problem([UInt8](repeating: 0x54, count: 200_000)) == .tooLarge(200_000))
        #expect(problem(MadeFile(version: 1).bytes) == .version(1))
        #expect(problem(MadeFile(types: []).bytes) == .count("local time types", 0))
        #expect(problem(MadeFile(leaps: 27).bytes) == .leapSeconds)
        #expect(problem(MadeFile(transitions: [(0, 1)]).bytes) == .type(1))
        #expect(problem(MadeFile(types: [(93_600, 0)]).bytes) == .type(0))
        #expect(problem(MadeFile(types: [(.min, 0)]).bytes) == .type(0))
        #expect(problem(MadeFile(types: [(0, 2)]).bytes) == .type(0))
        #expect(problem(MadeFile(transitions: [(5, 0), (5, 0)]).bytes) == .transition(1))
        #expect(problem(MadeFile(transitions: [(.min, 0)]).bytes) == .transition(0))
        #expect(problem(MadeFile(footer: "").bytes) == .truncated("its footer"))
        #expect(problem(MadeFile(footer: "\nUTC0").bytes) == .truncated("its footer"))
        #expect(problem(MadeFile(footer: "\nUTC0\n\n").bytes) == .trailing(1))
        #expect(throws: ZoneError.self) { try Zone(name: "X", tzif: SystemZones.bytes("tzdata.zi")) }
        let error = ZoneError(zone: "Asia/Hanoi", problem: .footer("UTC", expected: "hours at 3"))
        #expect(error.description == "the zone file of Asia/Hanoi has the rule \"UTC\", where hours at 3 was expected")
    }

    @Test(
        "A footer that is not a POSIX TZ string is refused",
        arguments: [
            "UTC", "UT0", "UTC25", "UTC0:60", "UTC0:00:60", "UTC0 ", "<+07-7", "<+0>-7", "UTC0DST", "UTC0DST,M3.5.0",
            "UTC0DST,M3.5.0,",
            "UTC0DST,M13.1.0,M10.1.0", "UTC0DST,M0.1.0,M10.1.0", "UTC0DST,M3.6.0,M10.1.0", "UTC0DST,M3.0.0,M10.1.0",
            "UTC0DST,M3.1.7,M10.1.0", "UTC0DST,J0,J365", "UTC0DST,J366,J365", "UTC0DST,366,J365", "UTC0DST,M3.1.0/168,M10.1.0",
            "UTC0DST,M3.1.0/-168,M10.1.0", "UTC0DST,M3.1.0,M10.1.0,M11.1.0", "UTC0DST,M3.1.0/99999999999,M10.1.0",
            ":Europe/Berlin",
            "UTC-", "UTC+-1", "U\u{0}C0", "ÚTC0",
        ])
    func footerRefusals(rule: String) {
        #expect(throws: ZoneError.self) { try MadeFile.rule(rule) }
    }

    @Test("A real file that is truncated at any length is refused")
    func truncations() throws {
        for name in ["Europe/Berlin", "Asia/Ho_Chi_Minh", "Etc/UTC"] {
            let bytes = try SystemZones.bytes(name)
            for length in 0..<bytes.count {
                #expect(throws: ZoneError.self) { try Zone(name: name, tzif: Array(bytes[..<length])) }
            }
        }
    }

    @Test("Twenty thousand damaged files are refused or can be used, and none traps")
    func mutations() throws {
        var random = RandomSource(seed: 3)
        let real = try ["Asia/Ho_Chi_Minh", "Etc/UTC", "Africa/Cairo"].map(SystemZones.bytes)
        let sources = [MadeFile.sample.bytes, MadeFile.sampleOfVersion1.bytes] + real
        var refused = 0
        for round in 0..<20_000 {
            let damaged = damage(sources[round % 20 == 0 ? 4 : round % 4], &random)
            guard let zone = try? Zone(name: "Damaged", tzif: damaged) else {
                refused += 1
                continue
            }
            for _ in 0..<4 {
                let day = Day(number: Int(Int32(truncatingIfNeeded: random.next() % 200_000)) - 60_000)
                _ = (zone.resolve(day, .midnight), zone.rfc3339(zone.endOfDay(day)))
            }
            _ = zone.startOfDay(Day(number: Int(Int32(truncatingIfNeeded: random.next()))))
            _ = zone.civil(at: Instant(milliseconds: Int64(bitPattern: random.next()) / 2))
        }
        #expect(refused > 5_000 && refused < 20_000, "\(refused) refused: the damage is too mild or too great to tell")
    }

    /// Returns a copy of `source` with one to four random changes.
    ///
    /// Each change flips a bit, or sets, removes or duplicates a byte.
    private func damage(_ source: [UInt8], _ random: inout RandomSource) -> [UInt8] {
        var bytes = source
        for _ in 0...(random.next() % 4) {
            let position = Int(random.next() % UInt64(bytes.count))
            switch random.next() % 5 {
            case 0: bytes[position] ^= 1 << UInt8(random.next() % 8)
            case 1: bytes[position] = UInt8(truncatingIfNeeded: random.next())
            case 2: bytes[position] = [0, 1, 0x7f, 0x80, 0xff][Int(random.next() % 5)]
            case 3: bytes.remove(at: position)
            default: bytes.insert(bytes[position], at: position)
            }
        }
        return bytes
    }
}

extension MadeFile {
    fileprivate static let sample = MadeFile(
        transitions: [(-2_000_000_000, 1), (0, 2), (1_000_000_000, 1)], types: [(25_590, 0), (25_200, 0), (28_800, 1)],
        footer: "\n<+07>-7<+08>,M3.5.0/-1,J300/25:30\n")
    fileprivate static let sampleOfVersion1 = MadeFile(
        version: 0, transitions: sample.transitions, types: sample.types)
}

@Suite("Zones agree with Python's zoneinfo")
struct ZoneTestsByOracle {
    @Test("Every zone of the system has zoneinfo's instants and offsets around every change of 2020 to 2045")
    func agreesWithZoneinfo() async throws {
        let oracle = try await Subprocess.run(
            ["python3", PackageRoot.path("Tests/Oracles/zone_oracle.py")], environment: ["PYTHONTZPATH": SystemZones.folder])
        try #require(oracle.status == 0, "zone_oracle.py needs Python 3.9 or later: \(oracle.errors)")
        var zones: [Zone] = []
        var names = 0
        var cases = 0
        var differing: [String] = []
        for line in Array(oracle.output.utf8).split(separator: UInt8(ascii: "\n")) {
            if line.first == UInt8(ascii: "Z") {
                zones = try String(decoding: line, as: UTF8.self).split(separator: " ").dropFirst()
                    .map { try SystemZones.zone(String($0)) }
                names += zones.count
                continue
            }
            let numbers = integers(line.dropFirst())
            for zone in zones {
                cases += 1
                if !agrees(zone, kind: line.first ?? 0, numbers) {
                    differing.append("\(zone.name) \(String(decoding: line, as: UTF8.self))")
                }
            }
        }
        print("zones: \(names) names, \(cases) cases against zoneinfo")
        #expect(differing.isEmpty, "\(differing.count) differ: \(differing.prefix(10))")
        #expect(names > 300 && cases > 100_000, "\(names) zones with \(cases) cases are too few to prove anything")
    }

    private func agrees(_ zone: Zone, kind: UInt8, _ numbers: [Int]) -> Bool {
        if kind == UInt8(ascii: "O") { return zone.offset(at: Instant(seconds: Int64(numbers[0]))) == numbers[1] }
        guard let time = TimeOfDay(hour: numbers[1] / 60, minute: numbers[1] % 60) else { return false }
        let day = Day(number: numbers[0])
        let first = Instant(seconds: Int64(numbers[2]))
        let expected: Zone.Resolution =
            switch kind {
            case UInt8(ascii: "U"): .unique(first)
            case UInt8(ascii: "G"): .gap(after: first)
            default: .fold(first: first, second: Instant(seconds: Int64(numbers[3])))
            }
        return zone.resolve(day, time) == expected && zone.instant(day, time) == first
    }

    /// Returns the decimal numbers of a line. They are separated by spaces.
    private func integers(_ text: ArraySlice<UInt8>) -> [Int] {
        var found: [Int] = []
        var sign = 1
        var isOpen = false
        for byte in text {
            switch byte {
            case UInt8(ascii: "-"): sign = -1
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                if !isOpen { found.append(0) }
                isOpen = true
                found[found.count - 1] = found[found.count - 1] * 10 + sign * Int(byte - UInt8(ascii: "0"))
            default: (sign, isOpen) = (1, false)
            }
        }
        return found
    }
}

@Suite("Instants: RFC 3339 text")
struct InstantTextTests {
    @Test(
        "RFC 3339 text is read to the millisecond, and a leap second as the second before it (fault 50)",
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("1970-01-01t00:00:00z", 0), ("1970-01-01T07:00:00+07:00", 0),
            ("1969-12-31T23:59:59.999Z", -1), ("1970-01-01T00:00:00.5Z", 500), ("1970-01-01T00:00:00.1239999-00:00", 123),
            ("2027-05-02T07:59:58+07:00", 1_809_219_598_000), ("2016-12-31T23:59:60Z", 1_483_228_799_000),
            ("2016-12-31T23:59:59Z", 1_483_228_799_000), ("2024-02-29T12:00:00-23:59", 1_709_294_340_000),
        ] as [(String, Int64)])
    func accepted(text: String, milliseconds: Int64) {
        #expect(Instant(rfc3339: text)?.milliseconds == milliseconds)
    }

    @Test(
        "Any other text is refused",
        arguments: [
            "", "2027-05-02", "2027-05-02T07:59:58", "2027-05-02 07:59:58Z", "2027-05-02T07:59Z", "2027-13-01T00:00:00Z",
            "2026-02-29T00:00:00Z", "2027-05-02T24:00:00Z", "2027-05-02T23:60:00Z", "2027-05-02T23:59:61Z",
            "2027-05-02T07:59:58.Z",
            "2027-05-02T07:59:58+0700", "2027-05-02T07:59:58+07", "2027-05-02T07:59:58+24:00", "2027-05-02T07:59:58+07:60",
            "2027-05-02T07:59:58Z ", " 2027-05-02T07:59:58Z", "2027-05-02T07:59:58.5", "+027-05-02T07:59:58Z",
            "2027-05-02T-7:59:58Z",
            "2027-05-02T07:59:58.12345678901234567890123456789012345678901234567890Z", "２027-05-02T07:59:58Z",
        ])
    func refused(text: String) {
        #expect(Instant(rfc3339: text) == nil)
    }

    @Test("The text that a zone writes reads back as the same second")
    func roundTrip() throws {
        var random = RandomSource(seed: 50)
        for zone in [Zone.utc, try SystemZones.zone("Europe/Berlin"), try SystemZones.zone("Asia/Ho_Chi_Minh")] {
            for _ in 0..<500 {
                let instant = Instant(seconds: Int64(random.next() % 10_000_000_000) - 3_000_000_000)
                try #require(Instant(rfc3339: zone.rfc3339(instant)) == instant)
            }
        }
    }
}

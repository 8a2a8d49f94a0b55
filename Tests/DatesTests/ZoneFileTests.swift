import Randomness
import Testing

@testable import Dates
@testable import Diagnostics
@testable import Plans
@testable import Scheduler

private func day(_ text: String) throws -> Day { try #require(Day(text)) }
private func instant(_ text: String) throws -> Instant { try #require(Instant(rfc3339: text)) }

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

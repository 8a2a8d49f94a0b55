import Foundation
import Randomness
import Support
import Testing

@testable import Dates
@testable import Diagnostics
@testable import Plans
@testable import Scheduler

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

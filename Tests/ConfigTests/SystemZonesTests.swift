import Dates
import Foundation
import Scheduler
import Support
import Testing

@testable import Config

/// Checks time zones with names or rules that the system no longer has.
@Suite("Time zones with old names")
struct SystemZonesTests {
    @Test("Every old name has the offsets of its successor in the system's data", arguments: LegacyZones.names.sorted())
    func successors(name: String) throws {
        let zones = SystemZones()
        let successor = try #require(LegacyZones.successor(of: name))
        #expect(zones.names.contains(successor), "\(name) → \(successor)")
        #expect(LegacyZones.successor(of: successor) == nil)
        // If the system's data do not contain the old name, there is nothing to compare.
        guard zones.names.contains(name), case .success(let old) = SystemZones(folder: SystemZones.systemFolder).zone(name) else {
            return
        }
        let new = try zones.zone(successor).get()
        for month in 0..<240 {
            let day = Day.first(ofMonth: month % 12 + 1, year: 2020 + month / 12)
            let noon = old.startOfDay(day) + .hours(12)
            #expect(old.offset(at: noon) == new.offset(at: noon), "\(name) and \(successor) on \(day)")
        }
    }

    @Test("If the system has only the successor, the old name gets its rules and a warning")
    func successorStandsIn() throws {
        let folder = try TemporaryFolder.systemZones(without: ["Asia/Saigon"])
        let zones = SystemZones(folder: folder.path)
        let zone = try zones.zone("Asia/Saigon").get()
        #expect(zone.name == "Asia/Saigon" && zone.offset(at: Instant(seconds: 1_800_000_000)) == 7 * 3_600)
        let warning = try #require(zones.warning(of: "Asia/Saigon"))
        #expect(warning.message.contains("which this system does not have: its successor is used"))
        #expect(warning.hints == ["Asia/Ho_Chi_Minh"])
    }

    @Test(
        "The hint for a misspelt old name is the current name and never another place",
        arguments: ["Asia/Saigonn", "asia/saigon", "Asia/Sagon"])
    func hints(name: String) throws {
        for gone in [[], ["Asia/Saigon"]] {
            let folder = try TemporaryFolder.systemZones(without: gone)
            let zones = SystemZones(folder: folder.path)
            guard case .failure(.unknown(let nearest)) = zones.zone(name) else {
                Issue.record("\(name) is taken for a zone")
                continue
            }
            #expect(nearest == "Asia/Ho_Chi_Minh", "\(String(describing: nearest))")
        }
    }

    @Test(
        "A zone without a successor that the system loses keeps its rules from the accepted copy (fault 131)")
    func copyStandsIn() throws {
        let folder = try TemporaryFolder()
        let ledger = folder.path("ledger.sqlite")
        let rules = try SystemZones().zone("Europe/Berlin").get()
        let zones = SystemZones()
        _ = zones.zone("Europe/Berlin")
        #expect(AcceptedCopy.write(zones.taken, campaigns: [], ofLedger: ledger))
        let copy = UserFiles(copy: try #require(AcceptedCopy(ofLedger: ledger)))
        let poor = try TemporaryFolder.systemZones(without: ["Europe/Berlin"])
        #expect(try SystemZones(folder: poor.path, copy: copy).zone("Europe/Berlin").get() == rules)
        let empty = try TemporaryFolder()
        #expect(try SystemZones(folder: empty.path, copy: copy).zone("Europe/Berlin").get() == rules)
        for name in ["Mars/Base", "../../etc/passwd"] {
            guard case .failure = SystemZones(folder: empty.path, copy: copy).zone(name) else {
                Issue.record("\(name) is taken for a zone")
                continue
            }
        }
    }

    @Test("Without the system's zones the missing default zone is an error")
    func noZonesAtAll() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("remindd.yaml", "plans: []\nchannels: {}\nrecipients: []\n")
        let loader = Loader(zones: SystemZones(folder: folder.path))
        _ = loader.load(configuration: path)
        #expect(
            loader.problems.all.map(\.message) == [
                "the default timezone Asia/Ho_Chi_Minh cannot be read: \(folder.path)/tzdata.zi is missing; install tzdata"
            ])
    }

    @Test(
        "The warning about Etc/GMT±N gives the offset from UTC",
        arguments: [
            ("Etc/GMT+7", "UTC-07:00"), ("Etc/GMT-7", "UTC+07:00"), ("Etc/GMT-14", "UTC+14:00"), ("Etc/GMT+1", "UTC-01:00"),
        ])
    func signs(name: String, offset: String) throws {
        let zones = SystemZones()
        #expect(zones.warning(of: name)?.message.contains("\(name)\" is \(offset)") == true)
        let hours = try zones.zone(name).get().offset(at: Instant(seconds: 0)) / 3_600
        let clock = "\(abs(hours) < 10 ? "0" : "")\(abs(hours))"
        #expect(offset == "UTC\(hours < 0 ? "-" : "+")\(clock):00")
        for plain in ["Etc/GMT", "Etc/GMT0", "Etc/GMT+0", "Etc/UTC", "Asia/Ho_Chi_Minh", "UTC"] {
            #expect(zones.warning(of: plain) == nil)
        }
    }
}

import Dates
import Foundation
import Testing

/// The zone files of the machine on which the tests run.
enum SystemZones {
    static let folder = "/usr/share/zoneinfo"

    static func bytes(_ name: String) throws -> [UInt8] {
        let data = FileManager.default.contents(atPath: "\(folder)/\(name)")
        return [UInt8](try #require(data, "these tests need the system's zone files: install tzdata (\(folder)/\(name))"))
    }

    static func zone(_ name: String) throws -> Zone {
        try Zone(name: name, tzif: bytes(name))
    }
}

import Dates
import Diagnostics
import Documents
import Foundation
import Scheduler

/// Time zones from the system's TZif data; names only from the system's own list, and old names that the list had once.
///
/// The rules of every zone that was read are kept for the accepted copy. Where the copy runs, its rules stand in for zones that the
/// system has no more.
package final class SystemZones {
    package static let systemFolder = "/usr/share/zoneinfo"
    package static let fileLimit = 1 << 20
    private let folder: String
    /// What the accepted copy holds; nil where the disk alone counts.
    private let copy: UserFiles?
    private var loaded: [String: Zone] = [:]
    /// The rules that were read, as they stood in the system's files, by the path of the zone's name in the system's folder.
    package private(set) var taken: [String: [UInt8]] = [:]
    /// Every zone and link name of `tzdata.zi`, sorted.
    package let names: [String]
    private let known: Set<String>

    /// - Parameters:
    ///   - folder: where the zones are; another than the system's only in tests.
    ///   - copy: where zones are looked for that the system does not have.
    package init(folder: String = systemFolder, copy: UserFiles? = nil) {
        self.folder = folder
        self.copy = copy
        let found = SystemZones.listed(in: folder)
        known = Set(found)
        names = found.sorted()
    }

    private static func listed(in folder: String) -> [String] {
        guard case .success(let bytes) = TextFile.read("\(folder)/tzdata.zi", limit: 4 << 20) else { return [] }
        var names: [String] = []
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            // zic(8): `Z NAME …` defines a zone, `L TARGET NAME` a link.
            let kind = line.first
            guard kind == UInt8(ascii: "Z") || kind == UInt8(ascii: "L") else { continue }
            let words = line.split(separator: UInt8(ascii: " "))
            guard words[0].count == 1, let name = words.dropFirst(kind == UInt8(ascii: "Z") ? 1 : 2).first else { continue }
            names.append(String(decoding: name, as: UTF8.self))
        }
        return names
    }

    package enum Failure: Error {
        /// Not in the system's list.
        case unknown(nearest: String?)
        case unreadable(String)
    }

    /// What people write for Vietnam's zone, without spaces and in small letters.
    private static let vietnam: Set = [
        "gmt+7", "gmt+07", "gmt+07:00", "utc+7", "utc+07", "utc+07:00", "+7", "+07", "+07:00", "ict", "vn", "vietnam", "việtnam",
        "hanoi", "asia/hanoi", "asia/vietnam", "asia/hochiminh", "asia/ho_chi_minh_city",
    ]

    /// A name that differs in a number, or among those of three letters, would be another time.
    private func nearest(to name: String) -> String? {
        let plain = name.lowercased().filter { $0 != " " }
        if SystemZones.vietnam.contains(plain), names.contains("Asia/Ho_Chi_Minh") { return "Asia/Ho_Chi_Minh" }
        func figures(_ text: String) -> String { text.filter { $0.isNumber || $0 == "+" || $0 == "-" } }
        let candidates = names + LegacyZones.names.filter { !known.contains($0) }
        guard plain.count > 4, let nearest = Spelling.nearest(to: name, among: candidates), figures(nearest) == figures(name)
        else { return nil }
        return LegacyZones.successor(of: nearest).flatMap { known.contains($0) ? $0 : nil } ?? nearest
    }

    /// The zone of this name, with the rules of its successor where the system has only that, or with those of the accepted copy
    /// where it has neither.
    package func zone(_ name: String) -> Result<Zone, Failure> {
        if let zone = loaded[name] { return .success(zone) }
        let result = read(name)
        if case .success(let zone) = result { loaded[name] = zone }
        return result
    }

    private func read(_ name: String) -> Result<Zone, Failure> {
        let successor = LegacyZones.successor(of: name)
        var failure: Failure?
        for candidate in [name, successor].compactMap({ $0 }) where known.contains(candidate) {
            switch TextFile.read("\(folder)/\(candidate)", limit: SystemZones.fileLimit) {
            case .failure(let why): failure = failure ?? .unreadable("\(candidate): \(why)")
            case .success(let bytes):
                do {
                    let zone = try Zone(name: name, tzif: bytes)
                    taken[path(name)] = bytes
                    return .success(zone)
                } catch {
                    failure = failure ?? .unreadable("\(candidate): \(error)")
                }
            }
        }
        if let copy, case .success(let bytes) = copy.read(path(name), limit: SystemZones.fileLimit),
            let zone = try? Zone(name: name, tzif: bytes)
        {
            return .success(zone)
        }
        if let failure { return .failure(failure) }
        return names.isEmpty
            ? .failure(.unreadable("\(folder)/tzdata.zi is missing; install tzdata"))
            : .failure(.unknown(nearest: nearest(to: name)))
    }

    /// Where the rules of a zone stand in the accepted copy; names come from plans, and never lead anywhere else.
    private func path(_ name: String) -> String { "\(SystemZones.systemFolder)/\(name)" }

    /// What `check` should say of a name that works: that it is an old one, or that its sign is not what it seems.
    package func warning(of name: String) -> (message: String, hints: [String])? {
        if let successor = LegacyZones.successor(of: name) {
            let state =
                known.contains(name)
                ? "which newer systems do not have" : "which this system does not have: its successor is used"
            return ("timezone \"\(name)\" is an old name, \(state)", [successor])
        }
        return FixedZoneName(name).map { ($0.warning, $0.isVietnams ? ["Asia/Ho_Chi_Minh"] : []) }
    }
}

/// `Etc/GMT+7`: by a habit of POSIX it is seven hours behind Greenwich, where everybody reads "ahead".
package struct FixedZoneName {
    private let name: String
    /// East of Greenwich.
    private let hours: Int

    /// nil for any other name, and for an offset of nothing.
    package init?(_ name: String) {
        guard name.hasPrefix("Etc/GMT"), let written = Int(name.dropFirst("Etc/GMT".count)), written != 0 else { return nil }
        self.name = name
        hours = -written
    }

    /// Whether the writer may have meant, or does mean, the offset of Vietnam.
    package var isVietnams: Bool { abs(hours) == 7 }

    package var warning: String {
        let clock = String(abs(hours)).count < 2 ? "0\(abs(hours))" : "\(abs(hours))"
        return "timezone \"\(name)\" is UTC\(hours < 0 ? "-" : "+")\(clock):00: in these names the sign is the reverse of "
            + "what it says; name a place"
    }
}

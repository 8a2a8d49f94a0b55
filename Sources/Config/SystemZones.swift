import Dates
import Diagnostics
import Documents
import Foundation
import Scheduler

/// Time zones from the system's TZif data.
///
/// A name is valid if it is in the system's list or in `LegacyZones`, the list of old names.
///
/// The rules of each zone that is read go into the accepted copy (`AcceptedCopy`). They are used
/// when the daemon runs on that copy and the system no longer has the zone.
package final class SystemZones {
    package static let systemFolder = "/usr/share/zoneinfo"
    package static let fileLimit = 1 << 20
    private let folder: String
    /// The accepted copy, for zones that cannot be read from the system; nil if there is none.
    private let copy: UserFiles?
    private var loaded: [String: Zone] = [:]
    /// The TZif data read from the system so far, keyed by the zone's path in `systemFolder`.
    ///
    /// If the successor of an old name was read, the key is the path of the old name.
    package private(set) var taken: [String: [UInt8]] = [:]
    /// Every zone and link name of `tzdata.zi`, sorted.
    package let names: [String]
    private let known: Set<String>

    /// - Parameters:
    ///   - folder: the folder of the zones. Only tests use a folder other than the system's.
    ///   - copy: the source of zones that the system does not have; nil if there is none.
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
            // According to zic(8), a line `Z NAME …` defines a zone, and `L TARGET NAME` defines a
            // link.
            let kind = line.first
            guard kind == UInt8(ascii: "Z") || kind == UInt8(ascii: "L") else { continue }
            let words = line.split(separator: UInt8(ascii: " "))
            guard words[0].count == 1, let name = words.dropFirst(kind == UInt8(ascii: "Z") ? 1 : 2).first else { continue }
            names.append(String(decoding: name, as: UTF8.self))
        }
        return names
    }

    package enum Failure: Error {
        /// The name is not in the system's list. `nearest` is the name that was probably meant.
        case unknown(nearest: String?)
        case unreadable(LocalizedText)
    }

    /// Common spellings of Vietnam's zone, in lower case and without spaces.
    private static let vietnam: Set = [
        "gmt+7", "gmt+07", "gmt+07:00", "utc+7", "utc+07", "utc+07:00", "+7", "+07", "+07:00", "ict", "vn", "vietnam", "việtnam",
        "hanoi", "asia/hanoi", "asia/vietnam", "asia/hochiminh", "asia/ho_chi_minh_city",
    ]

    /// Returns the name that was probably meant; nil if no known name is similar.
    ///
    /// The digits and signs of the result are those of `name`, because others would mean another
    /// time. Names of up to four characters are too short for a guess, except spellings of
    /// Vietnam's zone.
    private func nearest(to name: String) -> String? {
        let plain = name.lowercased().filter { $0 != " " }
        if SystemZones.vietnam.contains(plain), names.contains("Asia/Ho_Chi_Minh") { return "Asia/Ho_Chi_Minh" }
        func figures(_ text: String) -> String { text.filter { $0.isNumber || $0 == "+" || $0 == "-" } }
        let candidates = names + LegacyZones.names.filter { !known.contains($0) }
        guard plain.count > 4, let nearest = Spelling.nearest(to: name, among: candidates), figures(nearest) == figures(name)
        else { return nil }
        return LegacyZones.successor(of: nearest).flatMap { known.contains($0) ? $0 : nil } ?? nearest
    }

    /// Returns the zone of this name.
    ///
    /// If the system lacks an old name, the rules of its successor are used. If it lacks both, the
    /// rules in the accepted copy are used.
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

    /// Returns the path of a zone's rules in the accepted copy.
    ///
    /// The name may come from a plan. The path only selects an entry of the copy and opens no file.
    private func path(_ name: String) -> String { "\(SystemZones.systemFolder)/\(name)" }

    /// Returns the warning of `check` about a valid name that is old or has a misleading sign.
    ///
    /// Returns nil for any other name.
    package func warning(of name: String) -> (message: LocalizedText, hints: [String])? {
        if let successor = LegacyZones.successor(of: name) {
            let state: LocalizedText =
                known.contains(name)
                ? "which newer systems do not have" : "which this system does not have: its successor is used"
            return ("timezone \"\(name)\" is an old name, \(state)", [successor])
        }
        return FixedZoneName(name).map { ($0.warning, $0.isVietnams ? ["Asia/Ho_Chi_Minh"] : []) }
    }
}

/// A zone such as `Etc/GMT+7`, whose sign is the reverse of what people expect.
///
/// By the convention of POSIX, the zone `Etc/GMT+7` is seven hours behind Greenwich, not ahead of
/// it.
package struct FixedZoneName {
    private let name: String
    /// The zone's offset in hours, positive east of Greenwich.
    private let hours: Int

    /// Parses a name such as `Etc/GMT+7`.
    ///
    /// Returns nil if the name is not `Etc/GMT` followed by a number, or if the number is zero.
    package init?(_ name: String) {
        guard name.hasPrefix("Etc/GMT"), let written = Int(name.dropFirst("Etc/GMT".count)), written != 0 else { return nil }
        self.name = name
        hours = -written
    }

    /// Whether the offset is seven hours in either direction.
    ///
    /// If true, Vietnam's zone may be meant.
    package var isVietnams: Bool { abs(hours) == 7 }

    package var warning: LocalizedText {
        let clock = String(abs(hours)).count < 2 ? "0\(abs(hours))" : "\(abs(hours))"
        return "timezone \"\(name)\" is UTC\(hours < 0 ? "-" : "+")\(clock):00: in these names the sign is the reverse of "
            + "what it says; name a place"
    }
}

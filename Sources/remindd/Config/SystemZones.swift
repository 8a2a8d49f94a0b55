import Foundation
import Scheduler

/// Time zones from the system's TZif data; names only from the system's own list.
final class SystemZones {
    static let folder = "/usr/share/zoneinfo"
    private var loaded: [String: Zone] = [:]
    /// Every zone and link name of `tzdata.zi`, sorted.
    let names: [String]

    init() {
        guard case .success(let bytes) = TextFile.read("\(SystemZones.folder)/tzdata.zi", limit: 4 << 20) else {
            names = []
            return
        }
        var names: [String] = []
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            // zic(8): `Z NAME …` defines a zone, `L TARGET NAME` a link.
            let kind = line.first
            guard kind == UInt8(ascii: "Z") || kind == UInt8(ascii: "L") else { continue }
            let words = line.split(separator: UInt8(ascii: " "))
            guard words[0].count == 1, let name = words.dropFirst(kind == UInt8(ascii: "Z") ? 1 : 2).first else { continue }
            names.append(String(decoding: name, as: UTF8.self))
        }
        self.names = names.sorted()
    }

    enum Failure: Error {
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
        guard plain.count > 4, let nearest = Spelling.nearest(to: name, among: names), figures(nearest) == figures(name) else {
            return nil
        }
        return nearest
    }

    func zone(_ name: String) -> Result<Zone, Failure> {
        if let zone = loaded[name] { return .success(zone) }
        guard names.contains(name) else {
            return names.isEmpty
                ? .failure(.unreadable("\(SystemZones.folder)/tzdata.zi is missing; install tzdata"))
                : .failure(.unknown(nearest: nearest(to: name)))
        }
        switch TextFile.read("\(SystemZones.folder)/\(name)", limit: 1 << 20) {
        case .failure(let failure): return .failure(.unreadable("\(name): \(failure)"))
        case .success(let bytes):
            do {
                let zone = try Zone(name: name, tzif: bytes)
                loaded[name] = zone
                return .success(zone)
            } catch {
                return .failure(.unreadable("\(name): \(error)"))
            }
        }
    }
}

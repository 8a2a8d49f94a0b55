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
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let words = line.split(separator: " ")
            // zic(8): `Z NAME …` defines a zone, `L TARGET NAME` a link.
            if words.first == "Z", words.count > 1 { names.append(String(words[1])) }
            if words.first == "L", words.count > 2 { names.append(String(words[2])) }
        }
        self.names = names.sorted()
    }

    enum Failure: Error {
        /// Not in the system's list.
        case unknown(nearest: String?)
        case unreadable(String)
    }

    func zone(_ name: String) -> Result<Zone, Failure> {
        if let zone = loaded[name] { return .success(zone) }
        guard names.contains(name) else {
            return names.isEmpty
                ? .failure(.unreadable("\(SystemZones.folder)/tzdata.zi is missing; install tzdata"))
                : .failure(.unknown(nearest: Spelling.nearest(to: name, among: names)))
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

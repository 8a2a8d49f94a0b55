import Foundation

extension TemporaryFolder {
    /// Makes a folder of time zone files without the zones `gone`.
    ///
    /// It contains the system's list of zones without `gone`, and copies of the zones that the
    /// tests use.
    public static func systemZones(without gone: [String]) throws -> TemporaryFolder {
        let system = "/usr/share/zoneinfo"
        let folder = try TemporaryFolder()
        let list = try String(contentsOfFile: "\(system)/tzdata.zi", encoding: .utf8)
        let kept = list.split(separator: "\n").filter { line in
            let words = line.split(separator: " ")
            return !(["Z", "L"].contains(words.first) && gone.contains { words.last.map(String.init) == $0 || words[1] == $0 })
        }
        try folder.write("tzdata.zi", kept.joined(separator: "\n") + "\n")
        for name in ["Asia/Ho_Chi_Minh", "Asia/Saigon", "Asia/Yangon", "Europe/Berlin", "Asia/Bangkok"] where !gone.contains(name)
        {
            let file = try Data(contentsOf: URL(fileURLWithPath: "\(system)/\(name)"))
            try folder.write(name, bytes: Array(file))
        }
        return folder
    }
}

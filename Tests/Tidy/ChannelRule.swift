/// Finds types of one kind of channel that are used outside the folder of that kind.
///
/// Only `Channels.swift` may use them. A file that does not name these types cannot depend on the
/// kind of a channel.
enum ChannelRule {
    private static let folders = "Sources/Notifiers/"
    private static let shared: Set<Substring> = ["Transport", "Messages", "Settings"]
    private static let registry = "Sources/Notifiers/Channels.swift"
    /// The protocols whose conforming types belong to one kind of channel.
    private static let protocols: Set<String> = ["ChannelSettings", "Channel", "Announcing"]

    static func strangers(_ files: [SourceFile]) -> [Finding] {
        var owners: [String: String] = [:]
        for file in files {
            guard let folder = folder(of: file.path) else { continue }
            for type in channelTypes(file) { owners[type] = folder }
        }
        return files.filter { $0.path != registry }.flatMap { file in
            file.code.enumerated().flatMap { index, line in
                Set(words(line)).sorted().compactMap { word in
                    guard let owner = owners[word], folder(of: file.path) != owner else { return nil }
                    return Finding(
                        path: file.path, line: index + 1,
                        message: "\(word) belongs to \(owner); ask ChannelSettings or ChannelPolicy, not the kind of channel")
                }
            }
        }
    }

    /// Returns the types of a file that are a channel or the settings of a channel.
    static func channelTypes(_ file: SourceFile) -> [String] {
        file.code.compactMap { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, !parts[0].contains("{") else { return nil }
            let conformances = words(String(parts[1].prefix { $0 != "{" }))
            guard !protocols.isDisjoint(with: conformances) else { return nil }
            let before = words(String(parts[0]))
            guard let keyword = before.firstIndex(where: { ["struct", "class", "extension"].contains($0) }) else { return nil }
            return before.dropFirst(keyword + 1).first
        }
    }

    /// Returns the folder of the kind of channel that contains `path`; nil if there is none.
    private static func folder(of path: String) -> String? {
        guard path.hasPrefix(folders) else { return nil }
        let parts = path.dropFirst(folders.count).split(separator: "/")
        guard parts.count > 1, !shared.contains(parts[0]) else { return nil }
        return folders + parts[0]
    }

    private static func words(_ line: String) -> [String] {
        line.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init)
    }
}

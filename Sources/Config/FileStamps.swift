import Foundation

/// How files looked when they were taken, to notice that they have changed since.
package struct FileStamps {
    private let stamps: [String: FileState?]
    private let folders: [String: Set<String>]

    /// - Parameters:
    ///   - paths: the files that were taken.
    ///   - folders: what stood in the folders that were looked into.
    package init(_ paths: some Sequence<String>, folders: [String: [String]] = [:]) {
        stamps = Dictionary(paths.map { ($0, FileState($0)) }, uniquingKeysWith: { first, _ in first })
        self.folders = folders.mapValues { Set($0) }
    }

    /// Those that are gone, different or new now, sorted.
    package var changed: [String] {
        let new = folders.flatMap { folder, names in
            ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
                .filter { !names.contains($0) && FileStamps.isOurs($0) }.map { "\(folder)/\($0)" }
        }
        return (stamps.filter { path, taken in !FileState.areAlike(FileState(path), taken) }.keys + new).sorted()
    }

    /// Editors put their own files beside ours for a while.
    private static func isOurs(_ name: String) -> Bool {
        !name.hasPrefix(".") && [".yaml", ".yml", ".mustache"].contains(where: name.lowercased().hasSuffix)
    }
}

import Foundation

/// The states that files had when they were read, to detect later changes.
package struct FileStamps {
    private let stamps: [String: FileState?]
    private let folders: [String: Set<String>]

    /// - Parameters:
    ///   - paths: the files that were read.
    ///   - folders: the names in each folder that was listed, keyed by the path of the folder.
    package init(_ paths: some Sequence<String>, folders: [String: [String]] = [:]) {
        stamps = Dictionary(paths.map { ($0, FileState($0)) }, uniquingKeysWith: { first, _ in first })
        self.folders = folders.mapValues { Set($0) }
    }

    /// The files that were deleted, changed or added since they were read, sorted.
    package var changed: [String] {
        let new = folders.flatMap { folder, names in
            ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
                .filter { !names.contains($0) && FileStamps.isOurs($0) }.map { "\(folder)/\($0)" }
        }
        return (stamps.filter { path, taken in !FileState.areAlike(FileState(path), taken) }.keys + new).sorted()
    }

    /// Returns whether a new file is probably one of the user's files, judged by its name.
    ///
    /// Editors may put temporary files into the same folders.
    private static func isOurs(_ name: String) -> Bool {
        !name.hasPrefix(".") && [".yaml", ".yml", ".mustache"].contains(where: name.lowercased().hasSuffix)
    }
}

import Foundation

/// How files looked when they were taken, to notice that they have changed since.
struct FileStamps {
    private struct Stamp: Equatable {
        let size: Int
        let inode: UInt64
        let modified_ns: Int
    }

    private let stamps: [String: Stamp?]
    private let folders: [String: Set<String>]

    /// - Parameters:
    ///   - paths: the files that were taken.
    ///   - folders: what stood in the folders that were looked into.
    init(_ paths: some Sequence<String>, folders: [String: [String]] = [:]) {
        stamps = Dictionary(paths.map { ($0, FileStamps.stamp($0)) }, uniquingKeysWith: { first, _ in first })
        self.folders = folders.mapValues { Set($0) }
    }

    /// Those that are gone, different or new now, sorted.
    var changed: [String] {
        let new = folders.flatMap { folder, names in
            ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
                .filter { !names.contains($0) && FileStamps.isOurs($0) }.map { "\(folder)/\($0)" }
        }
        return (stamps.filter { FileStamps.stamp($0.key) != $0.value }.keys + new).sorted()
    }

    /// Editors put their own files beside ours for a while.
    private static func isOurs(_ name: String) -> Bool {
        !name.hasPrefix(".") && [".yaml", ".yml", ".mustache"].contains(where: name.hasSuffix)
    }

    private static func stamp(_ path: String) -> Stamp? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Stamp(
            size: Int(status.st_size), inode: UInt64(status.st_ino),
            modified_ns: status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec)
    }
}

import Foundation

/// How files looked when they were taken, to notice that they have changed since.
struct FileStamps {
    private struct Stamp: Equatable {
        let size: Int
        let inode: UInt64
        let modified_ns: Int
    }

    private let stamps: [String: Stamp?]

    init(_ paths: some Sequence<String>) {
        stamps = Dictionary(paths.map { ($0, FileStamps.stamp($0)) }, uniquingKeysWith: { first, _ in first })
    }

    /// Those that are gone or different now, sorted.
    var changed: [String] { stamps.filter { FileStamps.stamp($0.key) != $0.value }.keys.sorted() }

    private static func stamp(_ path: String) -> Stamp? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Stamp(
            size: Int(status.st_size), inode: UInt64(status.st_ino),
            modified_ns: status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec)
    }
}

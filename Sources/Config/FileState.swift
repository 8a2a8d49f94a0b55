import Foundation

/// How a file looks from outside: another state means that it was written or replaced.
package struct FileState: Equatable {
    private let size: Int
    private let inode: UInt64
    private let modified_ns: Int
    /// Unlike `modified_ns` nobody can set it.
    private let changed_ns: Int

    /// nil: there is no such file.
    package init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        size = Int(status.st_size)
        inode = UInt64(status.st_ino)
        modified_ns = FileState.nanoseconds(status.st_mtim)
        changed_ns = FileState.nanoseconds(status.st_ctim)
    }

    /// Whether both are of files of the same size, age and inode; who may read a file does not matter.
    package static func areAlike(_ a: FileState?, _ b: FileState?) -> Bool {
        a?.size == b?.size && a?.inode == b?.inode && a?.modified_ns == b?.modified_ns
    }

    private static func nanoseconds(_ time: timespec) -> Int { time.tv_sec * 1_000_000_000 + time.tv_nsec }

    /// Changed within the last ten seconds, or, by a clock that was set back since, in the future.
    package var isRecent: Bool {
        var now = timespec()
        // The clock that file systems take their times from.
        clock_gettime(CLOCK_REALTIME_COARSE, &now)
        return FileState.nanoseconds(now) - max(modified_ns, changed_ns) < 10_000_000_000
    }
}

import Foundation

/// The size, inode and times of a file. If two states of a file differ, the file was written or
/// replaced in between.
package struct FileState: Equatable {
    private let size: Int
    private let inode: UInt64
    private let modified_ns: Int
    /// The time of the last change of the inode.
    ///
    /// Unlike `modified_ns`, programs cannot set this time.
    private let changed_ns: Int

    /// Reads the state of the file at this path. Returns nil if the state cannot be read.
    package init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        size = Int(status.st_size)
        inode = UInt64(status.st_ino)
        modified_ns = FileState.nanoseconds(status.st_mtim)
        changed_ns = FileState.nanoseconds(status.st_ctim)
    }

    /// Returns whether two states have the same size, modification time and inode.
    ///
    /// States that differ only by a change of permissions are therefore alike.
    package static func areAlike(_ a: FileState?, _ b: FileState?) -> Bool {
        a?.size == b?.size && a?.inode == b?.inode && a?.modified_ns == b?.modified_ns
    }

    private static func nanoseconds(_ time: timespec) -> Int { time.tv_sec * 1_000_000_000 + time.tv_nsec }

    /// Whether the file changed within the last ten seconds.
    ///
    /// The value is also true if the time of the change is in the future, because the clock was set
    /// back after the change.
    package var isRecent: Bool {
        var now = timespec()
        // File systems take their timestamps from this clock.
        clock_gettime(CLOCK_REALTIME_COARSE, &now)
        return FileState.nanoseconds(now) - max(modified_ns, changed_ns) < 10_000_000_000
    }
}

import Foundation
import ProgramHarness
import Support

/// A file system of a test's own, small enough to be filled, and ours to break. Only root can mount one.
final class SmallDisk {
    static let mayMount = getuid() == 0

    private let folder: TemporaryFolder
    private var mounts: [String] = []

    /// Where its files are.
    let path: String
    /// What holds its blocks, where it is no file system in memory.
    private let backing: String?

    private init(_ folder: TemporaryFolder, path: String, backing: String?) {
        self.folder = folder
        self.path = path
        self.backing = backing
    }

    deinit {
        for mount in mounts.reversed() {
            // Whoever was killed a moment ago may still have a file open; the loop device goes with the mount.
            guard let unmount = try? Subprocess(["umount", "-l", mount]) else { continue }
            var status: Int32 = 0
            waitpid(unmount.pid, &status, 0)
        }
    }

    /// In memory: full means full at once.
    static func memory(megabytes: Int) async throws -> SmallDisk {
        let folder = try TemporaryFolder()
        let disk = SmallDisk(folder, path: folder.path("disk"), backing: nil)
        try await disk.mount(["-t", "tmpfs", "-o", "size=\(megabytes)m,mode=0700", "tmpfs"], at: disk.path)
        return disk
    }

    /// ext4 on a block device that takes 64 MB by its own word, but breaks off after `solid` megabytes once `breakBlocks` was called.
    static func ext4(solid megabytes: Int = 40) async throws -> SmallDisk {
        let folder = try TemporaryFolder()
        let disk = SmallDisk(folder, path: folder.path("disk"), backing: folder.path("blocks"))
        let image = folder.path("blocks/image")
        try await disk.mount(["-t", "tmpfs", "-o", "size=\(megabytes)m,mode=0700", "tmpfs"], at: folder.path("blocks"))
        try await run(["truncate", "-s", "64M", image])
        try await run(["mkfs.ext4", "-q", "-E", "lazy_itable_init=0", image])
        try await disk.mount(["-o", "loop,errors=remount-ro", image], at: disk.path)
        return disk
    }

    private static func run(_ command: [String]) async throws {
        let ended = try await Subprocess.run(command)
        guard ended.status == 0 else { throw Subprocess.NotStarted(description: "\(command): \(ended.errors)") }
    }

    private func mount(_ options: [String], at path: String) async throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try await Self.run(["mount"] + options + [path])
        mounts.append(path)
    }

    // MARK: space

    /// Takes all the space there is.
    func fill() { Self.fill(path) }
    func free() { unlink(path + "/filler") }

    /// The block device fails at every block that it has not stored yet.
    func breakBlocks() { backing.map(Self.fill) }
    func mendBlocks() { backing.map { _ = unlink($0 + "/filler") } }

    private static func fill(_ folder: String) {
        let descriptor = open(folder + "/filler", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(descriptor) }
        for size in [1 << 16, 1 << 12, 1 << 9, 1] {
            let block = [UInt8](repeating: 1, count: size)
            while write(descriptor, block, size) > 0 {}
        }
    }

    // MARK: worse

    /// As a power cut: what was not made durable is gone, and everything fails until `restart`.
    func cutPower() async throws {
        // FS_IOC_SHUTDOWN with NOLOGFLUSH, ioctl(2) of ext4; Swift does not see variadic functions.
        let ioctl = "import fcntl,os,struct,sys; fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587d, struct.pack('I', 2))"
        try await Self.run(["/usr/bin/python3", "-c", ioctl, path])
    }

    /// Takes it out and puts it in again, as a restart of the machine does.
    func restart() async throws {
        try await Self.run(["umount", path])
        try await Self.run(["mount", "-o", "loop,errors=remount-ro", folder.path("blocks/image"), path])
    }

    /// ext4 meets an error in itself and makes itself read-only, whoever has files open.
    func becomeReadOnly() async throws {
        let device = try await Subprocess.run(["findmnt", "-n", "-o", "SOURCE", path]).output
        let name = device.trimmingCharacters(in: .whitespacesAndNewlines).split(separator: "/").last.map(String.init) ?? ""
        try await Self.run(["sh", "-c", "echo test > /sys/fs/ext4/\(name)/trigger_fs_error"])
    }
}

extension Office {
    /// The same office with its ledger on another disk.
    func moved(to disk: SmallDisk) throws -> Office {
        let settings = folder.text("remindd.yaml")
        try folder.write(
            "remindd.yaml", settings.replacingOccurrences(of: "sqlite:ledger.sqlite", with: "sqlite:\(disk.path)/ledger.sqlite"))
        return self
    }
}

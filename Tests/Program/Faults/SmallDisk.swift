import Foundation
import ProgramHarness
import Support

/// A small file system that a test may fill or break. Only root can mount it.
final class SmallDisk {
    static let mayMount = getuid() == 0

    private let folder: TemporaryFolder
    private var mounts: [String] = []

    /// The folder at which the file system is mounted.
    let path: String
    /// The folder with the blocks of the file system; nil if the file system is in memory.
    private let backing: String?

    private init(_ folder: TemporaryFolder, path: String, backing: String?) {
        self.folder = folder
        self.path = path
        self.backing = backing
    }

    deinit {
        for mount in mounts.reversed() {
            // Unmounts lazily, because a program that was killed a moment ago may still have a file
            // open. The loop device is removed with the mount.
            guard let unmount = try? Subprocess(["umount", "-l", mount]) else { continue }
            var status: Int32 = 0
            waitpid(unmount.pid, &status, 0)
        }
    }

    /// Makes a file system in memory. A write to it fails as soon as it is full.
    static func memory(megabytes: Int) async throws -> SmallDisk {
        let folder = try TemporaryFolder()
        let disk = SmallDisk(folder, path: folder.path("disk"), backing: nil)
        try await disk.mount(["-t", "tmpfs", "-o", "size=\(megabytes)m,mode=0700", "tmpfs"], at: disk.path)
        return disk
    }

    /// Makes an ext4 file system on a block device that can store less than it claims.
    ///
    /// The device claims 64 MB but can store only `solid` megabytes. After `breakBlocks`, it fails
    /// at every block that it has not stored yet.
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

    // MARK: Lack of space

    /// Uses up all space.
    func fill() { Self.fill(path) }
    func free() { unlink(path + "/filler") }

    /// Makes the block device fail at every block that it has not stored yet.
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

    // MARK: Worse faults

    /// Simulates a power cut.
    ///
    /// Data that is not durable is lost, and every access fails until `restart` is called.
    func cutPower() async throws {
        // FS_IOC_SHUTDOWN with NOLOGFLUSH is an ioctl(2) of ext4. Python makes the call, because
        // Swift cannot call variadic functions.
        let ioctl = "import fcntl,os,struct,sys; fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587d, struct.pack('I', 2))"
        try await Self.run(["/usr/bin/python3", "-c", ioctl, path])
    }

    /// Unmounts the file system and mounts it again, as at a restart of the machine.
    func restart() async throws {
        try await Self.run(["umount", path])
        try await Self.run(["mount", "-o", "loop,errors=remount-ro", folder.path("blocks/image"), path])
    }

    /// Causes an error in ext4, which makes the file system read-only while files are open.
    func becomeReadOnly() async throws {
        let device = try await Subprocess.run(["findmnt", "-n", "-o", "SOURCE", path]).output
        let name = device.trimmingCharacters(in: .whitespacesAndNewlines).split(separator: "/").last.map(String.init) ?? ""
        try await Self.run(["sh", "-c", "echo test > /sys/fs/ext4/\(name)/trigger_fs_error"])
    }
}

extension Office {
    /// Moves the office's ledger to another disk, and returns the office.
    func moved(to disk: SmallDisk) throws -> Office {
        let settings = folder.text("remindd.yaml")
        try folder.write(
            "remindd.yaml", settings.replacingOccurrences(of: "sqlite:ledger.sqlite", with: "sqlite:\(disk.path)/ledger.sqlite"))
        return self
    }
}

import Foundation

/// The wall clock of a program under test, which a test can set while the program runs.
///
/// A preloaded library shifts only CLOCK_REALTIME (`Scripts/shifted_clock.c`). The machine's own
/// clock is not changed, because other programs use it.
public final class ShiftedClock: Sendable {
    private let folder: TemporaryFolder
    private let descriptor: Int32

    /// Makes a clock that is not shifted yet.
    public init() async throws {
        folder = try TemporaryFolder()
        try folder.write("shift", bytes: Array(repeating: 0, count: 8))
        descriptor = open(folder.path("shift"), O_RDWR | O_CLOEXEC)
        let source = PackageRoot.path("Tests/Support/Scripts/shifted_clock.c")
        let built = try await Subprocess.run([
            "cc", "-O1", "-Wall", "-Werror", "-shared", "-fPIC", "-o", folder.path("clock.so"), source,
        ])
        guard built.status == 0 else { throw Subprocess.NotStarted(description: built.errors) }
    }

    deinit { close(descriptor) }

    /// The environment for a program that uses this clock.
    public var environment: [String: String] {
        ["LD_PRELOAD": folder.path("clock.so"), "SHIFTED_CLOCK": folder.path("shift")]
    }

    /// Makes the program's clock differ from the machine's clock by this many seconds.
    public func set(seconds: Int) {
        var shift = Int64(seconds) * 1_000_000_000
        _ = pwrite(descriptor, &shift, 8, 0)
    }
}

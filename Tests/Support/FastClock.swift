import Foundation

/// A wall clock that runs `factor` times as fast, for tests of programs that wait for minutes.
///
/// A preloaded library changes CLOCK_REALTIME and CLOCK_BOOTTIME (`Scripts/fast_clock.c`).
public struct FastClock: Sendable {
    private let folder: TemporaryFolder
    public let factor: Int

    public init(factor: Int) async throws {
        self.factor = factor
        folder = try TemporaryFolder()
        let source = PackageRoot.path("Tests/Support/Scripts/fast_clock.c")
        let built = try await Subprocess.run([
            "cc", "-O1", "-Wall", "-Werror", "-shared", "-fPIC", "-o", folder.path("clock.so"), source,
        ])
        guard built.status == 0 else { throw Subprocess.NotStarted(description: built.errors) }
    }

    /// The environment for a program that uses this clock.
    public var environment: [String: String] {
        ["LD_PRELOAD": folder.path("clock.so"), "FAST_CLOCK": "\(factor)"]
    }
}

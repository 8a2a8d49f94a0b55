import Foundation
import Support
import Testing

/// Checks the unit files with systemd's own tools.
@Suite("systemd unit")
struct ServiceUnitTests {
    @Test("systemd knows every setting of the unit and of the credentials drop-in")
    func verifies() async throws {
        let unit = try String(contentsOfFile: PackageRoot.path("systemd/remindd.service"), encoding: .utf8)
        #expect(try await complaints(about: unit) == "")
    }

    @Test("systemd knows every setting of the units that restart a failed service", arguments: ["service", "timer"])
    func retryVerifies(kind: String) async throws {
        let folder = try TemporaryFolder()
        for name in ["remindd-retry.service", "remindd-retry.timer"] {
            try folder.write(name, try String(contentsOfFile: PackageRoot.path("systemd/\(name)"), encoding: .utf8))
        }
        let path = folder.path("remindd-retry.\(kind)")
        #expect(try await Subprocess.run(["systemd-analyze", "verify", "--man=no", path]).errors == "")
    }

    @Test("A misspelt key is found although systemd-analyze then exits with 0")
    func findsMistakes() async throws {
        let unit = try String(contentsOfFile: PackageRoot.path("systemd/remindd.service"), encoding: .utf8)
        let misspelt = unit.replacingOccurrences(of: "WatchdogSec=", with: "WatchdogSecs=")
        #expect(try await complaints(about: misspelt).contains("WatchdogSecs"))
    }

    @Test("systemd rates the exposure of the unit at 1.2 at most, including its network access")
    func exposure() async throws {
        let unit = PackageRoot.path("systemd/remindd.service")
        let rated = try await Subprocess.run(
            ["systemd-analyze", "security", "--offline=yes", "--threshold=12", "--no-pager", unit])
        let level = rated.lines.last { $0.contains("exposure") } ?? rated.errors
        print(level)
        #expect(rated.status == 0, "\(level)")

        let folder = try TemporaryFolder()
        let text = try String(contentsOfFile: unit, encoding: .utf8)
        let open = try folder.write("remindd.service", text.replacingOccurrences(of: "PrivateMounts=yes", with: ""))
        let weaker = try await Subprocess.run(
            ["systemd-analyze", "security", "--offline=yes", "--threshold=12", "--no-pager", open])
        #expect(weaker.status != 0, "a weaker unit is found")
    }

    /// Runs `systemd-analyze verify` and returns its standard error.
    ///
    /// The unit gets the program `/bin/true`, because its own program may not be installed.
    private func complaints(about unit: String) async throws -> String {
        let folder = try TemporaryFolder()
        let installed = unit.replacingOccurrences(of: "/usr/bin/remindd", with: "/bin/true")
        let path = try folder.write("remindd.service", installed)
        let dropIn = try String(contentsOfFile: PackageRoot.path("systemd/credentials.conf.example"), encoding: .utf8)
        try folder.write("remindd.service.d/credentials.conf", dropIn)
        return try await Subprocess.run(["systemd-analyze", "verify", "--man=no", path]).errors
    }
}

import Foundation
import Support
import Testing

/// The unit as systemd itself reads it.
@Suite("systemd unit")
struct ServiceUnitTests {
    @Test("The unit and the credentials drop-in say nothing that systemd does not know")
    func verifies() async throws {
        let unit = try String(contentsOfFile: PackageRoot.path("systemd/remindd.service"), encoding: .utf8)
        #expect(try await complaints(about: unit) == "")
    }

    @Test("The units that start a failed service again say nothing that systemd does not know", arguments: ["service", "timer"])
    func retryVerifies(kind: String) async throws {
        let folder = try TemporaryFolder()
        for name in ["remindd-retry.service", "remindd-retry.timer"] {
            try folder.write(name, try String(contentsOfFile: PackageRoot.path("systemd/\(name)"), encoding: .utf8))
        }
        let path = folder.path("remindd-retry.\(kind)")
        #expect(try await Subprocess.run(["systemd-analyze", "verify", "--man=no", path]).errors == "")
    }

    @Test("A misspelt key would be found, although systemd-analyze then exits with 0 all the same")
    func findsMistakes() async throws {
        let unit = try String(contentsOfFile: PackageRoot.path("systemd/remindd.service"), encoding: .utf8)
        let misspelt = unit.replacingOccurrences(of: "WatchdogSec=", with: "WatchdogSecs=")
        #expect(try await complaints(about: misspelt).contains("WatchdogSecs"))
    }

    @Test("systemd rates what the unit leaves open at 1.2 at most, with access to the network")
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
        #expect(weaker.status != 0, "a weaker unit would be found")
    }

    /// Standard error of `systemd-analyze verify`; the program, which need not be installed here, is replaced by one that is.
    private func complaints(about unit: String) async throws -> String {
        let folder = try TemporaryFolder()
        let installed = unit.replacingOccurrences(of: "/usr/bin/remindd", with: "/bin/true")
        let path = try folder.write("remindd.service", installed)
        let dropIn = try String(contentsOfFile: PackageRoot.path("systemd/credentials.conf.example"), encoding: .utf8)
        try folder.write("remindd.service.d/credentials.conf", dropIn)
        return try await Subprocess.run(["systemd-analyze", "verify", "--man=no", path]).errors
    }
}

import Foundation
import ProgramHarness
import Support
import Testing

/// Runs the shortest scenarios of `make test-servers`, in which real servers refuse messages.
@Suite("Real servers", .serialized)
struct RealServerTests {
    /// Runs the scenarios with `--quick`.
    ///
    /// The mailings are smaller, and the clock runs 60 times as fast if a scenario waits for
    /// minutes.
    @Test(
        "A mailing to Postfix, Exim and nginx servers that refuse has the expected outcomes within its time limit",
        .enabled(if: getuid() == 0, "Postfix and Exim want root"),
        arguments: [
            "greylisting by recipient", "three connections", "recipients verified first", "relaying denied for 12 of 20",
            "unknown EHLO name", "sender not verified", "three requests at a time",
        ])
    func quick(_ scenario: String) async throws {
        let ended = try await Subprocess.run(
            [
                "/usr/bin/python3", PackageRoot.path("Tests/Servers/real.py"), "--quick", "--remindd", Program.path, "--only",
                scenario,
            ], within: .seconds(200))
        #expect(ended.status == 0, "\(ended.output)\n\(ended.errors)")
        #expect(ended.output.contains("reached"), "\(ended.output)\n\(ended.errors)")
        print(ended.output.split(separator: "\n").last.map(String.init) ?? "")
    }
}

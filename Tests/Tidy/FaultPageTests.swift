import Foundation
import Support
import Testing

/// Checks that `docs/faults.md` is up to date and that a test causes every fault.
@Suite("The page of faults")
struct FaultPageTests {
    @Test("Every fault has a test, no test names an unknown fault, and the page is up to date")
    func page() async throws {
        let made = try await Subprocess.run(["/usr/bin/python3", PackageRoot.path("packaging/faults.py"), "--print"])
        let page = try String(contentsOfFile: PackageRoot.path("docs/faults.md"), encoding: .utf8)
        #expect(made.status == 0 && made.output == page, "run: make faults \(made.errors)")
    }
}

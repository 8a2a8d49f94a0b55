import Foundation
import Support
import Testing

/// What is said to be proved has a test that says so.
@Suite("The page of faults")
struct FaultPageTests {
    @Test("Every fault has a test that names it, no test names one that is not there, and the page is made from them")
    func page() async throws {
        let made = try await Subprocess.run(["/usr/bin/python3", PackageRoot.path("packaging/faults.py"), "--print"])
        let page = try String(contentsOfFile: PackageRoot.path("docs/faults.md"), encoding: .utf8)
        #expect(made.status == 0 && made.output == page, "run: make faults \(made.errors)")
    }
}

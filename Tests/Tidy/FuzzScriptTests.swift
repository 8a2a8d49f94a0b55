import Foundation
import Support
import Testing

/// Tests `make fuzz` with programs that imitate libFuzzer.
///
/// The real fuzz targets are not used, because compiling them takes longer than running all tests.
@Suite("make fuzz")
struct FuzzScriptTests {
    private static func fuzz(_ body: String, environment: [String: String] = [:]) async throws -> Subprocess.Finished {
        let folder = try TemporaryFolder()
        let text = try folder.write("fuzz.sh", "#!/bin/sh\n\(body)\n")
        // Another process writes the file. If this process wrote it, a child of a concurrent test
        // could inherit the open file, and the kernel would then refuse to execute the file.
        let program = folder.path("fuzz")
        #expect(try await Subprocess.run(["/usr/bin/install", text, program]).status == 0)
        return try await Subprocess.run(
            [PackageRoot.path("packaging/fuzz.sh"), program, folder.path("out"), "csv", "url"], environment: environment)
    }

    @Test("After a crash of one target the others still run, the crash's output is shown, and `make fuzz` fails")
    func fails() async throws {
        let ran = try await Self.fuzz(
            "echo 'stat::number_of_executed_units: 7' >&2; [ $FUZZ_TARGET = url ] || { echo '==1==ERROR: deadly signal' >&2; exit 77; }"
        )
        #expect(ran.status == 1)
        #expect(ran.output.contains("FOUND (status 77)\n==1==ERROR: deadly signal\nurl "), "\(ran.output)")
        #expect(ran.output.hasSuffix("nothing found\n14 runs in all\n"), "\(ran.output)")
        #expect(ran.errors.contains("found something in: csv;"), "\(ran.errors)")
    }

    @Test("A target without any runs makes `make fuzz` fail")
    func nothing() async throws {
        let ran = try await Self.fuzz("exit 0")
        #expect(ran.status == 1 && ran.errors.contains("found something in: csv url;"), "\(ran.output)\(ran.errors)")
    }

    @Test("FUZZ_RUNS sets the number of runs for all targets or for each; by default a target runs for half a minute")
    func limits() async throws {
        let told =
            "for word; do case $word in -runs=*|-max_total_time=*) echo \"stat::number_of_executed_units: ${word##*=}\";; esac; done"
        for (runs, total) in [("", 60), ("500", 1_000), ("csv:20 url:3", 23)] {
            let ran = try await Self.fuzz(told, environment: ["FUZZ_RUNS": runs, "FUZZ_SECONDS": ""])
            #expect(ran.status == 0, "\(ran.errors)")
            #expect(ran.output.hasSuffix("\(total) runs in all\n"), "\(ran.output)")
        }
    }
}

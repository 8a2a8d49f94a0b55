import Diagnostics
import Foundation

/// Makes PDF files with WeasyPrint, a program that is installed apart from remindd.
enum WeasyPrint {
    /// Why no PDF could be made.
    struct Failure: Error {
        let message: LocalizedText
    }

    /// Returns the path of WeasyPrint in `PATH`.
    static func program() throws(Failure) -> String {
        guard let path = find("weasyprint") else {
            throw Failure(
                message: "--pdf needs WeasyPrint: apt install weasyprint fonts-liberation2. "
                    + "Or use --html FILE and print from a browser.")
        }
        return path
    }

    /// Returns the first of some fonts that has all Vietnamese letters.
    ///
    /// If a font lacks letters, each of them is set in another font, in the middle of words. One
    /// such font is the old version of Liberation Serif, which Debian 12 uses for Times New Roman.
    static func font(among fonts: [String]) throws(Failure) -> String {
        let complete = families()
        guard let font = fonts.first(where: complete.contains) else {
            throw Failure(
                message: "--pdf needs a font with all Vietnamese letters: apt install fonts-liberation2. "
                    + "Or use --html FILE and print from a browser.")
        }
        return font
    }

    /// Returns the names of the installed fonts that have ơ, ư, ạ, ế and ỹ.
    private static func families() -> Set<String> {
        guard let lister = find("fc-list"),
            let done = try? run(lister, [":charset=1a1 1b0 1ea1 1ebf 1ef9", "family"], input: ""), done.status == 0
        else { return [] }
        return Set(String(decoding: done.output, as: UTF8.self).split { $0 == "," || $0 == "\n" }.map(String.init))
    }

    /// Returns the PDF of an HTML document.
    static func pdf(of html: String, with program: String) throws(Failure) -> [UInt8] {
        let done: (status: Int32, output: [UInt8], errors: String)
        do {
            done = try run(program, ["--encoding", "utf-8", "-", "-"], input: html)
        } catch {
            throw Failure(message: "WeasyPrint cannot be started: \(error)")
        }
        guard done.status == 0, done.output.starts(with: Array("%PDF".utf8)) else {
            let why = done.errors.split(separator: "\n").last.map { ": \($0)" } ?? ""
            throw Failure(message: "WeasyPrint made no PDF (status \(done.status))\(why)")
        }
        return done.output
    }

    /// Returns the path of a program in `PATH`; nil if it is not installed.
    private static func find(_ name: String) -> String? {
        let folders = ProcessInfo.processInfo.environment["PATH", default: "/usr/local/bin:/usr/bin:/bin"]
        return folders.split(separator: ":").map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }

    /// Runs a program to its end.
    ///
    /// The streams are files, so that the program cannot wait for a full pipe.
    private static func run(
        _ program: String, _ arguments: [String], input: String
    ) throws -> (status: Int32, output: [UInt8], errors: String) {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("remindd-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = ["input", "output", "errors"].map(folder.appendingPathComponent)
        try Data(input.utf8).write(to: files[0])
        for file in files.dropFirst() { try Data().write(to: file) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardInput = try FileHandle(forReadingFrom: files[0])
        process.standardOutput = try FileHandle(forWritingTo: files[1])
        process.standardError = try FileHandle(forWritingTo: files[2])
        try process.run()
        process.waitUntilExit()
        return (
            process.terminationStatus, Array(try Data(contentsOf: files[1])),
            String(decoding: try Data(contentsOf: files[2]), as: UTF8.self)
        )
    }
}

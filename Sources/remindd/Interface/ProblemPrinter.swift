import Diagnostics
import Documents

/// Prints problems of files: the line that editors read, then the line of the file with a caret.
///
/// A line of the file is left out if it may contain a secret, or if the file cannot be read as
/// text.
final class ProblemPrinter {
    /// The lines of each file that was read for an excerpt; nil if the file cannot be shown.
    private var files: [String: [Substring]?] = [:]
    private let language: DisplayLanguage
    private let width: Int
    /// The number of bytes of the longest line that is shown.
    ///
    /// Nobody writes longer lines, and a thousand problems in one line of 256 kB took 23 s.
    private static let longestLine = 4_000
    /// The number of problems that are shown with their line.
    ///
    /// Nobody corrects more mistakes before the next run, and each excerpt takes time.
    private static let excerptLimit = 100
    private var excerpts = 0

    /// - Parameter width: the number of columns for an excerpt.
    init(language: DisplayLanguage, width: Int) {
        self.language = language
        self.width = width
    }

    /// Returns the line of a problem and its excerpt.
    func text(of problem: Problem) -> (line: String, excerpt: [String]) {
        (problem.line(in: language), excerpt(of: problem))
    }

    private func excerpt(of problem: Problem) -> [String] {
        guard excerpts < ProblemPrinter.excerptLimit, let lines = lines(of: problem.place.file),
            lines.indices.contains(problem.place.line - 1),
            lines[problem.place.line - 1].utf8.count <= ProblemPrinter.longestLine,
            !HiddenLines(lines: lines, source: problem.source).hide(problem.place.line)
        else { return [] }
        let line = lines[problem.place.line - 1]
        guard line.contains(where: { !$0.isWhitespace }) else { return [] }
        excerpts += 1
        return SourceExcerpt(
            line: String(line), number: problem.place.line, column: problem.place.column, width: width
        ).lines
    }

    private func lines(of file: String) -> [Substring]? {
        if let known = files[file] { return known }
        let lines = ProblemPrinter.read(file)
        files[file] = .some(lines)
        return lines
    }

    private static func read(_ file: String) -> [Substring]? {
        guard case .success(let bytes) = TextFile.read(file, limit: CSVFile.byteLimit), bytes.count <= CSVFile.byteLimit else {
            return nil
        }
        let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        guard TextFile.refusal(of: content, saveAs: "UTF-8", controls: false) == nil else { return nil }
        return TextFile.withLineFeeds(content).unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
            .map(Substring.init)
    }
}

/// Decides which lines of a file are not shown, because they may contain a password or an address
/// that is a secret.
struct HiddenLines {
    let lines: [Substring]
    let source: Problem.Source

    /// - Parameter number: the number of the line, from 1.
    func hide(_ number: Int) -> Bool {
        let line = lines[number - 1].lowercased()
        if HiddenLines.marks.contains(where: line.contains) { return true }
        if let scheme = line.firstRange(of: "://"), line[scheme.upperBound...].contains("@") { return true }
        let section = section(of: number)
        return source == .configuration
            ? !HiddenLines.shownSections.contains(section ?? "") : HiddenLines.secretSections.contains(section ?? "")
    }

    /// The top-level key to which a line belongs; nil if there is none above it.
    private func section(of number: Int) -> String? {
        for line in lines[..<number].reversed() {
            // Most lines above a problem begin with a space, which needs no look at a character.
            guard let byte = line.utf8.first, byte != UInt8(ascii: " "), let first = line.first,
                first.isLetter || first == "\"" || first == "'"
            else { continue }
            return String(line.drop { !$0.isLetter }.prefix { $0.isLetter || $0 == "_" })
        }
        return nil
    }

    private static let marks = ["pass", "secret", "token", "whsec_", "credential", "mật khẩu"]
    private static let secretSections: Set = ["channels", "heartbeat"]
    /// The sections of the configuration that have no key for a secret.
    private static let shownSections: Set = [
        "plans", "working_days", "templates", "timezone", "ledger", "socket", "catch_up", "contact", "alerts", "via",
        "recipients", "groups", "sheet",
    ]
}

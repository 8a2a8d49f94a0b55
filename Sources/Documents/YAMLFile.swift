import Diagnostics
import Foundation

// This reader reads one YAML document. Every scalar is text, and its key decides its type. Every
// value records its position in the file. YAML's implicit types and merge keys are not supported.
// The only accepted tags are those for text, lists and tables
// (docs/developer/decisions/0006-own-yaml-composer.md).

/// A file that was read as YAML. Its mistakes are reported to an instance of `Problems`.
package struct YAMLFile {
    package let root: YAMLValue

    /// The maximum size of a YAML file in bytes.
    ///
    /// A longer list of recipients belongs in a CSV file.
    package static let byteLimit = 4 << 20
    package static let nodeLimit = 200_000
    package static let depthLimit = 64

    /// Reads a file. If the file cannot be read, reports the reason and returns nil.
    package init?(bytes: [UInt8], name: String, source: Problem.Source, vocabulary: KeyVocabulary, problems: Problems) {
        let context = YAMLContext(file: name, source: source, vocabulary: vocabulary, problems: problems)
        guard let text = YAMLFile.decode(bytes, context) else { return nil }
        context.text = text
        var mayHaveOddSpaces = OddSpaces.mayIndent(text)
        for attempt in 0...min(YAMLFile.repairLimit, YAMLFile.repairBytes / (bytes.count + 1)) {
            do throws(YAMLComposer.Failure) {
                let text = attempt == 0 ? text : context.lines.joined(separator: "\n")
                let node = try YAMLComposer.compose(text, nodeLimit: YAMLFile.nodeLimit, depthLimit: YAMLFile.depthLimit)
                let slips = mayHaveOddSpaces ? OddSpaces.slips(in: node, context.lines) : []
                mayHaveOddSpaces = false
                guard slips.isEmpty else {
                    context.repair(slips)
                    if problems.isFull { return nil }
                    continue
                }
                root = YAMLValue(node: node, context: context)
                return
            } catch {
                guard let (line, repaired) = YAMLFile.report(error, context) else { return nil }
                context.lines[line - 1] = repaired
            }
        }
        return nil
    }

    /// Returns true and reports an error if the file is of the kind `actual`.
    ///
    /// Such a file has all required keys in `others`, and none in `keys`.
    package func isMistaken(for expected: LocalizedText, _ keys: Keys, actual: LocalizedText, _ others: Keys) -> Bool {
        guard case .mapping(let mapping) = root.node else { return false }
        let names = Set(mapping.pairs.compactMap { if case .scalar(let scalar) = $0.key { scalar.string } else { nil } })
        guard names.isDisjoint(with: keys.required), names.isSuperset(of: others.required) else { return false }
        root.error("this is \(actual), and \(expected) is read here")
        return true
    }

    /// The maximum number of corrections for one file.
    ///
    /// Reading continues after a correction, so that one run reports several mistakes. Only the
    /// text in memory is corrected.
    private static let repairLimit = 20
    /// The maximum total number of bytes that are read again for the corrections of one file.
    ///
    /// After each correction the whole file is read again, at 20 kB a millisecond. A larger file
    /// therefore gets fewer corrections, and a file of this size gets none.
    private static let repairBytes = 512 << 10

    /// Returns the text without a byte order mark at its start, with line feeds as line ends.
    ///
    /// If the bytes are not text, reports the reason and returns nil.
    private static func decode(_ bytes: [UInt8], _ context: YAMLContext) -> String? {
        guard bytes.count <= byteLimit else {
            context.error(
                line: 1, column: 1,
                "the file has more than \(byteLimit) bytes, which is the most; many recipients belong in a CSV file")
            return nil
        }
        var content = bytes[...]
        if content.starts(with: [0xEF, 0xBB, 0xBF]) { content = content.dropFirst(3) }
        if let refusal = TextFile.refusal(of: content, saveAs: "UTF-8") {
            context.error(line: refusal.line, column: refusal.column, refusal.message)
            return nil
        }
        return TextFile.withLineFeeds(content)
    }

    /// Reports a failure.
    ///
    /// Returns the wrong line and its probable text, so that reading can continue; nil if the
    /// probable text is unknown.
    private static func report(_ failure: YAMLComposer.Failure, _ context: YAMLContext) -> (line: Int, text: Substring)? {
        func error(_ message: LocalizedText, hints: [String] = []) {
            context.error(line: failure.line, column: failure.column, message, hints: hints)
        }
        switch failure.cause {
        case .empty: error("the file is empty")
        case .secondDocument: error("a second document begins here; one file holds one")
        case .tooDeep: error("nested deeper than \(depthLimit) levels")
        case .tooManyNodes: error("more than \(nodeLimit) values (aliases counted as often as they are used)")
        case .undefinedAlias:
            // Does not show the name of the alias, because it may be a password that begins with a
            // star.
            error("the alias that begins here names nothing written before it; write a text that begins with * in quotes")
        case .syntax(let problem, let what):
            let slip = YAMLTypo.find(problem: problem, context: what, failure, in: context.lines, context.vocabulary)
            for slip in [slip] + slip.alike(in: context.lines) where !context.problems.isFull {
                context.report(slip)
            }
            return slip.repair.map { (slip.line, $0) }
        }
        return nil
    }
}

/// Reports the problems of the values of one file. All values of a file share one context.
package final class YAMLContext {
    package let file: String
    package let source: Problem.Source
    package let problems: Problems
    fileprivate let vocabulary: KeyVocabulary
    fileprivate var text = ""
    /// The lines of the text, split on first use. Some mistakes can be found only in these lines.
    package fileprivate(set) lazy var lines: [Substring] =
        text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map(Substring.init)
    /// The places at which a comment may have cut off a string (`CommentCut`).
    package private(set) lazy var cuts = CommentCut.places(in: text)

    package init(file: String, source: Problem.Source, vocabulary: KeyVocabulary = .none, problems: Problems) {
        self.file = file
        self.source = source
        self.vocabulary = vocabulary
        self.problems = problems
    }

    /// Reports mistakes and replaces each wrong line with its correction, if one is known.
    fileprivate func repair(_ slips: [YAMLTypo]) {
        // Collects all changes first, because each assignment to an element of the lazy property
        // would copy all lines.
        var mended = lines
        for slip in slips {
            report(slip)
            if let repair = slip.repair { mended[slip.line - 1] = repair }
        }
        lines = mended
    }

    func report(_ slip: YAMLTypo) {
        error(line: slip.line, column: slip.column, slip.message, hints: slip.hints(repeatingValuesOf: vocabulary.plain))
    }

    package func error(line: Int, column: Int, _ message: LocalizedText, hints: [String] = []) {
        add(.error, line, column, message, hints)
    }

    package func warning(line: Int, column: Int, _ message: LocalizedText, hints: [String] = []) {
        add(.warning, line, column, message, hints)
    }

    private func add(_ severity: Problem.Severity, _ line: Int, _ column: Int, _ message: LocalizedText, _ hints: [String]) {
        let place = Problem.Place(file: file, line: line, column: column)
        problems.add(Problem(severity: severity, source: source, place: place, message: message, hints: hints))
    }
}

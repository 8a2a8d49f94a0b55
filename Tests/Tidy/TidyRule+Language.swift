import Foundation

// The language rules that can be checked automatically (docs/developer/style.md). They find words
// that the glossary replaces, and lines that are too long. `LanguageDebt` lists the known findings
// that are not fixed yet.

extension TidyRule {
    static let commentWidth = 100
    static let markdownWidth = 130

    /// Obsolete phrases in comments and messages, with their replacements.
    ///
    /// Other forms of these words, such as another tense, are not found.
    static let phrases: [(phrase: String, instead: String)] = [
        ("a look", "evaluation"), ("the look", "evaluation"), ("last look", "evaluation"), ("next look", "evaluation"),
        ("each look", "evaluation"), ("every look", "evaluation"),
        ("is told", "notified"), ("are told", "notified"), ("was told", "notified"), ("were told", "notified"),
        ("be told", "notified"), ("been told", "notified"), ("those told", "those notified"),
        ("hears", "gets, or is notified"), ("hear of", "be notified of"), ("heard of", "notified of"), ("hearers", "recipients"),
        ("getters", "recipients"), ("addressees", "recipients"), ("is said of", "is recorded, shown or reported"),
        ("dues", "due times"), ("witness", "high-water mark"), ("suspect", "quarantined delivery"),
        ("suspects", "quarantined deliveries"), ("left alone", "open (of a breaker), or unchanged"),
        ("leaves alone", "opens the breaker, or does not change"), ("answers again", "recovers"),
        ("log-in", "login"), ("log-ins", "logins"), ("mend", "fix"), ("mends", "fixes"), ("mended", "fixed"), ("slip", "typo"),
        ("slips", "typos"), ("the road", "the path"), ("passed over", "skipped"),
        ("passes over", "skips"), ("twin", "duplicate address"), ("twins", "duplicate addresses"),
        ("reroute", "fail over"), ("reroutes", "fails over"), ("rerouted", "failed over"), ("rerouting", "failing over"),
        ("unreached", "undelivered, or not reached"), ("weekly word", "weekly summary"), ("bulletin", "operator message"),
        ("bulletins", "operator messages"), ("notebook", "recording journal"), ("dice", "random source"),
        ("duty loop", "main loop"),
    ]

    /// Obsolete type names, with the names that replace them.
    static let typeNames: [String: String] = [
        "LookResult": "DueEvaluation", "Accepted": "ActiveConfiguration", "Positions": "RecipientSet",
        "Recipients": "RecipientTable", "Directory": "RecipientDirectory", "Span": "TimeSpan", "DutyLoop": "MainLoop",
        "Bell": "Waker", "Inbox": "CompletionQueue", "Destination": "ChannelState", "Destinations": "AddressPolicy",
        "Notice": "ReminderContent", "Draft": "RenderedTemplate", "Made": "RenderCache", "Values": "TemplateContext",
        "Bulletin": "OperatorMessage", "Letter": "PendingAlert", "WeeklyWord": "WeeklySummary", "AlertDesk": "Alerter",
        "AlertBook": "AlertDeduplicator", "Watch": "Monitor", "Start": "DaemonRuntime", "Beginning": "StartupState",
        "House": "QueryContext", "Answers": "QueryHandlers", "Supervisor": "SystemdNotifier", "Dice": "RandomSource",
        "Stage": "LoopHarness", "Rig": "ProgramHarness", "Notebook": "RecordingJournal", "Standing": "StatusReport",
        "Roll": "RecipientRows", "Places": "SourceMap", "Names": "NameLookup", "Cut": "AbortReason",
        "Unreached": "a name with `undelivered`", "Reroute": "a name with `failover`",
    ]

    /// Reports types of a Swift file that have obsolete names.
    static func oldTypeNames(_ file: SourceFile) -> [Finding] {
        let keywords: Set = ["struct", "class", "enum", "actor", "protocol", "typealias"]
        return zip(1..., file.code).compactMap { number, line in
            let words = line.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init)
            guard let keyword = words.firstIndex(where: keywords.contains), words.indices.contains(keyword + 1),
                let instead = typeNames[words[keyword + 1]]
            else { return nil }
            return Finding(path: file.path, line: number, message: "the type \(words[keyword + 1]) is called \(instead) now")
        }
    }

    /// Reports obsolete terms in the comments and string literals of a Swift file.
    static func words(_ file: SourceFile) -> [Finding] {
        words(file.comments, path: file.path) + words(file.texts, path: file.path)
    }

    /// Reports obsolete terms in texts, even across lines. Text in backticks is not checked.
    static func words(_ texts: [SourceFile.Text], path: String) -> [Finding] {
        var joined: [UInt8] = []
        var starts: [(offset: Int, line: Int)] = []
        var previous = 0
        for text in texts {
            joined.append(text.line == previous + 1 ? UInt8(ascii: " ") : UInt8(ascii: "\n"))
            starts.append((joined.count, text.line))
            let marks: Set<Character> = ["/", "#", "*", " "]
            joined += Array(text.text.drop(while: marks.contains).lowercased().utf8)
            previous = text.line
        }
        joined.append(UInt8(ascii: "\n"))
        blankCodeSpans(&joined)
        var findings: [Finding] = []
        for (phrase, instead) in phrases {
            for offset in places(of: phrase, in: joined) {
                let line = starts.last { $0.offset <= offset }?.line ?? 1
                findings.append(Finding(path: path, line: line, message: "\"\(phrase)\": write \(instead)"))
            }
        }
        return findings.sorted { $0.line < $1.line }
    }

    private static func blankCodeSpans(_ bytes: inout [UInt8]) {
        var start: Int?
        for index in bytes.indices {
            if bytes[index] == UInt8(ascii: "\n") { start = nil }
            guard bytes[index] == UInt8(ascii: "`") else { continue }
            if let first = start {
                for place in first...index { bytes[place] = UInt8(ascii: "`") }
                start = nil
            } else {
                start = index
            }
        }
    }

    /// Returns where a phrase occurs as whole words, and not in a name or path.
    private static func places(of phrase: String, in bytes: [UInt8]) -> [Int] {
        let pattern = Array(phrase.utf8)
        var found: [Int] = []
        bytes.withUnsafeBytes { text in
            var from = 0
            while let place = memchr(text.baseAddress! + from, Int32(pattern[0]), text.count - from) {
                let offset = UnsafeRawPointer(place) - UnsafeRawPointer(text.baseAddress!)
                from = offset + 1
                guard offset + pattern.count <= text.count, memcmp(place, pattern, pattern.count) == 0 else { continue }
                from = offset + pattern.count
                let isStart = offset == 0 || !isNameByte(text[offset - 1]) && text[offset - 1] != UInt8(ascii: ".")
                let isEnd = from == text.count || !isNameByte(text[from])
                if isStart, isEnd { found.append(offset) }
            }
        }
        return found
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"),
            UInt8(ascii: "-"), UInt8(ascii: "/"), 0x80...0xFF:
            true
        default: false
        }
    }

    /// Reports lines with a comment that are too long.
    ///
    /// A comment of one word, such as a URL, is not reported, because it cannot be wrapped.
    static func commentWidth(_ comments: [SourceFile.Text], lines: [String], path: String) -> [Finding] {
        comments.compactMap { comment in
            let line = lines[comment.line - 1]
            guard line.utf8.count > commentWidth, line.count > commentWidth,
                comment.text.split(separator: " ").count(where: { $0.contains(where: \.isLetter) }) > 1
            else { return nil }
            return Finding(
                path: path, line: comment.line, message: "a comment of \(line.count) columns; wrap it at \(commentWidth)")
        }
    }

    // MARK: Markdown

    /// Reports Markdown lines that are too long.
    ///
    /// Table rows and code are not checked. Bare URLs and the targets of links do not count towards
    /// the length.
    static func markdownWidth(_ lines: [String], path: String) -> [Finding] {
        prose(lines).compactMap { number, line in
            guard line.utf8.count > markdownWidth, !line.hasPrefix("|") else { return nil }
            let shown = line.replacing(/\]\([^)]*\)/, with: "]").replacing(/https?:[^ )>]*/, with: "")
            guard shown.count > markdownWidth else { return nil }
            return Finding(path: path, line: number, message: "\(shown.count) columns; wrap it at \(markdownWidth)")
        }
    }

    /// Reports relative links to files that do not exist.
    static func links(_ lines: [String], path: String, exists: (String) -> Bool) -> [Finding] {
        let folder = path.split(separator: "/").dropLast()
        return prose(lines).flatMap { number, line in
            line.replacing(/`[^`]*`/, with: "").matches(of: /\]\(([^)\s]+)/).compactMap { match in
                let target = match.1.prefix { $0 != "#" }
                guard !target.isEmpty, !target.contains(":") else { return nil }
                var parts = target.hasPrefix("/") ? [] : Array(folder)
                for part in target.split(separator: "/") {
                    if part == ".." { _ = parts.popLast() } else if part != "." { parts.append(part) }
                }
                if exists(parts.joined(separator: "/")) { return nil }
                return Finding(path: path, line: number, message: "the link leads to no file: \(match.1)")
            }
        }
    }

    /// Returns the numbered lines of a Markdown file, without fenced and indented code.
    private static func prose(_ lines: [String]) -> [(number: Int, line: String)] {
        var isCode = false
        return zip(1..., lines).compactMap { number, line in
            if line.drop(while: { $0 == " " }).hasPrefix("```") {
                isCode.toggle()
                return nil
            }
            return isCode || line.hasPrefix("    ") ? nil : (number, line)
        }
    }
}

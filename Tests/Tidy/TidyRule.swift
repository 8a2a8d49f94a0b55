/// A violation of the house style, with its place.
struct Finding: CustomStringConvertible, Equatable {
    let path: String
    let line: Int
    let message: String

    var description: String { "\(path):\(line): \(message)" }
}

/// The house style rules that can be checked in one file.
enum TidyRule {
    /// The modules that each folder may import.
    ///
    /// If several folders contain a file, the innermost of them applies.
    private static let rooms: [String: Set<String>] = [
        "Sources/Diagnostics/": ["Foundation"],
        "Sources/JSON/": [],
        // CYaml is the copy of libyaml in Yams. Only its event parser is used.
        "Sources/Documents/": ["CYaml", "Diagnostics", "Foundation"],
        // Glibc has sine and cosine. Foundation is not allowed, because its calendars and zones are
        // wrong on Linux.
        "Sources/Scheduler/Dates/": ["Glibc"],
        "Sources/Scheduler/Plans/": ["Dates", "Diagnostics"],
        "Sources/Scheduler/": ["CCrypto", "Dates", "Plans", "Synchronization"],
        "Sources/Ledgers/": ["CLinux", "Dates", "GRDB", "GRDBSQLite", "Glibc", "Scheduler", "Synchronization"],
        "Sources/Clocks/": ["CLinux", "Dates", "Glibc", "Foundation", "Scheduler", "Synchronization"],
        "Sources/Notifiers/": [
            "CCrypto", "Dates", "Diagnostics", "Documents", "Foundation", "Glibc", "ICalendar", "JSON", "Messages", "Plans",
            "Scheduler", "Synchronization", "Transport",
        ],
        "Sources/ICalendar/": ["Dates"],
        "Sources/Notifiers/Settings/": [
            "CLinux", "Dates", "Diagnostics", "Documents", "Foundation", "Messages", "Plans", "Scheduler", "Transport",
        ],
        "Sources/Notifiers/Messages/": [
            "Dates", "Diagnostics", "ICalendar", "Plans", "Scheduler", "Synchronization", "Transport",
        ],
        "Sources/Notifiers/Transport/": [
            "CCurl", "CLinux", "Clocks", "Dates", "Diagnostics", "Foundation", "Glibc", "Scheduler", "Synchronization",
        ],
        "Sources/Config/": [
            "Dates", "Diagnostics", "Documents", "Foundation", "Glibc", "Messages", "Notifiers", "Plans", "Scheduler",
            "Transport",
        ],
        "Sources/Reports/": ["Config", "Dates", "Diagnostics", "Messages", "Notifiers", "Plans", "Scheduler", "Transport"],
        "Sources/Monitoring/": [
            "CLinux", "Clocks", "Config", "Dates", "Diagnostics", "Foundation", "Glibc", "Logging", "Messages", "Notifiers",
            "Plans", "Scheduler", "Synchronization", "Transport",
        ],
        "Sources/remindd/": [
            "CLinux", "Clocks", "Config", "Diagnostics", "Dispatch", "Documents", "Foundation", "Glibc", "JSON", "Ledgers",
            "Logging", "Messages", "Monitoring", "Notifiers", "Dates", "Plans", "Reports", "Scheduler", "ServiceLifecycle",
            "Synchronization", "Transport", "UnixSignals",
        ],
        "Sources/remindd/Commands/": [
            "ArgumentParser", "Clocks", "Config", "Diagnostics", "Dispatch", "Documents", "Foundation", "Glibc", "JSON",
            "Ledgers", "Logging", "Messages", "Monitoring", "Notifiers", "Dates", "Plans", "Reports", "Scheduler",
            "ServiceLifecycle", "Synchronization", "Transport",
        ],
        // Only this folder uses SwiftNIO. The folder imports no other target of this package.
        "Sources/Web/Listener/": ["Glibc", "NIOCore", "NIOHTTP1", "NIOPosix"],
        // Only this folder serves requests.
        "Sources/remindd/Control/": [
            "Clocks", "Config", "Dates", "Diagnostics", "Documents", "Foundation", "JSON", "Ledgers", "Listener", "Logging",
            "Monitoring", "Plans", "Reports", "Scheduler", "ServiceLifecycle", "Synchronization",
        ],
        "Sources/remindd/Systemd/": ["CLinux", "CSystemd", "Diagnostics", "Foundation", "Glibc", "Dates", "Plans", "Scheduler"],
    ]

    static func imports(_ file: SourceFile) -> [Finding] {
        let room = rooms.keys.filter(file.path.hasPrefix).max { $0.count < $1.count }
        guard let room, let allowed = rooms[room] else {
            return [Finding(path: file.path, line: 1, message: "belongs to no folder of ARCHITECTURE.md")]
        }
        return file.imports.filter { !allowed.contains($0.module) }.map {
            Finding(path: file.path, line: $0.line, message: "\(room) does not import \($0.module)")
        }
    }

    private static let banned: [(call: String, instead: String)] = [
        ("Date()", "time is an argument"),
        ("Date.now", "time is an argument"),
        ("Task {", "no loose tasks: services run in the service group"),
        ("Task.detached", "no loose tasks: services run in the service group"),
        ("try!", "handle it, or make it a precondition with its reason"),
        ("as!", "handle it, or make it a precondition with its reason"),
        ("fatalError(", "a defect is a precondition"),
        ("Calendar(", "Foundation's calendars are wrong on Linux: Scheduler/Dates"),
        ("Calendar.current", "Foundation's calendars are wrong on Linux: Scheduler/Dates"),
        ("TimeZone", "Foundation's zones are those of the toolchain: Zone reads the system's"),
        ("DateFormatter", "it uses Foundation's calendars and zones: Scheduler/Dates"),
        ("print(", "only commands print; everything else returns or logs"),
    ]

    static func bannedCalls(_ file: SourceFile) -> [Finding] {
        let mayPrint = file.path.hasPrefix("Sources/remindd/Commands/")
        return banned.filter { mayPrint ? $0.call != "print(" : true }.flatMap { call, instead in
            file.lines(with: call).map { Finding(path: file.path, line: $0, message: "\(call) is banned: \(instead)") }
        }
    }

    /// The maximum number of lines of a function, which then fits on a screen.
    static let longestFunction = 70

    static func longFunctions(_ file: SourceFile) -> [Finding] {
        file.functions.filter { $0.length > longestFunction }.map {
            Finding(path: file.path, line: $0.line, message: "\($0.name) has \($0.length) lines; \(longestFunction) is the most")
        }
    }

    /// Reports code that disables a compiler check without a reason on the line above.
    static func unreasonedUnsafety(_ file: SourceFile) -> [Finding] {
        ["@unchecked Sendable", "nonisolated(unsafe)"].flatMap { word in
            file.lines(with: word).filter { line in
                !(line > 1 ? file.lines[line - 2].drop { $0 == " " } : "").hasPrefix("//")
            }.map { Finding(path: file.path, line: $0, message: "\(word) needs its reason as a comment on the line above") }
        }
    }

    /// Reports files whose name does not match their contents.
    ///
    /// `Name.swift` declares `Name` or a type whose name begins with `Name`. `Name+Part.swift`
    /// extends `Name`.
    static func fileName(_ file: SourceFile) -> [Finding] {
        let base = file.path.split(separator: "/").last?.dropLast(".swift".count) ?? ""
        let type = base.prefix { $0 != "+" }
        let keywords = base.contains("+") ? ["extension"] : ["struct", "class", "enum", "actor", "protocol", "typealias"]
        let isDeclared = zip(file.words, file.words.dropFirst()).contains { keywords.contains($0) && $1.hasPrefix(type) }
        if isDeclared { return [] }
        let wanted = base.contains("+") ? "extends no \(type)" : "declares no type \(type)"
        return [Finding(path: file.path, line: 1, message: "a file is named after its one type, and this one \(wanted)")]
    }

    /// Reports trailing white space, notes about unfinished work, and a wrong end of the file.
    ///
    /// A file must end in exactly one line feed.
    static func text(path: String, _ text: String) -> [Finding] {
        // Each word is written in two pieces, because the rule checks this file too.
        let leftovers = ["TO" + "DO", "FIX" + "ME"]
        var findings: [Finding] = []
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            if let last = line.last, [UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r")].contains(last) {
                findings.append(Finding(path: path, line: index + 1, message: "blanks at the end of the line"))
            }
            for leftover in leftovers where line.firstRange(of: leftover.utf8) != nil {
                findings.append(Finding(path: path, line: index + 1, message: "\(leftover): do it, or file an issue"))
            }
        }
        if !text.isEmpty, !text.hasSuffix("\n") || text.hasSuffix("\n\n") {
            findings.append(Finding(path: path, line: lines.count, message: "ends in one line feed"))
        }
        return findings
    }

    /// Reports test functions that never run, because they have no `@Test` and nothing calls them.
    static func forgottenTests(_ tests: [SourceFile], mentionedIn others: [SourceFile]) -> [Finding] {
        var mentions: [String: Int] = [:]
        for file in tests + others {
            for word in file.words { mentions[word, default: 0] += 1 }
        }
        return tests.flatMap { file in
            file.functions.filter { !$0.isTest && $0.name != "init" && mentions[$0.name] == 1 }.map {
                Finding(path: file.path, line: $0.line, message: "\($0.name) never runs: @Test is missing, or it can go")
            }
        }
    }
}

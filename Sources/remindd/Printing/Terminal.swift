import Foundation
import Plans

/// What the terminal at standard output can show, and the language of the person in front of it.
struct Terminal {
    /// The number of columns; 80 if standard output is not a terminal.
    let columns: Int
    /// Whether colours are shown. They are not if `NO_COLOR` is set (https://no-color.org).
    let hasColour: Bool
    /// The language in which commands print their lists.
    let language: Language

    /// The number of columns in a pipe or a file.
    static let pipeColumns = 80
    /// Text is laid out for at least this many columns, although it may then not fit.
    private static let fewestColumns = 40

    static var current: Terminal {
        let environment = ProcessInfo.processInfo.environment
        var size = winsize()
        let isTerminal = isatty(STDOUT_FILENO) == 1
        let hasSize = isTerminal && ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        let mayColour = environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
        return Terminal(
            columns: hasSize ? max(fewestColumns, Int(size.ws_col)) : pipeColumns, hasColour: isTerminal && mayColour,
            language: language(environment))
    }

    /// Returns the language of the locale: Vietnamese if its name begins with `vi`, else English.
    static func language(_ environment: [String: String]) -> Language {
        let names = ["LC_ALL", "LC_MESSAGES", "LANG"].lazy.compactMap { environment[$0] }
        return names.first { !$0.isEmpty }?.hasPrefix("vi") == true ? .vi : .en
    }
}

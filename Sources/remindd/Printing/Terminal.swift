import Foundation
import Plans

/// The abilities of the terminal at standard output, and the language of its user.
struct Terminal {
    /// The number of columns; 80 if standard output is not a terminal.
    let columns: Int
    /// Whether colours are shown. They are not if `NO_COLOR` is set (https://no-color.org).
    let hasColour: Bool
    /// The language in which commands print their lists.
    let language: Language

    /// Text is laid out for at least this many columns, although it may then not fit.
    private static let fewestColumns = 40

    static var current: Terminal {
        let environment = ProcessInfo.processInfo.environment
        let mayColour = environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
        return Terminal(
            columns: max(fewestColumns, Interface.width(of: STDOUT_FILENO) ?? Interface.defaultWidth),
            hasColour: isatty(STDOUT_FILENO) == 1 && mayColour, language: Interface.planLanguage)
    }
}

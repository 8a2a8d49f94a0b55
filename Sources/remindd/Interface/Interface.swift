import Diagnostics
import Foundation
import Plans

/// The language and the width in which commands show text to the person who typed them.
enum Interface {
    /// The language of this run: that of `--language`, else that of the environment.
    static let language =
        requested(in: CommandLine.arguments) ?? DisplayLanguage(environment: ProcessInfo.processInfo.environment)

    /// The language of this run, for texts that plans have in both languages, such as phrases.
    static let planLanguage: Language = language == .vietnamese ? .vi : .en

    /// Returns the language that the arguments of a command name; nil if they name none.
    ///
    /// The help needs the language before the arguments are parsed.
    static func requested(in arguments: [String]) -> DisplayLanguage? {
        var found: DisplayLanguage?
        for (index, argument) in arguments.enumerated() {
            if argument == "--" { break }
            if argument == option, arguments.indices.contains(index + 1) {
                found = DisplayLanguage(rawValue: arguments[index + 1]) ?? found
            } else if argument.hasPrefix(option + "=") {
                found = DisplayLanguage(rawValue: String(argument.dropFirst(option.count + 1))) ?? found
            }
        }
        return found
    }

    /// Returns the arguments without a language that stands before the name of the command.
    ///
    /// `remindd --language vi check` thus means the same as `remindd check --language vi`.
    static func withoutLeadingLanguage(_ arguments: [String]) -> [String] {
        guard let first = arguments.first else { return arguments }
        if first == option, arguments.count > 1, DisplayLanguage(rawValue: arguments[1]) != nil {
            return withoutLeadingLanguage(Array(arguments.dropFirst(2)))
        }
        if first.hasPrefix(option + "="), DisplayLanguage(rawValue: String(first.dropFirst(option.count + 1))) != nil {
            return withoutLeadingLanguage(Array(arguments.dropFirst()))
        }
        return arguments
    }

    private static let option = "--language"

    /// Returns the number of columns of the terminal behind a stream; nil if it is no terminal.
    static func width(of descriptor: Int32) -> Int? {
        guard isatty(descriptor) == 1 else { return nil }
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return defaultWidth }
        return max(20, Int(size.ws_col))
    }

    /// The number of columns for text that does not go to a terminal.
    static let defaultWidth = 80
}

extension LocalizedText {
    /// The text in the language of this run.
    var shown: String { text(in: Interface.language) }
}

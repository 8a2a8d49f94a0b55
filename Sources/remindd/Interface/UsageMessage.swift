import Diagnostics

/// Translates the words that ArgumentParser puts around the texts of the help and of usage errors.
///
/// ArgumentParser knows English only. The texts that it puts them around are this program's own,
/// and are made in the language of the run.
enum UsageMessage {
    /// - Parameter width: the number of columns for the help. ArgumentParser has wrapped the
    ///   English text; lines that have become longer are wrapped again.
    static func localized(_ message: String, in language: DisplayLanguage, width: Int) -> String {
        guard language == .vietnamese else { return message }
        let isHelp = message.hasPrefix("OVERVIEW: ")
        return message.split(separator: "\n", omittingEmptySubsequences: false).flatMap { english -> [String] in
            let line = line(String(english))
            let own = line.prefix { $0 == " " }.count
            guard isHelp, !english.hasPrefix("USAGE: ") else { return [line] }
            return WordWrap.lines(of: line, width: width, indent: own > 0 ? max(0, explanation - own) : 0)
        }.joined(separator: "\n")
    }

    /// The column at which ArgumentParser begins the explanations of options.
    private static let explanation = 26

    private static func line(_ line: String) -> String {
        let indent = line.prefix { $0 == " " }
        let text = String(line.dropFirst(indent.count))
        if let whole = whole(text) { return indent + whole }
        return parts.reduce(line) { $0.replacing($1.english, with: $1.vietnamese) }
    }

    /// Returns the translation of a line that has the form of one of `sentences`; nil for any
    /// other.
    private static func whole(_ text: String) -> String? {
        for (english, vietnamese) in sentences {
            if let values = values(in: text, english[...]) {
                return values.enumerated().reduce(vietnamese) { $0.replacing("{\($1.offset + 1)}", with: $1.element) }
            }
        }
        return nil
    }

    /// Returns the texts that stand in place of `{1}`, `{2}`, … in a line of the form `pattern`.
    private static func values(in text: String, _ pattern: Substring) -> [String]? {
        let pieces = pattern.split(separator: "{", omittingEmptySubsequences: false)
            .enumerated().map { $0.offset == 0 ? $0.element : $0.element.dropFirst(2) }
        guard let first = pieces.first, text.hasPrefix(first) else { return nil }
        var rest = text[...].dropFirst(first.count)
        var values: [String] = []
        for (index, piece) in pieces.enumerated().dropFirst() {
            if index == pieces.count - 1 {
                guard rest.hasSuffix(piece) else { return nil }
                values.append(String(rest.dropLast(piece.count)))
                rest = ""
            } else {
                guard let found = rest.firstRange(of: piece) else { return nil }
                values.append(String(rest[..<found.lowerBound]))
                rest = rest[found.upperBound...]
            }
        }
        return rest.isEmpty ? values : nil
    }

    private static let sentences: [(english: String, vietnamese: String)] = [
        ("OVERVIEW: {1}", "TÓM TẮT: {1}"), ("USAGE: {1}", "CÁCH DÙNG: {1}"), ("ARGUMENTS:", "THAM SỐ:"),
        ("OPTIONS:", "TÙY CHỌN:"), ("SUBCOMMANDS:", "CÁC LỆNH:"),
        ("See 'remindd help <subcommand>' for detailed help.", "Xem chi tiết một lệnh: remindd help <lệnh>"),
        ("See '{1} help {2}' for detailed help.", "Xem chi tiết: {1} help {2}"),
        ("See '{1}' for more information.", "Xem thêm: {1}"),
        ("Usage: {1}", "Cách dùng: {1}"), ("Help:  {1}", "Giải thích:  {1}"),
        ("Error: Unexpected argument '{1}'", "Lỗi: thừa tham số '{1}'"),
        ("Error: {1} unexpected arguments: '{2}'", "Lỗi: thừa {1} tham số: '{2}'"),
        ("Error: Missing expected argument '{1}'", "Lỗi: thiếu tham số '{1}'"),
        ("Error: Missing one of: '{1}'", "Lỗi: thiếu một trong các tham số: '{1}'"),
        ("Error: Missing value for '{1}'", "Lỗi: thiếu giá trị cho '{1}'"),
        ("Error: Unknown option '{1}'. Did you mean '{2}'?", "Lỗi: không có tùy chọn '{1}'; có phải ý là '{2}'?"),
        ("Error: Unknown option '{1}'", "Lỗi: không có tùy chọn '{1}'"),
        (
            "Error: The option '{1}' does not take any value, but '{2}' was specified.",
            "Lỗi: tùy chọn '{1}' không nhận giá trị, nhưng lại có '{2}'"
        ),
        (
            "Error: The value '{1}' is invalid for '{2}'. Please provide one of '{3}'.",
            "Lỗi: giá trị '{1}' không dùng được cho '{2}'; hãy chọn một trong các giá trị '{3}'"
        ),
        ("Error: The value '{1}' is invalid for '{2}': {3}", "Lỗi: giá trị '{1}' không dùng được cho '{2}': {3}"),
        ("Error: The value '{1}' is invalid for '{2}'", "Lỗi: giá trị '{1}' không dùng được cho '{2}'"),
        ("Error: {1}", "Lỗi: {1}"),
    ]

    /// Words within the lines of the help.
    private static let parts: [(english: String, vietnamese: String)] = [
        ("Show the version.", "In phiên bản."), ("Show help information.", "In phần hướng dẫn này."),
        ("(values: ", "(các giá trị: "), ("; default: ", "; mặc định: "), ("(default: ", "(mặc định: "),
        ("(default)", "(mặc định)"),
    ]
}

/// A text for people that can be shown in every language of the program.
///
/// The text is written in English as a string literal. Interpolated values become arguments, so
/// that the catalogue of another language can be searched for the literal: `"\(key) is empty"` has
/// the template `{1} is empty` and one argument. An argument may be a `LocalizedText` itself.
///
/// Two texts are equal if they are equal in English.
public struct LocalizedText: Sendable {
    /// The English text, with `{1}`, `{2}`, … in place of the arguments.
    public let template: String
    let arguments: [Argument]
    /// The Vietnamese text if it was made with the English one; nil if the catalogue has it.
    let vietnamese: String?

    enum Argument: Sendable {
        /// Text that is the same in every language, such as a path or a number.
        case verbatim(String)
        case text(LocalizedText)
    }

    init(template: String, arguments: [Argument], vietnamese: String? = nil) {
        self.template = template
        self.arguments = arguments
        self.vietnamese = vietnamese
    }

    /// Creates a text that is the same in every language.
    public init(verbatim text: String) {
        self.init(template: "{1}", arguments: [.verbatim(text)])
    }

    /// Creates a text that another part of the program has already written in both languages.
    public init(english: String, vietnamese: String) {
        self.init(template: english, arguments: [], vietnamese: vietnamese)
    }

    /// Creates a text from an English text that is not a literal of this program.
    ///
    /// It is translated if the catalogue has it. An example is the description of a system error.
    public init(lookedUp text: String) {
        self.init(template: text, arguments: [])
    }

    /// Joins the texts of a list. The separator is the same in every language.
    public init(joining texts: [LocalizedText], separator: String = ", ") {
        self.init(
            template: texts.indices.map { "{\($0 + 1)}" }.joined(separator: separator), arguments: texts.map { .text($0) })
    }

    /// Returns the text in a language.
    ///
    /// A template that the catalogue does not have is shown in English.
    public func text(in language: DisplayLanguage) -> String {
        if language == .vietnamese, let vietnamese { return vietnamese }
        let pattern = language == .english ? template : VietnameseCatalogue.entries[template] ?? template
        return LocalizedText.filled(pattern) { number in
            guard arguments.indices.contains(number - 1) else { return nil }
            return switch arguments[number - 1] {
            case .verbatim(let text): text
            case .text(let text): text.text(in: language)
            }
        }
    }

    /// The templates of this text and of its arguments.
    public var templates: [String] {
        (vietnamese == nil ? [template] : [])
            + arguments.flatMap { argument in
                if case .text(let text) = argument { text.templates } else { [String]() }
            }
    }

    /// Replaces `{1}` … `{99}` in a pattern. A number for which `value` is nil is kept as it is.
    private static func filled(_ pattern: String, _ value: (Int) -> String?) -> String {
        guard pattern.utf8.contains(UInt8(ascii: "{")) else { return pattern }
        var text = ""
        var rest = Substring(pattern)
        while let open = rest.firstIndex(of: "{") {
            text += rest[..<open]
            let digits = rest[rest.index(after: open)...].prefix { $0.isASCII && $0.isNumber }
            if digits.endIndex < rest.endIndex, rest[digits.endIndex] == "}", let number = Int(digits), let value = value(number)
            {
                text += value
                rest = rest[rest.index(after: digits.endIndex)...]
            } else {
                text += "{"
                rest = rest[rest.index(after: open)...]
            }
        }
        return text + rest
    }

    /// Joins two texts. The result has one template.
    public static func + (first: LocalizedText, second: LocalizedText) -> LocalizedText {
        let shift = first.arguments.count
        let template = shift == 0 ? second.template : filled(second.template) { "{\($0 + shift)}" }
        return LocalizedText(template: first.template + template, arguments: first.arguments + second.arguments)
    }
}

extension LocalizedText: CustomStringConvertible {
    /// The English text.
    public var description: String { text(in: .english) }
}

extension LocalizedText: Hashable {
    public static func == (a: LocalizedText, b: LocalizedText) -> Bool { a.description == b.description }
    public func hash(into hasher: inout Hasher) { hasher.combine(description) }
}

extension LocalizedText: ExpressibleByStringInterpolation {
    public init(stringLiteral text: String) { self.init(template: text, arguments: []) }

    public init(stringInterpolation pieces: StringInterpolation) {
        self.init(template: pieces.template, arguments: pieces.arguments)
    }

    public struct StringInterpolation: StringInterpolationProtocol {
        var template = ""
        var arguments: [Argument] = []

        public init(literalCapacity: Int, interpolationCount: Int) {
            template.reserveCapacity(literalCapacity + 3 * interpolationCount)
            arguments.reserveCapacity(interpolationCount)
        }

        public mutating func appendLiteral(_ literal: String) { template += literal }

        public mutating func appendInterpolation(_ text: String) { append(.verbatim(text)) }
        public mutating func appendInterpolation(_ number: Int) { append(.verbatim(String(number))) }
        public mutating func appendInterpolation(_ text: LocalizedText) { append(.text(text)) }
        public mutating func appendInterpolation(_ value: some LocalizedTextConvertible) { append(.text(value.localizedText)) }
        public mutating func appendInterpolation(_ value: some Any) {
            if let value = value as? any LocalizedTextConvertible {
                append(.text(value.localizedText))
            } else {
                append(.verbatim("\(value)"))
            }
        }

        private mutating func append(_ argument: Argument) {
            arguments.append(argument)
            template += "{\(arguments.count)}"
        }
    }
}

/// A value, such as an error, whose description can be shown in every language of the program.
public protocol LocalizedTextConvertible: CustomStringConvertible {
    var localizedText: LocalizedText { get }
}

extension LocalizedTextConvertible {
    /// The English text.
    public var description: String { localizedText.description }
}

extension LocalizedText: Codable {
    private enum CodingKeys: String, CodingKey {
        case english = "text", template, arguments, vietnamese
    }

    /// Reads a text that `encode` wrote, or a plain string from a daemon of version 0.1.
    public init(from decoder: any Decoder) throws {
        if let text = try? decoder.singleValueContainer().decode(String.self) {
            self.init(verbatim: text)
            return
        }
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            template: try values.decode(String.self, forKey: .template),
            arguments: try values.decode([Argument].self, forKey: .arguments),
            vietnamese: try values.decodeIfPresent(String.self, forKey: .vietnamese))
    }

    /// Writes the English text, and its parts so that the reader can choose the language.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(description, forKey: .english)
        try values.encode(template, forKey: .template)
        try values.encode(arguments, forKey: .arguments)
        try values.encodeIfPresent(vietnamese, forKey: .vietnamese)
    }
}

extension LocalizedText.Argument: Codable {
    init(from decoder: any Decoder) throws {
        if let text = try? decoder.singleValueContainer().decode(String.self) {
            self = .verbatim(text)
        } else {
            self = .text(try LocalizedText(from: decoder))
        }
    }

    func encode(to encoder: any Encoder) throws {
        switch self {
        case .verbatim(let text):
            var value = encoder.singleValueContainer()
            try value.encode(text)
        case .text(let text): try text.encode(to: encoder)
        }
    }
}

import Dates
import Plans
import Scheduler
import Synchronization

/// Renders the subject, text and HTML of messages from mustache templates.
///
/// The templates are in the recipient's language. Values are not parsed after they are inserted, so
/// `{{x}}` in a title stays as it is. In HTML every value is escaped.
///
/// The texts of many recipients differ only in the name. A rendering with gaps for the name is
/// therefore cached and used for all of them.
public final class Wording: Sendable {
    /// The subject, text and HTML of one message for one recipient.
    public struct Rendering: Hashable, Sendable {
        /// The subject, on one line.
        public let subject: String
        public let text: String
        public let html: String
        /// Why a user's template could not be used; nil if no template failed.
        ///
        /// If a template failed, all three texts come from the built-in templates.
        public let failure: RenderFailure?
    }

    /// The maximum number of cached renderings. Each reminder that is due needs a few of them.
    static let cacheLimit = 256

    private let templates: [Language: Templates]
    /// The languages in which a user's template replaces a built-in template.
    private let overridden: Set<Language>
    private let cache = Mutex(Cache())

    /// Creates a wording that uses only the built-in templates.
    public convenience init() {
        self.init(templates: Self.builtin)
    }

    /// Creates a wording that uses the user's templates, and returns it with their problems.
    ///
    /// If a template has a problem, the built-in template is used instead of it.
    ///
    /// - Parameter overrides: the user's templates by name. A name is `vi/subject`, `vi/text`,
    ///   `vi/html` or the same with `en`, with or without the ending `.mustache`.
    public static func reading(_ overrides: [String: String]) -> (wording: Wording, problems: [TemplateProblem]) {
        var templates = builtin
        var overridden: Set<Language> = []
        var problems: [TemplateProblem] = []
        for (key, text) in overrides.sorted(by: { $0.key < $1.key }) {
            let name = key.hasSuffix(".mustache") ? String(key.dropLast(".mustache".count)) : key
            guard let slot = Templates.slot(name) else {
                let known = Templates.names.joined(separator: ", ")
                problems.append(
                    TemplateProblem(template: name, line: nil, column: nil, message: "no such template; there are \(known)"))
                continue
            }
            let found = TemplateCheck.problems(in: text, template: name)
            problems += found
            guard found.isEmpty else { continue }
            guard let template = Template(text, isHTML: slot.part == \.html) else {
                problems.append(TemplateProblem(template: name, line: nil, column: nil, message: "the template cannot be read"))
                continue
            }
            templates[slot.language]?[keyPath: slot.part] = template
            overridden.insert(slot.language)
        }
        return (Wording(templates: templates, overridden: overridden), problems)
    }

    private init(templates: [Language: Templates], overridden: Set<Language> = []) {
        self.templates = templates
        self.overridden = overridden
    }

    /// The built-in templates by name. `config/templates` has the same templates.
    public static var builtinTexts: [String: String] {
        [
            "vi/subject": BuiltinTemplates.subject, "vi/text": BuiltinTemplates.vietnameseText,
            "vi/html": BuiltinTemplates.vietnameseHTML, "en/subject": BuiltinTemplates.subject,
            "en/text": BuiltinTemplates.englishText, "en/html": BuiltinTemplates.englishHTML,
        ]
    }

    public func render(_ message: Message) -> Rendering {
        draft(of: message).filled(with: TemplateContext.clean(message.addressee))
    }

    /// Returns the subject as it is sent, and why a user's template failed; nil if none failed.
    ///
    /// All three texts are rendered, because each of them may fail. They stay in the cache for the
    /// channels.
    public func trial(of message: Message) -> (subject: String, failure: RenderFailure?) {
        let draft = draft(of: message)
        return (draft.subject(with: TemplateContext.clean(message.addressee)), draft.failure)
    }

    /// Returns the subject as it is sent.
    ///
    /// If the language has only built-in templates, the other texts are not rendered. The call then
    /// costs a fraction of `render`, and its result is not cached.
    public func subject(of message: Message) -> String {
        RenderedTemplate.subject(of: subjectPieces(of: message), with: TemplateContext.clean(message.addressee))
    }

    /// Returns the pieces of the subject, between which the recipient's name belongs.
    package func subjectPieces(of message: Message) -> [String] {
        guard !overridden.contains(message.language), let templates = templates[message.language] else {
            // If a user's template cannot be used for the subject, the plain text or the HTML, the
            // built-in templates supply all three. All three are therefore rendered, although only
            // the subject is needed.
            return draft(of: message).subject
        }
        let (day, late) = (message.notice.plan.zone.civil(at: message.at).day, message.saysLate)
        let rendered = templates.subject.render(TemplateContext(message, day: day, late: late).variables, limit: .max) ?? []
        return Array(Self.singleLine(String(decoding: rendered, as: UTF8.self)).utf8).pieces
    }

    /// Returns the texts of a message with gaps for the recipient's name.
    ///
    /// All recipients whose texts differ only in the name get the same object.
    package func draft(of message: Message) -> RenderedTemplate {
        let notice = message.notice
        let key = Key(
            notice: ObjectIdentifier(notice), language: message.language, day: notice.plan.zone.civil(at: message.at).day,
            minutesAhead: message.minutesAhead, late: message.saysLate, groups: message.groups,
            possibleDuplicate: message.possibleDuplicate)
        if let kept = cache.withLock({ $0.rendering(key) }) { return kept }
        let draft = render(TemplateContext(message, day: key.day, late: key.late))
        cache.withLock { $0.keep(draft, key, notice) }
        return draft
    }

    private func render(_ values: TemplateContext) -> RenderedTemplate {
        guard let templates = templates[values.language], let builtin = Self.builtin[values.language] else {
            preconditionFailure("no templates for \(values.language)")
        }
        guard let draft = render(values, templates, limit: overridden.contains(values.language) ? Template.limit : .max) else {
            return standIn(
                values, builtin,
                "the templates of \(values.language.rawValue) come to more than \(Template.limit >> 10) kB with this message")
        }
        // The user's templates were checked when they were read. But a template may consist only of
        // sections that are all left out in this message (fault 110).
        guard let blank = draft.blankPart else { return draft }
        return standIn(values, builtin, "template \(values.language.rawValue)/\(blank) comes out empty")
    }

    private func standIn(_ values: TemplateContext, _ builtin: Templates, _ why: String) -> RenderedTemplate {
        guard let draft = render(values, builtin, limit: .max) else { preconditionFailure("longer than any limit") }
        return draft.standingIn(why)
    }

    /// Renders the subject, text and HTML. Returns nil if one of them exceeds `limit` bytes.
    private func render(_ values: TemplateContext, _ templates: Templates, limit: Int) -> RenderedTemplate? {
        var variables = values.variables
        guard let rendered = templates.subject.render(variables, limit: limit) else { return nil }
        let subject = Self.singleLine(String(decoding: rendered, as: UTF8.self))
        if !subject.isEmpty { variables[.subject] = .text(subject) }
        guard var text = templates.text.render(variables, limit: limit),
            let html = templates.html.render(variables, limit: limit)
        else { return nil }
        if let rehearsal = values.rehearsal { text = Array((rehearsal + "\n\n").utf8) + text }
        return RenderedTemplate(subject: Array(subject.utf8).pieces, text: Self.tidy(text).pieces, html: html.pieces)
    }

    static func singleLine(_ text: String) -> String {
        var copy = text
        while copy.utf8.last == 0x0A { copy.removeLast() }
        if copy.isOnOneLine { return copy }
        return copy.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// Removes the superfluous empty lines that remain where sections were left out.
    ///
    /// The result has no empty line at its beginning, at most one empty line between other lines,
    /// and one line end at its end.
    private static func tidy(_ text: [UInt8]) -> [UInt8] {
        var tidied: [UInt8] = []
        tidied.reserveCapacity(text.count)
        var isAfterBlank = false
        for line in text.split(separator: 0x0A, omittingEmptySubsequences: false) {
            guard !isBlank(line) else {
                isAfterBlank = true
                continue
            }
            if isAfterBlank, !tidied.isEmpty { tidied.append(0x0A) }
            isAfterBlank = false
            tidied += line
            tidied.append(0x0A)
        }
        return tidied.isEmpty ? [0x0A] : tidied
    }

    private static func isBlank(_ line: ArraySlice<UInt8>) -> Bool {
        guard let first = line.first(where: { !(0x09...0x0D).contains($0) && $0 != 0x20 }) else { return true }
        // The line may consist of white space outside ASCII, such as U+00A0.
        return first >= 0x80 && String(decoding: line, as: UTF8.self).allSatisfy(\.isWhitespace)
    }

    // MARK: Templates

    private struct Templates {
        var subject: Template
        var text: Template
        var html: Template

        static var names: [String] {
            Language.allCases.flatMap { language in ["subject", "text", "html"].map { "\(language.rawValue)/\($0)" } }
        }

        static func slot(_ name: String) -> (language: Language, part: WritableKeyPath<Templates, Template>)? {
            let parts = name.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 2, let language = Language(rawValue: String(parts[0])) else { return nil }
            switch parts[1] {
            case "subject": return (language, \.subject)
            case "text": return (language, \.text)
            case "html": return (language, \.html)
            default: return nil
            }
        }
    }

    private static let builtin: [Language: Templates] = {
        func parsed(_ text: String, isHTML: Bool = false) -> Template {
            guard let template = Template(text, isHTML: isHTML) else { preconditionFailure("a built-in template is broken") }
            return template
        }
        return [
            .vi: Templates(
                subject: parsed(BuiltinTemplates.subject), text: parsed(BuiltinTemplates.vietnameseText),
                html: parsed(BuiltinTemplates.vietnameseHTML, isHTML: true)),
            .en: Templates(
                subject: parsed(BuiltinTemplates.subject), text: parsed(BuiltinTemplates.englishText),
                html: parsed(BuiltinTemplates.englishHTML, isHTML: true)),
        ]
    }()

    // MARK: The cache

    private struct Key: Hashable {
        let notice: ObjectIdentifier
        let language: Language
        let day: Day
        let minutesAhead: Int?
        let late: Bool
        let groups: [String]
        let possibleDuplicate: Bool
    }

    private struct Cache: Sendable {
        private var kept: [Key: (rendering: RenderedTemplate, notice: ReminderContent)] = [:]
        private var order: [Key] = []

        func rendering(_ key: Key) -> RenderedTemplate? { kept[key]?.rendering }

        /// Stores a rendering.
        ///
        /// The entry also retains the notice, whose address is part of the key. No other object can
        /// therefore get that address.
        mutating func keep(_ rendering: RenderedTemplate, _ key: Key, _ notice: ReminderContent) {
            guard kept.updateValue((rendering, notice), forKey: key) == nil else { return }
            order.append(key)
            guard order.count > Wording.cacheLimit else { return }
            // Removes the older half in one step. If a removed rendering is needed again, it is
            // rendered again.
            for old in order.prefix(Wording.cacheLimit / 2) { kept[old] = nil }
            order.removeFirst(Wording.cacheLimit / 2)
        }
    }
}

extension String {
    /// Whether the text has no white space except single spaces between words.
    ///
    /// The property looks only at bytes. It may therefore be false for such a text too, but a true
    /// value is certain.
    fileprivate var isOnOneLine: Bool {
        var copy = self
        return copy.withUTF8 { bytes in
            guard let first = bytes.first, let last = bytes.last, first != 0x20, last != 0x20 else { return false }
            var previous: UInt8 = 0
            for (index, byte) in bytes.enumerated() {
                switch byte {
                case 0x20: if previous == 0x20 { return false }
                case 0x09...0x0D: return false
                // These are the first bytes of white space outside ASCII: U+0085, U+00A0, U+1680,
                // U+2000 to U+205F and U+3000. The dash U+2013, which is in every subject, also
                // begins with one of these bytes, but is accepted.
                case 0xC2, 0xE3: return false
                case 0xE1: if index + 1 < bytes.count, bytes[index + 1] == 0x9A { return false }
                case 0xE2: if index + 2 < bytes.count, bytes[index + 1] != 0x80 || bytes[index + 2] != 0x93 { return false }
                default: break
                }
                previous = byte
            }
            return true
        }
    }
}

extension [UInt8] {
    /// The strings between the gaps for the recipient's name.
    fileprivate var pieces: [String] {
        split(separator: TemplateContext.gapByte, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
    }
}

import Mustache
import Scheduler
import Synchronization

/// Puts messages into words: subject, text and HTML, in the reader's language, from mustache templates.
///
/// A template is given values and never re-reads them, so `{{x}}` in a title stays what it is; in HTML every value is
/// escaped. What differs from reader to reader is only the name: a rendering is kept per notice, language, local date,
/// lateness and groups, with gaps where the name goes (a render takes 386 µs, filling the gaps next to nothing).
public final class Wording: Sendable {
    /// The three texts of one message, for one reader.
    public struct Rendering: Hashable, Sendable {
        /// One line.
        public let subject: String
        public let text: String
        public let html: String
        /// Why a text of the user's could not be used; these are the built-in ones then.
        public let failure: RenderFailure?
    }

    /// Renderings kept: a burst uses a few per reminder due at that time.
    static let cacheLimit = 256

    private let templates: [Language: Templates]
    /// Languages in which a text of the user's takes the place of a built-in one.
    private let overridden: Set<Language>
    /// How large the user's texts can become.
    private let weights: [Language: TemplateWeight]
    private let cache = Mutex(Cache())

    /// The built-in wording.
    public convenience init() {
        self.init(templates: Self.builtin)
    }

    /// The wording with the user's templates in place of built-in ones, and what is wrong with those. A template with a
    /// problem is not used: the built-in one stands in for it.
    /// - Parameter overrides: by name, `vi/subject`, `vi/text`, `vi/html`, `en/…`, with or without `.mustache`.
    public static func reading(_ overrides: [String: String]) -> (wording: Wording, problems: [TemplateProblem]) {
        var templates = builtin
        var overridden: Set<Language> = []
        var weights: [Language: TemplateWeight] = [:]
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
            do {
                templates[slot.language]?[keyPath: slot.part] = try Templates.parse(text, isHTML: slot.part == \.html)
                overridden.insert(slot.language)
                let weight = TemplateWeight(text)
                weights[slot.language] = weights[slot.language].map { $0.merged(with: weight) } ?? weight
            } catch {
                let place = (error as? MustacheTemplate.ParserError)?.context
                problems.append(
                    TemplateProblem(
                        template: name, line: place?.lineNumber, column: place?.columnNumber,
                        message: "the template cannot be read"))
            }
        }
        return (Wording(templates: templates, overridden: overridden, weights: weights), problems)
    }

    private init(
        templates: [Language: Templates], overridden: Set<Language> = [], weights: [Language: TemplateWeight] = [:]
    ) {
        self.templates = templates
        self.overridden = overridden
        self.weights = weights
    }

    /// The built-in templates by name, as they are shipped under `config/templates`.
    public static var builtinTexts: [String: String] {
        [
            "vi/subject": BuiltinTemplates.subject, "vi/text": BuiltinTemplates.vietnameseText,
            "vi/html": BuiltinTemplates.vietnameseHTML, "en/subject": BuiltinTemplates.subject,
            "en/text": BuiltinTemplates.englishText, "en/html": BuiltinTemplates.englishHTML,
        ]
    }

    public func render(_ message: Message) -> Rendering {
        draft(of: message).filled(with: Values.clean(message.recipient.name))
    }

    /// `render`'s subject alone, which costs a fraction of the three texts; nothing is kept of it.
    public func subject(of message: Message) -> String {
        let name = Values.clean(message.recipient.name)
        guard !overridden.contains(message.language), let templates = templates[message.language] else {
            // Whether the user's texts can be used shows only when all three are rendered.
            return draft(of: message).subject(with: name)
        }
        let (day, late) = (message.notice.zone.civil(at: message.at).day, message.saysLate)
        let subject = Self.singleLine(templates.subject.render(Values(message, day: day, late: late).variables))
        return Draft(subject: subject.components(gap: Values.gap), text: [], html: []).subject(with: name)
    }

    /// The texts that this message shares with those to other readers; the same object for all of them.
    func draft(of message: Message) -> Draft {
        let notice = message.notice
        let key = Key(
            notice: ObjectIdentifier(notice), language: message.language, day: notice.zone.civil(at: message.at).day,
            late: message.saysLate, groups: message.groups, possibleDuplicate: message.possibleDuplicate)
        if let kept = cache.withLock({ $0.rendering(key) }) { return kept }
        let draft = render(Values(message, day: key.day, late: key.late))
        cache.withLock { $0.keep(draft, key, notice) }
        return draft
    }

    private func render(_ values: Values) -> Draft {
        guard let templates = templates[values.language], let builtin = Self.builtin[values.language] else {
            preconditionFailure("no templates for \(values.language)")
        }
        if let weight = weights[values.language], weight.bound(values) > TemplateWeight.limit {
            return render(values, builtin).standingIn(
                "the templates of \(values.language.rawValue) come to more than \(TemplateWeight.limit >> 10) kB with this message"
            )
        }
        let draft = render(values, templates)
        // The user's texts were tried when they were read; but what lies in sections may all be left out of one message (fault 110).
        guard let blank = draft.blankPart else { return draft }
        return render(values, builtin).standingIn("template \(values.language.rawValue)/\(blank) comes out empty")
    }

    private func render(_ values: Values, _ templates: Templates) -> Draft {
        var variables = values.variables
        let subject = Self.singleLine(templates.subject.render(variables))
        variables[TemplateVariable.subject.rawValue] = subject
        var text = templates.text.render(variables)
        if let rehearsal = values.rehearsal { text = rehearsal + "\n\n" + text }
        return Draft(
            subject: subject.components(gap: Values.gap), text: Self.tidy(text).components(gap: Values.gap),
            html: templates.html.render(variables).components(gap: Values.gap))
    }

    static func singleLine(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// Sections that were left out leave empty lines: one at a time is enough, none at the start, one line end at the end.
    private static func tidy(_ text: String) -> String {
        var lines: [Substring] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.allSatisfy(\.isWhitespace) {
                if lines.last?.isEmpty == false { lines.append("") }
            } else {
                lines.append(line)
            }
        }
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines.joined(separator: "\n") + "\n"
    }

    // MARK: Templates

    private struct Templates {
        var subject: MustacheTemplate
        var text: MustacheTemplate
        var html: MustacheTemplate

        static var names: [String] {
            Language.allCases.flatMap { language in ["subject", "text", "html"].map { "\(language.rawValue)/\($0)" } }
        }

        static func slot(_ name: String) -> (language: Language, part: WritableKeyPath<Templates, MustacheTemplate>)? {
            let parts = name.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 2, let language = Language(rawValue: String(parts[0])) else { return nil }
            switch parts[1] {
            case "subject": return (language, \.subject)
            case "text": return (language, \.text)
            case "html": return (language, \.html)
            default: return nil
            }
        }

        static func parse(_ text: String, isHTML: Bool) throws -> MustacheTemplate {
            // Without it values in a subject or text would be escaped as HTML.
            try MustacheTemplate(string: isHTML ? text : "{{% CONTENT_TYPE: TEXT}}" + text)
        }
    }

    private static let builtin: [Language: Templates] = {
        func parsed(_ text: String, isHTML: Bool = false) -> MustacheTemplate {
            do {
                return try Templates.parse(text, isHTML: isHTML)
            } catch {
                preconditionFailure("a built-in template is broken: \(error)")
            }
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

    // MARK: Renderings kept

    private struct Key: Hashable {
        let notice: ObjectIdentifier
        let language: Language
        let day: Day
        let late: Bool
        let groups: [String]
        let possibleDuplicate: Bool
    }

    private struct Cache: Sendable {
        private var kept: [Key: (rendering: Draft, notice: Notice)] = [:]
        private var order: [Key] = []

        func rendering(_ key: Key) -> Draft? { kept[key]?.rendering }

        /// With the notice, so that no other can take its address while the key stands for it.
        mutating func keep(_ rendering: Draft, _ key: Key, _ notice: Notice) {
            guard kept.updateValue((rendering, notice), forKey: key) == nil else { return }
            order.append(key)
            guard order.count > Wording.cacheLimit else { return }
            // The older half goes at once; what is still in use is rendered anew.
            for old in order.prefix(Wording.cacheLimit / 2) { kept[old] = nil }
            order.removeFirst(Wording.cacheLimit / 2)
        }
    }
}

extension String {
    fileprivate func components(gap: String) -> [String] {
        split(separator: gap, omittingEmptySubsequences: false).map(String.init)
    }
}

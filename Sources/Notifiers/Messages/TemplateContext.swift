import Dates
import Plans
import Scheduler
import Transport

/// The values of the template variables (`TemplateVariable`) for one message.
package struct TemplateContext {
    /// The placeholder for the recipient's name.
    ///
    /// No value contains this character, because `clean` removes control characters.
    static let gap = "\u{1}"
    static let gapByte: UInt8 = 1

    let language: Language
    let variables: TemplateValues
    /// The sentence that a rehearsal puts before the text of the message; nil outside a rehearsal.
    let rehearsal: String?

    init(_ message: Message, day: Day, late: Bool) {
        let notice = message.notice
        let reminder = notice.reminder
        let words = Phrasebook(language: message.language)
        let countdown = words.countdown(start: reminder.start, end: reminder.end, today: day)
        var variables = TemplateValues()
        func set(_ variable: TemplateVariable, _ value: String?) {
            guard let value else { return }
            let cleaned = Self.clean(value)
            if !cleaned.isEmpty { variables[variable] = .text(cleaned) }
        }
        set(.prefix, words.prefix(notice.kind, late: late))
        set(.title, notice.campaign.title)
        set(.countdown, countdown.words)
        set(.countdownDate, words.date(countdown.day))
        set(.when, words.span(reminder.start, reminder.end))
        set(.start, words.date(reminder.start))
        set(.end, words.date(reminder.end))
        set(.lunar, words.lunar(notice.campaign.when, reminder.start, reminder.end))
        set(.understood, words.understood(notice.campaign.when, reminder.start, reminder.end))
        let note = notice.campaign.note.map { Self.clean($0) }.map { Self.withoutTrailingSpace($0) }
        set(.note, note)
        set(.source, words.source(notice.plan.source))
        set(.sourceNumber, notice.plan.source.number)
        set(.sourceDate, notice.plan.source.date.map(words.date))
        set(.sourceIssuer, notice.plan.source.issuer)
        set(.cite, notice.campaign.cite.map { Self.withoutTrailingSpace($0) })
        set(.reason, words.reason(groups: message.groups, plan: notice.plan.title))
        set(.groups, message.groups.joined(separator: ", "))
        set(.plan, notice.plan.title)
        set(.planId, notice.plan.id)
        set(.campaignId, notice.campaign.id)
        set(.occurrence, reminder.occurrence)
        set(.lead, reminder.key.lead)
        set(.due, words.moment(reminder.due, in: notice.plan.zone))
        set(.contact, notice.contact)
        set(.contactEmail, notice.contact.flatMap(Self.address))
        variables[.recipient] = .text(Self.gap)
        if let note, !note.isEmpty {
            variables[.noteLines] = .list(note.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
        }
        variables[.late] = .condition(late && notice.kind == .reminder)
        variables[.moved] = .condition(notice.kind == .moved)
        variables[.gone] = .condition(notice.kind == .gone)
        variables[.test] = .condition(notice.kind == .test)
        variables[.rehearsal] = .condition(notice.rehearsal)
        variables[.possibleDuplicate] = .condition(message.possibleDuplicate)
        self.variables = variables
        language = message.language
        rehearsal = notice.rehearsal ? words.rehearsal : nil
    }

    /// Removes control characters except line feed and tab. CR LF and CR become line feeds.
    package static func clean(_ text: String) -> String {
        guard text.holdsControls else { return text }
        var scalars = String.UnicodeScalarView()
        var afterCR = false
        for scalar in text.unicodeScalars {
            defer { afterCR = scalar == "\r" }
            switch scalar {
            case "\r": scalars.append("\n")
            case "\n": if !afterCR { scalars.append("\n") }
            case "\t": scalars.append("\t")
            case _ where scalar.isControl: continue
            default: scalars.append(scalar)
            }
        }
        return String(scalars)
    }

    /// Returns the first mail address in `text`; nil if there is none.
    private static func address(in text: String) -> String? {
        guard text.utf8.contains(UInt8(ascii: "@")) else { return nil }
        let words = text.split { $0.isWhitespace || ",;()<>[]\"".contains($0) }.map { $0.hasSuffix(".") ? $0.dropLast() : $0 }
        return words.lazy.compactMap { try? EmailAddress(String($0)).ascii }.first
    }

    package static func escaped(_ text: String) -> String {
        var output = ""
        for character in text.unicodeScalars {
            switch character {
            case "<": output += "&lt;"
            case ">": output += "&gt;"
            case "&": output += "&amp;"
            case "\"": output += "&quot;"
            case "'": output += "&#39;"
            default: output.unicodeScalars.append(character)
            }
        }
        return output
    }

    private static func withoutTrailingSpace(_ text: String) -> String {
        var rest = text[...]
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}

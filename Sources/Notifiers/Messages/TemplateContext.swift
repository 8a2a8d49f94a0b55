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
        let words = Phrasebook(language: message.language)
        var values = ValueCollector()
        values.setDates(message, words, today: day)
        values.setTexts(notice, words)
        values.set(.prefix, words.prefix(notice.kind, late: late))
        values.set(.reason, words.reason(groups: message.groups, plan: notice.plan.title))
        values.set(.groups, message.groups.joined(separator: ", "))
        values.all[.recipient] = .text(Self.gap)
        if let audience = notice.audience {
            values.all[.recipients] = .list(words.lines(of: audience).map { Self.clean($0) })
        }
        values.all[.hasRecipients] = .condition(notice.audience != nil)
        values.all[.late] = .condition(late && notice.kind == .reminder)
        values.all[.moved] = .condition(notice.kind == .moved)
        values.all[.gone] = .condition(notice.kind == .gone)
        values.all[.test] = .condition(notice.kind == .test)
        values.all[.rehearsal] = .condition(notice.rehearsal)
        values.all[.possibleDuplicate] = .condition(message.possibleDuplicate)
        variables = values.all
        language = message.language
        rehearsal = notice.rehearsal ? words.rehearsal : nil
    }

    /// Collects the values of the variables.
    private struct ValueCollector {
        var all = TemplateValues()

        mutating func set(_ variable: TemplateVariable, _ value: String?) {
            guard let value else { return }
            let cleaned = TemplateContext.clean(value)
            if !cleaned.isEmpty { all[variable] = .text(cleaned) }
        }

        /// Sets the values that depend on the occurrence's dates and on the day of the attempt.
        mutating func setDates(_ message: Message, _ words: Phrasebook, today: Day) {
            let notice = message.notice
            let (reminder, campaign) = (notice.reminder, notice.campaign)
            let progress = Progress(message, today: today)
            let move = notice.kind == .moved ? Move(notice) : nil
            set(.countdown, words.lowercased(words.state(progress)))
            set(.countdownDate, words.date(progress.day))
            if notice.kind != .gone {
                set(.headline, move.map { words.headline($0, progress) } ?? words.headline(progress))
            }
            set(.state, words.state(notice.kind, progress, isReturn: move?.isReturn == true))
            let action = notice.say ?? campaign.note.flatMap(NoteLines.first(of:)) ?? campaign.title
            set(.opening, words.opening(notice.kind, progress, move, title: campaign.title, action: action))
            set(.when, words.span(reminder.start, reminder.end, reminder.time, campaign.details.partOfDay, campaign.when))
            if let move, let before = move.before, !move.isReturn {
                set(.formerWhen, words.span(before.lowerBound, before.upperBound, move.timeBefore, nil, campaign.when))
            }
            all[.back] = .condition(move?.isReturn ?? false)
            all[.deadline] = .condition(progress.isDeadline)
            set(.start, words.date(reminder.start))
            set(.end, words.date(reminder.end))
            let day = progress.day
            set(.dayWeekday, words.weekday(progress))
            set(.dayNumber, String(day.fields.day))
            set(.dayMonth, words.month(day))
            set(.lunar, words.lunar(campaign.when, reminder.start, reminder.end))
            set(.understood, words.understood(campaign.when, reminder.start, reminder.end))
            set(.due, words.moment(reminder.due, in: notice.plan.zone))
        }

        /// Sets the values that are in the plan.
        mutating func setTexts(_ notice: ReminderContent, _ words: Phrasebook) {
            let (plan, campaign) = (notice.plan, notice.campaign)
            set(.title, campaign.title)
            set(.say, notice.say)
            set(.place, campaign.details.place)
            set(.owner, campaign.owner)
            set(.link, campaign.details.link)
            // After a cancellation there is nothing to do.
            if notice.kind != .gone, let note = campaign.note { setNote(note) }
            set(.source, words.source(plan.source))
            set(.sourceNumber, plan.source.number)
            set(.sourceDate, plan.source.date.map(words.date))
            set(.sourceIssuer, plan.source.issuer)
            // The quotation may contain the date that has changed.
            if notice.kind != .moved { set(.cite, campaign.cite.map { TemplateContext.withoutTrailingSpace($0) }) }
            set(.plan, plan.title)
            set(.planId, plan.id)
            set(.campaignId, campaign.id)
            set(.occurrence, notice.reminder.occurrence)
            set(.lead, notice.reminder.key.lead)
            set(.contact, notice.contact)
            set(.contactEmail, notice.contact.flatMap(TemplateContext.address))
        }

        private mutating func setNote(_ text: String) {
            let note = TemplateContext.withoutTrailingSpace(TemplateContext.clean(text))
            guard !note.isEmpty else { return }
            all[.note] = .text(note)
            all[.noteLines] = .list(note.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
            let items = NoteLines.items(note)
            all[.noteItems] = .list(items)
            all[.noteIsList] = .condition(items.count > 1)
        }
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
    fileprivate static func address(in text: String) -> String? {
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

    static func withoutTrailingSpace(_ text: String) -> String {
        var rest = text[...]
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}

/// The lines of a note.
private enum NoteLines {
    /// The number of characters after which the first line of a note is cut in a message's opening.
    private static let limit = 90

    /// Returns the lines that are not empty, without white space and list marks around them.
    static func items(_ note: String) -> [String] {
        note.split(whereSeparator: \.isNewline).compactMap { line in
            let text = String(line).trimmed
            let item = text.first.map { "-–•*+".contains($0) } == true ? String(text.dropFirst()).trimmed : text
            return item.isEmpty ? nil : item
        }
    }

    /// The number of characters that a cut first line keeps at least.
    private static let leastKept = 40

    /// Returns the first line, cut between words if it is long.
    ///
    /// nil if all lines are empty, or if a long word, such as an address, leaves too little of the
    /// line.
    static func first(of note: String) -> String? {
        guard let line = items(TemplateContext.clean(note)).first else { return nil }
        guard line.count > limit else { return line }
        let cut = line.prefix(limit)
        guard let end = cut.lastIndex(where: \.isWhitespace), cut.distance(from: cut.startIndex, to: end) >= leastKept else {
            return nil
        }
        return cut[..<end] + "…"
    }
}

extension Progress {
    /// Creates the progress of a message's occurrence.
    fileprivate init(_ message: Message, today: Day) {
        let notice = message.notice
        let reminder = notice.reminder
        self.init(
            start: reminder.start, end: reminder.end, today: today, isDeadline: notice.campaign.when.isDeadline,
            time: reminder.time, minutesAhead: message.minutesAhead)
    }
}

extension Move {
    fileprivate init(_ notice: ReminderContent) {
        let reminder = notice.reminder
        self.init(
            before: notice.formerDates, after: reminder.start...reminder.end, timeBefore: notice.formerTime, time: reminder.time)
    }
}

extension Message {
    /// The number of minutes until the occurrence begins, rounded up.
    ///
    /// nil unless the lead counts hours or minutes. Two attempts in the same minute have the same
    /// value.
    var minutesAhead: Int? {
        guard notice.kind == .reminder, notice.rule.timeBefore != nil, let time = notice.reminder.time else { return nil }
        let left = notice.plan.zone.instant(notice.reminder.start, time.start) - at
        return Int((left.milliseconds + 59_999) / 60_000)
    }
}

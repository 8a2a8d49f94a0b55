import Dates
import Diagnostics
import Documents
import Plans
import Scheduler

// Reads the time, the place and the responsible person of a campaign.

extension PlanReader {
    /// Returns the details of a campaign.
    ///
    /// - Parameters:
    ///   - table: the keys of the campaign.
    ///   - when: the campaign's `when` phrase, which may have an hour; nil if it is refused.
    func details(_ table: YAMLTable, when: WhenPhrase?) -> EventDetails {
        var details = EventDetails(partOfDay: when?.partOfDay)
        details.time = time(table["time"], when: when)
        details.place = table["place"]?.text("place", isProse: true, maxCharacters: PlanReader.titleLimit)
        details.owner = table["owner"].flatMap(owner)
        details.link = table["link"].flatMap(link)
        return details
    }

    /// Returns the time of the key `time` or, without the key, the hour of the `when` phrase.
    private func time(_ value: YAMLValue?, when: WhenPhrase?) -> EventTime? {
        guard let value, let text = value.text("time", maxCharacters: 100) else { return when?.time }
        let time: EventTime
        do {
            time = try EventTime(phrase: text)
        } catch {
            value.error(error, of: "time")
            return when?.time
        }
        guard let when else { return time }
        if let end = time.end, end <= time.start, !when.recurrence.hasSeveralDays {
            value.error("time \(value.shown): the time of day ends before it starts")
        }
        if let written = when.time, written.start != time.start || written.end ?? time.end != time.end {
            value.error("time is \(time), but \"when\" says \(written); write it once")
        }
        if let part = when.partOfDay, part.hour(time.start.hour) != time.start.hour {
            value.error(
                "time is \(time), but \"when\" says \(LocalizedText(english: part.english, vietnamese: part.vietnamese)); write one of the two"
            )
        }
        return time
    }

    private func owner(_ value: YAMLValue) -> String? {
        guard let id = value.text("owner") else { return nil }
        if let names, !names.check(id, value, in: "owner") { return nil }
        if let directory, directory.position(id) == nil {
            value.error("owner is the group \(id); one recipient is responsible")
            return nil
        }
        return id
    }

    private func link(_ value: YAMLValue) -> String? {
        guard let text = value.text("link", maxCharacters: PlanReader.linkLimit) else { return nil }
        if let problem = LinkProblem(text) {
            value.error("link is \(value.shown); \(problem.message)", hints: problem.hint.map { [$0] } ?? [])
            return nil
        }
        return text
    }

    /// Reports leads in hours of a campaign without a time of day.
    func checkHours(_ leads: [Lead], _ details: EventDetails, _ place: YAMLValue) {
        guard details.time == nil, let lead = leads.first(where: { $0.rule.timeBefore != nil }) else { return }
        place.error("\"\(LeadName.text(lead.id))\" counts back from a time of day, and the campaign has no \"time\"")
    }
}

/// The reason why a text is not a web address that a message can show as a link.
struct LinkProblem {
    let message: LocalizedText
    /// The address that was probably meant; nil if it is not known.
    let hint: String?

    /// Returns nil if the text is an address.
    init?(_ text: String) {
        let lower = text.lowercased()
        guard let scheme = ["https://", "http://"].first(where: lower.hasPrefix) else {
            message = "allowed: an address that begins with https:// or http://"
            let isBare = !text.contains(":") && text.contains(".") && LinkProblem("https://" + text) == nil
            hint = isBare ? "https://" + text : nil
            return
        }
        let authority = text.dropFirst(scheme.count).prefix { !"/?#".contains($0) }
        guard !authority.isEmpty, !authority.contains("@"), authority.utf8.allSatisfy(LinkProblem.isAllowed) else {
            message = "its host is missing, has a user name or has letters outside ASCII"
            hint = nil
            return
        }
        guard !text.utf8.allSatisfy(LinkProblem.isAllowed) else { return nil }
        message = "spaces and letters outside ASCII are written %-encoded"
        hint = String(
            text.utf8.map { LinkProblem.isAllowed($0) ? String(UnicodeScalar($0)) : LinkProblem.encoded($0) }.joined())
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) && !"\"<>\\^`{|}".utf8.contains(byte)
    }

    private static func encoded(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16, uppercase: true)
        return "%" + (digits.count == 1 ? "0" : "") + digits
    }
}

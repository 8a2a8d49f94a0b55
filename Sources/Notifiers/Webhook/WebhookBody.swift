import JSON
import Messages
import Plans
import Scheduler

/// The JSON body of a webhook request. The order of its keys is fixed.
///
/// The pieces between the gaps are shared by all recipients of a rendered template. The gaps are
/// for the delivery's id, the recipient's id and the recipient's name.
struct WebhookBody: Sendable {
    /// The size in bytes that a body must stay below (Standard Webhooks 1.0, "Payload size").
    static let limit = 20_000

    private let draft: RenderedTemplate
    private let whole: Form

    /// - Parameter message: any one of the messages that share the rendered template `draft`.
    init(_ message: Message, _ draft: RenderedTemplate) {
        self.draft = draft
        whole = Self.form(message, subject: draft.subject, text: draft.text, cite: message.notice.campaign.cite)
    }

    /// Returns the body for one message.
    ///
    /// If the body reaches the limit, it is shortened. `text` is cut before `cite`. Text is cut
    /// only between characters, and ends in `…`.
    func bytes(_ message: Message) -> [UInt8] {
        let name = TemplateContext.clean(message.addressee)
        let body = whole.bytes { gap in
            switch gap {
            case .delivery: message.delivery.text
            case .recipient: message.recipient.id
            case .name: name
            }
        }
        return body.count < Self.limit ? body : shortened(message, name)
    }

    private func shortened(_ message: Message, _ name: String) -> [UInt8] {
        let rendering = draft.filled(with: name)
        func write(text: String, cite: String?) -> [UInt8] {
            Self.form(message, subject: [rendering.subject], text: [text], cite: cite).bytes { gap in
                gap == .delivery ? message.delivery.text : message.recipient.id
            }
        }
        return Self.longest(rendering.text) { write(text: $0, cite: message.notice.campaign.cite) }
            ?? Self.longest(message.notice.campaign.cite ?? "") { write(text: "", cite: $0) } ?? write(text: "", cite: nil)
    }

    /// Returns the body with the longest prefix of `text` that keeps the body below the limit.
    ///
    /// The result is nil if even the body without `text` reaches the limit. The search is binary,
    /// because the size is not proportional to the length: an escaped character can be six times as
    /// long.
    private static func longest(_ text: String, _ body: (String) -> [UInt8]) -> [UInt8]? {
        let characters = Array(text)
        var best = body("")
        guard best.count < limit else { return nil }
        var fits = 0
        var tooLong = characters.count
        while tooLong - fits > 1 {
            let middle = (fits + tooLong) / 2
            let candidate = body(String(characters[..<middle]) + "…")
            if candidate.count < limit { (fits, best) = (middle, candidate) } else { tooLong = middle }
        }
        return best
    }

    private enum Gap: Sendable {
        case delivery, recipient, name
    }

    private typealias Form = JSONForm<Gap>

    /// - Parameters:
    ///   - subject: the pieces of the subject, with the recipient's name between every two pieces.
    ///   - text: the pieces of the text, with the recipient's name between every two pieces.
    private static func form(_ message: Message, subject: [String], text: [String], cite: String?) -> Form {
        let notice = message.notice
        let reminder = notice.reminder
        var before = JSONObject()
        before.add("type", type(notice.kind))
        before.add("timestamp", notice.plan.zone.rfc3339(notice.firedAt))
        var form = Form(before, opening: "data")
        form.add("delivery", gap: .delivery)
        var facts = JSONObject()
        facts.add("plan", notice.plan.id)
        facts.add("campaign", notice.campaign.id)
        facts.add("title", notice.campaign.title)
        facts.add("occurrence", reminder.occurrence)
        facts.add("start", reminder.start.description)
        facts.add("end", reminder.end.description)
        if let time = reminder.time { facts.add("time", time.description) }
        if notice.kind == .moved {
            facts.add("old_start", notice.formerDates?.lowerBound.description)
            facts.add("old_end", notice.formerDates?.upperBound.description)
            if reminder.time != nil || notice.formerTime != nil { facts.add("old_time", notice.formerTime?.description) }
        }
        facts.add("lead", reminder.key.lead)
        facts.add("anchor", reminder.key.anchor.description)
        facts.add("due", notice.plan.zone.rfc3339(reminder.due))
        facts.add("late", notice.isLate(at: message.at))
        form.add(facts)
        form.add("recipient", gap: .recipient)
        form.add("subject", subject, gap: .name)
        form.add("text", text, gap: .name)
        var rest = JSONObject()
        rest.add("source", source(notice.plan.source))
        rest.add("cite", cite)
        rest.add("tags", notice.campaign.tags)
        // These keys stand only in messages of campaigns that have them.
        let details = [
            ("place", notice.campaign.details.place), ("owner", notice.campaign.owner), ("link", notice.campaign.details.link),
            ("say", notice.say),
        ]
        for case (let key, let value?) in details { rest.add(key, value) }
        form.add(rest)
        form.close()
        return form
    }

    /// Returns the value of the key `type`, by which a receiving program distinguishes messages.
    private static func type(_ kind: ReminderContent.Kind) -> String {
        switch kind {
        case .reminder: "reminder.due"
        case .test: "test"
        case .moved: "reminder.moved"
        case .gone: "reminder.cancelled"
        }
    }

    private static func source(_ source: Plan.Source) -> JSONObject? {
        guard !source.isEmpty else { return nil }
        var object = JSONObject()
        object.add("number", source.number)
        object.add("date", source.date?.description)
        object.add("issuer", source.issuer)
        return object
    }
}

import Scheduler

/// The JSON that a webhook receives: contract, section 4, keys in that order.
struct WebhookBody {
    /// Under 20 kB: the advice of Standard Webhooks 1.0, "Payload size".
    static let limit = 20_000

    let message: Message
    let wording: Wording.Rendering

    /// Long texts are cut after whole characters, with `…`, until the body is under the limit: `text` first, then `cite`.
    func bytes() -> [UInt8] {
        let cite = message.notice.cite
        let whole = write(text: wording.text, cite: cite)
        if whole.count < Self.limit { return whole }
        return longest(wording.text) { write(text: $0, cite: cite) }
            ?? longest(cite ?? "") { write(text: "", cite: $0) } ?? write(text: "", cite: nil)
    }

    /// The body with the longest beginning of `text` that keeps it under the limit; nil where not even one without it is.
    /// Searched by halving, because escapes make a character up to six times longer.
    private func longest(_ text: String, _ body: (String) -> [UInt8]) -> [UInt8]? {
        let characters = Array(text)
        var best = body("")
        guard best.count < Self.limit else { return nil }
        var fits = 0
        var tooLong = characters.count
        while tooLong - fits > 1 {
            let middle = (fits + tooLong) / 2
            let candidate = body(String(characters[..<middle]) + "…")
            if candidate.count < Self.limit { (fits, best) = (middle, candidate) } else { tooLong = middle }
        }
        return best
    }

    private func write(text: String, cite: String?) -> [UInt8] {
        let notice = message.notice
        let reminder = notice.reminder
        var data = JSONObject()
        data.add("delivery", message.delivery.text)
        data.add("plan", notice.planID)
        data.add("campaign", notice.campaignID)
        data.add("title", notice.title)
        data.add("occurrence", reminder.occurrence)
        data.add("start", reminder.start.description)
        data.add("end", reminder.end.description)
        data.add("lead", reminder.key.lead)
        data.add("anchor", reminder.key.anchor.description)
        data.add("due", notice.zone.rfc3339(reminder.due))
        data.add("late", notice.isLate(at: message.at))
        data.add("recipient", message.recipient.id)
        data.add("subject", wording.subject)
        data.add("text", text)
        data.add("source", Self.source(notice.source))
        data.add("cite", cite)
        data.add("tags", notice.tags)
        var body = JSONObject()
        body.add("type", notice.kind == .test ? "reminder.test" : "reminder.due")
        body.add("timestamp", notice.zone.rfc3339(notice.firedAt))
        body.add("data", data)
        return body.bytes
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

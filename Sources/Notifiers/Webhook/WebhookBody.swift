import Scheduler

/// The JSON that a webhook receives: contract, section 4, keys in that order.
struct WebhookBody {
    /// Under 20 kB: the advice of Standard Webhooks 1.0, "Payload size".
    static let limit = 20_000

    let message: Message
    let wording: Wording.Rendering

    /// Long texts are cut after whole characters, with `…`, until the body is under the limit: `text` first, then `cite`.
    func bytes() -> [UInt8] {
        var text = wording.text
        var cite = message.notice.cite
        var bytes = write(text: text, cite: cite)
        // Each round removes what is too much, at least; escapes make one character up to six bytes, so a few rounds may be needed.
        while bytes.count >= Self.limit, !text.isEmpty {
            text = Self.shortened(text, by: bytes.count - Self.limit + 1)
            bytes = write(text: text, cite: cite)
        }
        while bytes.count >= Self.limit, let long = cite, !long.isEmpty {
            cite = Self.shortened(long, by: bytes.count - Self.limit + 1)
            bytes = write(text: text, cite: cite)
        }
        return bytes
    }

    /// `text` without at least `bytes` bytes of its end (the `…` counted), or empty.
    static func shortened(_ text: String, by bytes: Int) -> String {
        let mark = "…"
        var kept = Substring(text.hasSuffix(mark) ? String(text.dropLast()) : text)
        let target = text.utf8.count - bytes - mark.utf8.count
        guard target > 0 else { return "" }
        while kept.utf8.count > target { kept.removeLast() }
        return kept + mark
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

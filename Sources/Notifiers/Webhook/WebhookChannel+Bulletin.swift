import Scheduler

extension WebhookChannel: Announcing {
    /// `{"type":"alert" | "weekly","timestamp","data":{"recipient","subject","text","facts":[{"kind","text"}]}}`, with the
    /// headers of Standard Webhooks 1.0; under 20 kB, facts left out from the end where they are too many.
    public func announce(_ bulletin: Bulletin, to recipient: Recipient, report: @escaping @Sendable (Receipt) -> Void) {
        post(
            body: Self.body(bulletin, recipient), headers: headers(id: bulletin.id, timestamp: bulletin.at.seconds),
            id: bulletin.id, at: bulletin.at, report: report)
    }

    private static func body(_ bulletin: Bulletin, _ recipient: Recipient) -> [UInt8] {
        var shown = bulletin.facts.count
        while true {
            let body = body(bulletin, recipient, facts: bulletin.facts.prefix(shown))
            if body.count < WebhookBody.limit || shown == 0 { return body }
            shown /= 2
        }
    }

    private static func body(_ bulletin: Bulletin, _ recipient: Recipient, facts: ArraySlice<Bulletin.Fact>) -> [UInt8] {
        let shown = Bulletin(
            kind: bulletin.kind, id: bulletin.id, at: bulletin.at, zone: bulletin.zone, language: bulletin.language,
            subject: bulletin.subject, opening: bulletin.opening, facts: Array(facts), closing: bulletin.closing)
        var data = JSONObject()
        data.add("recipient", recipient.id)
        data.add("subject", shown.subject)
        data.add("text", shown.text)
        data.add(
            "facts",
            facts.map { fact in
                var object = JSONObject()
                object.add("kind", fact.kind)
                object.add("text", fact.text)
                return object
            })
        var body = JSONObject()
        body.add("type", shown.kind.rawValue)
        body.add("timestamp", shown.zone.rfc3339(shown.at))
        body.add("data", data)
        return body.bytes
    }
}

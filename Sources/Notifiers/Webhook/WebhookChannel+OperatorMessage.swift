import JSON
import Scheduler
import Transport

extension WebhookChannel: Announcing {
    /// Posts a message to an operator, with the headers of Standard Webhooks 1.0.
    ///
    /// The body is `{"type":"alert" | "weekly","timestamp","data":{…}}`, and `data` is
    /// `{"recipient","subject","text","facts":[{"kind","text"}],"left_out"}`. The body is below 20
    /// kB. If the facts do not fit, the last of them are left out. `left_out` is the number of
    /// facts that were left out.
    public func announce(_ bulletin: OperatorMessage, to recipient: Recipient, report: @escaping @Sendable (Receipt) -> Void) {
        post(
            body: Self.body(bulletin, recipient), headers: headers(id: bulletin.id, timestamp: bulletin.at.seconds),
            id: bulletin.id, at: bulletin.at, report: report)
    }

    static func body(_ bulletin: OperatorMessage, _ recipient: Recipient) -> [UInt8] {
        var fits = 0
        var tooMany = bulletin.facts.count + 1
        var best = body(bulletin, recipient, count: 0)
        while fits + 1 < tooMany {
            let middle = (fits + tooMany) / 2
            let body = body(bulletin, recipient, count: middle)
            if body.count < WebhookBody.limit { (fits, best) = (middle, body) } else { tooMany = middle }
        }
        return best
    }

    private static func body(_ bulletin: OperatorMessage, _ recipient: Recipient, count: Int) -> [UInt8] {
        let facts = Array(bulletin.facts.prefix(count))
        let shown = OperatorMessage(
            kind: bulletin.kind, id: bulletin.id, at: bulletin.at, zone: bulletin.zone, language: bulletin.language,
            subject: bulletin.subject, opening: bulletin.opening, facts: facts,
            leftOut: bulletin.leftOut + bulletin.facts.count - count, closing: bulletin.closing)
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
        data.add("left_out", shown.leftOut)
        var body = JSONObject()
        body.add("type", shown.kind.rawValue)
        body.add("timestamp", shown.zone.rfc3339(shown.at))
        body.add("data", data)
        return body.bytes
    }
}

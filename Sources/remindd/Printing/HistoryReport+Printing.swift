import Diagnostics
import JSON
import Plans
import Reports
import Scheduler
import Transport

extension HistoryReport {
    func lines(withIDs: Bool) -> [LocalizedText] {
        let leads = Dictionary(Set(entries.map(\.lead)).map { ($0, LeadName.text($0)) }, uniquingKeysWith: { first, _ in first })
        return entries.map { $0.text(withID: withIDs, lead: leads[$0.lead] ?? LocalizedText(verbatim: $0.lead)) }
    }

    var problems: [LocalizedText] {
        var problems: [LocalizedText] = []
        if let missingLedger { problems.append("remindd: nothing yet: there is no ledger at \(missingLedger)") }
        if let limitReached {
            problems.append("remindd: these are the latest \(limitReached); a running daemon shows no more at once")
        }
        return problems
    }
}

extension HistoryEntry {
    var json: JSONObject {
        var line = JSONObject(escaping: .invisibles)
        line.add("delivery", delivery)
        line.add("plan", plan)
        line.add("campaign", campaign)
        line.add("occurrence", occurrence)
        line.add("lead", lead)
        line.add("anchor", anchor.description)
        line.add("recipient", recipient)
        line.add("channel", channel)
        line.add("due", due.rfc3339)
        line.add("state", state)
        if let why { line.add("why", why) }
        line.add("late", isLate)
        line.add(
            "attempts",
            attempts.map { attempt in
                var line = JSONObject(escaping: .invisibles)
                line.add("at", attempt.at.rfc3339)
                line.add("outcome", attempt.outcome)
                line.add("code", attempt.code)
                line.add("reply", printable(attempt.reply, limit: 512))
                return line
            })
        return line
    }

    /// Returns the line for this entry.
    ///
    /// - Parameters:
    ///   - withID: whether to add the id, so that a person can copy it into a command.
    ///   - lead: the name of the lead.
    func text(withID: Bool, lead: LocalizedText) -> LocalizedText {
        let isAccepted = state == DeliveryState.delivered.rawValue
        let shown = isAccepted ? "accepted by the server" : LocalizedText(lookedUp: state)
        let whom = recipient.map { "  \($0) (\(channel ?? ""))" } ?? ""
        let reason = why.map { " (\(LocalizedText(lookedUp: $0)))" as LocalizedText } ?? ""
        let head: LocalizedText = "\(due.toTheMinute)  \(plan)/\(campaign) \(occurrence)  \(lead)\(whom)"
        let late: LocalizedText = isLate ? ", late" : ""
        let id = withID ? delivery.map { "  \($0)" } ?? "" : ""
        var text: LocalizedText = "\(head)  \(shown)\(reason)\(late)\(id)"
        for attempt in attempts where attempt.outcome != Outcome.delivered.rawValue || attempts.count > 1 {
            let code = attempt.code.map { " \($0)" } ?? ""
            let outcome = LocalizedText(lookedUp: attempt.outcome)
            text = "\(text)\n    \(attempt.at.rfc3339)  \(outcome)\(code)  \(printable(attempt.reply, limit: 512))"
        }
        return text
    }
}

import Diagnostics
import JSON
import Plans
import Reports

extension ReloadReport {
    var lines: [LocalizedText] {
        let changes = changes?.lines ?? []
        guard case .accepted(let plans, let campaigns, let recipients) = result else { return changes }
        let counts: LocalizedText =
            "\(counted(plans, "plan")) with \(counted(campaigns, "campaign")), \(counted(recipients, "recipient"))"
        return changes
            + [isDryRun ? "nothing was changed; a reload would be accepted: \(counts)" : "reloaded: \(counts)"]
    }

    /// The line for standard error if the reload was refused.
    var errors: [LocalizedText] {
        guard case .refused(let why) = result else { return [] }
        return [
            isDryRun ? "remindd: a reload would be refused: \(why)" : "remindd: reload refused, the old state stays: \(why)"
        ]
    }

    var json: JSONObject {
        var object = JSONObject(escaping: .invisibles)
        switch result {
        case .accepted(let plans, let campaigns, let recipients):
            object.add("reloaded", !isDryRun)
            object.add("refused", nil as String?)
            object.add("plans", plans)
            object.add("campaigns", campaigns)
            object.add("recipients", recipients)
        case .refused(let why):
            object.add("reloaded", false)
            object.add("refused", why.description)
        }
        object.add("changes", (changes?.lines ?? []).map(\.description))
        return object
    }
}

extension ReloadChanges {
    var lines: [LocalizedText] {
        var lines = added.lines("added") { LocalizedText(verbatim: $0) }
        lines += removed.lines("removed") { LocalizedText(verbatim: $0) }
        lines += cancelled.lines("cancelled, and announced in a minute") {
            "\($0.occurrence): \($0.before.text), \(counted($0.messages, "message"))"
        }
        lines += moved.lines("moved, and announced at once") {
            let dates: LocalizedText =
                $0.before == $0.after ? "takes place on \($0.after.text) again" : "\($0.before.text) → \($0.after.text)"
            return "\($0.occurrence): \(dates), \(counted($0.messages, "message"))"
        }
        lines += movedQuietly.lines("moved, and nobody was notified of the old dates") {
            "\($0.occurrence): \($0.before.text) → \($0.after.text)"
        }
        lines += shifted.lines("reminders that come at another time") {
            "\($0.occurrence) “\(LeadName.text($0.lead))”: \($0.before.asWritten) → \($0.after.asWritten)"
        }
        if isEmpty { lines.append("no campaign added, removed or moved") }
        lines += sent.lines("goes out at once") {
            "\($0.occurrence): \(LeadName.text($0.lead)), \(counted($0.messages, "message"))"
        }
        if sent.count == 0, moved.count == 0 { lines.append("goes out at once: nothing") }
        return lines
    }
}

extension ReloadChanges.Listed {
    fileprivate func lines(_ heading: LocalizedText, _ text: (Entry) -> LocalizedText) -> [LocalizedText] {
        guard count > 0 else { return [] }
        let rest: [LocalizedText] = count > first.count ? ["  and \(count - first.count) more"] : []
        return ["\(heading): \(count)"] + first.map { "  \(text($0))" } + rest
    }
}

extension ReloadChanges.Dates {
    fileprivate var text: LocalizedText {
        let days: LocalizedText = start == end ? "\(start)" : "\(start) to \(end)"
        return time.map { "\(days) at \($0)" } ?? days
    }
}

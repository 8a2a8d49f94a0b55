import Dates
import Diagnostics
import JSON
import Reports
import Transport

extension CheckResult {
    var lines: [LocalizedText] {
        let verdict: LocalizedText = warnings == 0 ? "fine" : "no errors, \(counted(warnings, "warning"))"
        var lines: [LocalizedText] = [
            "\(counted(plans, "plan")) with \(counted(campaigns, "campaign")), \(counted(recipients, "recipient")): \(verdict)."
        ]
        lines += foreignAddresses.map { "Sent as written in ASCII: \($0.recipient), \(printable($0.shown)) → \($0.ascii)" }
        lines += immediate
        lines.append(coming.isEmpty ? "In the next \(days) days: nothing." : "In the next \(days) days:")
        return lines + coming.map(\.text)
    }

    /// Lines about the messages that the next start or reload sends at once.
    private var immediate: [LocalizedText] {
        let when: LocalizedText
        switch record {
        case .daemon: when = "At once on the next reload"
        case .ledger, .none: when = "At once on the next start"
        case .unread(let why):
            return ["At once on the next start or reload: not known, because the record of what was sent was not read: \(why)"]
        }
        guard !atOnce.isEmpty || !changes.isEmpty else { return ["\(when): nothing."] }
        return ["\(when) (including overdue reminders):"] + atOnce.map(\.text) + changes.map(\.text)
    }
}

extension CheckResult.Change {
    /// The change on one line, with the same words as a dry run of a reload.
    fileprivate var text: LocalizedText {
        func dates(_ start: Day, _ end: Day) -> LocalizedText { start == end ? "\(start)" : "\(start) to \(end)" }
        let (old, new) = (dates(oldStart, oldEnd), dates(start, end))
        let what: LocalizedText =
            isCancelled
            ? "cancelled, announced a minute later: \(old)"
            : old == new ? "takes place on \(new) again" : "moved: \(old) → \(new)"
        return "  \(plan)/\(campaign) \(occurrence)  \(what)  → \(counted(messages, "message"))"
    }

    var json: JSONObject {
        var object = JSONObject(escaping: .invisibles)
        object.add("kind", isCancelled ? "cancelled" : "moved")
        object.add("plan", plan)
        object.add("campaign", campaign)
        object.add("occurrence", occurrence)
        object.add("old_start", "\(oldStart)")
        object.add("old_end", "\(oldEnd)")
        object.add("start", isCancelled ? nil : "\(start)")
        object.add("end", isCancelled ? nil : "\(end)")
        object.add("messages", messages)
        return object
    }
}

extension CheckResult.Reminder {
    fileprivate var text: LocalizedText {
        let named = LocalizedText(verbatim: first.map(\.text).joined(separator: ", "))
        let whom: LocalizedText = deliveries > first.count ? "\(deliveries) deliveries" : named
        return "  \(due.toTheMinute)  \(plan)  \(printable(subject, limit: 200))  → \(whom)"
    }
}

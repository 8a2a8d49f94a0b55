import Diagnostics
import Reports
import Transport

extension CheckResult {
    var lines: [LocalizedText] {
        let verdict: LocalizedText = warnings == 0 ? "fine" : "no errors, \(counted(warnings, "warning"))"
        var lines: [LocalizedText] = [
            "\(counted(plans, "plan")) with \(counted(campaigns, "campaign")), \(counted(recipients, "recipient")): \(verdict)."
        ]
        lines += foreignAddresses.map { "Sent as written in ASCII: \($0.recipient), \(printable($0.shown)) → \($0.ascii)" }
        lines.append(
            atOnce.isEmpty ? "At once on the next start: nothing." : "At once on the next start (including overdue reminders):"
        )
        lines += atOnce.map(\.text)
        lines.append(coming.isEmpty ? "In the next \(days) days: nothing." : "In the next \(days) days:")
        return lines + coming.map(\.text)
    }
}

extension CheckResult.Reminder {
    fileprivate var text: LocalizedText {
        let named = LocalizedText(verbatim: first.map(\.text).joined(separator: ", "))
        let whom: LocalizedText = deliveries > first.count ? "\(deliveries) deliveries" : named
        return "  \(due.toTheMinute)  \(plan)  \(printable(subject, limit: 200))  → \(whom)"
    }
}

import Diagnostics
import JSON
import Reports
import Scheduler

extension StatusReport {
    /// The number of reminders to show of those that are due next.
    private static let nextShown = 3

    var json: JSONObject {
        var line = JSONObject(escaping: .invisibles)
        line.add("running", running != nil)
        line.add("plans", plans)
        line.add("campaigns", campaigns)
        line.add("recipients", recipients)
        line.add("next_due", nextDue?.rfc3339)
        line.add("looked_until", lookedUntil?.rfc3339)
        for state in DeliveryState.allCases {
            line.add(state.rawValue.replacing(" ", with: "_"), deliveries(state))
        }
        line.add("clock", clockComplaint?.description ?? "ok")
        line.add("held_from", hold?.from.rfc3339)
        line.add("held_until", hold?.until.rfc3339)
        if let running {
            line.add("started", running.startedAt.rfc3339)
            line.add("reloaded", running.reloadedAt?.rfc3339)
            line.add("reload_refused", running.reloadRefused)
            line.add("changed_files", running.changedFiles)
            line.add("failing_channels", running.failingChannels)
            line.add("troubles", running.troubles.map(\.description))
        }
        line.add("to_retry", failures.withTimeLeft)
        line.add("next", next.map(\.json))
        return line
    }

    var lines: [LocalizedText] {
        var lines = running?.beginning ?? ["running       no"]
        lines.append("plans         \(plans), with \(campaigns) campaigns")
        lines.append("recipients    \(recipients)")
        lines.append(nextDue.map { "next due      \($0.asWritten)" } ?? "next due      nothing")
        lines += next.prefix(StatusReport.nextShown).map { "              \($0.words)" }
        if next.count > StatusReport.nextShown {
            let more = next.count - StatusReport.nextShown
            lines.append(more == 1 ? "              and 1 more reminder" : "              and \(more) more reminders")
        }
        let absence: LocalizedText = hasLedger ? "" : " (there is none: remindd has not run with it)"
        lines.append("ledger        \(ledgerPath)\(absence)")
        lines.append(lookedUntil.map { "looked until  \($0.asWritten)" } ?? "looked until  never")
        let states = DeliveryState.allCases.filter { deliveries($0) > 0 }.map { state -> LocalizedText in
            let name = state == .delivered ? "accepted by the server" : LocalizedText(lookedUp: state.rawValue)
            return "\(deliveries(state)) \(name)"
        }
        let listed = states.first.map { states.dropFirst().reduce($0) { "\($0), \($1)" } }
        lines.append(listed.map { "deliveries    \($0)" } ?? "deliveries    none")
        lines += failures.lines
        if let clockComplaint {
            lines.append("clock         HOLD: \(clockComplaint)")
        } else if lookedUntil != nil {
            lines.append("clock         fine")
        }
        if let hold {
            lines.append("held          \(hold.from.asWritten) to \(hold.until.asWritten): remindd release --send|--drop")
        }
        return lines + (running?.end ?? [])
    }
}

extension StatusReport.Running {
    fileprivate var beginning: [LocalizedText] {
        let reloaded: LocalizedText = reloadedAt.map { "reloaded at \($0.asWritten)" } ?? "as they were at the start"
        let refused: LocalizedText = reloadRefused ? "; the last reload was refused" : ""
        var lines: [LocalizedText] = ["running       since \(startedAt.asWritten)", "files         \(reloaded)\(refused)"]
        for file in changedFiles.prefix(5) {
            lines.append("              changed since, taken by a reload only: \(printable(file, limit: 4_096))")
        }
        return lines
    }

    fileprivate var end: [LocalizedText] {
        let failing: [LocalizedText] = failingChannels.isEmpty ? [] : ["failing       \(failingChannels.joined(separator: ", "))"]
        return failing + troubles.map { "trouble       \($0)" }
    }
}

extension NextReminder {
    fileprivate var json: JSONObject {
        var object = JSONObject(escaping: .invisibles)
        object.add("plan", plan)
        object.add("campaign", campaign)
        object.add("title", title)
        object.add("occurrence", occurrence)
        object.add("lead", lead)
        object.add("start", "\(start)")
        object.add("end", "\(end)")
        object.add("recipients", recipients)
        return object
    }

    /// The reminder on one line, such as `“Spring fair” (28/06/2027) → Nguyễn Thị Lan and 2 more`.
    fileprivate var words: LocalizedText {
        let dates = start == end ? start.asWritten : "\(start.asWritten) – \(end.asWritten)"
        let names = first.map { printable($0, limit: 100) }.joined(separator: ", ")
        let rest: LocalizedText = recipients > first.count ? " and \(recipients - first.count) more" : ""
        return "“\(printable(title, limit: 200))” (\(dates)) → \(names)\(rest)"
    }
}

extension FailedDeliveries {
    /// Advice on the failed deliveries; no lines if there are none.
    fileprivate var lines: [LocalizedText] {
        guard dead + unknown > 0 else { return [] }
        guard withTimeLeft > 0 else {
            return ["failed        nothing to do: every deadline is past, or another channel took over; remindd failed"]
        }
        return [
            "failed        \(withTimeLeft) can still be sent again: look at remindd failed, correct the address or the channel,",
            "              remindd reload, then: remindd failed retry ID, or --campaign CAMPAIGN",
        ]
    }
}

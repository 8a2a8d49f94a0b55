import Diagnostics
import JSON
import Reports
import Scheduler

extension StatusReport {
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
        return line
    }

    var lines: [LocalizedText] {
        var lines = running?.beginning ?? ["running       no"]
        lines.append("plans         \(plans), with \(campaigns) campaigns")
        lines.append("recipients    \(recipients)")
        lines.append(nextDue.map { "next due      \($0.rfc3339)" } ?? "next due      nothing")
        let absence: LocalizedText = hasLedger ? "" : " (there is none: remindd has not run with it)"
        lines.append("ledger        \(ledgerPath)\(absence)")
        lines.append(lookedUntil.map { "looked until  \($0.rfc3339)" } ?? "looked until  never")
        let states = DeliveryState.allCases.filter { deliveries($0) > 0 }.map { state -> LocalizedText in
            let name = state == .delivered ? "accepted by the server" : LocalizedText(lookedUp: state.rawValue)
            return "\(deliveries(state)) \(name)"
        }
        let listed = states.first.map { states.dropFirst().reduce($0) { "\($0), \($1)" } }
        lines.append(listed.map { "deliveries    \($0)" } ?? "deliveries    none")
        if let clockComplaint {
            lines.append("clock         HOLD: \(clockComplaint)")
        } else if lookedUntil != nil {
            lines.append("clock         fine")
        }
        if let hold {
            lines.append("held          \(hold.from.rfc3339) to \(hold.until.rfc3339): remindd release --send|--drop")
        }
        return lines + (running?.end ?? [])
    }
}

extension StatusReport.Running {
    fileprivate var beginning: [LocalizedText] {
        let reloaded: LocalizedText = reloadedAt.map { "reloaded \($0.rfc3339)" } ?? "as they were at the start"
        let refused: LocalizedText = reloadRefused ? "; the last reload was refused" : ""
        var lines: [LocalizedText] = ["running       since \(startedAt.rfc3339)", "files         \(reloaded)\(refused)"]
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

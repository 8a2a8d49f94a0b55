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
        line.add("clock", clockComplaint ?? "ok")
        line.add("held_from", hold?.from.rfc3339)
        line.add("held_until", hold?.until.rfc3339)
        if let running {
            line.add("started", running.startedAt.rfc3339)
            line.add("reloaded", running.reloadedAt?.rfc3339)
            line.add("reload_refused", running.reloadRefused)
            line.add("changed_files", running.changedFiles)
            line.add("failing_channels", running.failingChannels)
            line.add("troubles", running.troubles)
        }
        return line
    }

    var lines: [String] {
        var lines = running?.beginning ?? ["running       no"]
        lines.append("plans         \(plans), with \(campaigns) campaigns")
        lines.append("recipients    \(recipients)")
        lines.append("next due      \(nextDue?.rfc3339 ?? "nothing")")
        lines.append("ledger        \(ledgerPath)\(hasLedger ? "" : " (there is none: remindd has not run with it)")")
        lines.append("looked until  \(lookedUntil?.rfc3339 ?? "never")")
        let states = DeliveryState.allCases.filter { deliveries($0) > 0 }.map { state in
            "\(deliveries(state)) \(state == .delivered ? "accepted by the server" : state.rawValue)"
        }
        lines.append("deliveries    \(states.isEmpty ? "none" : states.joined(separator: ", "))")
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
    fileprivate var beginning: [String] {
        let reloaded = reloadedAt.map { "reloaded \($0.rfc3339)" } ?? "as they were at the start"
        return [
            "running       since \(startedAt.rfc3339)",
            "files         \(reloaded)\(reloadRefused ? "; the last reload was refused" : "")",
        ]
            + changedFiles.prefix(5).map {
                "              changed since, taken by a reload only: \(printable($0, limit: 4_096))"
            }
    }

    fileprivate var end: [String] {
        let failing = failingChannels.isEmpty ? [] : ["failing       \(failingChannels.joined(separator: ", "))"]
        return failing + troubles.map { "trouble       \($0)" }
    }
}

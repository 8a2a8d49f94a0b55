import Dates
import Diagnostics
import JSON
import Ledgers
import Plans
import Scheduler

extension Answers {
    static func status(_ house: House, json: Bool) throws(LedgerFailure) -> Answer {
        let (counts, lookedUntil) = (try house.ledger?.counts() ?? [:], try house.ledger?.lookedUntil())
        let held = try house.ledger?.held()
        // A rehearsal's ledger stands at the rehearsal's time.
        let now = house.ledger?.isRehearsal == true ? lookedUntil ?? house.now : house.now
        let complaint =
            house.ledger?.isRehearsal == true
            ? nil
            : house.running?.clockComplaint
                ?? lookedUntil.flatMap { ClockBounds.complaint(now: now, lookedUntil: $0, built: Remindd.released) }
        let next = Agenda(plans: house.loaded.accepted.plans, after: now).nextDue.map(house.zone.rfc3339)
        let looked = lookedUntil.map(house.zone.rfc3339)
        let state = Standing(house: house, counts: counts, held: held, complaint: complaint, next: next, looked: looked)
        return json ? state.json : state.text
    }
}

/// How things stand, for programs and for people.
private struct Standing {
    let house: House
    let counts: [DeliveryState: Int]
    let held: ClosedRange<Instant>?
    let complaint: ClockComplaint?
    let next: String?
    let looked: String?

    private var plans: PlanSet { house.loaded.accepted.plans }
    private var recipients: Int { house.loaded.accepted.directory.recipients.count }

    var json: Answer {
        var answer = Answer()
        var line = JSONObject(escaping: .invisibles)
        line.add("running", house.running != nil)
        line.add("plans", plans.plans.count)
        line.add("campaigns", plans.campaignCount)
        line.add("recipients", recipients)
        line.add("next_due", next)
        line.add("looked_until", looked)
        for state in DeliveryState.allCases {
            line.add(state.rawValue.replacing(" ", with: "_"), counts[state] ?? 0)
        }
        line.add("clock", complaint?.description ?? "ok")
        line.add("held_from", held.map { house.zone.rfc3339($0.lowerBound) })
        line.add("held_until", held.map { house.zone.rfc3339($0.upperBound) })
        if let running = house.running {
            line.add("started", house.zone.rfc3339(running.startedAt))
            line.add("reloaded", running.reloadedAt.map(house.zone.rfc3339))
            line.add("reload_refused", running.reloadRefused)
            line.add("changed_files", running.changedFiles)
            line.add("failing_channels", running.failing)
            line.add("troubles", running.troubles)
        }
        answer.line(line.text)
        return answer
    }

    var text: Answer {
        var answer = Answer()
        if let running = house.running {
            answer.line("running       since \(house.zone.rfc3339(running.startedAt))")
            let reloaded = running.reloadedAt.map { "reloaded \(house.zone.rfc3339($0))" } ?? "as they were at the start"
            answer.line("files         \(reloaded)\(running.reloadRefused ? "; the last reload was refused" : "")")
            for file in running.changedFiles.prefix(5) {
                answer.line("              changed since, taken by a reload only: \(printable(file, limit: 4_096))")
            }
        } else {
            answer.line("running       no")
        }
        answer.line("plans         \(plans.plans.count), with \(plans.campaignCount) campaigns")
        answer.line("recipients    \(recipients)")
        answer.line("next due      \(next ?? "nothing")")
        answer.line("ledger        \(house.path)\(house.ledger == nil ? " (there is none: remindd has not run with it)" : "")")
        answer.line("looked until  \(looked ?? "never")")
        let states = DeliveryState.allCases.compactMap { state in
            counts[state].flatMap { $0 > 0 ? "\($0) \(state == .delivered ? "accepted by the server" : state.rawValue)" : nil }
        }
        answer.line("deliveries    \(states.isEmpty ? "none" : states.joined(separator: ", "))")
        if let complaint {
            answer.line("clock         HOLD: \(complaint)")
        } else if looked != nil {
            answer.line("clock         fine")
        }
        if let held {
            answer.line(
                "held          \(house.zone.rfc3339(held.lowerBound)) to \(house.zone.rfc3339(held.upperBound)): remindd release --send|--drop"
            )
        }
        if let running = house.running {
            if !running.failing.isEmpty { answer.line("failing       \(running.failing.joined(separator: ", "))") }
            for trouble in running.troubles { answer.line("trouble       \(trouble)") }
        }
        return answer
    }
}

// The one rule for what is due (contract, "What is due"), pure, shared by the daemon, `simulate` and `check`.
//
// A look happens at a start, a reload, a clock step and every due instant. Its candidates are reminders with
// due ≤ now; those the ledger already has drop out by their identity. Of the rest:
//
//   (a) deadline ahead: each recipient gets the latest only, and only where nothing with an equal or later due was
//       given to them for that occurrence before; what nobody gets is recorded as superseded;
//   (b) deadline past, due after `lookedUntil`: recorded as missed;
//   (c) deadline past, due at or before `lookedUntil`: was not in the plan at its time; nothing is recorded.

/// What a look decided, before it is written down.
public struct Decision: Sendable {
    public struct Firing: Sendable {
        public let scheduled: Scheduled
        public let recipients: Positions
        public let late: Bool
    }

    /// In the order of `Scheduled.precedes`.
    public var firings: [Firing] = []
    public var superseded: [Reminder] = []
    public var missed: [Reminder] = []

    public var isEmpty: Bool { firings.isEmpty && superseded.isEmpty && missed.isEmpty }
}

/// What happens to reminders found due later than this after their due: `late` is said of them, and `catch_up: none` misses them.
public let lateAfter = Span.minutes(15)

public enum CatchUp: String, Hashable, Sendable, CaseIterable {
    /// The latest overdue reminder of an occurrence is sent while its deadline is ahead.
    case latest
    /// Reminders more than 15 minutes late are recorded as missed.
    case none
}

public struct Look {
    public let now: Instant
    public let lookedUntil: Instant
    public let catchUp: CatchUp

    public init(now: Instant, lookedUntil: Instant, catchUp: CatchUp) {
        self.now = now
        self.lookedUntil = lookedUntil
        self.catchUp = catchUp
    }

    /// Applies the rule to `candidates` (due ≤ now, any order).
    ///
    /// - Parameters:
    ///   - told: what the ledger knows of the candidates' occurrences.
    ///   - recipients: who a scheduled reminder is for.
    public func decide(_ candidates: [Scheduled], told: Told, recipients: (Scheduled) -> Positions) -> Decision {
        var decision = Decision()
        var open: [OccurrenceKey: [Scheduled]] = [:]
        var order: [OccurrenceKey] = []
        for candidate in candidates.sorted(by: Scheduled.precedes) {
            let reminder = candidate.reminder
            precondition(reminder.due <= now, "a look was given a reminder that is not due")
            guard !told.recorded.contains(reminder.key) else { continue }
            if reminder.deadline <= now {
                if reminder.due > lookedUntil { decision.missed.append(reminder) }
            } else if catchUp == .none, now - reminder.due > lateAfter {
                decision.missed.append(reminder)
            } else {
                if open[reminder.occurrenceKey, default: []].isEmpty { order.append(reminder.occurrenceKey) }
                open[reminder.occurrenceKey, default: []].append(candidate)
            }
        }
        for occurrence in order {
            share(open[occurrence]!, given: told.given[occurrence] ?? Given(), recipients: recipients, into: &decision)
        }
        decision.firings.sort { Scheduled.precedes($0.scheduled, $1.scheduled) }
        return decision
    }

    /// Rule (a) for one occurrence; `leads` are in ascending order.
    private func share(
        _ leads: [Scheduled], given: Given, recipients: (Scheduled) -> Positions, into decision: inout Decision
    ) {
        var served = Positions()
        for scheduled in latestFirst(leads) {
            let all = recipients(scheduled)
            let getters = all.subtracting(served).subtracting(given.at(orAfter: scheduled.reminder.due))
            if getters.isEmpty && !all.isEmpty {
                decision.superseded.append(scheduled.reminder)
            } else {
                let late = now - scheduled.reminder.due > lateAfter
                decision.firings.append(.init(scheduled: scheduled, recipients: getters, late: late))
            }
            if leads.count > 1 { served = served.union(all) }
        }
    }

    /// By due descending; among those of one due the first in the plan stays first.
    private func latestFirst(_ leads: [Scheduled]) -> [Scheduled] {
        leads.enumerated().sorted { a, b in
            let (x, y) = (a.element.reminder.due, b.element.reminder.due)
            return x != y ? x > y : a.offset < b.offset
        }
        .map(\.element)
    }
}

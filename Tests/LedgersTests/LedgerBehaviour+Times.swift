import Dates
import Scheduler
import Support
import Testing

// Times of day of occurrences, which count like their days.

extension LedgerBehaviour {
    private static let morning = EventTime(stored: "08:00")!
    private static let afternoon = EventTime(stored: "14:00-16:30")!

    private func timed(_ lead: String, _ time: EventTime?, due: Instant = nine) -> Reminder {
        let plain = reminder(lead, due: due)
        return Reminder(
            key: plain.key, occurrence: plain.occurrence, start: plain.start, end: plain.end, time: time, due: plain.due,
            deadline: plain.deadline)
    }

    @Test("keeps the time of a reminder, and the time before a change", arguments: LedgerEngine.all)
    func times(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        let first = timed("30 days before", Self.morning)
        try ledger.fire(firing(first, to: ["an"]))
        let moved = timed("moved 1", Self.afternoon, due: nine + .hours(1))
        let change = EvaluationResult.Firing(
            reminder: moved, firedAt: moved.due, late: false, deliveries: deliveries(moved, ["an"]), change: .moved,
            formerDates: first.start...first.end, formerTime: Self.morning)
        try ledger.fire(change)
        #expect(try ledger.rows(of: [first.key, moved.key]).map { $0?.time } == [Self.morning, Self.afternoon])
        let claims = try ledger.claim(9, now: nine + .hours(1))
        #expect(Set(claims.map(\.stored.reminder.time)) == [Self.morning, Self.afternoon])
        #expect(claims.first { $0.stored.change != nil }?.stored == change.stored)
        #expect(change.stored.formerTime == Self.morning)
        let known = try #require(try ledger.notifiedOccurrences(endingOnOrAfter: first.end).first)
        #expect(known.time == Self.afternoon && known.hasSeveralDates)
        try ledger.fillTimes { _ in Self.morning }
        #expect(try ledger.rows(of: [moved.key]).map { $0?.time } == [Self.afternoon], "a stored time stays")
    }

    @Test("tells recipients of the old time from those of the new time", arguments: LedgerEngine.all)
    func redatedTime(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        let first = timed("30 days before", Self.morning)
        try ledger.fire(firing(first, to: ["an"]))
        let claim = try #require(try ledger.claim(9).first)
        try ledger.record(claim, .delivered, Receipt(.delivered, code: 250, reply: "ok"), at: nine)
        let later = timed("30 days before", Self.afternoon)
        let part = FiringPart(reminder: first.key, deliveries: deliveries(first, ["binh"]), cursor: nil, named: 1, dates: later)
        #expect(try ledger.extend([part]) == [1])
        let shares = try ledger.shares(of: first.occurrenceKey, in: everybody)
        #expect(shares.map(\.stored.reminder.time) == [Self.morning, Self.afternoon])
        #expect(shares.map(\.notified.ids) == [["an"], []] && shares.map(\.waiting.ids) == [[], ["binh"]])
        #expect(try ledger.notifiedOccurrences(endingOnOrAfter: first.end).map(\.hasSeveralDates) == [true])
    }

    @Test("does not supersede pending deliveries with another time", arguments: LedgerEngine.all)
    func supersedesSameTime(engine: LedgerEngine) throws {
        for (time, state) in [(Self.morning, "superseded"), (Self.afternoon, "pending")] {
            let folder = try TemporaryFolder()
            let ledger = try engine.open(folder, nine)
            try ledger.fire(firing(timed("30 days before", Self.morning), to: ["an"]))
            try ledger.fire(firing(timed("7 days before", time, due: nine + .hours(1)), to: ["an"]))
            let rows = try ledger.history(HistoryFilter()).filter { $0.stored.reminder.key.lead == "30 days before" }
            #expect(rows.map(\.state) == [state])
        }
    }
}

import Dates
import Scheduler
import Support
import Testing

/// The behaviour that every ledger engine must have.
@Suite("A ledger")
struct LedgerBehaviour {
    let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    @Test("starts empty, at the instant it was created", arguments: LedgerEngine.all)
    func new(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        #expect(try ledger.lookedUntil() == nine)
        #expect(!ledger.isRehearsal)
        #expect(try ledger.claim(100).isEmpty)
        #expect(try ledger.adopt(limit: 10).isEmpty)
        #expect(try ledger.unfinished().isEmpty)
        #expect(try ledger.expire(now: .distantFuture, limit: 10).isEmpty)
        #expect(try ledger.nextWake(channels: ["mail"]) == nil)
        #expect(try ledger.history(HistoryFilter()).isEmpty)
        #expect(try ledger.counts().values.allSatisfy { $0 == 0 })
        #expect(try ledger.recorded([reminder("a").key]).isEmpty)
        #expect(try ledger.shares(of: reminder("a").occurrenceKey, in: everybody).isEmpty)
        #expect(try ledger.notifiedOccurrences(endingOnOrAfter: Day(1970, 1, 1)!).isEmpty)
        #expect(try ledger.highestChange(plan: "transport", campaign: "drowning") == 0)
        #expect(try !ledger.continueRelease(limit: 10))
    }

    @Test("keeps its contents over a restart", arguments: LedgerEngine.all)
    func restart(engine: LedgerEngine) throws {
        let first = reminder("30 days before")
        do {
            let ledger = try engine.open(folder, nine)
            _ = try ledger.fire(
                EvaluationResult(
                    lookedUntil: nine + .hours(1), firings: [firing(first, to: ["an", "binh"])],
                    superseded: [reminder("60 days before")], missed: [reminder("old", campaign: "other")]))
            _ = try ledger.claim(1)
        }
        let ledger = try engine.open(folder, nine + .days(9))
        #expect(try ledger.lookedUntil() == nine + .hours(1))
        #expect(
            try ledger.states() == [
                "an": "in flight", "binh": "pending", "60 days before": "superseded", "old": "missed",
            ])
        let left = try #require(try ledger.adopt(limit: 10).first)
        #expect(left.recipient == "an")
        #expect(left.attempt == 1)
        #expect(left.stored == StoredReminder(reminder: first, firedAt: nine, late: false))
    }

    // MARK: Evaluations

    @Test("returns the record of an identity, and the meaning of its deliveries for each recipient", arguments: LedgerEngine.all)
    func shares(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        let early = reminder("30 days before")
        let later = reminder("7 days before", due: nine + .hours(1))
        _ = try ledger.fire(
            EvaluationResult(
                lookedUntil: nine, firings: [firing(early, to: ["an", "binh", "chi", "dung", "r1", "r2"])],
                superseded: [reminder("60 days before")], named: [early.key: 7]))
        let claims = try ledger.claim(5)
        let nexts: [DeliveryRecord.Next] = [
            .delivered, .pending(notBefore: nine + .hours(9)), .cancelled(.recipientGone), .cancelled(.dropped), .dead,
        ]
        for (claim, next) in zip(claims, nexts) {
            try ledger.record(claim, next, claim.recipient == "binh" ? noAnswer : busy)
        }
        try ledger.fire(firing(later, to: ["binh", "one who left"], cursor: "binh"))

        let recorded = try ledger.recorded([early.key, later.key, reminder("60 days before").key, reminder("else").key])
        #expect(recorded.count == 3)
        let row = try #require(recorded[early.key])
        #expect(row.state == .fired && row.isComplete && row.named == 7 && row.hasWithdrawn && !row.isClosed)
        #expect(recorded[later.key]?.isComplete == false)
        #expect(recorded[later.key]?.named == nil && recorded[later.key]?.hasWithdrawn == false)
        #expect(recorded[reminder("60 days before").key]?.state == .superseded)
        let shares = try ledger.shares(of: early.occurrenceKey, in: everybody)
        #expect(shares.map(\.stored.reminder) == [early, later])
        #expect(shares[0].notified.ids == ["an", "binh"], "without an answer a recipient counts as perhaps notified")
        #expect(shares[0].waiting.ids == ["r2"], "a delivery that the later lead superseded does not count")
        #expect(shares[0].ended.ids == ["dung", "r1"])
        #expect(shares[0].withdrawn.ids == ["chi"] && shares[0].failedOver.isEmpty)
        #expect(shares[1].waiting.ids == ["binh"])
    }

    /// Reproduces a bug that the simulator found (seeds 1783, 2565).
    ///
    /// In both runs the clock had been ahead, and a message was in flight.
    @Test("returns the days with which a message was sent, also after the clock was wrong", arguments: LedgerEngine.all)
    func daysSent(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        let early = reminder("30 days before")
        let days = early.start...early.end
        func redate(by more: Int, to recipients: [String]) throws {
            let moved = Reminder(
                key: early.key, occurrence: early.occurrence, start: early.start, end: early.end + more, due: early.due,
                deadline: early.deadline)
            _ = try ledger.extend([
                FiringPart(
                    reminder: early.key, deliveries: deliveries(early, recipients), cursor: nil, named: 1, dates: moved)
            ])
        }
        try ledger.fire(firing(early, to: ["an", "binh"]))
        let claims = try ledger.claim(2)
        try ledger.record(claims[0], .delivered, accepted, at: nine + .days(9))
        try redate(by: 1, to: ["chi"])
        try ledger.record(claims[1], .pending(notBefore: nine), noAnswer, at: nine + .minutes(1))
        try ledger.record(
            try #require(try ledger.claim(9).first { $0.recipient == "chi" }), .delivered, accepted, at: nine + .minutes(2))
        try redate(by: 2, to: ["dung"])
        let shares = try ledger.shares(of: early.occurrenceKey, in: everybody)
        #expect(shares.map(\.stored.reminder.end) == [days.upperBound, days.upperBound + 1, days.upperBound + 2])
        #expect(shares.map(\.notified.ids) == [["an"], ["binh", "chi"], []], "binh's second message is on its way")
        #expect(try ledger.states()["binh"] == "in flight")
    }

    @Test("returns the identities that it wrote, and writes nothing for an existing identity", arguments: LedgerEngine.all)
    func taken(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        let (one, two, three) = (reminder("a"), reminder("b"), reminder("c"))
        #expect(try ledger.fire(EvaluationResult(lookedUntil: nine, firings: [firing(one, to: ["an"])])) == [one.key])
        let taken = try ledger.fire(
            EvaluationResult(
                lookedUntil: nine, firings: [firing(one, to: ["binh"]), firing(two, to: ["binh"])], superseded: [one],
                missed: [three], named: [one.key: 3]))
        #expect(taken == [two.key, three.key])
        #expect(try ledger.states() == ["an": "pending", "binh": "pending", "c": "missed"])
        #expect(try ledger.recorded([one.key])[one.key]?.named == nil, "the count belongs to another firing")
    }

    @Test("records why each delivery is cancelled or superseded", arguments: LedgerEngine.all)
    func why(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        let early = reminder("30 days before")
        try ledger.fire(firing(early, to: ["an", "binh", "chi", "dung"]), firing(early, to: ["r1"], channel: "hub"))
        try ledger.fire(firing(reminder("7 days before", due: nine + .hours(1)), to: ["an"]))
        try ledger.record(try #require(try ledger.claim(1).first), .cancelled(.recipientGone), nil)
        #expect(try ledger.withdraw(early.key, why: .changed, limit: 1) == 1)
        #expect(try ledger.withdraw(early.key, why: .gone, limit: 9) == 1)
        #expect(try ledger.withdraw(early.key, why: .gone, limit: 9) == 0)
        var why: [String: WithdrawalReason] = [:]
        for row in try ledger.history(HistoryFilter()) where row.stored.reminder == early { why[row.recipient ?? ""] = row.why }
        #expect(why == ["an": .laterLead, "binh": .recipientGone, "chi": .changed, "dung": .gone])
    }

    @Test("makes deliveries pending again only if they were cancelled for a temporary reason", arguments: LedgerEngine.all)
    func revive(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        let first = reminder("30 days before")
        let reasons = WithdrawalReason.allCases.filter { $0 != .laterLead }
        let recipients = reasons.indices.map { "r\($0)" }
        try ledger.fire(firing(first, to: recipients))
        for (claim, why) in zip(try ledger.claim(100), reasons) { try ledger.record(claim, .cancelled(why), nil) }
        let part = FiringPart(
            reminder: first.key,
            deliveries: deliveries(first, recipients + ["an"]).map {
                NewDelivery(id: $0.id, recipient: $0.recipient, channel: $0.channel, joined: true)
            }, cursor: nil, named: 9)
        #expect(try ledger.extend([part, part]) == [7, 0])
        let again = try ledger.claim(100)
        let revived = zip(recipients, reasons).filter { $0.1.isRevivable }.map(\.0)
        #expect(Set(again.map(\.recipient)) == Set(revived + ["an"]))
        #expect(again.filter(\.joined).map(\.recipient) == ["an"])
        #expect(again.allSatisfy { $0.attempt == ($0.joined ? 1 : 2) })
        #expect(try ledger.recorded([first.key])[first.key]?.hasWithdrawn == false)
        #expect(try ledger.recorded([first.key])[first.key]?.named == 9)
    }

    @Test("makes a failed-over delivery pending again only if no replacement is left", arguments: LedgerEngine.all)
    func reviveFailedOver(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        let first = reminder("30 days before")
        try ledger.fire(
            EvaluationResult.Firing(
                reminder: first, firedAt: nine, late: false,
                deliveries: deliveries(first, ["an"]) + deliveries(first, ["an"], channel: "hub"), cursor: nil))
        let requests = ["mail", "hub"].map { ClaimRequest(channel: $0, limit: 9) }
        let claims = try ledger.claim(requests, now: nine)
        let mail = try #require(claims.first { $0.channel == "mail" })
        let hub = try #require(claims.first { $0.channel == "hub" })
        try ledger.record(mail, .cancelled(.failedOver), nil)
        try ledger.record(hub, .pending(notBefore: nine), nil)
        try ledger.extend(first.key, deliveries(first, ["an"]), cursor: nil)
        #expect(try ledger.claim(requests, now: nine).map(\.channel) == ["hub"])
    }

    @Test("fires a superseded reminder for recipients who lack it, unless it is closed", arguments: LedgerEngine.all)
    func reopened(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        let (open, closed, missed) = (reminder("open"), reminder("closed"), reminder("missed"))
        _ = try ledger.fire(EvaluationResult(lookedUntil: nine, superseded: [open], missed: [missed], named: [open.key: 1]))
        _ = try ledger.fire(EvaluationResult(lookedUntil: nine, superseded: [closed], isFinal: true))
        for one in [open, closed, missed] { try ledger.extend(one.key, deliveries(one, ["an"]), cursor: nil) }
        #expect(try ledger.states() == ["an": "pending", "closed": "superseded", "missed": "missed"])
        #expect(try ledger.claim(9).map(\.stored.reminder) == [open])
    }

    @Test("gives a reminder other dates and its pending deliveries the new deadline", arguments: LedgerEngine.all)
    func redated(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        let first = reminder("30 days before")
        try ledger.fire(firing(first, to: ["an", "binh"]))
        #expect(try ledger.withdraw(first.key, why: .changed, limit: 9) == 2)
        let moved = Reminder(
            key: first.key, occurrence: first.occurrence, start: first.start, end: first.end + 5, due: first.due + .hours(1),
            deadline: first.deadline + .days(5))
        let part = FiringPart(reminder: first.key, deliveries: deliveries(first, ["an"]), cursor: nil, named: 1, dates: moved)
        #expect(try ledger.extend([part]) == [1])
        let claim = try #require(try ledger.claim(9, now: nine + .days(34)).first)
        #expect(claim.stored.reminder.end == moved.end && claim.stored.reminder.deadline == moved.deadline)
        #expect(claim.stored.reminder.due == first.due, "the time when it was due does not change")
    }

    @Test(
        "redates a reminder that a wrong clock fired after its new end, and deliveries in flight with it",
        arguments: LedgerEngine.all)
    func redatedLate(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        let first = reminder("30 days before")
        try ledger.fire(firing(first, to: ["an"], at: nine + .hours(9)))
        let claim = try #require(try ledger.claim(9, now: nine + .hours(9)).first)
        let moved = Reminder(
            key: first.key, occurrence: first.occurrence, start: first.start, end: first.end, due: first.due,
            deadline: nine + .hours(8))
        let part = FiringPart(reminder: first.key, deliveries: [], cursor: nil, named: 1, dates: moved)
        #expect(try ledger.extend([part]) == [0])
        try ledger.record(claim, .pending(notBefore: nine + .hours(9)), nil)
        #expect(try ledger.expire(now: nine + .hours(9), limit: 9).isEmpty)
        #expect(try ledger.expire(now: nine + .hours(9) + .seconds(1), limit: 9).map(\.recipient) == ["an"])
    }

    @Test("does not retry deliveries that are in flight when their occurrence changes", arguments: LedgerEngine.all)
    func changedInFlight(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        let early = reminder("30 days before")
        try ledger.fire(firing(early, to: ["an", "binh", "chi", "dung"]))
        let claims = try ledger.claim(3)
        let change = EvaluationResult.Firing(
            reminder: reminder("moved 1", due: nine + .hours(1)), firedAt: nine + .hours(1), late: false,
            deliveries: deliveries(reminder("moved 1"), ["dung"]), change: .moved,
            formerDates: Day("2027-03-01")!...Day("2027-03-09")!)
        try ledger.fire(change)
        for (claim, next) in zip(claims, [DeliveryRecord.Next.delivered, .pending(notBefore: nine), .dead]) {
            try ledger.record(claim, next, busy, at: nine + .hours(2))
        }
        let history = try ledger.history(HistoryFilter())
        #expect(history.first { $0.stored.change == .moved }?.stored == change.stored)
        let rows = history.filter { $0.stored.reminder == early }
        #expect(rows.map(\.state) == ["delivered", "cancelled", "dead", "superseded"])
        #expect(rows.map(\.why) == [nil, .changed, nil, .laterLead])
        func notified() throws -> [String] {
            try ledger.notified(after: change.reminder.key, of: [early.occurrenceKey], in: everybody).ids
        }
        #expect(try notified().isEmpty, "an's message left under the old dates although its answer came later")
        let failed = FailedSelection(ids: rows.compactMap(\.delivery))
        #expect(try ledger.retry(failed, from: nil, limit: 9, now: nine).retried == [rows[2].delivery])
        let again = try ledger.claim(9, now: nine)
        #expect(again.map(\.recipient) == ["chi"])
        #expect(try notified() == ["chi"], "in flight again since")
        try ledger.record(again[0], .delivered, busy, at: nine + .hours(3))
        #expect(try notified() == ["chi"], "its message was sent after the change although it fired before")
    }

    /// Reproduces a bug that the simulator found (seeds 412, 560, 3831 and 3915).
    @Test("does not mistake an older cancellation for a reminder sent after a newer one", arguments: LedgerEngine.all)
    func cancelledTwice(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        func cancellation(_ number: Int64, to recipients: [String]) -> EvaluationResult.Firing {
            let gone = reminder("moved \(number)", due: nine + .hours(number))
            return EvaluationResult.Firing(
                reminder: gone, firedAt: nine + .hours(number), late: false, deliveries: deliveries(gone, recipients),
                change: .gone)
        }
        let early = reminder("30 days before")
        try ledger.fire(firing(early, to: ["an"]))
        try ledger.fire(cancellation(1, to: ["binh"]))
        let second = cancellation(2, to: ["chi"])
        try ledger.fire(second)
        for claim in try ledger.claim(9, now: nine + .hours(3)) {
            try ledger.record(claim, .delivered, busy, at: nine + .hours(3))
        }
        let later = try ledger.notified(after: second.reminder.key, of: [early.occurrenceKey], in: everybody)
        #expect(later.ids == ["an"], "binh's message is a cancellation too")
    }

    /// Reproduces a bug that the simulator found (seed 3407).
    @Test("marks a delivery in flight when its recipient is added to a change notice later", arguments: LedgerEngine.all)
    func changedLater(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        let early = reminder("30 days before")
        try ledger.fire(firing(early, to: ["an", "binh"]))
        let change = reminder("moved 1", due: nine + .hours(1))
        try ledger.fire(
            EvaluationResult.Firing(reminder: change, firedAt: nine + .hours(1), late: false, deliveries: [], change: .moved))
        let claims = try ledger.claim(2)
        let part = FiringPart(
            reminder: change.key, deliveries: deliveries(change, ["an"]), cursor: nil, named: 1,
            formerOccurrences: [early.occurrenceKey])
        #expect(try ledger.extend([part]) == [1])
        for claim in claims { try ledger.record(claim, .pending(notBefore: nine), busy) }
        let rows = try ledger.history(HistoryFilter()).filter { $0.stored.reminder == early }
        #expect(rows.map { "\($0.recipient ?? "-") \($0.state)" } == ["an cancelled", "binh pending"])
    }

    @Test("returns the last change of each occurrence and the highest change number of a campaign", arguments: LedgerEngine.all)
    func lastWord(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        let early = reminder("30 days before")
        func change(_ number: Int, _ change: Change, occurrence: String = "2027") -> EvaluationResult.Firing {
            EvaluationResult.Firing(
                reminder: reminder("moved \(number)", occurrence: occurrence), firedAt: nine, late: false, deliveries: [],
                change: change, title: "T\(number)")
        }
        try ledger.fire(firing(early, to: ["an"]), change(9, .moved), change(10, .gone), change(2, .moved, occurrence: "2028"))
        let notified = try ledger.notifiedOccurrences(endingOnOrAfter: early.end)
        #expect(notified.map(\.key.occurrence) == ["2027", "2028"])
        #expect(notified.map(\.change?.change) == [.gone, .moved])
        #expect(notified.map(\.title) == ["T10", "T2"])
        #expect(notified[0].change?.reminder.key.lead == "moved 10")
        #expect(try ledger.notifiedOccurrences(endingOnOrAfter: early.end + 1).isEmpty)
        #expect(try ledger.highestChange(plan: "transport", campaign: "drowning") == 10)
        #expect(try ledger.highestChange(plan: "transport", campaign: "drown") == 0)
    }

    @Test("renames occurrences with their deliveries, even if two swap names", arguments: LedgerEngine.all)
    func rename(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        let (one, two) = (reminder("a"), reminder("b", occurrence: "once"))
        try ledger.fire(firing(one, to: ["an"]), firing(two, to: ["binh"]))
        let renames = [
            OccurrenceRename(from: one.occurrenceKey, to: "once"), OccurrenceRename(from: two.occurrenceKey, to: "2027"),
        ]
        _ = try ledger.fire(EvaluationResult(lookedUntil: nine, renames: renames))
        #expect(try ledger.shares(of: one.occurrenceKey, in: everybody).map(\.waiting.ids) == [["binh"]])
        #expect(try ledger.shares(of: two.occurrenceKey, in: everybody).map(\.waiting.ids) == [["an"]])
        #expect(try ledger.recorded([one.key, two.key]).count == 2)
    }

    @Test("removes rows recorded under a clock that was ahead, but nothing that was sent", arguments: LedgerEngine.all)
    func takeBack(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        let ahead = nine + .days(75)
        _ = try ledger.fire(EvaluationResult(lookedUntil: nine, missed: [reminder("before")]))
        _ = try ledger.fire(
            EvaluationResult(
                lookedUntil: ahead, firings: [firing(reminder("sent", deadline: ahead + .days(1)), to: ["an"], at: ahead)],
                superseded: [reminder("superseded")], missed: [reminder("missed")]))
        #expect(try ledger.takeBack(recordedAfter: nine) == 2)
        #expect(try ledger.states() == ["before": "missed", "an": "pending"])
        let sent = try #require(try ledger.history(HistoryFilter()).first { $0.recipient == "an" })
        #expect(sent.stored.firedAt == nine, "so that it is before a deadline that an edit brings forward")
        #expect(try ledger.takeBack(recordedAfter: nine) == 0)
    }
}

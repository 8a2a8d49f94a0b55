import Dates
import Scheduler
import Support
import Testing

/// The behaviour that every ledger engine must have.
@Suite("A ledger")
struct LedgerBehaviour {
    private let folder: TemporaryFolder
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

    @Test("releases a hold in parts and continues after a restart", arguments: LedgerEngine.all, [true, false])
    func release(engine: LedgerEngine, sends: Bool) throws {
        let first = reminder("30 days before")
        do {
            let ledger = try engine.open(folder, nine)
            try ledger.fire(firing(first, to: ["an", "binh", "chi", "dung"], cursor: "dung"))
            let claim = try ledger.claim(1)[0]
            #expect(try ledger.hold(until: nine + .hours(2), limit: 2), "one of three is left")
            #expect(try !ledger.hold(until: nine + .hours(2), limit: 2))
            #expect(try ledger.claim(9, now: nine + .days(1)).isEmpty)
            #expect(try ledger.counts()[.inFlight] == 1, "the dispatcher decides about it")
            try ledger.record(claim, .held, Receipt(.unknown, reply: "stopped"), crashed: true)
            try ledger.release(EvaluationResult(lookedUntil: nine + .hours(3), isFinal: true), sendsPending: sends)
            #expect(try ledger.continueRelease(limit: 3))
            #expect(try ledger.held() != nil)
        }
        let ledger = try engine.open(folder, nine)
        #expect(try !ledger.continueRelease(limit: 3))
        #expect(try ledger.held() == nil)
        let counts = try ledger.counts()
        #expect(counts[sends ? .pending : .cancelled] == 4)
        let claims = try ledger.claim(9, now: nine + .hours(3))
        #expect(claims.count == (sends ? 4 : 0))
        if sends { #expect(claims.filter { $0.unknowns + $0.crashes > 0 }.map(\.recipient) == ["an"]) }
        let row = try #require(try ledger.recorded([first.key])[first.key])
        #expect(row.isClosed != sends && row.isComplete != sends)
    }

    @Test("drops deliveries that were in flight in a restored copy, even without a daemon", arguments: LedgerEngine.all)
    func droppedInFlight(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        let (old, new) = (reminder("30 days before"), reminder("7 days before", due: nine + .hours(2) + .seconds(1)))
        try ledger.fire(firing(old, to: ["an"]))
        var claims = try ledger.claim(1)
        try ledger.hold(until: nine + .hours(2))
        try ledger.fire(firing(new, to: ["binh"]))
        claims += try ledger.claim(1, now: nine + .hours(3))
        try ledger.release(EvaluationResult(lookedUntil: nine + .hours(3), isFinal: true), sendsPending: false)
        #expect(try !ledger.continueRelease(limit: 9))
        for claim in claims { try ledger.record(claim, .pending(notBefore: nine), noAnswer, crashed: true) }
        let rows = try ledger.history(HistoryFilter())
        #expect(
            rows.map { "\($0.recipient ?? "-") \($0.state) \($0.why?.rawValue ?? "")" } == [
                "an cancelled dropped", "binh pending ",
            ])
    }

    @Test("withdraws deliveries of recipients who no longer use a channel, in parts", arguments: LedgerEngine.all)
    func strangers(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        let recipients = (0..<7).map { "r\($0)" }
        try ledger.fire(firing(reminder("a"), to: recipients))
        var (place, withdrawn): (LedgerCursor?, [Int]) = (nil, [])
        repeat {
            let part = try ledger.withdrawStrangers(channel: "mail", from: place, limit: 3) {
                String(decoding: $0, as: UTF8.self) > "r3"
            }
            withdrawn.append(part.withdrawn)
            place = part.next
        } while place != nil
        #expect(withdrawn == [3, 1, 0])
        #expect(try ledger.claim(9).map(\.recipient) == ["r4", "r5", "r6"])
    }

    @Test("brings retries forward when the clock is set back, but not first attempts", arguments: LedgerEngine.all)
    func clockSetBack(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        try ledger.fire(firing(reminder("a"), to: (0..<4).map { "r\($0)" }))
        for (number, claim) in try ledger.claim(3).enumerated() {
            try ledger.record(claim, .pending(notBefore: nine + .hours(Int64(7 + number))), busy)
        }
        try ledger.fire(firing(reminder("b", campaign: "b", due: nine), to: ["an"], channel: "hub"))
        try ledger.record(try #require(try ledger.claim(1, channel: "hub").first), .pending(notBefore: nine + .hours(9)), busy)
        let now = nine - .hours(7)
        var place = try ledger.bringRetriesForward(by: .hours(7), now: now, from: nil, limit: 2)
        while place != nil { place = try ledger.bringRetriesForward(by: .hours(7), now: now, from: place, limit: 2) }
        #expect(try ledger.claim(9, now: nine).map(\.recipient) == ["r0", "r3"])
        #expect(try ledger.claim(9, now: nine + .hours(2)).map(\.recipient) == ["r1", "r2"])
        #expect(try ledger.claim(9, channel: "hub", now: nine + .hours(2)).map(\.recipient) == ["an"])
    }

    @Test("claims deliveries that wait under a former name of the channel", arguments: LedgerEngine.all)
    func formerChannel(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        try ledger.fire(firing(reminder("a"), to: ["an"], channel: "old"), firing(reminder("b"), to: ["binh"], channel: "new"))
        let claims = try ledger.claim([ClaimRequest(channel: "new", limit: 9, names: ["new", "old"])], now: nine)
        #expect(claims.map(\.recipient) == ["binh", "an"] && claims.allSatisfy { $0.channel == "new" })
        for claim in claims { try ledger.record(claim, .delivered, accepted) }
        #expect(
            Set(try ledger.history(HistoryFilter()).compactMap(\.channel)) == ["old", "new"],
            "each keeps the name it was written with")
    }

    @Test("writes a reminder once, even if it is fired repeatedly", arguments: LedgerEngine.all)
    func fireTwice(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        let first = reminder("30 days before")
        try ledger.fire(firing(first, to: ["an"]))
        let claim = try #require(try ledger.claim(1).first)
        try ledger.record(claim, .delivered, accepted)
        try ledger.fire(firing(first, to: ["an", "binh"], at: nine + .hours(2)))
        _ = try ledger.fire(EvaluationResult(lookedUntil: nine, superseded: [first], missed: [first]))

        #expect(try ledger.states() == ["an": "delivered"])
        #expect(try ledger.history(HistoryFilter()).map(\.stored.firedAt) == [nine])
    }

    @Test("never moves the time of its last evaluation back", arguments: LedgerEngine.all)
    func monotonic(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        _ = try ledger.fire(EvaluationResult(lookedUntil: nine + .hours(3)))
        _ = try ledger.fire(EvaluationResult(lookedUntil: nine + .hours(2)))
        #expect(try ledger.lookedUntil() == nine + .hours(3))
    }

    @Test("supersedes only pending deliveries when a later lead fires", arguments: LedgerEngine.all)
    func supersede(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        let early = reminder("30 days before")
        let later = reminder("7 days before", due: nine + .hours(1))
        try ledger.fire(firing(early, to: ["an", "binh", "chi", "dung"]))
        try ledger.fire(firing(reminder("1 day before", occurrence: "2028"), to: ["chi"], channel: "mail"))
        try ledger.fire(firing(reminder("60 days before", due: nine - .hours(1)), to: ["chi"], channel: "hub", at: nine))
        let taken = try ledger.claim(2)
        #expect(taken.map(\.recipient) == ["an", "binh"])
        try ledger.record(taken[0], .delivered, accepted)
        try ledger.fire(firing(later, to: ["an", "binh", "chi"]))

        let rows = try ledger.history(HistoryFilter())
        func state(_ lead: String, _ recipient: String, _ channel: String) -> String? {
            rows.first { $0.stored.reminder.key.lead == lead && $0.recipient == recipient && $0.channel == channel }?.state
        }
        #expect(state("30 days before", "an", "mail") == "delivered")
        #expect(state("30 days before", "binh", "mail") == "in flight")
        #expect(state("30 days before", "chi", "mail") == "superseded")
        #expect(state("30 days before", "dung", "mail") == "pending")
        #expect(state("60 days before", "chi", "hub") == "pending")
        #expect(state("1 day before", "chi", "mail") == "pending")
        for recipient in ["an", "binh", "chi"] { #expect(state("7 days before", recipient, "mail") == "pending") }
    }

    @Test("does not supersede a newer lead by an older one that fires late", arguments: LedgerEngine.all)
    func noBackwardSupersede(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        try ledger.fire(firing(reminder("7 days before", due: nine), to: ["an"]))
        try ledger.fire(firing(reminder("30 days before", due: nine - .days(1)), to: ["an"], at: nine))
        #expect(try ledger.history(HistoryFilter()).map(\.state) == ["pending", "pending"])
    }

    @Test("writes a large firing in steps and remembers its progress", arguments: LedgerEngine.all)
    func extend(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        let early = reminder("30 days before")
        let large = reminder("7 days before", due: nine + .hours(1))
        try ledger.fire(firing(early, to: ["an", "binh", "chi"]))
        try ledger.fire(firing(large, to: ["an"], cursor: "an"))
        #expect(try ledger.unfinished().map(\.reminder) == [large])

        try ledger.extend(large.key, deliveries(large, ["binh"]), cursor: "binh")
        #expect(try ledger.unfinished().map(\.reminder) == [large])
        try ledger.extend(large.key, deliveries(large, ["binh", "chi"]), cursor: nil)
        try ledger.extend(reminder("not fired").key, deliveries(large, ["dung"]), cursor: "dung")
        #expect(try ledger.unfinished().isEmpty)
        #expect(try ledger.extend([]).isEmpty)

        let counts = try ledger.counts()
        #expect(counts[.superseded, default: 0] == 3)
        #expect(counts[.pending, default: 0] == 3)
    }

    @Test(
        "finds recipients who were not reached, in parts of any size, and fails over to other channels",
        arguments: LedgerEngine.all)
    func undelivered(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        // `urgent` is half-way to its deadline after half a day. `calm` then has much time left,
        // and `over` is past its deadline.
        let urgent = reminder("7 days before", deadline: nine + .days(1))
        let calm = reminder("30 days before", campaign: "calm", deadline: nine + .days(30))
        let over = reminder("30 days before", campaign: "over", deadline: nine + .hours(2))
        try ledger.fire(
            firing(over, to: ["an"]), firing(urgent, to: ["an", "binh", "chi", "dung"]), firing(calm, to: ["an", "chi"]))
        for claim in try ledger.claim(100) {
            let fate: (DeliveryRecord.Next, Receipt) =
                switch (claim.stored.reminder.key.campaign, claim.recipient) {
                case ("over", _), ("drowning", "an"), ("calm", "chi"): (.dead, busy)
                case ("drowning", "binh"): (.delivered, accepted)
                default: (.pending(notBefore: nine + .days(9)), busy)
                }
            try ledger.record(claim, fate.0, fate.1)
        }
        func found(_ now: Instant, _ limit: Int) throws -> [String] {
            var (names, place): ([String], LedgerCursor?) = ([], nil)
            repeat {
                let part = try ledger.undelivered(now: now, from: place, parked: [], limit: limit)
                names += part.readers.map { "\($0.stored.reminder.key.campaign) \($0.recipient) \($0.isExhausted)" }
                place = part.next
            } while place != nil
            return Set(names).sorted()
        }
        for limit in 1...6 {
            #expect(try found(nine + .hours(3), limit) == ["calm chi true", "drowning an true"])
            #expect(
                try found(nine + .hours(12), limit)
                    == ["calm chi true", "drowning an true", "drowning chi false", "drowning dung false"])
        }
        let readers = try ledger.undelivered(now: nine + .hours(12), from: nil, parked: [], limit: 100).readers
        #expect(try ledger.failOver(readers, channel: "hub") == readers.map { _ in true })
        #expect(try ledger.failOver([]).isEmpty)
        #expect(try ledger.counts()[.cancelled] == 2)
        #expect(try ledger.claim(100, channel: "hub", now: nine + .hours(12)).count == 4)
        // No result is exhausted while a delivery waits on the channel `hub`. The caller decides
        // whether to use further channels.
        #expect(try found(nine + .hours(12), 1).allSatisfy { !$0.hasSuffix("true") })
    }

    @Test("does not repeat a recipient who was not reached, however many channels were tried", arguments: LedgerEngine.all)
    func undeliveredOnce(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        let urgent = reminder("7 days before", deadline: nine + .days(1))
        let each = ["mail", "hub", "sms"].flatMap { deliveries(urgent, ["an", "binh"], channel: $0) }
        try ledger.fire(EvaluationResult.Firing(reminder: urgent, firedAt: nine, late: false, deliveries: each, cursor: nil))
        for channel in ["mail", "hub", "sms"] {
            for claim in try ledger.claim(100, channel: channel, now: nine) {
                try ledger.record(claim, claim.recipient == "an" ? .dead : .pending(notBefore: nine + .days(9)), busy)
            }
        }
        let readers = try ledger.undelivered(now: nine + .hours(12), from: nil, parked: [], limit: 100).readers
        #expect(readers.map { "\($0.recipient) \($0.isExhausted)" } == ["an true", "binh false"])
        #expect(try ledger.failOver(readers, channel: "radio") == [true, true])
        #expect(try ledger.claim(100, channel: "radio", now: nine + .hours(12)).map(\.recipient) == ["an", "binh"])
    }

    /// Reproduces a bug that the simulator found (seed 1391).
    @Test("does not fail over to a channel that reached the recipient under another name", arguments: LedgerEngine.all)
    func failedOverUnderAnotherName(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        let urgent = reminder("7 days before", deadline: nine + .days(1))
        try ledger.fire(firing(urgent, to: ["old", "other"]))
        try ledger.extend(urgent.key, deliveries(urgent, ["new"], channel: "hub"), cursor: nil)
        for claim in try ledger.claim(9) { try ledger.record(claim, .pending(notBefore: nine + .days(9)), busy) }
        for claim in try ledger.claim(9, channel: "hub", now: nine) { try ledger.record(claim, .delivered, accepted) }
        let readers = try ledger.undelivered(now: nine + .hours(13), from: nil, parked: [], limit: 9).readers
        let failovers = readers.map { reader in
            let own = deliveries(urgent, [reader.recipient], channel: "hub")[0]
            let names = reader.recipient == "old" ? [NewDelivery.Slot(recipient: "new", channel: "hub")] : []
            return Failover(
                reader, to: [NewDelivery(id: own.id, recipient: own.recipient, channel: own.channel, formerly: names)])
        }
        #expect(try ledger.failOver(failovers) == [true, true])
        #expect(try ledger.claim(9, channel: "hub", now: nine + .hours(13)).map(\.recipient) == ["other"])
    }

    @Test(
        "keeps pending deliveries of a recipient for whom another process has already failed over",
        arguments: LedgerEngine.all)
    func failOverTwice(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        let urgent = reminder("7 days before", deadline: nine + .days(1))
        try ledger.fire(firing(urgent, to: ["an", "binh"]))
        let later = nine + .hours(12)
        let readers = try ledger.undelivered(now: later, from: nil, parked: [], limit: 9).readers
        #expect(readers.map(\.recipient) == ["an", "binh"])
        #expect(try ledger.failOver([readers[0]], channel: "hub") == [true])
        #expect(try ledger.failOver(readers, channel: "hub") == [false, true])
        #expect(try ledger.claim(9, channel: "hub", now: later).map(\.recipient) == ["an", "binh"])
        #expect(try ledger.counts()[.cancelled] == 2)
        let over = reminder("never fired")
        let stranger = Undelivered(
            stored: StoredReminder(reminder: over, firedAt: nine, late: false), recipient: "an", channels: [], isExhausted: true)
        #expect(try ledger.failOver([stranger], channel: "hub") == [false])
    }

    // MARK: Claims and records

    @Test("claims the oldest first, no more than requested, separately for each channel", arguments: LedgerEngine.all)
    func claimOrder(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        try ledger.fire(firing(reminder("b", campaign: "two", due: nine), to: ["chi", "dung"]))
        try ledger.fire(firing(reminder("a", campaign: "one", due: nine - .hours(1)), to: ["an", "binh"], at: nine))
        try ledger.fire(firing(reminder("c", campaign: "three", due: nine), to: ["giang"], channel: "hub"))

        let claims = try ledger.claim(
            [
                ClaimRequest(channel: "hub", limit: 5), ClaimRequest(channel: "mail", limit: 3),
                ClaimRequest(channel: "none", limit: 5), ClaimRequest(channel: "mail", limit: 0),
            ], now: nine)
        #expect(claims.map(\.recipient) == ["giang", "an", "binh", "chi"])
        #expect(claims.allSatisfy { $0.attempt == 1 && $0.unknowns == 0 && $0.crashes == 0 })
        #expect(try ledger.counts()[.inFlight] == 4)
        #expect(try ledger.claim(5).map(\.recipient) == ["dung"])
        #expect(try ledger.claim(5).isEmpty)
    }

    @Test("claims a delivery once when its channel is requested twice", arguments: LedgerEngine.all)
    func claimTwice(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        try ledger.fire(firing(reminder("a"), to: ["an", "binh", "chi"]))
        let twice = [ClaimRequest(channel: "mail", limit: 2), ClaimRequest(channel: "mail", limit: 2)]
        #expect(try ledger.claim(twice, now: nine).map(\.recipient) == ["an", "binh", "chi"])
    }

    @Test("claims nothing before its time and nothing at its deadline", arguments: LedgerEngine.all)
    func claimBounds(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        let deadline = nine + .hours(2)
        try ledger.fire(firing(reminder("a", deadline: deadline), to: ["an"]))
        let claim = try #require(try ledger.claim(1).first)
        try ledger.record(claim, .pending(notBefore: nine + .hours(1)), busy)

        #expect(try ledger.claim(1, now: nine + .minutes(59)).isEmpty)
        #expect(try ledger.claim(1, now: deadline).isEmpty)
        #expect(try ledger.expire(now: deadline - TimeSpan(milliseconds: 1), limit: 9).isEmpty)
        let again = try #require(try ledger.claim(1, now: nine + .hours(1)).first)
        #expect(again.attempt == 2)
        #expect(again.id == claim.id)
    }

    @Test(
        "ends deliveries past their deadline in parts, without an attempt, and returns each once",
        arguments: LedgerEngine.all)
    func expire(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        let tried = firing(reminder("a"), to: ["an", "binh", "dung"])
        try ledger.fire(tried)
        try ledger.fire(firing(reminder("b", campaign: "two"), to: ["chi"], channel: "hub"))
        let claims = try ledger.claim(2)
        try ledger.record(claims[0], .pending(notBefore: nine + .hours(1)), busy)
        let over = nine + .days(30)
        #expect(try ledger.expire(now: over - TimeSpan(milliseconds: 1), limit: 9).isEmpty)
        let first = try ledger.expire(now: over, limit: 2)
        let rest = try ledger.expire(now: over, limit: 9)
        #expect(first.count == 2 && rest.count == 1)
        let ended = Set((first + rest).map { "\($0.recipient) \($0.channel) \($0.attempts)" })
        #expect(ended == ["an mail 1", "dung mail 0", "chi hub 0"])
        #expect((first + rest).allSatisfy { $0.stored.reminder.deadline == over })
        #expect(try ledger.expire(now: over, limit: 9).isEmpty)
        #expect(try ledger.states() == ["an": "dead", "binh": "in flight", "dung": "dead", "chi": "dead"])
        #expect(try ledger.history(HistoryFilter()).map(\.attempts.count).sorted() == [0, 0, 0, 1])
    }

    @Test("ends a delivery that is pending again, through the claim of its last attempt", arguments: LedgerEngine.all)
    func endsWaiting(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        try ledger.fire(firing(reminder("a"), to: ["an", "binh"]))
        let claims = try ledger.claim(2)
        for claim in claims { try ledger.record(claim, .pending(notBefore: nine + .hours(1)), busy) }
        try ledger.record(claims[0], .dead, nil)
        try ledger.record(claims[1], .cancelled(.gone), nil)
        #expect(try ledger.states() == ["an": "dead", "binh": "cancelled"])
        #expect(try ledger.history(HistoryFilter()).allSatisfy { $0.attempts.count == 1 })
    }

    @Test(
        "returns deliveries that were in flight when it was opened, each once, and none that it claimed since",
        arguments: LedgerEngine.all)
    func adopt(engine: LedgerEngine) throws {
        do {
            let ledger = try engine.open(folder, nine)
            try ledger.fire(firing(reminder("a"), to: ["an", "binh", "chi", "dung"]))
            _ = try ledger.claim(3)
            #expect(try ledger.adopt(limit: 9).isEmpty)
        }
        let ledger = try engine.open(folder, nine)
        let own = try ledger.claim(9)
        #expect(own.map(\.recipient) == ["dung"])
        let first = try ledger.adopt(limit: 2)
        let rest = try ledger.adopt(limit: 2)
        #expect(first.map(\.recipient) == ["an", "binh"] && rest.map(\.recipient) == ["chi"])
        #expect(try ledger.adopt(limit: 2).isEmpty)
        let late = try ledger.record(
            (first + rest).map {
                DeliveryRecord($0.token, at: nine, receipt: noAnswer, next: .pending(notBefore: nine), crashed: true)
            })
        #expect(late.isEmpty)
        #expect(try ledger.adopt(limit: 9).isEmpty)
        #expect(try ledger.claim(9).map { "\($0.recipient) \($0.attempt) \($0.crashes)" } == ["an 2 1", "binh 2 1", "chi 2 1"])
    }

    @Test("returns its next wake time, the next attempt or the next deadline", arguments: LedgerEngine.all)
    func nextWake(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        try ledger.fire(firing(reminder("a", deadline: nine + .hours(5)), to: ["an"]))
        try ledger.fire(firing(reminder("b", campaign: "two", deadline: nine + .hours(9)), to: ["an"], channel: "hub"))
        #expect(try ledger.nextWake(channels: ["mail", "hub"]) == nine)
        #expect(try ledger.nextWake(channels: []) == nil)
        #expect(try ledger.nextWake(channels: ["other"]) == nil)

        let mail = try #require(try ledger.claim(1).first)
        let hub = try #require(try ledger.claim(1, channel: "hub").first)
        #expect(try ledger.nextWake(channels: ["mail", "hub"]) == nil)
        try ledger.record(mail, .pending(notBefore: nine + .hours(7)), busy)
        try ledger.record(hub, .pending(notBefore: nine + .hours(6)), busy)
        #expect(try ledger.nextWake(channels: ["mail", "hub"]) == nine + .hours(5))
        #expect(try ledger.nextWake(channels: ["hub"]) == nine + .hours(6))
    }

    @Test("cancels only the pending deliveries of one channel", arguments: LedgerEngine.all)
    func cancelWaiting(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        let first = reminder("30 days before")
        let hub = firing(reminder("b", campaign: "b"), to: ["cuc"], channel: "hub")
        _ = try ledger.fire(EvaluationResult(lookedUntil: nine, firings: [firing(first, to: ["an", "binh", "dung"]), hub]))
        _ = try ledger.claim(1)
        #expect(try ledger.cancelWaiting(channel: "mail", limit: 1).map(\.recipient) == ["binh"])
        #expect(try ledger.cancelWaiting(channel: "mail", limit: 100).map(\.recipient) == ["dung"])
        #expect(try ledger.cancelWaiting(channel: "mail", limit: 100).isEmpty)
        #expect(
            try ledger.states() == ["an": "in flight", "binh": "cancelled", "dung": "cancelled", "cuc": "pending"])
    }

    @Test("makes pending deliveries due when their channel recovers, except those on hold", arguments: LedgerEngine.all)
    func advance(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        _ = try ledger.fire(EvaluationResult(lookedUntil: nine, firings: [firing(reminder("30 days before"), to: ["an"])]))
        try ledger.hold(until: nine)
        let later = nine + .hours(1)
        _ = try ledger.fire(EvaluationResult(lookedUntil: later, firings: [firing(reminder("b", campaign: "b"), to: ["binh"])]))
        let claim = try #require(try ledger.claim(1).first)
        try ledger.record(claim, .pending(notBefore: nine + .days(1)), Receipt(.notSent, reply: "reset"), at: later)
        try ledger.advance(channel: "mail", triedBefore: later, to: later)
        #expect(try ledger.claim([ClaimRequest(channel: "mail", limit: 9)], now: later).isEmpty, "it was tried no earlier")
        try ledger.advance(channel: "mail", triedBefore: later + .seconds(1), to: later)
        #expect(try ledger.claim([ClaimRequest(channel: "mail", limit: 9)], now: later).map(\.recipient) == ["binh"])
    }

    @Test(
        "makes failures of the server or the sender due again, but not requested waits or unknown outcomes",
        arguments: LedgerEngine.all)
    func advanceByScope(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        let receipts: [(String, Receipt)] = [
            ("server", Receipt(.notSent, reply: "reset")), ("us", Receipt(.refusedForNow, about: .us, code: 535, reply: "no")),
            ("compared", Receipt(.refusedForGood, about: .comparison, code: 554, reply: "relay")),
            ("greylisted", busy), ("load", Receipt(.refusedForNow, about: .load, code: 421, reply: "busy")),
            ("full", Receipt(.refusedForGood, code: 552, reply: "full", advice: .once(after: .hours(1)))), ("unknown", noAnswer),
        ]
        try ledger.fire(firing(reminder("a"), to: receipts.map(\.0)))
        for claim in try ledger.claim(100) {
            let receipt = try #require(receipts.first { $0.0 == claim.recipient }).1
            try ledger.record(claim, .pending(notBefore: nine + .hours(9)), receipt)
        }
        try ledger.advance(channel: "mail", triedBefore: .distantFuture, to: nine + .hours(1))
        let due = try ledger.claim([ClaimRequest(channel: "mail", limit: 100)], now: nine + .hours(1)).map(\.recipient)
        #expect(Set(due) == ["server", "us", "compared"])
    }

    @Test("counts attempts that are not charged, and refusals that become final if repeated", arguments: LedgerEngine.all)
    func costs(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        try ledger.fire(firing(reminder("a"), to: ["an"]))
        let receipts = [
            Receipt(.refusedForNow, about: .load, code: 421, reply: ""), Receipt(.notSent, about: .nobody, reply: ""),
            Receipt(.refusedForGood, code: 552, reply: "", advice: .once(after: .hours(1))), busy,
        ]
        for receipt in receipts {
            let claim = try #require(try ledger.claim(1).first)
            try ledger.record(claim, .pending(notBefore: nine), receipt)
        }
        let claim = try #require(try ledger.claim(1).first)
        #expect(claim.attempt == 5 && claim.uncounted == 2 && claim.refusals == 1)
    }

    @Test(
        "claims the first delivery, one whose wait is over, or named ones, and lists pending deliveries in pages",
        arguments: LedgerEngine.all)
    func choices(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        let people = ["an", "binh", "chi", "dung"]
        try ledger.fire(firing(reminder("a"), to: people))
        let first = try #require(try ledger.claim(1).first)
        try ledger.record(first, .pending(notBefore: nine + .minutes(5)), busy)

        func claim(_ choice: ClaimRequest.Choice, at now: Instant, limit: Int = 1) throws -> [String] {
            let claims = try ledger.claim([ClaimRequest(channel: "mail", limit: limit, choice: choice)], now: now)
            for claim in claims { try ledger.record(claim, .pending(notBefore: claim.stored.reminder.due), nil) }
            return claims.map(\.recipient)
        }
        #expect(try ledger.waiting(names: ["mail"], after: nil, now: nine, limit: 9).map(\.recipient) == ["binh", "chi", "dung"])
        let page = try ledger.waiting(names: ["mail"], after: nil, now: nine + .hours(1), limit: 2)
        #expect(page.map(\.recipient) == ["binh", "chi"])
        let rest = try ledger.waiting(names: ["mail"], after: page.last, now: nine + .hours(1), limit: 9)
        #expect(rest.map(\.recipient) == ["dung", "an"])
        #expect(try ledger.waiting(names: ["hub"], after: nil, now: nine, limit: 9).isEmpty)

        #expect(try claim(.these([page[1].place]), at: nine) == ["chi"])
        #expect(try claim(.these([rest[1].place]), at: nine).isEmpty, "its wait is not over")
        #expect(try claim(.these([page[1].place, rest[0].place]), at: nine, limit: 1).count == 1)
        #expect(try claim(.queue, at: nine + .hours(1)).count == 1)
        // A probe is a delivery that was tried before and whose wait is over. It is never the
        // newest delivery that was not tried yet.
        let fresh = try engine.open(try TemporaryFolder(), nine)
        try fresh.fire(firing(reminder("a"), to: people))
        let tried = try #require(try fresh.claim(1).first)
        try fresh.record(tried, .pending(notBefore: nine + .minutes(5)), busy)
        let probe = ClaimRequest(channel: "mail", limit: 1, choice: .waited)
        #expect(try fresh.claim([probe], now: nine + .minutes(4)).map(\.recipient) == ["binh"], "nobody's wait is over")
        #expect(try fresh.claim([probe], now: nine + .minutes(5)).map(\.recipient) == ["an"])
    }

    @Test("counts deliveries for a parked channel as given up", arguments: LedgerEngine.all)
    func parked(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        try ledger.fire(firing(reminder("a"), to: ["an"]), firing(reminder("b", campaign: "b"), to: ["binh"], channel: "hub"))
        func found(_ parked: Set<String>) throws -> [String] {
            try ledger.undelivered(now: nine, from: nil, parked: parked, limit: 9).readers.map(\.recipient)
        }
        #expect(try found([]).isEmpty)
        #expect(try found(["mail"]) == ["an"])
        #expect(try Set(found(["mail", "hub"])) == ["an", "binh"])
    }

    @Test("records each attempt and returns it in the history", arguments: LedgerEngine.all)
    func attempts(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        try ledger.fire(firing(reminder("a"), to: ["an"]))
        var claim = try #require(try ledger.claim(1).first)
        try ledger.record(claim, .pending(notBefore: nine), busy, at: nine + .seconds(1))
        claim = try #require(try ledger.claim(1).first)
        try ledger.record(claim, .pending(notBefore: nine), noAnswer, at: nine + .seconds(2))
        claim = try #require(try ledger.claim(1).first)
        #expect(claim.attempt == 3)
        #expect(claim.unknowns == 1)
        try ledger.record(claim, .delivered, accepted, at: nine + .seconds(3))

        let row = try #require(try ledger.history(HistoryFilter()).first)
        #expect(row.state == "delivered")
        #expect(
            row.attempts == [
                .init(at: nine + .seconds(1), outcome: .refusedForNow, code: 450, reply: busy.reply),
                .init(at: nine + .seconds(2), outcome: .unknown, code: nil, reply: noAnswer.reply),
                .init(at: nine + .seconds(3), outcome: .delivered, code: 250, reply: accepted.reply),
            ])
    }

    @Test("keeps every outcome and every next state", arguments: LedgerEngine.all)
    func outcomes(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        let nexts: [(DeliveryRecord.Next, DeliveryState)] = [
            (.pending(notBefore: nine), .pending), (.delivered, .delivered), (.unknown, .unknown), (.dead, .dead),
            (.cancelled(.gone), .cancelled),
            (.held, .pending),
        ]
        for (index, outcome) in Outcome.allCases.enumerated() {
            for (at, next) in nexts.enumerated() {
                let one = reminder("\(index)-\(at)", campaign: "c\(index)-\(at)")
                try ledger.fire(firing(one, to: ["an"], channel: "ch\(index)-\(at)"))
                let claim = try #require(try ledger.claim(1, channel: "ch\(index)-\(at)").first)
                try ledger.record(claim, next.0, Receipt(outcome, reply: ""))
                let row = try #require(try ledger.history(HistoryFilter(campaign: "c\(index)-\(at)")).first)
                #expect(row.state == next.1.rawValue)
                #expect(row.attempts.map(\.outcome) == [outcome])
            }
        }
    }

    @Test("returns a record that comes too late or names no delivery, and changes nothing", arguments: LedgerEngine.all)
    func lateRecords(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        try ledger.fire(firing(reminder("a"), to: ["an", "binh"]))
        let first = try #require(try ledger.claim(1).first)
        func late(_ claim: Claim, _ next: DeliveryRecord.Next, _ receipt: Receipt?) throws -> Bool {
            let record = DeliveryRecord(claim.token, at: nine, receipt: receipt, next: next)
            let late = try ledger.record([record])
            #expect(late.allSatisfy { $0.token == claim.token && $0.next == next })
            return late.count == 1
        }
        #expect(try !late(first, .pending(notBefore: nine), busy))
        #expect(try late(first, .delivered, accepted))
        let second = try #require(try ledger.claim(1, now: nine + .hours(1)).first)
        #expect(try late(first, .dead, busy))
        #expect(try ledger.adopt(limit: 9).isEmpty, "the delivery is still in flight by the claim of this opening")
        let nobody = Claim(
            id: DeliveryID(stored: "nobody"), stored: first.stored, recipient: "nobody", channel: "mail", attempt: 1,
            unknowns: 0, crashes: 0)
        #expect(try late(nobody, .delivered, accepted))
        #expect(try late(nobody, .dead, nil))
        let both = [first, second].map { DeliveryRecord($0.token, at: nine, receipt: accepted, next: .delivered) }
        let result = try ledger.claim([], recording: both, now: nine)
        #expect(result.claims.isEmpty && result.late.map(\.token) == [first.token], "a claim records in the same way")
        #expect(try late(second, .dead, nil))
        #expect(try ledger.counts()[.delivered, default: 0] == 1)
        #expect(try ledger.counts()[.pending, default: 0] == 1)
        #expect(try ledger.history(HistoryFilter()).map(\.attempts.count).sorted() == [0, 2])
    }

    @Test("cuts a server's long answer to 512 bytes between two characters", arguments: LedgerEngine.all)
    func longReply(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        let replies = [
            String(repeating: "a", count: 512), String(repeating: "a", count: 513), String(repeating: "ế", count: 200),
            "a" + String(repeating: "ế", count: 200), "a" + String(repeating: "\u{301}", count: 400), "nul \0 inside", "",
        ]
        try ledger.fire(firing(reminder("a"), to: replies.indices.map { "r\($0)" }))
        let claims = try ledger.claim(100)
        for (claim, reply) in zip(claims, replies) {
            try ledger.record(claim, .dead, Receipt(.refusedForGood, code: 99_999, reply: reply))
        }
        for (row, reply) in zip(try ledger.history(HistoryFilter()), replies) {
            let kept = try #require(row.attempts.first).reply
            #expect(reply.unicodeScalars.starts(with: kept.unicodeScalars))
            #expect(kept.utf8.count <= 512)
            #expect(kept.utf8.count > min(reply.utf8.count, 512) - 4)
        }
    }

    // MARK: Crashes

    /// Claims `limit` deliveries, then records what the scheduler records after a crash.
    private func crash(_ ledger: any Ledger, claiming limit: Int) throws -> [String] {
        let claims = try ledger.claim(limit)
        for left in claims {
            try ledger.record(left, .pending(notBefore: nine), Receipt(.unknown, reply: "crash"), crashed: true)
        }
        return claims.map(\.recipient)
    }

    @Test("fault 120: quarantines a delivery that was in flight at two crashes and sends it alone", arguments: LedgerEngine.all)
    func alone(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        try ledger.fire(firing(reminder("a"), to: ["an", "binh", "chi"]))
        #expect(try crash(ledger, claiming: 2) == ["an", "binh"])
        #expect(try crash(ledger, claiming: 2) == ["an", "binh"])

        let suspect = try ledger.claim(100)
        #expect(suspect.map(\.recipient) == ["an"])
        #expect(suspect.map(\.crashes) == [2])
        #expect(suspect.map(\.unknowns) == [2])
        #expect(try ledger.claim(100).isEmpty, "nothing is sent beside a quarantined delivery")
        #expect(try ledger.nextWake(channels: ["mail"]) == nine + .days(30))
        try ledger.record(suspect[0], .delivered, accepted)

        let others = try ledger.claim(100)
        #expect(others.map(\.recipient) == ["chi"], "others have their turn between quarantined deliveries")
        #expect(try ledger.claim(100).isEmpty, "a quarantined delivery waits until nothing is in flight")
        #expect(try ledger.nextWake(channels: ["mail"]) == nine + .days(30))
        try ledger.record(others[0], .delivered, accepted)

        #expect(try ledger.nextWake(channels: ["mail"]) == nine)
        #expect(try crash(ledger, claiming: 100) == ["binh"])
        #expect(try ledger.claim(100).map(\.crashes) == [3])
    }

    @Test("sends quarantined deliveries one after the other if there are no others", arguments: LedgerEngine.all)
    func suspectsInTurn(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        try ledger.fire(firing(reminder("a"), to: ["an", "binh", "chi"]))
        for _ in 1...2 { _ = try crash(ledger, claiming: 3) }
        for recipient in ["an", "binh", "chi"] {
            let claims = try ledger.claim(100)
            #expect(claims.map(\.recipient) == [recipient])
            try ledger.record(claims[0], .delivered, accepted)
        }
        #expect(try ledger.counts()[.delivered, default: 0] == 3)
    }

    // MARK: Pruning

    /// Calls `prune` until it is complete. Returns the number of deliveries that each call removed.
    private func pruned(_ ledger: any Ledger, before instant: Instant, limit: Int) throws -> [Int] {
        var counts: [Int] = []
        while counts.count < 1_000 {
            let pruned = try ledger.prune(endedBefore: instant, limit: limit)
            counts.append(pruned.deliveries)
            if pruned.isComplete { return counts }
        }
        Issue.record("pruning does not end")
        return counts
    }

    @Test(
        "fault 118: prunes old deliveries and attempts in parts, but remembers that their reminder fired",
        arguments: LedgerEngine.all)
    func prune(engine: LedgerEngine) throws {
        let old = reminder("a", campaign: "one")
        let young = reminder("b", campaign: "two", due: nine + .days(400), deadline: nine + .days(430))
        do {
            let ledger = try engine.open(folder, nine)
            try ledger.fire(firing(old, to: (0..<20).map { "r\($0)" }))
            for claim in try ledger.claim(20) { try ledger.record(claim, .delivered, accepted) }
            try ledger.fire(firing(young, to: ["an"]))
            #expect(try ledger.shares(of: old.occurrenceKey, in: everybody).map(\.notified.count) == [20])
            #expect(
                try pruned(ledger, before: old.deadline, limit: 8) == [0, 0, 0],
                "the occurrence ends at this instant, not before it")
            #expect(try ledger.prune(endedBefore: nine + .days(31), limit: 8) == Pruned(deliveries: 8, isComplete: false))
        }
        let ledger = try engine.open(folder, nine + .days(500))
        #expect(try pruned(ledger, before: nine + .days(31), limit: 8).reduce(0, +) == 12, "even after a restart in between")
        #expect(try pruned(ledger, before: nine + .days(31), limit: 8) == [0])
        #expect(try ledger.history(HistoryFilter()).map(\.recipient) == ["an"])
        #expect(try ledger.counts().filter { $0.value > 0 } == [.pending: 1])

        #expect(try ledger.recorded([old.key]).count == 1)
        #expect(try ledger.shares(of: old.occurrenceKey, in: everybody).allSatisfy(\.notified.isEmpty))
        #expect(try ledger.notifiedOccurrences(endingOnOrAfter: Day(2027, 1, 1)!).map(\.key.campaign) == ["one", "two"])
        try ledger.fire(firing(old, to: ["r1"], at: nine + .days(1)))
        #expect(try ledger.claim(9, now: nine + .days(2)).isEmpty, "a reminder that fired does not fire again")
    }

    @Test(
        "fault 118: prunes nothing of an occurrence that is not over or has pending deliveries", arguments: LedgerEngine.all)
    func pruneKeeps(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        let early = reminder("a", campaign: "one")
        let late = reminder("b", campaign: "one", due: nine + .hours(1), deadline: nine + .days(800))
        let unwritten = reminder("c", campaign: "two")
        let waiting = reminder("d", campaign: "three")
        try ledger.fire(firing(early, to: ["an"]))
        try ledger.record(try #require(try ledger.claim(1).first), .delivered, accepted)
        try ledger.fire(firing(late, to: ["an"]))
        try ledger.record(try #require(try ledger.claim(1, now: late.due).first), .delivered, accepted)
        try ledger.fire(firing(unwritten, to: ["an"], cursor: "an"))
        try ledger.record(try #require(try ledger.claim(1).first), .dead, busy)
        try ledger.fire(firing(waiting, to: ["an", "binh", "chi"]))
        let claims = try ledger.claim(2)
        try ledger.record(claims[0], .cancelled(.gone), nil)

        // Each call handles one row, so that some calls have to skip rows that are not removed.
        #expect(try pruned(ledger, before: nine + .days(700), limit: 1).reduce(0, +) == 1)
        let left = try ledger.history(HistoryFilter()).map { "\($0.stored.reminder.key.lead) \($0.recipient ?? "-") \($0.state)" }
        #expect(left == ["a an delivered", "c an dead", "d binh in flight", "d chi pending", "b an delivered"])
        let shares = try ledger.shares(of: early.occurrenceKey, in: everybody)
        #expect(shares.map(\.stored.reminder) == [early, late] && shares.allSatisfy { $0.notified.ids == ["an"] })
        try ledger.record(claims[1], .delivered, accepted)
        _ = try ledger.extend([FiringPart(reminder: unwritten.key, deliveries: [], cursor: nil, named: 0)])
        #expect(try pruned(ledger, before: nine + .days(700), limit: 100).reduce(0, +) == 2)
        #expect(try pruned(ledger, before: nine + .days(801), limit: 100).reduce(0, +) == 2)
        #expect(try ledger.states() == ["chi": "pending"])
    }

    // MARK: History

    @Test("returns the rows that match a filter, oldest first", arguments: LedgerEngine.all)
    func history(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        let one = reminder("a", campaign: "one", due: nine)
        let two = reminder("b", campaign: "two", due: nine + .hours(1))
        try ledger.fire(firing(two, to: ["an", "binh"]), firing(one, to: ["binh", "chi"]))
        _ = try ledger.fire(
            EvaluationResult(
                lookedUntil: nine + .hours(3), superseded: [reminder("s", campaign: "one", due: nine + .hours(2))],
                missed: [reminder("m", campaign: "two", due: nine - .hours(1))]))
        for claim in try ledger.claim(2, now: nine + .hours(1)) { try ledger.record(claim, .dead, busy) }

        func shown(_ filter: HistoryFilter) throws -> [String] {
            try ledger.history(filter).map { "\($0.stored.reminder.key.lead) \($0.recipient ?? "-") \($0.state)" }
        }
        let all = ["m - missed", "a binh dead", "a chi dead", "b an pending", "b binh pending", "s - superseded"]
        #expect(try shown(HistoryFilter()) == all)
        for limit in 0...all.count { #expect(try shown(HistoryFilter(limit: limit)) == Array(all.suffix(limit))) }
        #expect(try shown(HistoryFilter(plan: "transport")) == all)
        #expect(try shown(HistoryFilter(plan: "else")).isEmpty)
        #expect(try shown(HistoryFilter(plan: "transport", campaign: "one")) == [all[1], all[2], all[5]])
        #expect(try shown(HistoryFilter(campaign: "two")) == [all[0], all[3], all[4]])
        #expect(try shown(HistoryFilter(recipient: "binh")) == [all[1], all[4]])
        #expect(try shown(HistoryFilter(recipient: "binh", states: ["pending"])) == [all[4]])
        #expect(try shown(HistoryFilter(since: nine + .hours(1))) == [all[3], all[4], all[5]])
        #expect(try shown(HistoryFilter(states: ["dead", "unknown"])) == [all[1], all[2]])
        #expect(try shown(HistoryFilter(limit: 1, states: ["dead", "unknown"])) == [all[2]])
        #expect(try shown(HistoryFilter(states: ["missed"])) == [all[0]])
        #expect(try shown(HistoryFilter(states: ["pending", "superseded"])) == [all[3], all[4], all[5]])
        #expect(try shown(HistoryFilter(states: [])).isEmpty)
        #expect(try ledger.history(HistoryFilter(states: ["missed"])).first?.delivery == nil)
    }

    @Test("counts deliveries by state", arguments: LedgerEngine.all)
    func counts(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        try ledger.fire(firing(reminder("a"), to: (0..<20).map { "r\($0)" }))
        let claims = try ledger.claim(12)
        let nexts: [DeliveryRecord.Next] = [
            .delivered, .delivered, .delivered, .unknown, .unknown, .dead, .cancelled(.changed), .pending(notBefore: nine),
        ]
        for (claim, next) in zip(claims, nexts) { try ledger.record(claim, next, accepted) }
        let counts = try ledger.counts().filter { $0.value > 0 }
        #expect(counts == [.delivered: 3, .unknown: 2, .dead: 1, .cancelled: 1, .pending: 9, .inFlight: 4])
    }
}

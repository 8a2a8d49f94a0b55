import Dates
import Scheduler
import Support
import Testing

extension LedgerBehaviour {
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
}

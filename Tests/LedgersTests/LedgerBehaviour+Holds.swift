import Dates
import Scheduler
import Support
import Testing

extension LedgerBehaviour {
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
        // After half a day, `urgent` is half-way to its deadline, `calm` has much time left, and
        // `over` is past its deadline.
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
        // `isExhausted` is false while a delivery waits on `hub`. The caller decides whether to use
        // further channels.
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
}

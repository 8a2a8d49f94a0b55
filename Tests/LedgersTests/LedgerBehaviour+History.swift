import Dates
import Scheduler
import Support
import Testing

extension LedgerBehaviour {
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

    // MARK: Failures

    @Test(
        "counts dead and unknown deliveries, and as still sendable those with time left that no other channel took over",
        arguments: LedgerEngine.all)
    func failedDeliveries(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        #expect(try ledger.failedDeliveries(now: nine) == FailedDeliveries())
        let over = reminder("over", campaign: "early", deadline: nine + .days(1))
        try ledger.fire(firing(reminder("a"), to: ["an", "binh", "chi", "dung"]), firing(over, to: ["r1"]))
        for claim in try ledger.claim(100) {
            switch claim.recipient {
            case "an": try ledger.record(claim, .delivered, accepted)
            case "chi": try ledger.record(claim, .unknown, noAnswer)
            default: try ledger.record(claim, .dead, busy)
            }
        }
        let early = try ledger.failedDeliveries(now: nine + .hours(1))
        #expect(early == FailedDeliveries(dead: 3, unknown: 1, deadWithTimeLeft: 3, unknownWithTimeLeft: 1))
        let later = try ledger.failedDeliveries(now: nine + .days(2))
        #expect(later == FailedDeliveries(dead: 3, unknown: 1, deadWithTimeLeft: 2, unknownWithTimeLeft: 1))
        let dead = try ledger.undelivered(now: nine + .days(2), from: nil, parked: [], limit: 9).readers
        _ = try ledger.failOver(dead.filter { $0.recipient == "dung" }, channel: "hub")
        let covered = try ledger.failedDeliveries(now: nine + .days(2))
        #expect(covered == FailedDeliveries(dead: 3, unknown: 1, deadWithTimeLeft: 1, unknownWithTimeLeft: 1))
        #expect(try ledger.failedDeliveries(now: nine + .days(31)).withTimeLeft == 0)
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

        // Each call handles one row, so some calls skip a row that is not removed.
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

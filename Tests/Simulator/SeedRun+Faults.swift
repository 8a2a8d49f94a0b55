import Scheduler

extension SeedRun {
    /// How long after the last fault nothing of before may wait any more: 24 hours, the longest that a destination may ask for
    /// and the policy waits between two tries, from the last answer of a faulty destination, which takes a quarter of an hour.
    static let quietNeeded = Span.minutes(24 * 60 + 30)

    /// Chaos for some weeks, then quiet for a day and more, over and over; ends in quiet.
    func putFaultsOnTimeline() {
        var at = clock.truth + .hours(1)
        let quiet = Span.hours(27)
        while at < end {
            let calm = min(at + dice.span(.days(20), .days(90)), end - quiet - .hours(1))
            guard calm > at else { break }
            timeline.at(at) { [self] in startChaos(until: calm) }
            timeline.at(calm) { [self] in endChaos() }
            timeline.at(calm + SeedRun.quietNeeded) { [self] in
                isQuietOver = true
            }
            at = calm + quiet
        }
    }

    private func startChaos(until calm: Instant) {
        oracle.note("chaos")
        isChaotic = true
        self.calm = calm
        setRisks()
        for channel in channels { changeMood(channel, until: calm) }
        often(.days(14), until: calm) { [self] in
            oracle.note("the process is killed")
            ledger?.die()
        }
        often(.days(60), until: calm) { [self] in stopRequested = true }
        often(.days(20), until: calm) { [self] in edit(until: calm) }
        often(.days(30), until: calm) { [self] in stepClock() }
        often(.days(60), until: calm) { [self] in fillDisk(until: calm) }
        often(.days(40), until: calm) { [self] in
            let channel = dice.one(of: channels)
            channel.strangers = dice.chance(0.5) ? [] : [dice.one(of: office.readers).id]
        }
    }

    private func endChaos() {
        oracle.note("quiet")
        isChaotic = false
        isDiskFull = false
        setRisks()
        for channel in channels { channel.mood = .well }
        // Endpoints that were gone are tried again when somebody loads the configuration.
        if !oracle.gone.isEmpty { reloadRequested = true }
        for name in Office.channelNames where !office.channels.contains(name) {
            _ = office.toggle(name)
            reloadRequested = true
        }
    }

    /// What the process that runs now has to fear.
    func setRisks() {
        ledger?.risk = isChaotic ? risk : 0
        ledger?.fullRisk = isChaotic ? 0.002 : 0
        ledger?.isFull = isDiskFull
    }

    /// Faults keep company: while something is under way they are likelier.
    func seeActivity() {
        guard isChaotic, oracle.totals.attempts > attemptsSeen else { return }
        attemptsSeen = oracle.totals.attempts
        let soon = clock.truth + dice.span(.zero, .minutes(12))
        guard soon < calm else { return }
        if dice.chance(0.06) { timeline.at(soon) { [self] in ledger?.die() } }
        if dice.chance(0.06) { timeline.at(soon) { [self] in edit(until: calm, isNear: true) } }
        if dice.chance(0.01) { timeline.at(soon) { [self] in stopRequested = true } }
    }

    /// Something that happens now and then until then.
    private func often(_ mean: Span, until calm: Instant, _ action: @escaping () -> Void) {
        let at = clock.truth + dice.around(mean)
        guard at < calm else { return }
        timeline.at(at) { [self] in
            action()
            often(mean, until: calm, action)
        }
    }

    private func changeMood(_ channel: SimulatedChannel, until calm: Instant) {
        let isFine = dice.chance(0.5)
        channel.mood = isFine ? dice.one(of: [.well, .moody]) : dice.one(of: SimulatedChannel.Mood.allCases)
        oracle.note("\(channel.name) is \(channel.mood)")
        if oracle.gone.contains(channel.name) { reloadRequested = true }
        let length = dice.around(isFine ? .days(6) : dice.one(of: [.minutes(20), .hours(5), .days(2), .days(5)]))
        guard clock.truth + length < calm else { return }
        timeline.at(clock.truth + length) { [self] in changeMood(channel, until: calm) }
    }

    private func edit(until calm: Instant, isNear: Bool = false) {
        guard office.plans.allSatisfy({ $0.campaigns.count < 12 }) else { return }
        let today = Zone.utc.civil(at: clock.now()).day
        let before = office.channels
        for _ in 1...dice.one(of: [1, 1, 1, 3]) {
            let near = isNear ? oracle.open.values.filter { $0.state == .inFlight || dice.chance(0.3) } : []
            let what =
                if near.isEmpty {
                    office.edit(&dice, today: today)
                } else {
                    office.edit(&dice, about: dice.one(of: near), today: today)
                }
            oracle.note("edit: \(what)")
        }
        oracle.totals.edits += 1
        reloadRequested = true
        // A slip that is put right within minutes.
        for name in before.subtracting(office.channels).sorted() where dice.chance(0.5) {
            let back = clock.truth + dice.span(.seconds(1), .minutes(12))
            guard back < calm else { continue }
            timeline.at(back) { [self] in
                guard !office.channels.contains(name) else { return }
                let what = office.toggle(name)
                oracle.note("edit: \(what)")
                reloadRequested = true
            }
        }
    }

    /// A small step back, a jump ahead, or set right again: never far from true time.
    private func stepClock() {
        let offset: Span =
            switch dice.number(0...3) {
            case 0: .zero
            case 1: Span(milliseconds: -dice.span(.seconds(1), .minutes(70)).milliseconds)
            case 2: dice.span(.seconds(1), .minutes(20))
            default: Span(milliseconds: clock.offset.milliseconds - dice.span(Span(milliseconds: 1), .seconds(5)).milliseconds)
            }
        oracle.totals.steps += 1
        clock.set(offset: offset)
        clockStepped = true
        oracle.note("the clock is set: off by \(offset.milliseconds / 1_000) s")
    }

    private func fillDisk(until calm: Instant) {
        isDiskFull = true
        setRisks()
        oracle.note("the disk is full")
        let until = clock.truth + dice.around(.minutes(20))
        timeline.at(until) { [self] in
            isDiskFull = false
            setRisks()
            oracle.note("the disk has space")
        }
    }
}

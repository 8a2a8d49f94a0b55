import Dates
import Scheduler

extension SeedRun {
    /// The maximum time from the last fault to the end of all older deliveries.
    ///
    /// A server may demand a wait of 24 hours, which is also the longest wait of the retry policy.
    /// Half an hour is for the last reply of a faulty server.
    static let quietNeeded = TimeSpan.minutes(24 * 60 + 30)

    /// Schedules periods of 20 to 90 days with faults, each followed by 27 hours without faults.
    ///
    /// The run ends with a time without faults.
    func putFaultsOnTimeline() {
        var at = clock.truth + .hours(1)
        let quiet = TimeSpan.hours(27)
        while at < end {
            let calm = min(at + dice.span(.days(20), .days(90)), end - quiet - .hours(1))
            guard calm > at else { break }
            timeline.at(at) { [self] in startChaos(until: calm) }
            timeline.at(calm) { [self] in endChaos() }
            // The operator decides again, because a fault may have interrupted the release of a
            // hold.
            for minute in [5, 10, 20] { timeline.at(calm + .minutes(Int64(minute))) { [self] in settle() } }
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
        often(.days(8), until: calm) { [self] in edit(until: calm) }
        often(.days(30), until: calm) { [self] in stepClock() }
        often(.days(150), until: calm) { [self] in loseClock() }
        often(.days(30), until: calm) { [self] in makeCopy() }
        often(.days(90), until: calm) { [self] in requestPuttingBack() }
        often(.days(60), until: calm) { [self] in fillDisk(until: calm) }
        often(.days(40), until: calm) { [self] in
            let channel = dice.one(of: channels)
            channel.strangers = dice.chance(0.5) ? [] : [dice.one(of: office.recipients).id]
        }
        comeBy(until: calm)
    }

    private func endChaos() {
        oracle.note("quiet")
        isChaotic = false
        isDiskFull = false
        oracle.quietSince = clock.truth
        setRisks()
        for channel in channels { channel.mood = .well }
        // After a reload, the program tries gone endpoints (HTTP 410) again.
        if !oracle.gone.isEmpty { reloadRequested = true }
        for line in office.lines where !line.isConfigured {
            _ = office.toggle(line.server)
            reloadRequested = true
        }
        if clock.offset != .zero { setClock(.zero, "set right") }
        putsBack = nil
        settle()
    }

    /// Sets the fault probabilities of the running process.
    func setRisks() {
        ledger?.risk = isChaotic ? risk : 0
        ledger?.fullRisk = isChaotic ? 0.002 : 0
        ledger?.isFull = isDiskFull
    }

    /// Schedules faults at random times, up to 12 minutes after a new attempt.
    func seeActivity() {
        guard isChaotic, oracle.totals.attempts > attemptsSeen else { return }
        attemptsSeen = oracle.totals.attempts
        let soon = clock.truth + dice.span(.zero, .minutes(12))
        guard soon < calm else { return }
        if dice.chance(0.06) { timeline.at(soon) { [self] in ledger?.die() } }
        if dice.chance(0.25) { timeline.at(soon) { [self] in edit(until: calm, isNear: true) } }
        if dice.chance(0.01) { timeline.at(soon) { [self] in stopRequested = true } }
        if dice.chance(0.01) { timeline.at(soon) { [self] in makeCopy() } }
        if dice.chance(0.005) { timeline.at(soon) { [self] in loseClock() } }
    }

    /// Runs `action` repeatedly until `calm`, at random intervals with this mean.
    private func often(_ mean: TimeSpan, until calm: Instant, _ action: @escaping () -> Void) {
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
        if oracle.gone.contains(channel.server) { reloadRequested = true }
        let length = dice.around(isFine ? .days(6) : dice.one(of: [.minutes(20), .hours(5), .days(2), .days(5)]))
        guard clock.truth + length < calm else { return }
        timeline.at(clock.truth + length) { [self] in changeMood(channel, until: calm) }
    }

    // MARK: Edits

    /// Makes one to four edits and requests a reload.
    ///
    /// Some edits are reverted after one second to five hours.
    private func edit(until calm: Instant, isNear: Bool = false) {
        let today = Zone.utc.civil(at: clock.truth).day
        for _ in 1...dice.one(of: [1, 1, 1, 2, 4]) {
            let near = isNear && dice.chance(0.8) ? nearTarget() : nil
            guard let edit = office.edit(&dice, about: near ?? office.target(&dice, today: today), today: today) else { continue }
            oracle.note("edit: \(edit.words)")
            oracle.totals.edits[edit.kind, default: 0] += 1
            reloadRequested = true
            guard let undo = edit.undo, dice.chance(0.6) else { continue }
            let back = clock.truth + dice.span(.seconds(1), dice.one(of: [.seconds(50), .minutes(12), .hours(5)]))
            guard back < calm else { continue }
            timeline.at(back) { [self] in
                undo(&office)
                oracle.note("taken back: \(edit.words)")
                oracle.totals.undone += 1
                reloadRequested = true
            }
        }
    }

    /// Returns the edit target of a pending or in-flight delivery; nil if there is none.
    private func nearTarget() -> EditTarget? {
        let open = oracle.book.open.compactMap { oracle.book.deliveries[$0] }.sorted { $0.serial < $1.serial }
        let near = open.filter { $0.state == .inFlight || dice.chance(0.5) }
        guard !near.isEmpty else { return nil }
        let delivery = dice.one(of: near)
        guard let row = oracle.book.rows[delivery.row] else { return nil }
        let occurrence = oracle.occurrence(of: row)
        guard let (plan, campaign) = office.find(occurrence.plan, occurrence.campaign),
            let recipient = oracle.person(delivery.recipient)?.id ?? office.recipients.first?.id,
            let server = office.lines.first(where: { $0.name == delivery.channel })?.server ?? office.lines.first?.server
        else { return nil }
        return EditTarget(
            plan: plan, campaign: campaign, dates: oracle.dates[occurrence], recipient: recipient, server: server)
    }

    // MARK: Clocks and disks

    /// Sets the clock to the correct time, to a time wrong by up to 20 hours, or back by seconds.
    ///
    /// The program accepts a clock that is wrong by up to 20 hours. A step back is at most five
    /// seconds.
    private func stepClock() {
        switch dice.number(0...4) {
        case 0: setClock(.zero, "set right")
        case 1: setClock(TimeSpan(milliseconds: -dice.span(.seconds(1), .minutes(70)).milliseconds), "back by minutes")
        case 2: setClock(TimeSpan(milliseconds: -dice.span(.hours(1), .hours(20)).milliseconds), "back by hours")
        case 3: setClock(dice.span(.seconds(1), .hours(7)), "ahead by hours")
        default:
            let drift = dice.span(TimeSpan(milliseconds: 1), .seconds(5)).milliseconds
            setClock(TimeSpan(milliseconds: clock.offset.milliseconds - drift), "back by seconds")
        }
    }

    /// Makes the clock wrong by 2 to 4 000 days. In three of ten cases, the process is killed too.
    private func loseClock() {
        let days = dice.one(of: [2, 30, 75, 90, 370, 4_000])
        let offset = TimeSpan.days(Int64(dice.chance(0.6) ? days : -days))
        setClock(offset, offset > .zero ? "far ahead" : "far behind")
        if dice.chance(0.3) { ledger?.die() }
        // In half of the cases, the clock is corrected within three hours.
        guard dice.chance(0.5) else { return }
        let right = clock.truth + dice.span(.seconds(3), .hours(3))
        timeline.at(right) { [self] in setClock(.zero, "set right") }
    }

    func setClock(_ offset: TimeSpan, _ kind: String) {
        oracle.totals.steps[kind, default: 0] += 1
        clock.set(offset: offset)
        clockStepped = true
        // The oracle evaluates only occurrences near the current date, which has changed.
        oracle.seeWhatIsGone()
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

import Clocks
import Config
import Dates
import Foundation
import Logging
import Plans
import Scheduler
import Synchronization

/// Reports problems to the recipients under `alerts:`, and sends a weekly message that all is well.
///
/// Channels that are not known to fail are tried first. Nothing is stored on disk, because alerts
/// must work when the ledger does not, so alerts may be lost. The journal contains every alert too.
///
/// A separate thread sends the messages. Other threads only add alerts under a lock, so they never
/// wait for a server.
package final class Alerter: Sendable {
    /// The recipients of alerts and the channels that reach them. A reload replaces the settings.
    struct Settings: Sendable {
        let to: [Recipient]
        let weekly: Configuration.Alerts.Weekly?
        let zone: Zone
        /// The language for recipients for whom no language is configured.
        let language: Language
        /// The channels, keyed by name.
        let channels: [String: any Announcing]
        /// Names of recipients and campaigns for the text of alerts.
        let names: AlertNames
    }

    private struct State {
        var book = AlertDeduplicator()
        var settings: Settings?
        var letters: [PendingAlert] = []
        var weeklyAt: Instant?
        var wantsWeekly = false
        /// Whether a stop was requested. Alerts are then sent at once.
        var isHurried = false
        /// Whether a stop was requested and no attempt is left that can begin.
        var isSettled = false
        var isStopping = false
    }

    private let state = Mutex(State())
    private let bell = Waker()
    private let logger: Logger
    /// The wall clock, for the times in messages and for the weekly summary.
    private let clock: any WallClock
    /// A clock that cannot be set, so that alerts are on time even if the wall clock is wrong.
    ///
    /// `ChannelGates` uses the same clock.
    private let steadyClock: any WallClock
    /// Wakes the loop's thread for the weekly summary. Only this thread may read the ledger.
    private let asksLoop: @Sendable () -> Void
    private let gates: ChannelGates

    /// The time after which a message is dropped if no channel could deliver it.
    static let patience = TimeSpan.days(2)
    /// How long a stop of the daemon waits for the last alerts to be sent.
    static let farewell = TimeSpan.seconds(10)
    /// Maximum wait for the next weekly summary: a week, plus a day for clock changes of the zone.
    static let weeklyLimit = TimeSpan.days(8)

    /// - Parameter gates: the breakers of the channels. Like a reminder, an alert does not use a
    ///   channel whose breaker is open.
    init(
        logger: Logger, gates: ChannelGates, clock: any WallClock = SystemClock(), steadyClock: any WallClock = SteadyClock(),
        asksLoop: @escaping @Sendable () -> Void
    ) {
        self.logger = logger
        self.gates = gates
        self.clock = clock
        self.steadyClock = steadyClock
        self.asksLoop = asksLoop
    }

    // MARK: input from other threads

    package func note(_ alert: Alert) {
        let now = steadyClock.now()
        state.withLock { $0.book.note(alert, now: now) }
        bell.ring()
    }

    package func clear(_ key: String) {
        let now = steadyClock.now()
        state.withLock { $0.book.clear(key, now: now) }
        bell.ring()
    }

    /// Forgets all alerts about a channel that is no longer configured.
    func forget(channel: String) {
        state.withLock { state in
            for kind in Alert.channelKinds { state.book.forget(Alert.key(ofChannel: channel, kind)) }
        }
        bell.ring()
    }

    func accept(_ settings: Settings) {
        let now = clock.now()
        state.withLock { state in
            state.settings = settings
            state.weeklyAt = settings.weekly.map { WeeklySummary.next($0, after: now, in: settings.zone) }
        }
        bell.ring()
    }

    /// Lets all messages try all channels again, because a reload has replaced the channels.
    package func tryAgain() {
        let now = steadyClock.now()
        state.withLock { state in
            for index in state.letters.indices { state.letters[index].startsOver(now: now) }
        }
        bell.ring()
    }

    /// Whether no alert stops all reminders. If one does, the heartbeat stops too.
    var isAllWell: Bool { state.withLock { $0.book.isAllWell } }

    package var lasting: [Alert] { state.withLock { $0.book.lasting } }

    /// Returns whether the weekly summary is due. True is returned only once for each summary.
    func takeWeeklyRequest() -> Bool {
        state.withLock { state in
            defer { state.wantsWeekly = false }
            return state.wantsWeekly
        }
    }

    func say(_ week: WeeklySummary) {
        let (now, written) = (clock.now(), steadyClock.now())
        state.withLock { state in
            guard let settings = state.settings else { return }
            for recipient in settings.to {
                let words = AlertTexts(
                    language: recipient.language ?? settings.language, zone: settings.zone, names: settings.names)
                let (subject, opening, facts) = words.weekly(week)
                let bulletin = OperatorMessage(
                    kind: .weekly, id: Alerter.id(now, recipient.id), at: now, zone: settings.zone,
                    language: words.language, subject: subject, opening: opening, facts: facts, closing: "")
                state.letters.append(PendingAlert(bulletin: bulletin, recipient: recipient, avoiding: [], written: written))
            }
        }
        bell.ring()
    }

    // MARK: the alerter's thread

    package func start() {
        let thread = Thread { [self] in
            let waiter = TimerWaiter(bell: bell, tickEvery: nil) {}
            while !state.withLock({ $0.isStopping }) { _ = waiter.wait(until: step(), idle: false) }
        }
        thread.name = "remindd-alerts"
        thread.start()
    }

    /// Ends the thread after it has tried to send all alerts noted so far.
    ///
    /// Waits for at most `farewell`, even if a file is on a network share that hangs. The caller is
    /// the loop's thread.
    func stop() {
        let until = SystemClock.monotonic() + Alerter.farewell.milliseconds
        state.withLock { $0.isHurried = true }
        bell.ring()
        while SystemClock.monotonic() < until,
            state.withLock({ state in !state.isSettled || state.letters.contains { $0.isUnderWay } })
        {
            usleep(20_000)
        }
        state.withLock { $0.isStopping = true }
        bell.ring()
    }

    /// Composes messages and starts attempts. Returns the wall-clock time of the next step.
    func step() -> Instant {
        write()
        let (now, steadyNow) = (clock.now(), steadyClock.now())
        var begun = Begun()
        var given: [PendingAlert] = []
        let (wake, asks) = state.withLock { state -> (Instant, Bool) in
            given = state.letters.filter { steadyNow - $0.written > Alerter.patience && !$0.isUnderWay }
            state.letters.removeAll { steadyNow - $0.written > Alerter.patience && !$0.isUnderWay }
            begun = begin(&state, now: steadyNow)
            state.isSettled = state.isHurried && !begun.isPutOff
            let asks = isWeeklyDue(&state, now: now)
            let tries = state.letters.filter { !$0.isUnderWay }.compactMap { $0.wake(now: steadyNow) }.min()
            let next = [state.book.nextWake, tries].compactMap { $0 }.min().map { now + ($0 - steadyNow) }
            return ([next, state.weeklyAt].compactMap { $0 }.min() ?? .distantFuture, asks)
        }
        if asks { asksLoop() }
        for letter in given {
            logger.error("an alert could not be delivered to \(letter.recipient.id): \(letter.bulletin.subject)")
        }
        for attempt in begun.attempts { send(attempt) }
        return wake
    }

    private func isWeeklyDue(_ state: inout State, now: Instant) -> Bool {
        guard let settings = state.settings, let weekly = settings.weekly, let at = state.weeklyAt else { return false }
        let isDue = at <= now
        // A wait above the limit was computed while the wall clock showed a later time. It is
        // computed again.
        guard isDue || at - now > Alerter.weeklyLimit else { return false }
        state.weeklyAt = WeeklySummary.next(weekly, after: now, in: settings.zone)
        state.wantsWeekly = state.wantsWeekly || isDue
        return isDue
    }

    private struct Begun {
        var attempts: [Attempt] = []
        /// Whether a message was put off because the breaker of its channel is open.
        ///
        /// Another of its channels may be usable now.
        var isPutOff = false
    }

    /// Starts attempts for messages that can be sent, at most one for each channel.
    ///
    /// A channel that refuses one message would probably refuse all others too.
    private func begin(_ state: inout State, now: Instant) -> Begun {
        var begun = Begun()
        guard let settings = state.settings else { return begun }
        let failing = state.book.failingChannels
        var busy = Set(state.letters.compactMap(\.underWayBy))
        for index in state.letters.indices {
            guard let name = state.letters[index].nextChannel(settings.channels, failing: failing, busy: busy, now: now),
                let channel = settings.channels[name]
            else { continue }
            switch gates.admit(name, now: now) {
            case .go:
                state.letters[index].begins(by: name)
                busy.insert(name)
                begun.attempts.append(Attempt(letter: state.letters[index], channel: channel, began: now))
            case .wait(let span, _):
                state.letters[index].isPutOff(by: name, until: now + span)
                begun.isPutOff = true
            }
        }
        if begun.isPutOff { bell.ring() }
        return begun
    }

    private struct Attempt {
        let letter: PendingAlert
        let channel: any Announcing
        let began: Instant
    }

    private func send(_ attempt: Attempt) {
        let id = attempt.letter.bulletin.id
        let name = attempt.channel.name
        let policy = attempt.channel.policy
        attempt.channel.announce(attempt.letter.bulletin, to: attempt.letter.recipient) { [self] receipt in
            let now = steadyClock.now()
            gates.ended(name, receipt, policy: policy, began: attempt.began, now: now)
            state.withLock { state in
                guard let index = state.letters.firstIndex(where: { $0.bulletin.id == id }) else { return }
                // A message that may have arrived is sent again through another channel. A
                // duplicate alert does no harm.
                if receipt.outcome == .delivered {
                    state.letters.remove(at: index)
                } else {
                    state.letters[index].failed(by: name)
                }
                state.isSettled = false
            }
            let code = receipt.code.map { " \($0)" } ?? ""
            let line =
                "\(attempt.letter.bulletin.kind.rawValue) to \(attempt.letter.recipient.id) by \(name): \(receipt.outcome.rawValue)\(code)"
            if receipt.outcome == .delivered {
                logger.notice("\(line): \(attempt.letter.bulletin.subject)")
            } else {
                logger.warning("\(line): \(receipt.reply)")
            }
            bell.ring()
        }
    }

    /// Composes one message, with all alerts that are due, for each recipient.
    private func write() {
        let (now, steadyNow) = (clock.now(), steadyClock.now())
        let due = state.withLock { state -> (settings: Settings, lines: [AlertDeduplicator.Line], dropped: Int)? in
            guard let settings = state.settings else { return nil }
            let (taken, dropped) = state.book.take(now: steadyNow, atOnce: state.isHurried)
            let lines = AlertDeduplicator.joined(taken)
            let shown = Array(lines.prefix(AlertDeduplicator.limit))
            return lines.isEmpty ? nil : (settings, shown, dropped + lines.count - shown.count)
        }
        guard let (settings, lines, dropped) = due else { return }
        // Reads the plan files outside the lock, so that the loop does not have to wait for the
        // lock.
        let places = settings.names.places(of: lines.flatMap(\.allReminders))
        let about = Set(lines.filter { !$0.isOver }.compactMap(\.alert.channel))
        let letters = settings.to.map { recipient in
            let words = AlertTexts(
                language: recipient.language ?? settings.language, zone: settings.zone, names: settings.names, places: places)
            let bulletin = OperatorMessage(
                kind: .alert, id: Alerter.id(now, recipient.id), at: now, zone: settings.zone,
                language: words.language, subject: words.subject(lines), opening: words.opening,
                facts: lines.map(words.fact), leftOut: dropped, closing: words.closing)
            return PendingAlert(bulletin: bulletin, recipient: recipient, avoiding: about, written: steadyNow)
        }
        state.withLock { $0.letters += letters }
    }

    /// Returns an id for a message, unique across all runs. The ledger does not contain it.
    private static func id(_ now: Instant, _ recipient: String) -> String {
        let key = ReminderKey(
            plan: "remindd", campaign: "alert", lead: "\(now.milliseconds) \(UInt64.random(in: .min ... .max))",
            anchor: Zone.utc.civil(at: now).day)
        return DeliveryID(reminder: key, recipient: recipient, channel: "", rehearsal: false).text
    }
}

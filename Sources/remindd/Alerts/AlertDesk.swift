import Foundation
import Ledgers
import Logging
import Scheduler
import Synchronization

/// Tells the people named under `alerts:` what went wrong, by a channel that works, and once a week that all is well.
///
/// Best effort, with nothing on disk: it must work when the ledger does not. Its own thread sends; others only note what
/// happened, which takes no longer than a lock. Everything it is told stands in the journal too, whoever hears of it.
final class AlertDesk: Sendable {
    /// Who hears, and how they can be reached; replaced by a reload.
    struct Settings: Sendable {
        let to: [Recipient]
        let weekly: Configuration.Alerts.Weekly?
        let zone: Zone
        /// For recipients that name no language.
        let language: Language
        /// By name.
        let channels: [String: any Announcing]
        /// What people call recipients and campaigns, for alerts about them.
        let names: AlertNames
    }

    private struct State {
        var book = AlertBook()
        var settings: Settings?
        var letters: [Letter] = []
        var weeklyAt: Instant?
        var wantsWeekly = false
        var isStopping = false
        var serial = 0
    }

    private let state = Mutex(State())
    private let bell = Bell()
    private let logger: Logger
    private let clock = SystemClock()
    /// That of the gates.
    private let steadyClock = SteadyClock()
    /// Rings for the loop's thread, which alone can read the ledger.
    private let asksLoop: @Sendable () -> Void
    private let gates: ChannelGates

    /// Letters that nothing delivers are given up after this long.
    static let patience = Span.days(2)
    /// At a stop, what is on its way has this long.
    static let farewell = Span.seconds(10)

    /// - Parameter gates: asked before a channel is used: what is left alone is left alone by alerts too.
    init(logger: Logger, gates: ChannelGates, asksLoop: @escaping @Sendable () -> Void) {
        self.logger = logger
        self.gates = gates
        self.asksLoop = asksLoop
    }

    // MARK: what others tell it

    func note(_ alert: Alert) {
        let now = clock.now()
        state.withLock { $0.book.note(alert, now: now) }
        bell.ring()
    }

    func clear(_ key: String) {
        let now = clock.now()
        state.withLock { $0.book.clear(key, now: now) }
        bell.ring()
    }

    func accept(_ settings: Settings) {
        let now = clock.now()
        state.withLock { state in
            state.settings = settings
            state.weeklyAt = settings.weekly.map { WeeklyWord.next($0, after: now, in: settings.zone) }
        }
        bell.ring()
    }

    /// Nothing that stops everything lasts: the heartbeat may go on.
    var isAllWell: Bool { state.withLock { $0.book.isAllWell } }

    var lasting: [Alert] { state.withLock { $0.book.lasting } }

    /// True once when the weekly word is due.
    func takeWeeklyRequest() -> Bool {
        state.withLock { state in
            defer { state.wantsWeekly = false }
            return state.wantsWeekly
        }
    }

    func say(_ week: WeeklyWord) {
        let now = clock.now()
        state.withLock { state in
            guard let settings = state.settings else { return }
            for recipient in settings.to {
                let words = AlertWords(
                    language: recipient.language ?? settings.language, zone: settings.zone, names: settings.names)
                let (subject, opening, facts) = words.weekly(week)
                let bulletin = Bulletin(
                    kind: .weekly, id: AlertDesk.id(&state.serial, now, recipient.id), at: now, zone: settings.zone,
                    language: words.language, subject: subject, opening: opening, facts: facts, closing: "")
                state.letters.append(Letter(bulletin: bulletin, recipient: recipient, avoiding: [], written: now))
            }
        }
        bell.ring()
    }

    // MARK: its thread

    func start() {
        let thread = Thread { [self] in
            let waiter = TimerWaiter(bell: bell, tickEvery: nil) {}
            while !state.withLock({ $0.isStopping }) { _ = waiter.wait(until: step(), idle: false) }
        }
        thread.name = "remindd-alerts"
        thread.start()
    }

    /// Sends what has been noted without waiting for more, gives it a moment, and ends the thread.
    func stop() {
        let until = SystemClock.monotonic() + AlertDesk.farewell.milliseconds
        _ = step(atOnce: true)
        while SystemClock.monotonic() < until, state.withLock({ $0.letters.contains { $0.isUnderWay } }) {
            usleep(20_000)
            _ = step(atOnce: true)
        }
        state.withLock { $0.isStopping = true }
        bell.ring()
    }

    /// Writes letters, starts attempts; when the next is needed.
    private func step(atOnce: Bool = false) -> Instant {
        let now = clock.now()
        var attempts: [Attempt] = []
        var given: [Letter] = []
        let (wake, asks) = state.withLock { state -> (Instant, Bool) in
            write(&state, now: now, atOnce: atOnce)
            given = state.letters.filter { now - $0.written > AlertDesk.patience && !$0.isUnderWay }
            state.letters.removeAll { now - $0.written > AlertDesk.patience && !$0.isUnderWay }
            attempts = begin(&state, now: now)
            var asks = false
            if let weekly = state.settings?.weekly, let at = state.weeklyAt, at <= now, let zone = state.settings?.zone {
                state.wantsWeekly = true
                asks = true
                state.weeklyAt = WeeklyWord.next(weekly, after: now, in: zone)
            }
            let tries = state.letters.filter { !$0.isUnderWay }.map { $0.wake(now: now) }.min()
            return ([state.book.nextWake, state.weeklyAt, tries].compactMap { $0 }.min() ?? .distantFuture, asks)
        }
        if asks { asksLoop() }
        for letter in given {
            logger.error("an alert could not be delivered to \(letter.recipient.id): \(letter.bulletin.subject)")
        }
        for attempt in attempts { send(attempt) }
        return wake
    }

    /// The letters that may go now, one by each channel: the first that a server refuses speaks for all.
    private func begin(_ state: inout State, now: Instant) -> [Attempt] {
        guard let settings = state.settings else { return [] }
        let failing = state.book.failingChannels
        var busy = Set(state.letters.compactMap(\.underWayBy))
        var attempts: [Attempt] = []
        for index in state.letters.indices {
            guard let name = state.letters[index].nextChannel(settings.channels, failing: failing, busy: busy, now: now),
                let channel = settings.channels[name]
            else { continue }
            let began = steadyClock.now()
            switch gates.admit(name, now: began) {
            case .go:
                state.letters[index].begins(by: name)
                busy.insert(name)
                attempts.append(Attempt(letter: state.letters[index], channel: channel, began: began))
            case .wait(let span, _):
                state.letters[index].isPutOff(by: name, until: now + span)
                // The next of its channels may be free.
                bell.ring()
            }
        }
        return attempts
    }

    private struct Attempt {
        let letter: Letter
        let channel: any Announcing
        let began: Instant
    }

    private func send(_ attempt: Attempt) {
        let id = attempt.letter.bulletin.id
        let name = attempt.channel.name
        let kind = attempt.channel.kind
        attempt.channel.announce(attempt.letter.bulletin, to: attempt.letter.recipient) { [self] receipt in
            let now = clock.now()
            gates.ended(name, receipt, kind: kind, began: attempt.began, now: steadyClock.now())
            state.withLock { state in
                guard let index = state.letters.firstIndex(where: { $0.bulletin.id == id }) else { return }
                // What may have arrived is said again by another road: nobody minds hearing of trouble twice.
                if receipt.outcome == .delivered {
                    state.letters.remove(at: index)
                } else {
                    state.letters[index].failed(by: name, now: now)
                }
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

    /// A letter to each recipient of what is due to be told.
    private func write(_ state: inout State, now: Instant, atOnce: Bool) {
        guard let settings = state.settings else { return }
        let (lines, dropped) = state.book.take(now: now, atOnce: atOnce)
        guard !lines.isEmpty else { return }
        for recipient in settings.to {
            let words = AlertWords(
                language: recipient.language ?? settings.language, zone: settings.zone, names: settings.names)
            let bulletin = Bulletin(
                kind: .alert, id: AlertDesk.id(&state.serial, now, recipient.id), at: now, zone: settings.zone,
                language: words.language, subject: words.subject(lines), opening: words.opening,
                facts: lines.map(words.fact), closing: words.closing(dropped: dropped))
            let about = Set(lines.filter { !$0.isOver }.compactMap(\.alert.channel))
            state.letters.append(Letter(bulletin: bulletin, recipient: recipient, avoiding: about, written: now))
        }
    }

    /// Different from every other, of this run and the last: a mail needs a name, but nobody asks for this one again.
    private static func id(_ serial: inout Int, _ now: Instant, _ recipient: String) -> String {
        serial += 1
        let key = ReminderKey(
            plan: "remindd", campaign: "alert", lead: "\(now.milliseconds) \(serial) \(UInt64.random(in: .min ... .max))",
            anchor: Zone.utc.civil(at: now).day)
        return DeliveryID(reminder: key, recipient: recipient, channel: "", rehearsal: false).text
    }
}

import Dates
import Randomness
import Scheduler

/// A mail server or web endpoint with random behaviour.
///
/// It accepts, delays or refuses messages, loses its reply, gives a false reply, delivers twice,
/// does not reply, or is down for days.
// @unchecked: a run and everything in it stays on one thread.
final class SimulatedChannel: Channel, @unchecked Sendable {
    /// How the server behaves for some time.
    enum Mood: CaseIterable {
        /// Accepts messages to all known recipients. Without faults, servers always behave like
        /// this.
        case well
        /// Accepts most messages. Each of the other messages gets a random fault (`fault(of:)`).
        case moody
        /// Refuses connections.
        case dead
        /// Receives the message body and does not reply.
        case silent
        /// Refuses every message temporarily.
        case busy
        /// Refuses every message temporarily because of the sender.
        case offended
        /// Delivers the message, but replies with a temporary refusal.
        case lying
        /// Accepts the message and replies after 10 seconds to 15 minutes.
        case slow
        /// Refuses messages to a recipient for some time after the recipient's first attempt.
        case greylisting
        /// Accepts some recipients and refuses all others. Its replies do not show that a refusal
        /// concerns the recipient.
        case picky
        /// Refuses every message because of the sender, with the same unspecific reply.
        case reserved
        /// Accepts at most two messages at a time and one a second. Refuses further messages
        /// because of load.
        case narrow
        /// If the server is the web endpoint, replies that the endpoint is gone. Mail servers
        /// accept the message.
        case gone
    }

    static let policies: [String: ChannelPolicy] = [
        "hub": ChannelPolicy(onUnknown: .retry, refusesForAll: false, loadHoldsChannel: true),
        "mail": ChannelPolicy(onUnknown: .resend, refusesForAll: true, loadHoldsChannel: false),
        "relay": ChannelPolicy(onUnknown: .hold, refusesForAll: true, loadHoldsChannel: false),
    ]

    /// The name of the server, which stays the same if the channel is renamed.
    let server: String
    /// The configured name of the channel.
    var name: String
    let policy: ChannelPolicy
    /// Whether the server is the web endpoint and not a mail server.
    private let isEndpoint: Bool
    let concurrency: Int
    var mood = Mood.well {
        didSet {
            changedAt = clock.truth
            changes = changes.suffix(7) + [changedAt]
            heardOf = [:]
        }
    }
    /// When `mood` last changed, by `SimulatedClock.truth`.
    private(set) var changedAt: Instant
    /// The times of the last eight changes of `mood`, by `SimulatedClock.truth`.
    private(set) var changes: [Instant] = []
    /// The latest end of all waits that the server demanded, by `SimulatedClock.truth`.
    private(set) var askedUntil = Instant.distantPast
    /// For each recipient, the first attempt during greylisting and the required wait.
    private var heardOf: [String: (at: Instant, wait: TimeSpan)] = [:]
    private var lastTaken = Instant.distantPast
    /// The recipients that the server does not know and refuses permanently.
    var strangers: Set<String> = []
    private var dice: RandomSource
    private let clock: SimulatedClock
    private let timeline: Timeline
    private let oracle: Oracle
    private let mutation: Mutation?
    /// The number of processes that have ended.
    ///
    /// A message may be lost if its process ends before the server accepts the message.
    private var process = 0
    /// The attempts in progress, keyed by number, with the channel's name when the attempt began.
    private var underWay: [Int: (attempt: Attempt, name: String, report: @Sendable (Receipt) -> Void)] = [:]
    private var serial = 0
    /// The deliveries that were greylisted once. Their next attempt may be refused for a full
    /// mailbox.
    private var greylisted: Set<DeliveryID> = []

    init(
        _ server: String, concurrency: Int, dice: RandomSource, clock: SimulatedClock, timeline: Timeline,
        oracle: Oracle, mutation: Mutation?
    ) {
        self.server = server
        name = server
        policy = SimulatedChannel.policies[server]!
        isEndpoint = server == "hub"
        self.concurrency = concurrency
        self.dice = dice
        self.clock = clock
        self.timeline = timeline
        self.oracle = oracle
        self.mutation = mutation
        changedAt = clock.truth
    }

    /// Returns whether the server works and would eventually accept a message to this recipient.
    ///
    /// If it would, replies about other recipients must not delay the message.
    func takes(_ recipient: String) -> Bool {
        switch mood {
        case .well, .greylisting, .narrow: !strangers.contains(recipient)
        case .picky:
            !strangers.contains(recipient) && !isOutside(recipient) && (isEndpoint || !isUnwelcome(recipient))
        default: false
        }
    }

    /// Returns whether a picky server refuses the recipient. It refuses one recipient in three.
    private func isOutside(_ recipient: String) -> Bool { recipient.utf8.reduce(0) { $0 + Int($1) } % 3 == 0 }

    /// Returns whether a picky mail server refuses the recipient because of load.
    private func isUnwelcome(_ recipient: String) -> Bool { recipient.utf8.reduce(0) { $0 + Int($1) } % 3 == 1 }

    /// The result of one attempt.
    struct Fate {
        /// The number of copies that the recipient gets: 0, 1, or 2 if the server duplicates the
        /// message.
        var copies = 0
        var accepts = TimeSpan.zero
        var receipt: Receipt
        var answers = TimeSpan(milliseconds: 200)
        /// The real scope of the reply; nil if the scope in the receipt is true.
        var truth: Scope?
    }

    func deliver(_ message: Message, report: @escaping @Sendable (Receipt) -> Void) {
        let attempt = oracle.leaves(message, by: self)
        let fate = fate(of: message)
        let began = process
        let survivesCrash = dice.chance(0.5)
        serial += 1
        let number = serial
        underWay[number] = (attempt, name, report)
        let count = underWay.values.count { $0.name == name }
        if count > concurrency {
            oracle.accuse(.disorder, "\(name) has \(count) attempts under way, \(concurrency) are allowed")
        }
        if fate.copies > 0 {
            timeline.at(clock.truth + fate.accepts) { [self] in
                guard began == process || survivesCrash else { return }
                oracle.accepted(attempt, copies: fate.copies)
            }
        }
        if case .retryAfter(let wait) = fate.receipt.advice { askedUntil = max(askedUntil, clock.truth + wait) }
        timeline.at(clock.truth + fate.answers) { [self] in
            answer(number, fate.receipt, truth: fate.truth ?? fate.receipt.about)
        }
    }

    private func answer(_ number: Int, _ receipt: Receipt, truth: Scope) {
        guard let ended = underWay.removeValue(forKey: number) else { return }
        oracle.answered(ended.attempt, receipt, truth: truth, by: server)
        ended.report(mutation?.receipt(receipt) ?? receipt)
    }

    /// Stops all reports about attempts in progress. Called when the process has ended.
    func hangUp() {
        process += 1
        underWay.removeAll()
    }

    private static let full = Receipt(.refusedForGood, code: 552, reply: "full", advice: .once(after: .hours(1)))
    private static let refused = Receipt(.refusedForNow, about: .server, code: 450, reply: "later")

    private func fate(of message: Message) -> Fate {
        if strangers.contains(message.recipient.id) {
            return Fate(receipt: Receipt(.refusedForGood, code: 550, reply: "no such user"))
        }
        let quick = dice.span(TimeSpan(milliseconds: 1), .seconds(2))
        if mood == .moody, greylisted.remove(message.delivery) != nil, dice.chance(0.3) {
            return Fate(receipt: SimulatedChannel.full, answers: quick)
        }
        let accepted = Fate(copies: 1, accepts: quick, receipt: Receipt(.delivered, code: 250, reply: "ok"), answers: quick)
        if let fate = selective(message.recipient.id, accepted, quick) { return fate }
        switch mood {
        case .greylisting, .picky, .reserved, .narrow, .gone: return accepted
        case .well: return accepted
        case .moody: return dice.chance(0.6) ? accepted : fault(of: message)
        case .dead:
            return Fate(
                receipt: Receipt(.notSent, reply: "connection refused"), answers: dice.one(of: [quick, .seconds(10)]))
        case .silent: return unanswered(copies: dice.one(of: [0, 0, 1]))
        case .busy: return Fate(receipt: SimulatedChannel.refused, answers: quick)
        case .offended:
            return Fate(receipt: Receipt(.refusedForNow, about: .us, code: 535, reply: "no"), answers: quick)
        case .lying: return Fate(copies: 1, accepts: quick, receipt: SimulatedChannel.refused, answers: quick)
        case .slow:
            let slow = dice.span(.seconds(10), .minutes(15))
            return Fate(
                copies: 1, accepts: slow, receipt: accepted.receipt, answers: TimeSpan(milliseconds: slow.milliseconds + 50))
        }
    }

    /// Returns the result for `Mood.greylisting` and the cases after it; nil for other cases.
    ///
    /// Also returns nil if `mood` does not decide about this recipient.
    private func selective(_ recipient: String, _ accepted: Fate, _ quick: TimeSpan) -> Fate? {
        switch mood {
        case .greylisting:
            let known = heardOf[recipient] ?? (clock.truth, dice.one(of: [.minutes(5), .minutes(5), .hours(1), .hours(4)]))
            heardOf[recipient] = known
            if clock.truth - known.at >= known.wait { return nil }
            let later = Receipt(.refusedForNow, code: 450, reply: "greylisted", advice: .atLeast(.minutes(5)))
            return Fate(receipt: later, answers: quick)
        case .picky where isOutside(recipient): return denied(truth: .recipient, quick)
        case .picky where isUnwelcome(recipient) && !isEndpoint:
            let busy = Receipt(.refusedForNow, about: .load, code: 421, reply: "busy", comparable: "421 busy")
            return Fate(receipt: busy, answers: quick, truth: .recipient)
        case .reserved: return denied(truth: .us, quick)
        case .narrow:
            let isFree = underWay.count <= 2 && clock.truth - lastTaken >= .seconds(1)
            if isFree {
                lastTaken = clock.truth
                return accepted
            }
            let wait = dice.chance(0.3) ? Receipt.Advice.retryAfter(dice.span(.seconds(1), .minutes(10))) : .none
            return Fate(receipt: Receipt(.refusedForNow, about: .load, code: 421, reply: "busy", advice: wait), answers: quick)
        case .gone where isEndpoint:
            return Fate(receipt: Receipt(.refusedForGood, about: .endpointGone, code: 410, reply: "gone"), answers: quick)
        default: return nil
        }
    }

    private func denied(truth: Scope, _ quick: TimeSpan) -> Fate {
        let receipt = Receipt(
            .refusedForGood, about: .comparison, code: 554, reply: "relay access denied", comparable: "554 relay access denied")
        return Fate(receipt: receipt, answers: quick, truth: truth)
    }

    private func unanswered(copies: Int) -> Fate {
        Fate(copies: copies, accepts: .seconds(1), receipt: Receipt(.unknown, reply: "no answer"), answers: .minutes(10))
    }

    /// Returns a random fault for a single message.
    private func fault(of message: Message) -> Fate {
        let quick = dice.span(TimeSpan(milliseconds: 1), .seconds(5))
        switch dice.number(0...9) {
        case 0: return unanswered(copies: 1)
        case 1: return unanswered(copies: 0)
        case 2: return Fate(copies: 1, accepts: quick, receipt: SimulatedChannel.refused, answers: quick)
        case 3: return Fate(copies: 2, accepts: quick, receipt: Receipt(.delivered, code: 250, reply: "ok"), answers: quick)
        case 4:
            greylisted.insert(message.delivery)
            let greylist = Receipt(.refusedForNow, code: 451, reply: "greylisted", advice: .atLeast(.minutes(5)))
            return Fate(receipt: greylist, answers: quick)
        case 5:
            let wait = dice.span(.seconds(1), .hours(24))
            return Fate(
                receipt: Receipt(.refusedForNow, about: .load, code: 429, reply: "slow down", advice: .retryAfter(wait)),
                answers: quick)
        case 6:
            return Fate(receipt: SimulatedChannel.full, answers: quick)
        case 7:
            return Fate(receipt: Receipt(.refusedForGood, code: 550, reply: "no"), answers: quick)
        case 8: return Fate(receipt: Receipt(.notSent, reply: "reset"), answers: quick)
        default: return Fate(receipt: SimulatedChannel.refused, answers: quick)
        }
    }

    func preview(_ message: Message) throws(RenderFailure) -> [UInt8] { [] }
    func subject(_ message: Message) throws(RenderFailure) -> String { "" }

    /// Ends all attempts in progress with an unknown outcome. The server may still accept their
    /// messages.
    func stop(grace: TimeSpan) {
        for number in underWay.keys.sorted() {
            answer(number, Receipt(.unknown, about: .nobody, reply: "cut off"), truth: .nobody)
        }
    }
}

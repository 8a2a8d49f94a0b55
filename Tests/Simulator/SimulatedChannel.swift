import Scheduler

/// A mail server or an endpoint that behaves as the dice say: it accepts, delays, refuses, loses its answer, lies, doubles,
/// goes silent, or is dead for days.
// @unchecked: a run and everything in it stays on one thread.
final class SimulatedChannel: Channel, @unchecked Sendable {
    /// How it behaves for the time being.
    enum Mood: CaseIterable {
        /// Accepts everything at once: the only mood while no faults are made.
        case well
        /// Mostly accepts; every fault happens now and then.
        case moody
        /// Nobody answers the connection.
        case dead
        /// Takes the body and says no more.
        case silent
        /// Not now, to everyone.
        case busy
        /// Refuses us, whoever the reader is.
        case offended
        /// Delivers and says: not now.
        case lying
        /// Answers after minutes.
        case slow
    }

    static let kinds: [String: ChannelKind] = [
        "hub": .webhook, "mail": .email(onUnknown: .resend), "relay": .email(onUnknown: .hold),
    ]

    /// The server behind it: the same under every name.
    let server: String
    /// As it is configured.
    var name: String
    let kind: ChannelKind
    let concurrency: Int
    var mood = Mood.well
    /// Recipients it does not know, by address: refused for good.
    var strangers: Set<String> = []
    private var dice: Dice
    private let clock: SimulatedClock
    private let timeline: Timeline
    private let oracle: Oracle
    private let mutation: Mutation?
    /// Counts the processes that used it: what one began, the next does not hear of.
    private var process = 0
    /// By number; an attempt that began under another name is not counted under the present one.
    private var underWay: [Int: (attempt: Attempt, name: String, report: @Sendable (Receipt) -> Void)] = [:]
    private var serial = 0
    /// Greylisted once: what comes after it may be a full mailbox.
    private var greylisted: Set<DeliveryID> = []

    init(
        _ server: String, concurrency: Int, dice: Dice, clock: SimulatedClock, timeline: Timeline,
        oracle: Oracle, mutation: Mutation?
    ) {
        self.server = server
        name = server
        kind = SimulatedChannel.kinds[server]!
        self.concurrency = concurrency
        self.dice = dice
        self.clock = clock
        self.timeline = timeline
        self.oracle = oracle
        self.mutation = mutation
    }

    /// What will become of one attempt.
    private struct Fate {
        /// How often the reader gets it: 0, 1, or 2 where the destination itself doubles.
        var copies = 0
        var accepts = Span.zero
        var receipt: Receipt
        var answers = Span(milliseconds: 200)
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
        timeline.at(clock.truth + fate.answers) { [self] in answer(number, fate.receipt) }
    }

    private func answer(_ number: Int, _ receipt: Receipt) {
        guard let ended = underWay.removeValue(forKey: number) else { return }
        oracle.answered(ended.attempt, receipt)
        ended.report(mutation?.receipt(receipt) ?? receipt)
    }

    /// The process died: nobody hears of what is still under way.
    func hangUp() {
        process += 1
        underWay.removeAll()
    }

    private static let full = Receipt(.refusedForGood, code: 552, reply: "full", advice: .once(after: .hours(1)))
    private static let refused = Receipt(.refusedForNow, code: 450, reply: "later")

    private func fate(of message: Message) -> Fate {
        if strangers.contains(message.recipient.id) {
            return Fate(receipt: Receipt(.refusedForGood, code: 550, reply: "no such user"))
        }
        let quick = dice.span(Span(milliseconds: 1), .seconds(2))
        if mood == .moody, greylisted.remove(message.delivery) != nil, dice.chance(0.3) {
            return Fate(receipt: SimulatedChannel.full, answers: quick)
        }
        let accepted = Fate(copies: 1, accepts: quick, receipt: Receipt(.delivered, code: 250, reply: "ok"), answers: quick)
        switch mood {
        case .well: return accepted
        case .moody: return dice.chance(0.6) ? accepted : fault(of: message)
        case .dead:
            return Fate(
                receipt: Receipt(.notSent, reply: "connection refused"), answers: dice.one(of: [quick, .seconds(10)]))
        case .silent: return unanswered(copies: dice.one(of: [0, 0, 1]))
        case .busy: return Fate(receipt: SimulatedChannel.refused, answers: quick)
        case .offended:
            return Fate(receipt: Receipt(.refusedForNow, code: 535, reply: "no", advice: .aboutUs), answers: quick)
        case .lying: return Fate(copies: 1, accepts: quick, receipt: SimulatedChannel.refused, answers: quick)
        case .slow:
            let slow = dice.span(.seconds(10), .minutes(15))
            return Fate(copies: 1, accepts: slow, receipt: accepted.receipt, answers: Span(milliseconds: slow.milliseconds + 50))
        }
    }

    private func unanswered(copies: Int) -> Fate {
        Fate(copies: copies, accepts: .seconds(1), receipt: Receipt(.unknown, reply: "no answer"), answers: .minutes(10))
    }

    /// One of everything that can go wrong with a single message.
    private func fault(of message: Message) -> Fate {
        let quick = dice.span(Span(milliseconds: 1), .seconds(5))
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
                receipt: Receipt(.refusedForNow, code: 429, reply: "slow down", advice: .retryAfter(wait)), answers: quick)
        case 6:
            return Fate(receipt: SimulatedChannel.full, answers: quick)
        case 7:
            return Fate(
                receipt: dice.chance(0.5)
                    ? Receipt(.refusedForGood, code: 550, reply: "no")
                    : Receipt(.refusedForGood, code: 410, reply: "gone", advice: .endpointGone), answers: quick)
        case 8: return Fate(receipt: Receipt(.notSent, reply: "reset"), answers: quick)
        default: return Fate(receipt: SimulatedChannel.refused, answers: quick)
        }
    }

    func preview(_ message: Message) throws(RenderFailure) -> [UInt8] { [] }
    func subject(_ message: Message) throws(RenderFailure) -> String { "" }

    /// Cuts off what is under way; it may have been accepted, now or in a moment.
    func stop(grace: Span) {
        for number in underWay.keys.sorted() { answer(number, Receipt(.unknown, reply: "cut off")) }
    }
}

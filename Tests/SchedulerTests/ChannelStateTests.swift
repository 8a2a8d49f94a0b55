import Support
import Testing

@testable import Dates
@testable import Plans
@testable import Scheduler

private let now = Instant(seconds: 1_800_000_000)
private let taken = Receipt(.delivered, code: 250, reply: "ok")
/// A refusal because of load, as a reply to RCPT.
private let busy = Receipt(.refusedForNow, about: .load, code: 421, reply: "busy", comparable: "421 busy")

private final class Server: Channel {
    let name = "mail"
    let policy = ChannelPolicy.email(onUnknown: .resend)
    let concurrency = 8
    let openingConcurrency = 4
    let ahead = 8
    let logsIn: Bool

    init(logsIn: Bool = false) { self.logsIn = logsIn }

    func deliver(_ message: Message, report: @escaping @Sendable (Receipt) -> Void) {}
    func preview(_ message: Message) throws(RenderFailure) -> [UInt8] { [] }
    func subject(_ message: Message) throws(RenderFailure) -> String { "" }
    func stop(grace: TimeSpan) {}
}

extension ChannelState {
    fileprivate init(logsIn: Bool = false, fingerprint: String = "") {
        self.init(channel: Server(logsIn: logsIn), rate: nil, fingerprint: fingerprint, realNow: now)
    }

    /// Runs `count` attempts at the same time. Each attempt lasts one millisecond.
    fileprivate mutating func run(_ count: Int, _ receipt: Receipt) {
        for _ in 0..<count { started(now: now, realNow: now) }
        for _ in 0..<count {
            ended(receipt, of: "a", began: now, now: now, realNow: now + TimeSpan(milliseconds: 1), mayGrow: true)
        }
    }

    fileprivate mutating func room(at time: Instant = now) -> Room {
        room(now: time, realNow: time, breaker: Breaker(), isProbed: false)
    }

    /// Runs an attempt with this receipt for the recipient. Returns the scope of the result.
    fileprivate mutating func answer(_ receipt: Receipt, _ recipient: String) -> Scope {
        started(now: now, realNow: now)
        let scope = about(receipt, to: DeliveryID(stored: recipient), realNow: now)
        ended(receipt.judged(about: scope), of: recipient, began: now, now: now, realNow: now, mayGrow: true)
        return scope
    }
}

@Suite("The dispatcher's state of one channel")
struct DestinationTests {
    @Test(
        "At full width a channel takes deliveries ahead until the server limits connections (field case 04)")
    func ahead() {
        var destination = ChannelState()
        destination.run(4, taken)
        #expect(destination.limit < 16 && destination.limit == destination.load.width, "the width is still growing")
        for _ in 1...9 { destination.run(destination.load.width, taken) }
        #expect(destination.limit == 16, "at full width, deliveries are also handed ahead")
        destination.run(1, Receipt(.refusedForNow, about: .load, code: 421, reply: "too many connections"))
        destination.run(1, taken)
        #expect(destination.limit == 7)
    }

    @Test("If others are accepted in between, a recipient who is always refused for load is the only one to wait")
    func loadOfRecipient() {
        var destination = ChannelState()
        var scopes: [Scope] = []
        for _ in 1...4 {
            scopes.append(destination.answer(busy, "a"))
            #expect(destination.answer(taken, "b") == .recipient)
        }
        #expect(scopes == [.load, .load, .recipient, .recipient])
        #expect(destination.load.width > 1)
        // The server accepts no other recipient in between, so it seems to be overloaded.
        var closed = ChannelState()
        #expect((1...9).allSatisfy { _ in closed.answer(busy, "a") == .load })
        // The server refuses the connection before the client names a recipient, so the refusal
        // cannot concern the recipient.
        var narrow = ChannelState()
        for _ in 1...9 {
            let scope = narrow.answer(Receipt(.refusedForNow, about: .load, code: 421, reply: "too many"), "a")
            #expect(scope == .load)
            _ = narrow.answer(taken, "b")
        }
    }

    @Test("A hold for load is visible until it ends")
    func held() {
        var destination = ChannelState()
        for _ in 1...5 { destination.run(1, Receipt(.refusedForNow, about: .load, code: 421, reply: "too many")) }
        #expect(destination.load.isHeld(realNow: now + .seconds(10)))
        #expect(!destination.load.isHeld(realNow: now + .minutes(16)))
    }

    @Test("After a reload changed a channel during a comparison, the first answer brings deliveries forward")
    func mended() {
        var old = ChannelState(fingerprint: "old")
        old.run(1, taken)
        _ = old.answered()

        let day = Day("2027-06-28")!
        let key = ReminderKey(plan: "p", campaign: "c", lead: "on the day", anchor: day)
        let reminder = Reminder(key: key, occurrence: "2027", start: day, end: day, due: now, deadline: now + .days(9))
        let claim = Claim(
            id: DeliveryID(stored: "a"), stored: StoredReminder(reminder: reminder, firedAt: now, late: false), recipient: "a",
            channel: "mail", attempt: 1, unknowns: 0, crashes: 0)
        let denied = Receipt(.refusedForGood, about: .comparison, code: 554, reply: "", comparable: "554 denied")
        for comparison in [true, false] {
            if comparison {
                _ = old.comparison.refused(claim, denied, domain: "x", began: now, now: now)
            } else {
                old.comparison = Comparison()
            }
            var renewed = ChannelState(fingerprint: "new")
            renewed.follow(old, breakerWasOpen: false)
            renewed.started(now: now, realNow: now)
            #expect((renewed.answered() != nil) == comparison)
        }
    }

    @Test("An accepted alert or test brings forward deliveries that have waited since before the start")
    func elsewhere() {
        var destination = ChannelState()
        #expect(destination.answeredElsewhere(at: now) == .distantFuture)
        #expect(destination.answeredElsewhere(at: now) == nil)
    }

    @Test("If a login is untried, one delivery is sent alone until it is answered or ten seconds have passed")
    func firstLogin() {
        var destination = ChannelState(logsIn: true)
        #expect(destination.room() == .queue(1))
        destination.started(now: now, realNow: now)
        #expect(destination.room(at: now + .seconds(2)) == .none)
        let holding = destination.heldBack(now: now, realNow: now + .seconds(2), breaker: Breaker(), isProbed: false)
        #expect(holding?.wait == .seconds(8))
        var silent = destination
        #expect(silent.room(at: now + .seconds(10)) == .queue(3))
        destination.ended(taken, of: "a", began: now, now: now, realNow: now, mayGrow: true)
        #expect(destination.room(at: now + .seconds(2)) == .queue(4))
        var same = ChannelState(logsIn: true)
        same.follow(destination, breakerWasOpen: false)
        #expect(same.room() == .queue(4))
        var changed = ChannelState(logsIn: true, fingerprint: "new")
        changed.follow(destination, breakerWasOpen: false)
        #expect(changed.room() == .queue(1))
        var open = ChannelState()
        #expect(open.room() == .queue(4))
    }
}

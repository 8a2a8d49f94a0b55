import Support
import Testing

@testable import Dates
@testable import Plans
@testable import Scheduler

private let now = Instant(seconds: 1_800_000_000)
private let refusedLogin = Receipt(.refusedForNow, about: .us, code: 535, reply: "bad credentials")
private let taken = Receipt(.delivered, code: 250, reply: "ok")
private let mail = ChannelPolicy.email(onUnknown: .resend)

@Suite("The breakers that the dispatcher, alerts and tests share")
struct ChannelGatesTests {
    @Test(
        "After the dispatcher's login is refused, one alert alone may try it again after 15 minutes (finding 8)"
    )
    func login() {
        let gates = ChannelGates()
        #expect(gates.admit("mail", now: now) == .go)
        let change = gates.hear("mail", refusedLogin, policy: mail, now: now)
        #expect(change == .opened)
        #expect(gates.admit("mail", now: now + .minutes(5)) == .wait(.minutes(10), after: refusedLogin))
        #expect(gates.admit("hub", now: now) == .go)
        #expect(gates.admit("mail", now: now + .minutes(15)) == .go)
        guard case .wait = gates.admit("mail", now: now + .minutes(15)) else {
            Issue.record("two at one time")
            return
        }
        gates.ended("mail", refusedLogin, policy: mail, began: now, now: now + .minutes(15))
        #expect(gates.admit("mail", now: now + .minutes(20)) == .wait(.minutes(10), after: refusedLogin))
    }

    @Test("An alert reports a refused login, a recovered server and an accepted message to the dispatcher")
    func news() {
        let gates = ChannelGates()
        gates.ended("mail", refusedLogin, policy: mail, began: now, now: now)
        #expect(gates.takeNews()["mail"]?.opened == refusedLogin)
        #expect(gates.takeNews().isEmpty)
        gates.ended("mail", taken, policy: mail, began: now + .minutes(15), now: now + .minutes(16))
        let news = gates.takeNews()["mail"]
        #expect(news?.hasClosed == true && news?.acceptedSince == now + .minutes(15))
        #expect(gates.open.isEmpty)
    }

    @Test("A wait that the server states also holds alerts and tests until it ends or a message is accepted")
    func statedWait() throws {
        let busy = Receipt(.refusedForNow, about: .load, code: 429, reply: "busy", advice: .retryAfter(.minutes(10)))
        let tooOften = Receipt(
            .refusedForNow, about: .load, code: 421, reply: "4.7.0 Too many logins", advice: .retryAfter(.minutes(15)))
        for (receipt, policy) in [(busy, ChannelPolicy.webhook), (tooOften, mail)] {
            guard case .retryAfter(let wait) = receipt.advice else { return }
            let gates = ChannelGates()
            #expect(gates.hear("one", receipt, policy: policy, now: now) == nil)
            #expect(gates.admit("one", now: now + .seconds(10)) == .wait(wait - .seconds(10), after: receipt))
            #expect(gates.admit("one", now: now + wait) == .go)
            gates.ended("one", receipt, policy: policy, began: now + wait, now: now + wait)
            #expect(gates.takeNews()["one"]?.stated?.receipt == receipt)
            #expect(gates.admit("one", now: now + wait + .seconds(1)) != .go)
            gates.ended("one", Receipt(.delivered, reply: "ok"), policy: policy, began: now + wait, now: now + wait + .seconds(2))
            #expect(gates.admit("one", now: now + wait + .seconds(3)) == .go)
        }
    }

    @Test("Five failures of the server open the breaker; refusals of recipients or for load and stopped attempts do not")
    func scopes() {
        for about in Scope.allCases {
            let gates = ChannelGates()
            let outcome: Outcome = about == .recipient || about == .comparison ? .refusedForGood : .refusedForNow
            for _ in 1...5 { _ = gates.hear("mail", Receipt(outcome, about: about, reply: ""), policy: mail, now: now) }
            #expect(gates.open.isEmpty == ![.us, .server, .endpointGone].contains(about), "\(about)")
        }
    }

    @Test(
        "A reload resumes a channel whose endpoint was gone, and keeps the channel's breaker unless its settings changed"
    )
    func reload() {
        let gates = ChannelGates()
        _ = gates.hear("hub", Receipt(.refusedForGood, about: .endpointGone, code: 410, reply: ""), policy: .webhook, now: now)
        #expect(gates.isParked("hub") && gates.parked == ["hub"])
        gates.reload("hub", isSame: true, isReload: false, now: now)
        #expect(gates.isParked("hub"))
        gates.reload("hub", isSame: true, isReload: true, now: now)
        #expect(!gates.isParked("hub"))

        _ = gates.hear("mail", refusedLogin, policy: mail, now: now)
        gates.reload("mail", isSame: true, isReload: true, now: now)
        #expect(gates.breaker(of: "mail").wait(now: now) == .minutes(15))
        gates.reload("mail", isSame: false, isReload: true, now: now)
        #expect(!gates.breaker(of: "mail").isOpen)
    }

    @Test("An alert that finds the endpoint gone reports this to the dispatcher once")
    func goneElsewhere() {
        let gates = ChannelGates()
        let gone = Receipt(.refusedForGood, about: .endpointGone, code: 410, reply: "gone")
        gates.ended("hub", gone, policy: .webhook, began: now, now: now)
        #expect(gates.isParked("hub") && gates.takeNews()["hub"]?.gone == gone)
        gates.ended("hub", gone, policy: .webhook, began: now, now: now)
        #expect(gates.takeNews()["hub"]?.gone == nil)
    }

    @Test("A refused login that began before a reload changed the settings does not open the breaker")
    func oldSettings() {
        let gates = ChannelGates()
        gates.reload("mail", isSame: false, isReload: true, now: now + .seconds(1))
        gates.ended("mail", refusedLogin, policy: mail, began: now, now: now + .seconds(2))
        #expect(gates.open.isEmpty && gates.takeNews().isEmpty)
        gates.ended("mail", refusedLogin, policy: mail, began: now + .seconds(1), now: now + .seconds(2))
        #expect(gates.open == ["mail"])
    }
}

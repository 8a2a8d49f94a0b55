import Support
import Testing

@testable import Dates
@testable import Plans
@testable import Scheduler

@Suite("The circuit breaker of a channel")
struct BreakerTests {
    let now = Instant(seconds: 1_800_000_000)

    @Test("Five failures in a row open the breaker, and an answer in between resets the count")
    func threshold() {
        var breaker = Breaker()
        for round in 1...2 {
            for _ in 1...4 {
                let opened = breaker.failed(now: now)
                #expect(!opened)
            }
            guard round == 1 else { break }
            let wasOpen = breaker.answered()
            #expect(!wasOpen)
        }
        let opened = breaker.failed(now: now)
        #expect(opened)
        #expect(breaker.isOpen && !breaker.isHalfOpen(now: now))
        #expect(breaker.wait(now: now) == .seconds(30))
    }

    @Test("After the pause one attempt is made; failure doubles the pause up to 15 minutes, and success closes the breaker")
    func halfOpen() {
        var breaker = Breaker()
        for _ in 1...5 { _ = breaker.failed(now: now) }
        var time = now + .seconds(30)
        #expect(breaker.isHalfOpen(now: time))
        var pauses: [Int64] = []
        for _ in 1...7 {
            let opened = breaker.failed(now: time)
            #expect(!opened, "the breaker was already open")
            let pause = breaker.wait(now: time)!
            pauses.append(pause.milliseconds / 1_000)
            time = time + pause
        }
        #expect(pauses == [60, 120, 240, 480, 900, 900, 900])
        let wasOpen = breaker.answered()
        #expect(wasOpen)
        #expect(!breaker.isOpen)
    }

    @Test("A refusal that is about us opens the breaker at once for 15 minutes (faults 59, 69)")
    func aboutUs() {
        var breaker = Breaker()
        let opened = breaker.refusedUs(isSure: true, now: now)
        #expect(opened)
        #expect(breaker.wait(now: now) == .minutes(15))
    }

    @Test("If one machine of several may be the cause, two refusals about us in a row open the breaker")
    func perhapsAboutUs() {
        var breaker = Breaker()
        for _ in 1...3 {
            let opened = breaker.refusedUs(isSure: false, now: now)
            #expect(!opened)
            let wasOpen = breaker.answered()
            #expect(!wasOpen)
        }
        let first = breaker.refusedUs(isSure: false, now: now)
        let second = breaker.refusedUs(isSure: false, now: now)
        #expect(!first && second)
        #expect(breaker.wait(now: now) == .minutes(15))
    }
}

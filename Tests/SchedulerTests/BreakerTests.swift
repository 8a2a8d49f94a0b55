import Testing

@testable import Scheduler

@Suite("The circuit breaker of a destination")
struct BreakerTests {
    let now = Instant(seconds: 1_800_000_000)

    @Test("Five failures in a row open it; a success before that forgets them")
    func threshold() {
        var breaker = Breaker()
        for round in 1...2 {
            for _ in 1...4 {
                let opened = breaker.failed(aboutUs: false, now: now)
                #expect(!opened)
            }
            guard round == 1 else { break }
            let wasOpen = breaker.succeeded()
            #expect(!wasOpen)
        }
        let opened = breaker.failed(aboutUs: false, now: now)
        #expect(opened)
        #expect(breaker.allowed(8, underWay: 0, now: now) == 0)
        #expect(breaker.wait(now: now) == .seconds(30))
    }

    @Test("After the pause one try goes; its failure doubles the pause up to 15 minutes, its success closes it")
    func halfOpen() {
        var breaker = Breaker()
        for _ in 1...5 { _ = breaker.failed(aboutUs: false, now: now) }
        var time = now + .seconds(30)
        #expect(breaker.allowed(8, underWay: 0, now: time) == 1)
        #expect(breaker.allowed(8, underWay: 1, now: time) == 0)
        var pauses: [Int64] = []
        for _ in 1...7 {
            let opened = breaker.failed(aboutUs: false, now: time)
            #expect(!opened, "it was open already")
            let pause = breaker.wait(now: time)!
            pauses.append(pause.milliseconds / 1_000)
            time = time + pause
        }
        #expect(pauses == [60, 120, 240, 480, 900, 900, 900])
        let wasOpen = breaker.succeeded()
        #expect(wasOpen)
        #expect(breaker.allowed(8, underWay: 0, now: time) == 8)
    }

    @Test("A refusal that is about us opens it at once, for 15 minutes (faults 59, 69)")
    func aboutUs() {
        var breaker = Breaker()
        let opened = breaker.failed(aboutUs: true, now: now)
        #expect(opened)
        #expect(breaker.wait(now: now) == .minutes(15))
    }
}

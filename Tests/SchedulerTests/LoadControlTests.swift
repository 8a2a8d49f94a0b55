import Support
import Testing

@testable import Dates
@testable import Plans
@testable import Scheduler

private let now = Instant(seconds: 1_800_000_000)

@Suite("The width of a channel: the number of deliveries it gets at a time")
struct LoadControlTests {
    @Test("The width grows by one with each success at full use and falls by one with each refusal, never below one")
    func width() {
        var load = LoadControl(opening: 4, most: 8)
        load.succeeded(isFull: false, mayGrow: true)
        #expect(load.width == 4)
        load.succeeded(isFull: true, mayGrow: false)
        #expect(load.width == 4)
        for _ in 1...9 { load.succeeded(isFull: true, mayGrow: true) }
        #expect(load.width == 8)
        for expected in [7, 6, 5, 4, 3, 2, 1, 1] {
            load.refused(asked: nil, alwaysHolds: false, began: now, realNow: now, now: now)
            #expect(load.width == expected)
        }
    }

    @Test("A width that was refused is tried again after 16 successes below it, then after 32, 64 …")
    func patience() {
        var load = LoadControl(opening: 4, most: 8)
        var counts: [Int] = []
        for _ in 1...4 {
            load.refused(asked: nil, alwaysHolds: false, began: now, realNow: now, now: now)
            #expect(load.width == 3 && load.heldUntil == nil, "no hold while three get through")
            var count = 0
            while load.width < 4 {
                load.succeeded(isFull: true, mayGrow: true)
                count += 1
            }
            counts.append(count)
        }
        #expect(counts == [16, 32, 64, 128])
    }

    @Test(
        "A stated wait holds the channel; a 429 without one holds it for 30 s, doubled until a success"
    )
    func holds() {
        var load = LoadControl(opening: 16, most: 128)
        load.refused(asked: .seconds(120), alwaysHolds: true, began: now, realNow: now, now: now)
        #expect(load.wait(realNow: now, now: now) == .seconds(120))
        #expect(load.allowed(limit: 16, underWay: 0, realNow: now, now: now) == 0)
        #expect(load.allowed(limit: 16, underWay: 0, realNow: now + .seconds(120), now: now + .seconds(120)) > 0)

        var silent = LoadControl(opening: 16, most: 128)
        var time = now
        var waits: [Int64] = []
        for _ in 1...7 {
            silent.refused(asked: nil, alwaysHolds: true, began: time, realNow: time, now: time)
            let wait = silent.wait(realNow: time, now: time) ?? .zero
            waits.append(wait.milliseconds / 1_000)
            time = time + wait
        }
        #expect(waits == [30, 60, 120, 240, 480, 900, 900])
        silent.succeeded(isFull: false, mayGrow: true)
        silent.refused(asked: nil, alwaysHolds: true, began: time, realNow: time, now: time)
        #expect(silent.wait(realNow: time, now: time) == .seconds(30))
    }

    @Test(
        "Attempts under way do not lengthen a hold, and from the third in a row a stated wait is no shorter than our own"
    )
    func inARow() {
        var load = LoadControl(opening: 16, most: 128)
        for _ in 1...10 { load.refused(asked: nil, alwaysHolds: true, began: now - .seconds(1), realNow: now, now: now) }
        #expect(load.wait(realNow: now, now: now) == .seconds(30))
        var time = now
        var waits: [Int64] = []
        var stated = LoadControl(opening: 16, most: 128)
        for _ in 1...4 {
            stated.refused(asked: .seconds(1), alwaysHolds: true, began: time, realNow: time, now: time)
            let wait = stated.wait(realNow: time, now: time) ?? .zero
            waits.append(wait.milliseconds / 1_000)
            time = time + wait
        }
        #expect(waits == [1, 1, 120, 240])
    }

    @Test("A stated wait ends when either clock has passed it, because a rehearsal's clock runs ahead of real time")
    func statedByEither() {
        var load = LoadControl(opening: 16, most: 128)
        load.refused(asked: .hours(1), alwaysHolds: true, began: now, realNow: now, now: now)
        #expect(load.wait(realNow: now + .minutes(1), now: now + .minutes(50)) == .minutes(10))
        #expect(load.wait(realNow: now + .minutes(50), now: now + .minutes(1)) == .minutes(10))
        #expect(load.wait(realNow: now + .minutes(1), now: now + .hours(1)) == nil)
        #expect(load.wait(realNow: now + .hours(1), now: now - .hours(1)) == nil)
        var ours = LoadControl(opening: 16, most: 128)
        ours.refused(asked: nil, alwaysHolds: true, began: now, realNow: now, now: now)
        #expect(ours.wait(realNow: now, now: now + .hours(1)) == .seconds(30))
    }

    @Test("If one delivery at a time is too fast, starts are spaced out more with each refusal and less after successes")
    func spacing() {
        var load = LoadControl(opening: 1, most: 8)
        var time = now
        for expected in [1_250, 2_500, 5_000] {
            load.refused(asked: .seconds(1), alwaysHolds: true, began: time, realNow: time, now: time)
            #expect(load.spacing == TimeSpan(milliseconds: Int64(expected)))
            time = time + .minutes(20)
            load.succeeded(isFull: true, mayGrow: true)
        }
        load.started(realNow: time)
        #expect(load.wait(realNow: time, now: time) == .seconds(5))
        #expect(load.allowed(limit: 1, underWay: 0, realNow: time + .seconds(5), now: time + .seconds(5)) == 1)
        #expect(load.allowed(limit: 8, underWay: 1, realNow: time + .seconds(5), now: time + .seconds(5)) == 0)
        for _ in 1...2_000 { load.succeeded(isFull: true, mayGrow: true) }
        #expect(load.spacing == .zero && load.width > 1)
    }

    @Test("Refusals of a server that accepts nothing do not space out the starts after it has recovered")
    func outage() {
        var load = LoadControl(opening: 4, most: 8)
        var time = now
        for _ in 1...20 {
            load.refused(asked: nil, alwaysHolds: false, began: time, realNow: time, now: time)
            time = time + .minutes(15)
        }
        #expect(load.width == 1 && load.spacing == .zero)
        for _ in 1...4 { load.succeeded(isFull: true, mayGrow: true) }
        #expect(load.width >= 3)
    }

    @Test("A failure halves the width, but not below the opening width")
    func failed() {
        var load = LoadControl(opening: 4, most: 64)
        for _ in 1...28 { load.succeeded(isFull: true, mayGrow: true) }
        #expect(load.width == 32)
        load.failed()
        #expect(load.width == 16)
        for _ in 1...9 { load.failed() }
        #expect(load.width == 4)
    }
}

import Scheduler
import Testing

@Suite("The quarantine policy")
struct QuarantinePolicyTests {
    private func situation(waiting: Bool, inFlight: Bool = false, others: Bool = false) -> QuarantinePolicy.Situation {
        QuarantinePolicy.Situation(isWaiting: waiting, isInFlight: inFlight, othersInFlight: others)
    }

    @Test("The policy claims nothing while a quarantined delivery is in flight")
    func alone() {
        for waiting in [true, false] {
            #expect(QuarantinePolicy().turns(in: situation(waiting: waiting, inFlight: true)).isEmpty)
        }
    }

    @Test("The policy claims only other deliveries while others are in flight or no quarantined delivery is pending")
    func others() {
        #expect(QuarantinePolicy().turns(in: situation(waiting: true, others: true)) == [.others])
        #expect(QuarantinePolicy().turns(in: situation(waiting: false)) == [.others])
    }

    @Test("The policy gives the first turn to a quarantined delivery and the next turn to the other deliveries")
    func turns() {
        var policy = QuarantinePolicy()
        #expect(policy.turns(in: situation(waiting: true)) == [.quarantined, .others])
        policy.took(.quarantined)
        #expect(policy.turns(in: situation(waiting: true)) == [.others, .quarantined])
        policy.took(.others)
        #expect(policy.turns(in: situation(waiting: true)) == [.quarantined, .others])
    }

    @Test("The policy makes a delivery dead only after crashes during which it was alone")
    func numbers() {
        #expect(QuarantinePolicy.crashes == 2)
        #expect(QuarantinePolicy.crashesUntilDead > QuarantinePolicy.crashes)
    }
}

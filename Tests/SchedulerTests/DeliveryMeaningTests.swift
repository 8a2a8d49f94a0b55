import Scheduler
import Testing

@Suite("The meaning of a delivery for its recipient")
struct DeliveryMeaningTests {
    private func meanings(_ state: DeliveryState, arrived: Bool = false, why: WithdrawalReason? = nil) -> Set<DeliveryMeaning> {
        Set(DeliveryMeaning.allCases.filter { state.countsAs($0, mayHaveArrived: arrived, why: why) })
    }

    @Test("The meaning follows from the state if no attempt has an unknown outcome")
    func states() {
        #expect(meanings(.pending) == [.pending, .unsettled, .standing])
        #expect(meanings(.inFlight) == [.notified, .unsettled, .standing, .covered])
        #expect(meanings(.delivered) == [.notified, .standing, .covered])
        #expect(meanings(.unknown) == [.notified, .standing, .covered])
        #expect(meanings(.dead) == [.ended, .standing])
        #expect(meanings(.superseded, why: .laterLead) == [.covered])
        #expect(meanings(.cancelled) == [.ended], "rows of version 0.1.0 have no reason")
    }

    @Test("The meaning of a cancelled delivery follows from the reason", arguments: WithdrawalReason.allCases)
    func cancelled(why: WithdrawalReason) {
        #expect(meanings(.cancelled, why: why) == (why.isRevivable ? [.withdrawn] : [.ended]))
        #expect(
            meanings(.cancelled, arrived: true, why: why)
                == (why.isRevivable ? [.perhapsNotified, .withdrawn] : [.notified, .ended]))
    }

    @Test("An attempt with an unknown outcome counts as notified in every state but cancelled")
    func arrived() {
        for state in DeliveryState.allCases where state != .cancelled {
            #expect(meanings(state, arrived: true) == meanings(state).union([.notified]))
        }
    }

    @Test("The meaning ignores the reason in every state but cancelled", arguments: WithdrawalReason.allCases)
    func reasonIsIgnored(why: WithdrawalReason) {
        for state in DeliveryState.allCases where state != .cancelled {
            #expect(meanings(state, why: why) == meanings(state))
        }
    }
}

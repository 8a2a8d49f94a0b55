import Foundation
import Reports
import Testing

@testable import Dates
@testable import Plans
@testable import Scheduler
@testable import remindd

@Suite("Requests to the daemon")
struct RemoteReadsTests {
    @Test("A request about over a thousand reminders is sent to the daemon in parts that its socket accepts")
    func manyKeys() throws {
        let id = String(repeating: "ă", count: 64)
        let keys = (0..<1_200).map {
            ReminderKey(plan: id, campaign: id, lead: "\(100_000 + $0) ngày trước ngày cuối", anchor: Day("2027-06-01")!)
        }
        var asked = 0
        let reads = try #require(
            try RemoteReads { question in
                guard case .rows(let part) = question else {
                    let state = EvaluationState(isRehearsal: false, lookedUntil: .distantPast, heldFrom: nil, heldUntil: nil)
                    return Answer(.evaluation(.state(state)))
                }
                let body = try JSONEncoder().encode(ControlRequest.evaluation(question))
                #expect(body.count <= ControlService.limits.request.body)
                asked += part.count
                return Answer(.evaluation(.rows(part.map { _ in nil })))
            })
        #expect(try reads.recorded(keys).isEmpty && asked == keys.count)
    }
}

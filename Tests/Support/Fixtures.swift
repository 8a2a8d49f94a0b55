import Dates
import Foundation
import Plans
import Scheduler

/// The zone of Hanoi, read from the system's data.
package let hanoi: Zone = {
    guard let data = FileManager.default.contents(atPath: "/usr/share/zoneinfo/Asia/Ho_Chi_Minh"),
        let zone = try? Zone(name: "Asia/Ho_Chi_Minh", tzif: Array(data))
    else { preconditionFailure("tzdata is not installed; run: make setup") }
    return zone
}()

/// Returns an instant in Hanoi, such as `at("2027-05-02", "08:00")`.
package func at(_ day: String, _ time: String) -> Instant {
    hanoi.instant(Day(day)!, TimeOfDay(time)!)
}

/// Returns a plan with one campaign. Each lead is given as (rule, recipients).
package func plan(
    _ when: Recurrence, _ leads: [(LeadRule, [String])], at time: String = "08:00", campaign: String = "c",
    years: ClosedRange<Int> = Day.plannableYears, exceptions: [String: Campaign.Exception] = [:], restDays: RestDays? = .send,
    joiners: Joiners = .latest
) -> Plan {
    let leads = leads.enumerated().map { index, lead in
        Lead(id: "lead-\(index)", rule: lead.0, at: TimeOfDay(time)!, notify: lead.1)
    }
    let campaign = Campaign(
        id: campaign, title: "Phòng, chống đuối nước trẻ em", when: when, writtenWhen: "", exceptions: exceptions, years: years,
        leads: leads, restDays: restDays)
    return Plan(id: "p", title: "Kế hoạch", source: .init(), zone: hanoi, language: .vi, campaigns: [campaign], joiners: joiners)
}

/// Returns recipients with these ids, who all use the channel `mail`.
package func people(_ ids: String..., groups: [String: [String]] = [:]) -> RecipientDirectory {
    RecipientDirectory(
        recipients: ids.map {
            Recipient(id: $0, name: $0, email: "\($0)@example.vn", language: nil, via: ["mail"], otherwise: [])
        },
        groups: groups, addressKinds: ["mail": .email])
}

package func accepted(_ plans: [Plan], _ directory: RecipientDirectory, catchUp: CatchUp = .latest) -> ActiveConfiguration {
    ActiveConfiguration(
        plans: PlanSet(plans: plans, workingDays: .mondayToFriday), directory: directory, catchUp: catchUp, contact: nil)
}

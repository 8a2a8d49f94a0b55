@testable import Dates
@testable import Plans
@testable import Scheduler

func reader(
    _ id: String, via: [String] = ["mail"], otherwise: [String] = [], domain: String = "example.vn"
) -> Recipient {
    Recipient(id: id, name: id, email: "\(id)@\(domain)", language: nil, via: via, otherwise: otherwise)
}

let zone = Zone.utc
func at(_ day: String, _ time: String) -> Instant { zone.instant(Day(day)!, TimeOfDay(time)!) }

/// Makes a plan with one campaign on 28 June, for these recipients.
///
/// The campaign has leads 30 and 7 days before.
func plan(_ notify: [String]) -> Plan {
    let leads = [LeadRule.before(30, .days), .before(7, .days)].map {
        Lead(id: $0.phrase, rule: $0, at: TimeOfDay("08:00")!, notify: notify)
    }
    let campaign = Campaign(
        id: "c", title: "C", when: .day(MonthDay(month: 6, day: 28)!), writtenWhen: "28/6", leads: leads)
    return Plan(id: "p", title: "P", source: .init(), zone: zone, language: .en, campaigns: [campaign])
}

let start = at("2027-05-01", "00:00")
let due = at("2027-05-29", "08:00")
let refused = Receipt(.refusedForNow, code: 450, reply: "later")
let taken = Receipt(.delivered, code: 250, reply: "ok")

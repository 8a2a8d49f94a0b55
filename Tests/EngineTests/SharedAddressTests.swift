import Foundation
import Testing

@testable import Dates
@testable import Plans
@testable import Scheduler

/// A message to an address counts for every recipient who has the address.
@Suite("Shared addresses")
struct SharedAddressTests {
    private static func reader(_ id: String, _ email: String, via: [String] = ["mail"]) -> Recipient {
        Recipient(id: id, name: id, email: email, language: nil, via: via, otherwise: [])
    }

    private static func accepted(_ plan: Plan, _ recipients: [Recipient]) -> ActiveConfiguration {
        ActiveConfiguration(
            plans: PlanSet(plans: [plan], workingDays: .mondayToFriday),
            directory: RecipientDirectory(recipients: recipients, groups: [:], addressKinds: ["mail": .email]),
            catchUp: .latest, contact: nil)
    }

    private static func plan(_ leads: [(id: String, days: Int, notify: [String])], from: String) -> Plan {
        let campaign = Campaign(
            id: "c", title: "C", when: .once(from: Day(from)!, to: Day(from)!), writtenWhen: "",
            leads: leads.map { Lead(id: $0.id, rule: .before($0.days, .days), at: TimeOfDay("08:00")!, notify: $0.notify) })
        return Plan(id: "p", title: "P", source: .init(), zone: zone, language: .vi, campaigns: [campaign])
    }

    /// Reproduces a difference between program and oracle that the simulator found (seed 3370).
    ///
    /// The change notice for both recipients goes to the first of them. Whether the other one also
    /// got the renamed lead depended on whether the notice was checked again in the same
    /// evaluation.
    @Test(
        "A change notice to a shared address makes an earlier lead for the other recipient unnecessary", arguments: [false, true])
    func noticeAtSharedAddress(isCheckedAgain: Bool) throws {
        let (a, b) = (Self.reader("a", "office@example.vn"), Self.reader("b", "office@example.vn"))
        let own = Self.reader("b", "b@example.vn")
        let first = Self.plan([("on the day", 0, ["a"]), ("early", 90, ["b"])], from: "2027-06-01")
        let stage = try LoopHarness(first, [a, own], start: at("2027-03-03", "07:00"))
        stage.mail.judge = { _ in taken }
        try stage.advance(to: at("2027-03-03", "08:00"))
        stage.accept(Self.accepted(first, [a, b]))
        try stage.advance(to: at("2027-06-01", "08:00"))
        // Both recipients were notified of 1 June. The notice of the new day goes to the first.
        let moved = [("on the day", 0, ["a"]), ("early", 90, ["b"])]
        stage.accept(Self.accepted(Self.plan(moved, from: "2027-07-01"), [a, b]))
        try stage.settle()
        let renamed = [("on the day", 0, ["a"]), ("new name", 90, ["b"])]
        let others = isCheckedAgain ? [a, b, Self.reader("d", "d@example.vn")] : [a, b]
        stage.accept(Self.accepted(Self.plan(renamed, from: "2027-07-01"), others))
        try stage.settle()
        let rows = try stage.rows()
        #expect(rows.filter { $0.hasPrefix("moved 1") } == ["moved 1 a mail delivered 1"], "\(rows)")
        #expect(rows.filter { $0.hasPrefix("new name") } == ["new name superseded"], "\(rows)")
    }

    @Test("A recipient counts as reached only if each channel has an address that was reached")
    func withSharedAddresses() {
        let people = [
            Self.reader("a", "office@example.vn"), Self.reader("b", "office@example.vn"),
            Self.reader("c", "office@example.vn", via: ["mail", "hub"]), Self.reader("d", "d@example.vn"),
            Self.reader("e", "office@example.vn", via: []), Self.reader("f", "f@example.vn"), Self.reader("g", "f@example.vn"),
        ]
        let directory = RecipientDirectory(recipients: people, groups: [:], addressKinds: ["mail": .email])
        #expect(directory.withSharedAddresses([0]) == [0, 1])
        #expect(directory.withSharedAddresses([1]) == [0, 1], "the second recipient's message reaches the first one's address")
        #expect(directory.withSharedAddresses([2]) == [0, 1, 2])
        #expect(directory.withSharedAddresses([3, 6]) == [3, 5, 6])
        #expect(directory.withSharedAddresses([4]) == [4], "a recipient without a channel is reached nowhere")
        #expect(directory.withSharedAddresses([]) == [])
    }
}

import Foundation
import Ledgers
import ProgramHarness
import Support
import Testing

@testable import Dates
@testable import Plans
@testable import Scheduler

@Suite("Edits while mail is being sent (findings of 2026-11-26)")
struct EditTests {
    @Test(
        "Finding 1: a campaign removed and put back during its mailing reaches everyone once and cancels nothing (fault 121)")
    func takenOutAndBack() async throws {
        let peer = try await ScriptedServer("receiver.py")
        let edited = try EditedOffice(port: peer.port, recipients: 40, rate: "100 per minute")
        let daemon = try await Program.daemon(edited.office)
        #expect(await peer.hears { $0.count >= 12 })
        try edited.takeOut()
        #expect(try await edited.reload().status == 0)
        try await Task.sleep(for: .seconds(2))
        let before = peer.hooks.count
        #expect(before < 40)
        try edited.plan()
        #expect(try await edited.reload().status == 0)
        #expect(await peer.hears(within: .seconds(60)) { $0.count >= 40 })
        try await Task.sleep(for: .seconds(2))
        #expect(Set(peer.hooks.map(\.data.recipient)).count == 40)
        #expect(peer.hooks.count == 40)
        #expect(peer.hooks.allSatisfy { $0.type == "reminder.due" && $0.data.lead == "30 days before" })
        #expect(try await Program.stop(daemon).status == 0)
    }

    @Test(
        "Finding 2: a new spelling of the same dates announces nothing; a later change is announced once (fault 122)"
    )
    func otherWords() async throws {
        let peer = try await ScriptedServer("receiver.py")
        let edited = try EditedOffice(port: peer.port, recipients: 3)
        let daemon = try await Program.daemon(edited.office)
        #expect(await peer.hears { $0.count == 3 })
        func yearly(_ day: Day) -> String { "\(day.dayOfMonth)/\(day.month)" }
        let (start, end) = (edited.start, edited.start + 10)
        for phrase in ["\(yearly(start)) - \(yearly(end))", "\(start) - \(end)"] {
            try edited.plan(when: phrase)
            let reload = try await edited.reload([])
            #expect(reload.status == 0)
            #expect(reload.output.contains("goes out at once: nothing"), "\(reload.output)")
        }
        try await Task.sleep(for: .seconds(3))
        #expect(peer.hooks.count == 3)
        try edited.plan(when: "\(yearly(start)) - \(yearly(end + 1))")
        let reload = try await edited.reload([])
        #expect(reload.output.contains("moved, and announced at once: 1"), "\(reload.output)")
        #expect(reload.output.contains("\(start) to \(end) → \(start) to \(end + 1), 3 messages"), "\(reload.output)")
        #expect(await peer.hears { $0.count == 6 })
        #expect(
            Set(peer.hooks.dropFirst(3).map(\.words))
                == Set((0..<3).map { "r\($0): moved 1 \(start) to \(end + 1)" }))
        // Writes the first version of the plan again. The change back to the old dates is announced
        // once.
        try edited.plan()
        try await edited.reload([])
        #expect(await peer.hears { $0.count == 9 })
        #expect(peer.hooks.suffix(3).allSatisfy { $0.data.lead == "moved 2" && $0.data.end == "\(end)" })
        try await edited.reload([])
        try await Task.sleep(for: .seconds(2))
        #expect(peer.hooks.count == 9)
        #expect(try await Program.stop(daemon).status == 0)
    }

    @Test(
        "Finding 3: an end date corrected during a large firing reaches everyone, also across a kill (fault 123)",
        arguments: [false, true])
    func largeFiring(kills: Bool) async throws {
        let peer = try await ScriptedServer("receiver.py")
        let edited = try EditedOffice(port: peer.port, recipients: 12_000)
        try edited.takeOut()
        var daemon = try await Program.daemon(edited.office)
        try edited.plan()
        #expect(try await edited.reload().status == 0)
        let end = edited.start + 11
        try edited.plan(when: "\(edited.start) - \(end)")
        if kills {
            _ = await peer.hears { !$0.isEmpty }
            daemon.send(SIGKILL)
            _ = try await daemon.finish()
            // The daemon starts with the last accepted files, because the changed files would send
            // thousands of messages immediately. The reload below confirms the change.
            daemon = try await Program.daemon(edited.office)
        }
        #expect(try await edited.reload().status == 0)
        #expect(
            await peer.hears(within: .seconds(120)) { hooks in
                Set(hooks.lazy.filter { $0.data.end == "\(end)" }.map(\.data.recipient)).count == 12_000
            })
        try await Task.sleep(for: .seconds(1))
        // A recipient may get the correct dates twice only if the daemon was killed during the
        // delivery.
        let right = peer.hooks.filter { $0.data.end == "\(end)" }
        #expect(right.count - Set(right.map(\.data.recipient)).count <= (kills ? 500 : 0))
        #expect(try await Program.stop(daemon).status == 0)
    }

    @Test(
        "Finding 4: a held, restored ledger sends nothing, and release sends each delivery once (fault 124)"
    )
    func heldCopy() async throws {
        let peer = try await ScriptedServer("receiver.py")
        let edited = try EditedOffice(port: peer.port, recipients: 30)
        try edited.configure(["hub": peer.port])
        let now = Instant(seconds: Int64(time(nil)))
        let key = ReminderKey(plan: "p", campaign: "c", lead: "30 days before", anchor: edited.start)
        let due = Zone.utc.instant(edited.start - 30, TimeOfDay("08:00")!)
        let reminder = Reminder(
            key: key, occurrence: "once", start: edited.start, end: edited.start + 10, due: due,
            deadline: Zone.utc.startOfDay(edited.start + 11))
        let deliveries = (0..<10).map { "r\($0)" }.map {
            NewDelivery(
                id: DeliveryID(reminder: key, recipient: $0, channel: "hub", rehearsal: false), recipient: $0, channel: "hub")
        }
        let copied = now - .hours(25)
        do {
            let ledger = try SQLiteLedger.open(path: edited.office.ledger, mode: .daemon, now: copied)
            defer { ledger.close() }
            let firing = EvaluationResult.Firing(
                reminder: reminder, firedAt: copied, late: true, deliveries: deliveries, cursor: "r9", title: "Trại hè")
            _ = try ledger.fire(EvaluationResult(lookedUntil: copied, firings: [firing]))
            _ = try ledger.claim([ClaimRequest(channel: "hub", limit: 1)], recording: [], now: copied)
            try ledger.hold(until: now)
            HighWaterMark.restored(lookedUntil: now).write(ofLedger: edited.office.ledger)
        }
        let daemon = try await Program.daemon(edited.office)
        try await Task.sleep(for: .seconds(3))
        #expect(peer.hooks.isEmpty, "nothing is sent during a hold")
        let status = try await Program.run(["status", "--config", edited.office.configuration])
        #expect(status.output.contains("held"), "\(status.output)")
        let released = try await Program.run(["release", "--send", "--config", edited.office.configuration])
        #expect(released.status == 0 && released.output.contains("The clock says"), "\(released.output)\(released.errors)")
        #expect(await peer.hears { $0.count == 30 })
        try await Task.sleep(for: .seconds(1))
        #expect(Set(peer.hooks.map(\.data.recipient)).count == 30 && peer.hooks.count == 30)
        let first = try await Program.history(edited.office).first { $0.recipient == "r0" }
        #expect(first?.attempts.map(\.outcome) == ["unknown", "delivered"], "in flight in the copy means unknown")
        #expect(try await Program.stop(daemon).status == 0)
    }

    @Test(
        "Finding 4: a hold stops failover, and on_unknown: hold keeps the deliveries that a copy had in flight (fault 124)"
    )
    func heldOtherwise() async throws {
        let peer = try await ScriptedServer("receiver.py")
        let edited = try EditedOffice(port: peer.port, recipients: 0)
        try edited.office.folder.write(
            "remindd.yaml",
            """
            ledger: sqlite:ledger.sqlite
            socket: control.sock
            plans: plans/
            channels:
              post: {webhook: {url: "http://127.0.0.1:\(peer.port)/remind", allow_networks: [127.0.0.0/8]}}
              mail: {email: {server: "smtp://127.0.0.1:\(FreePort.next())", tls: off, from: nhac@example.vn, on_unknown: hold}}
            recipients:
              - {id: r0, email: r0@example.vn, via: [mail], otherwise: [post]}
              - {id: r1, email: r1@example.vn, via: [mail]}
            groups: {all: [r0, r1]}

            """)
        let now = Instant(seconds: Int64(time(nil)))
        let key = ReminderKey(plan: "p", campaign: "c", lead: "30 days before", anchor: edited.start)
        let reminder = Reminder(
            key: key, occurrence: "once", start: edited.start, end: edited.start + 10,
            due: Zone.utc.instant(edited.start - 30, TimeOfDay("08:00")!), deadline: Zone.utc.startOfDay(edited.start + 11))
        let deliveries = ["r0", "r1"].map {
            NewDelivery(
                id: DeliveryID(reminder: key, recipient: $0, channel: "mail", rehearsal: false), recipient: $0, channel: "mail")
        }
        let copied = now - .hours(25)
        do {
            let ledger = try SQLiteLedger.open(path: edited.office.ledger, mode: .daemon, now: copied)
            defer { ledger.close() }
            let firing = EvaluationResult.Firing(
                reminder: reminder, firedAt: copied, late: true, deliveries: deliveries, title: "Trại hè")
            _ = try ledger.fire(EvaluationResult(lookedUntil: copied, firings: [firing]))
            let claims = try ledger.claim([ClaimRequest(channel: "mail", limit: 2)], recording: [], now: copied).claims
            let dead = DeliveryRecord(
                claims[0].token, at: copied, receipt: Receipt(.refusedForGood, code: 550, reply: "no"), next: .dead)
            _ = try ledger.record([dead])
            try ledger.hold(until: now)
            HighWaterMark.restored(lookedUntil: now).write(ofLedger: edited.office.ledger)
        }
        let daemon = try await Program.daemon(edited.office)
        try await Task.sleep(for: .seconds(3))
        #expect(peer.hooks.isEmpty, "nothing is sent during a hold")
        #expect(try await edited.states() == ["r0 dead", "r1 unknown"])
        let released = try await Program.run(["release", "--send", "--config", edited.office.configuration])
        #expect(released.status == 0, "\(released.output)\(released.errors)")
        #expect(await peer.hears(within: .seconds(90)) { $0.map(\.data.recipient) == ["r0"] })
        #expect(try await edited.states().contains("r1 unknown"), "kept until an operator decides")
        #expect(try await Program.stop(daemon).status == 0)
    }

    @Test(
        "Finding 2: if formerly names the old ids, nobody gets anything twice after plans and recipients are renamed (fault 127)"
    )
    func otherIDs() async throws {
        let peer = try await ScriptedServer("receiver.py")
        let edited = try EditedOffice(port: peer.port, recipients: 5)
        let daemon = try await Program.daemon(edited.office)
        #expect(await peer.hears { $0.count == 5 })
        let text = edited.office.folder.text("plans/plan.yaml")
        try edited.office.folder.write("plans/plan.yaml", text.replacing("plan: p\n", with: "plan: q\nformerly: [p]\n"))
        let rows = (0..<5).map { "s\($0),hub,r\($0)\n" }.joined()
        try edited.office.folder.write("all.csv", "id,via,formerly\n" + rows)
        #expect(try await edited.reload().status == 0)
        try await Task.sleep(for: .seconds(2))
        #expect(peer.hooks.count == 5, "nobody gets it twice, and nothing is cancelled: \(peer.hooks.map(\.words))")
        #expect(try await Program.stop(daemon).status == 0)
    }

    @Test("Finding 4: release --drop also drops deliveries that a restored copy had not yet written (fault 124)")
    func droppedCopy() async throws {
        let peer = try await ScriptedServer("receiver.py")
        let edited = try EditedOffice(port: peer.port, recipients: 5)
        let now = Instant(seconds: Int64(time(nil)))
        let key = ReminderKey(plan: "p", campaign: "c", lead: "30 days before", anchor: edited.start)
        let reminder = Reminder(
            key: key, occurrence: "once", start: edited.start, end: edited.start + 10, due: now - .days(10),
            deadline: Zone.utc.startOfDay(edited.start + 11))
        do {
            let ledger = try SQLiteLedger.open(path: edited.office.ledger, mode: .daemon, now: now - .days(1))
            defer { ledger.close() }
            let id = DeliveryID(reminder: key, recipient: "r0", channel: "hub", rehearsal: false)
            let firing = EvaluationResult.Firing(
                reminder: reminder, firedAt: now - .days(1), late: true,
                deliveries: [NewDelivery(id: id, recipient: "r0", channel: "hub")], cursor: "r0")
            _ = try ledger.fire(EvaluationResult(lookedUntil: now - .days(1), firings: [firing]))
            try ledger.hold(until: now)
            HighWaterMark.restored(lookedUntil: now).write(ofLedger: edited.office.ledger)
        }
        let daemon = try await Program.daemon(edited.office)
        #expect(try await Program.run(["release", "--drop", "--config", edited.office.configuration]).status == 0)
        try await Task.sleep(for: .seconds(3))
        #expect(peer.hooks.isEmpty)
        #expect(try await edited.states() == ["r0 cancelled"])
        #expect(try await Program.stop(daemon).status == 0)
    }

    @Test(
        "Finding 5: a clock set 75 days ahead causes a hold, and release asks whether it is right; nothing is missed (fault 125)"
    )
    func wrongClock() async throws {
        let clock = try await ShiftedClock()
        let peer = try await ScriptedServer("receiver.py")
        let edited = try EditedOffice(port: peer.port, recipients: 1)
        try edited.plan(lead: "10 days before")
        let daemon = try await Program.daemon(edited.office, environment: clock.environment)
        clock.set(seconds: 75 * 86_400)
        // Wakes the loop with a status request, because the shifted clock does not wake it. If the
        // machine's clock is set, the kernel wakes the loop.
        func wake() async throws { _ = try await Program.run(["status", "--config", edited.office.configuration]) }
        try await wake()
        try await daemon.hasPrinted("HOLD")
        let refused = try await Program.run(["release", "--send", "--config", edited.office.configuration])
        #expect(refused.status == 1)
        #expect(refused.output.contains("writes off 1 reminder"), "\(refused.output)")
        #expect(refused.errors.contains("--clock-is-right"), "\(refused.errors)")
        clock.set(seconds: 0)
        try await wake()
        try await daemon.hasPrinted("the clock is trusted again")
        #expect(try await Program.history(edited.office).isEmpty)
        clock.set(seconds: 11 * 86_400)
        try await wake()
        #expect(await peer.hears(within: .seconds(5)) { !$0.isEmpty } == false, "a step of eleven days is not believed either")
        let taken = try await Program.run(["release", "--send", "--clock-is-right", "--config", edited.office.configuration])
        #expect(taken.status == 0)
        #expect(await peer.hears { $0.map(\.data.lead) == ["10 days before"] })
        #expect(try await Program.stop(daemon).status == 0)
    }

    @Test(
        "Finding 5: reminders recorded as missed with a clock 75 days ahead are due again once the clock is right (fault 125)")
    func futureTakenBack() async throws {
        let clock = try await ShiftedClock()
        let peer = try await ScriptedServer("receiver.py")
        let edited = try EditedOffice(port: peer.port, recipients: 1)
        try edited.plan(lead: "10 days before")
        #expect(try await Program.stop(try await Program.daemon(edited.office)).status == 0)
        clock.set(seconds: 75 * 86_400)
        let ahead = try await Program.daemon(edited.office, environment: clock.environment)
        try await ahead.hasPrinted("missed: p/c")
        #expect(try await Program.stop(ahead).status == 0)
        let daemon = try await Program.daemon(edited.office)
        try await daemon.hasPrinted("HOLD")
        #expect(try await Program.run(["release", "--send", "--config", edited.office.configuration]).status == 0)
        #expect(try await Program.history(edited.office).isEmpty, "records of a future that did not happen are removed")
        #expect(try await Program.stop(daemon).status == 0)
    }

    @Test("Finding 7: a shortened list needs a confirmation; after the list is restored, everyone is notified (fault 126)")
    func cutList() async throws {
        let port = FreePort.next()
        let edited = try EditedOffice(port: port, recipients: 50)
        let daemon = try await Program.daemon(edited.office)
        try await daemon.hasPrinted("channel hub is paused")
        try edited.list(3)
        let refused = try await edited.reload([])
        #expect(refused.status == 1)
        #expect(refused.errors.contains("47 of 50 recipients of group all are gone"), "\(refused.errors)")
        #expect(try await edited.reload().status == 0)
        let peer = try await ScriptedServer("receiver.py", environment: ["PEER_PORT": "\(port)"])
        #expect(await peer.hears(within: .seconds(60)) { $0.count >= 3 })
        _ = await eventually(within: .seconds(20)) { (try? await edited.states().contains { $0.hasSuffix("cancelled") }) == true }
        try edited.list(50)
        #expect(try await edited.reload().status == 0)
        let allHear = await peer.hears(within: .seconds(60)) { Set($0.map(\.data.recipient)).count == 50 }
        let left = allHear ? [] : try await Program.history(edited.office).filter { $0.state != "delivered" }
        #expect(allHear, "\(left)")
        #expect(peer.hooks.count == 50)
        #expect(try await Program.stop(daemon).status == 0)
    }

    @Test(
        "Finding 7: pending deliveries use the channel that replaces theirs, by formerly, a new name or another via (fault 127)",
        arguments: ["formerly", "without", "via"])
    func otherChannel(how: String) async throws {
        let dead = FreePort.next()
        let edited = try EditedOffice(port: dead, recipients: 8)
        let daemon = try await Program.daemon(edited.office)
        try await daemon.hasPrinted("channel hub is paused")
        let peer = try await ScriptedServer("receiver.py")
        try edited.list(8, via: "post")
        switch how {
        case "formerly": try edited.configure(["post": peer.port], more: ", formerly: [hub]")
        case "without": try edited.configure(["post": peer.port])
        default: try edited.configure(["hub": dead, "post": peer.port])
        }
        #expect(try await edited.reload().status == 0)
        #expect(await peer.hears { Set($0.map(\.data.recipient)).count == 8 })
        #expect(peer.hooks.count == 8)
        let states = try await edited.states().sorted()
        let waited = how == "formerly" ? [] : (0..<8).map { "r\($0) cancelled" }
        #expect(states == ((0..<8).map { "r\($0) delivered" } + waited).sorted())
        #expect(try await Program.stop(daemon).status == 0)
    }

    @Test("Finding 8: a group that is filled after a lead fell due gets the reminder, which is not marked late (fault 128)")
    func emptyGroup() async throws {
        let peer = try await ScriptedServer("receiver.py")
        let edited = try EditedOffice(port: peer.port, recipients: 0)
        let daemon = try await Program.daemon(edited.office)
        try await daemon.hasPrinted("due, but it has no recipients")
        try edited.list(4)
        #expect(try await edited.reload().status == 0)
        #expect(await peer.hears { $0.count == 4 })
        #expect(peer.hooks.allSatisfy { $0.data.subject.hasPrefix("[Nhắc việc]") }, "\(peer.hooks.map(\.data.subject))")
        try edited.list(6)
        let preview = try await edited.reload(["--dry-run"])
        #expect(preview.output.contains("p/c once: 30 days before, 2 messages"), "\(preview.output)")
        #expect(try await edited.reload().status == 0)
        #expect(await peer.hears { Set($0.map(\.data.recipient)).count == 6 })
        #expect(peer.hooks.count == 6)
        #expect(try await Program.stop(daemon).status == 0)
    }

    @Test(
        "A campaign with a new id and formerly is the same campaign; without formerly it is another one"
    )
    func formerly() async throws {
        let peer = try await ScriptedServer("receiver.py")
        let edited = try EditedOffice(port: peer.port, recipients: 2)
        let daemon = try await Program.daemon(edited.office)
        #expect(await peer.hears { $0.count == 2 })
        try edited.plan(campaign: "trai-he", more: ", formerly: [c]")
        let renamed = try await edited.reload()
        #expect(renamed.output.contains("goes out at once: nothing"), "\(renamed.output)")
        let history = try await Program.history(edited.office, ["--campaign", "trai-he"])
        #expect(history.count == 2)
        try edited.plan(campaign: "other")
        let preview = try await edited.reload(["--dry-run", "--confirm"])
        #expect(preview.output.contains("cancelled, and announced in a minute: 1"), "\(preview.output)")
        try edited.plan(campaign: "trai-he", more: ", formerly: [other-1]")
        let refused = try await edited.reload()
        #expect(refused.status == 65)
        #expect(refused.errors.contains("formerly: other-1 is in use"), "\(refused.errors)")
        try await Task.sleep(for: .seconds(1))
        #expect(peer.hooks.count == 2)
        #expect(try await Program.stop(daemon).status == 0)
    }

    @Test("Finding 17: a reload reports old and new dates of announced campaigns, and a removal as a cancellation (fault 146)")
    func report() async throws {
        let peer = try await ScriptedServer("receiver.py")
        let edited = try EditedOffice(port: peer.port, recipients: 2)
        let daemon = try await Program.daemon(edited.office)
        #expect(await peer.hears { $0.count == 2 })
        let (start, end) = (edited.start, edited.start + 10)
        // All leads of the campaign are past. The reload reports the move, because the ledger
        // records who was notified.
        try edited.plan(when: "\(start + 1) - \(end)")
        let moved = try await edited.reload(["--dry-run"])
        #expect(moved.output.contains("p/c once: \(start) to \(end) → \(start + 1) to \(end), 2 messages"), "\(moved.output)")
        let check = try await edited.check()
        let words = "  p/c once  moved: \(start) to \(end) → \(start + 1) to \(end)  → 2 messages\n"
        #expect(check.contains("At once on the next reload (including overdue reminders):\n\(words)"), "\(check)")
        let json = try await edited.check(["--format", "json"])
        #expect(
            json.contains(
                "{\"kind\":\"moved\",\"plan\":\"p\",\"campaign\":\"c\",\"occurrence\":\"once\",\"old_start\":\"\(start)\","
                    + "\"old_end\":\"\(end)\",\"start\":\"\(start + 1)\",\"end\":\"\(end)\",\"messages\":2}"), "\(json)")
        try edited.takeOut()
        let gone = try await edited.reload(["--dry-run", "--confirm"])
        #expect(gone.output.contains("cancelled, and announced in a minute: 1"), "\(gone.output)")
        #expect(!gone.output.contains("moved,"), "\(gone.output)")
        let cancelled = try await edited.check()
        #expect(
            cancelled.contains("  p/c once  cancelled, announced a minute later: \(start) to \(end)  → 2 messages\n"),
            "\(cancelled)")
        #expect(try await edited.check(["--format", "json"]).contains("\"start\":null,\"end\":null,\"messages\":2}"))
        #expect(try await Program.stop(daemon).status == 0)
    }

    @Test("A reload or a start that would send more than 100 messages at once needs a confirmation (fault 126)")
    func manyAtOnce() async throws {
        let peer = try await ScriptedServer("receiver.py")
        let edited = try EditedOffice(port: peer.port, recipients: 120)
        try edited.takeOut()
        let daemon = try await Program.daemon(edited.office)
        try edited.plan()
        let refused = try await edited.reload([])
        #expect(refused.status == 1)
        #expect(refused.errors.contains("the changed files would send 120 messages at once"), "\(refused.errors)")
        #expect(try await Program.stop(daemon).status == 0)
        let second = try await Program.daemon(edited.office)
        try await second.hasPrinted("would send 120 messages at once")
        try await Task.sleep(for: .seconds(2))
        #expect(peer.hooks.isEmpty, "the last accepted files are in use")
        #expect(try await edited.reload().status == 0)
        #expect(await peer.hears { $0.count == 120 })
        #expect(try await Program.stop(second).status == 0)
    }
}

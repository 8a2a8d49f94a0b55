import Dates
import Reports
import Scheduler
import Testing

@Suite("Reload changes")
struct ReloadChangesTests {
    private static let now = instant("2027-02-22T02:00:00Z")

    private static func changes(to plan: String) throws -> ReloadChanges {
        let (old, new) = (try Files().loaded.accepted, try Files(plan: plan).loaded)
        let preview = try Preview(new.accepted, FakeLedger(lookedUntil: now - .hours(3)), now: now)
        return ReloadChanges(
            from: old, to: new.accepted, now: now, zone: new.configuration.timezone, preview: preview)
    }

    @Test("The same files change nothing, and a due reminder is still sent")
    func same() throws {
        let changes = try Self.changes(to: Files.plan)
        #expect(changes.isEmpty)
        #expect(changes.sent.count == 1 && changes.sent.first.first?.occurrence == "trial/spring 2027")
        #expect(changes.sent.first.first?.messages == 1)
    }

    @Test("Added and removed campaigns, moved dates and shifted times are in separate lists")
    func lists() throws {
        let plan = Files.plan.replacing("id: spring", with: "id: fair").replacing("when: 1/9", with: "when: 2/9")
        let changes = try Self.changes(to: plan)
        #expect(changes.added.first == ["trial/fair"] && changes.removed.first == ["trial/spring"])
        let moved = try #require(changes.movedQuietly.first.first)
        #expect(moved.occurrence == "trial/autumn 2027")
        #expect((moved.before.start, moved.after.start) == (Day("2027-09-01")!, Day("2027-09-02")!))
        let shifted = try #require(changes.shifted.first.first)
        #expect(shifted.lead == "7 days before" && shifted.before.rfc3339 == "2027-08-25T08:00:00+07:00")
        #expect(shifted.after.rfc3339 == "2027-08-26T08:00:00+07:00")
        #expect(changes.cancelled.count == 0 && changes.moved.count == 0)
    }

    @Test("A list has its first twenty entries and the number of all entries")
    func long() throws {
        let more = (1...30).map { "  - {id: c\($0), title: C\($0), when: 1/9}\n" }.joined()
        let added = try Self.changes(to: Files.plan + more).added
        #expect(added.count == 30 && added.first.count == ReloadChanges.listed)
    }
}

import Dates
import Scheduler
import Support
import Testing

/// The versions of events in calendars.
extension LedgerBehaviour {
    private static let key = OccurrenceKey(plan: "transport", campaign: "drowning", occurrence: "2027")

    private static func event(_ start: String, title: String = "A", time: String = "", isGone: Bool = false)
        -> CalendarChange.Event
    {
        CalendarChange.Event(start: Day(start)!, end: Day(start)!, time: time, title: title, isGone: isGone)
    }

    private static func change(
        _ event: CalendarChange.Event, _ kind: CalendarChange.Kind = .changed, key: OccurrenceKey = LedgerBehaviour.key,
        formerKey: OccurrenceKey? = nil, uid: String = "first@remindd"
    ) -> CalendarChange {
        CalendarChange(kind, key: key, formerKey: formerKey ?? key, uid: uid, event: event)
    }

    @Test("counts the versions of an event, once each, and keeps its first id", arguments: LedgerEngine.all)
    func calendarVersions(engine: LedgerEngine) throws {
        let changes = [
            Self.event("2027-11-15"), Self.event("2027-11-20"), Self.event("2027-11-20", title: "B"),
            Self.event("2027-11-20", title: "B", time: "14:00"),
            Self.event("2027-11-20", title: "B", time: "14:00", isGone: true),
            Self.event("2027-11-20", title: "B", time: "14:00"),
        ]
        do {
            let ledger = try engine.open(folder, nine)
            #expect(try ledger.calendarMark(of: Self.key) == nil)
            for (index, event) in changes.enumerated() {
                let now = nine + .hours(Int64(index))
                try ledger.record([Self.change(event, uid: "\(index)@remindd")], now: now)
                // A second call with the same event, as after a crash, changes nothing.
                try ledger.record([Self.change(event)], now: now + .minutes(1))
                let expected = CalendarMark(uid: "0@remindd", sequence: index + 1, changedAt: now)
                #expect(try ledger.calendarMark(of: Self.key) == expected)
            }
        }
        let ledger = try engine.open(folder, nine + .days(1))
        #expect(try ledger.calendarMark(of: Self.key)?.sequence == changes.count)
    }

    @Test("gives the event of a renamed occurrence its new name", arguments: LedgerEngine.all)
    func calendarRenames(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        let renamed = OccurrenceKey(plan: "roads", campaign: "swimming", occurrence: "2027")
        let once = OccurrenceKey(plan: "roads", campaign: "swimming", occurrence: "once")
        try ledger.record([Self.change(Self.event("2027-11-15"))], now: nine)
        try ledger.record(
            [Self.change(Self.event("2027-11-15"), .renamed, key: renamed, formerKey: Self.key, uid: "x")], now: nine + .hours(1))
        #expect(try ledger.calendarMark(of: Self.key) == nil)
        #expect(try ledger.calendarMark(of: renamed) == CalendarMark(uid: "first@remindd", sequence: 1, changedAt: nine))
        try ledger.record(
            [Self.change(Self.event("2027-11-16"), key: once, formerKey: renamed, uid: "x")], now: nine + .hours(2))
        let moved = CalendarMark(uid: "first@remindd", sequence: 2, changedAt: nine + .hours(2))
        #expect(try ledger.calendarMark(of: once) == moved)
    }

    @Test("records a rename or a return only of an occurrence that has changed before", arguments: LedgerEngine.all)
    func calendarOfUnchanged(engine: LedgerEngine) throws {
        let ledger = try engine.open(folder, nine)
        let other = OccurrenceKey(plan: "transport", campaign: "other", occurrence: "2027")
        for changes in [[], [Self.change(Self.event("2027-11-15", isGone: true), key: other)]] {
            try ledger.record(changes, now: nine)
            for kind in [CalendarChange.Kind.renamed, .returned] {
                try ledger.record([Self.change(Self.event("2027-11-15"), kind)], now: nine)
                #expect(try ledger.calendarMark(of: Self.key) == nil)
            }
        }
        try ledger.record([Self.change(Self.event("2027-11-15"), .returned, key: other)], now: nine + .hours(1))
        #expect(try ledger.calendarMark(of: other)?.sequence == 2)
    }
}

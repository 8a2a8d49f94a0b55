import Dates
import Logging
import Scheduler
import Testing

@testable import Monitoring

@Suite("Journal entries that raise alerts")
struct AlertingJournalTests {
    private final class Nobody: Journal {
        func write(_ entry: Entry) {}
    }

    private static func attempt(_ receipt: Receipt) -> Entry {
        let now = Instant(seconds: 1_800_000_000)
        let day = Day("2027-06-28")!
        let key = ReminderKey(plan: "p", campaign: "c", lead: "on the day", anchor: day)
        let reminder = Reminder(key: key, occurrence: "2027", start: day, end: day, due: now, deadline: now + .days(9))
        let claim = Claim(
            id: DeliveryID(stored: "x"), stored: StoredReminder(reminder: reminder, firedAt: now, late: false), recipient: "a",
            channel: "mail", attempt: 1, unknowns: 0, crashes: 0)
        return .attempted(claim, receipt, .pending(notBefore: now + .minutes(1)))
    }

    @Test(
        "A channel that only reports load, or refuses its only recipient unclearly, has an alert until it works"
    )
    func silent() {
        let load = Receipt(.refusedForNow, about: .load, code: 421, reply: "too busy")
        let denied = Receipt(.refusedForGood, about: .comparison, code: 550, reply: "relay not permitted")
        let stopped = Receipt(.notSent, about: .nobody, reply: "stopped before it ended")
        for (receipt, isTold) in [(load, true), (denied, true), (stopped, false)] {
            let desk = Alerter(logger: Logger(label: "test"), gates: ChannelGates(), asksLoop: {})
            let journal = AlertingJournal(Nobody(), desk: desk, silence: .zero)
            journal.write(Self.attempt(receipt))
            #expect(desk.lasting.contains { $0.channel == "mail" } == isTold)
            journal.write(.channelAnswered(channel: "mail"))
            #expect(desk.lasting.isEmpty)
            let patient = AlertingJournal(Nobody(), desk: desk)
            patient.write(Self.attempt(receipt))
            #expect(desk.lasting.isEmpty, "an hour must pass")
        }
    }
}

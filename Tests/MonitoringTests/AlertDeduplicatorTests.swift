import Dates
import Scheduler
import Testing

@testable import Config
@testable import Monitoring

@Suite("The sending and repetition of alerts")
struct AlertBookTests {
    let start = Instant(seconds: 1_800_000_000)

    private func about(_ campaign: String = "c") -> Alert.Reminder {
        let day = Day(2027, 6, 28)!
        return Alert.Reminder(
            plan: "p", campaign: campaign, occurrence: "2027", lead: "on the day", title: "Ngày hội", start: day, end: day)
    }

    private func dead(_ recipient: String, campaign: String = "c") -> Alert {
        .dead(about(campaign), channel: "mail", .init(recipient: recipient, delivery: "d-\(recipient)"), why: .deadline)
    }

    private func refused(_ recipient: String, campaign: String = "c") -> Alert {
        .dead(
            about(campaign), channel: "mail", .init(recipient: recipient, delivery: "d-\(recipient)"),
            why: .addressRefused(code: 550, reply: "no such user"))
    }

    private func answer(_ reply: String) -> Alert.Cause { .answer(.notSent, code: nil, reply: reply) }

    private func lines(_ book: inout AlertDeduplicator, _ now: Instant) -> [AlertDeduplicator.Line] { book.take(now: now).lines }

    @Test("Dead deliveries of one reminder and channel give one line with all recipients, once a day")
    func manyOfOne() {
        var book = AlertDeduplicator()
        for number in 0..<30 { book.note(dead("r\(number)"), now: start) }
        book.note(dead("r0"), now: start)
        #expect(lines(&book, start + .seconds(5)).isEmpty, "the line waits for more deliveries")
        let told = lines(&book, start + .seconds(10))
        #expect(told.map(\.count) == [31])
        #expect(told[0].people.map(\.recipient) == (0..<30).map { "r\($0)" })
        book.note(dead("r7"), now: start + .minutes(5))
        #expect(lines(&book, start + .hours(23)).isEmpty, "a repeat within a day gives no line")
        #expect(lines(&book, start + .days(1) + .seconds(30)).isEmpty, "after a day the line waits for more again")
        #expect(lines(&book, start + .days(1) + .minutes(1)).map(\.count) == [1])
    }

    @Test("Later dead deliveries of the same reminder are reported together, an hour after the first ones (finding 5)")
    func furtherPeople() {
        var book = AlertDeduplicator()
        book.note(dead("a"), now: start)
        _ = book.take(now: start + .seconds(10))
        book.note(dead("b"), now: start + .minutes(1))
        book.note(dead("a"), now: start + .minutes(2))
        book.note(dead("c"), now: start + .minutes(30))
        #expect(lines(&book, start + .minutes(59)).isEmpty)
        #expect(lines(&book, start + .minutes(61)).map { $0.people.map(\.recipient) } == [["b", "c"]])
        book.note(dead("c"), now: start + .hours(2))
        #expect(lines(&book, start + .hours(20)).isEmpty)
    }

    @Test(
        "Each reminder has its own alert, and alerts beyond fifty are only counted, however often they are collected (finding 7)")
    func limit() {
        var book = AlertDeduplicator()
        for number in 0..<80 { book.note(dead("r", campaign: "c\(number)"), now: start) }
        for _ in 1...3 { #expect(book.take(now: start + .seconds(1)).lines.isEmpty) }
        let taken = book.take(now: start + .minutes(1))
        #expect(taken.lines.count == AlertDeduplicator.limit && taken.dropped == 30)
        book.note(dead("r", campaign: "other"), now: start + .minutes(2))
        #expect(book.take(now: start + .minutes(3)).dropped == 0)
    }

    // MARK: refused addresses

    @Test("A dead mailbox gives one alert a day with all its reminders, not one for each lead")
    func oneAddress() {
        var book = AlertDeduplicator()
        for campaign in ["c1", "c2", "c3"] { book.note(refused("a", campaign: campaign), now: start) }
        let told = lines(&book, start + .seconds(10))
        #expect(told.map { $0.reminders.map(\.campaign) } == [["c1", "c2", "c3"]])
        #expect(told[0].people.map(\.recipient) == ["a"] && told[0].count == 3)
        book.note(refused("a", campaign: "c4"), now: start + .hours(6))
        book.note(refused("a", campaign: "c5"), now: start + .hours(7))
        #expect(lines(&book, start + .hours(23)).isEmpty, "the address was reported today")
        _ = book.take(now: start + .days(1) + .seconds(10))
        let again = lines(&book, start + .days(1) + .seconds(20))
        #expect(again.map { $0.reminders.map(\.campaign) } == [["c4", "c5"]] && again[0].count == 2)
        #expect(again[0].people.map(\.recipient) == ["a"])
    }

    @Test("Refused addresses of one reminder are one line, and further ones of the hour wait to be reported together")
    func manyAddresses() {
        var book = AlertDeduplicator()
        for number in 0..<300 { book.note(refused("r\(number)"), now: start) }
        let taken = book.take(now: start + .seconds(10))
        let joined = AlertDeduplicator.joined(taken.lines)
        #expect(taken.dropped == 0 && joined.count == 1 && joined[0].people.count == 300 && joined[0].count == 300)
        book.note(refused("later"), now: start + .minutes(5))
        book.note(refused("last"), now: start + .minutes(50))
        #expect(lines(&book, start + .minutes(59)).isEmpty)
        let further = AlertDeduplicator.joined(lines(&book, start + .minutes(61)))
        #expect(further.map { $0.people.map(\.recipient) } == [["later", "last"]])
    }

    @Test("Only addresses with the same reminders and channel are joined, and other alerts keep their lines")
    func joined() {
        var book = AlertDeduplicator()
        for alert in [refused("a"), refused("b"), refused("b", campaign: "d"), .ledgerFull, dead("z"), refused("e")] {
            book.note(alert, now: start)
        }
        let joined = AlertDeduplicator.joined(lines(&book, start + .seconds(10)))
        #expect(joined.map { $0.people.map(\.recipient) } == [["a", "e"], ["b"], [], ["z"]])
        #expect(joined.map(\.reminders.count) == [1, 2, 0, 1])
    }

    @Test("Beyond a thousand addresses, alerts are only counted")
    func addressLimit() {
        var book = AlertDeduplicator()
        for number in 0..<1_100 { book.note(refused("r\(number)"), now: start) }
        book.note(.ledgerFull, now: start)
        let taken = book.take(now: start + .seconds(10))
        #expect(taken.lines.count == AlertDeduplicator.addressLimit + 1 && taken.dropped == 100)
    }

    // MARK: lasting alerts

    @Test("A lasting alert is repeated daily and its end is reported, unless it ended before it was reported")
    func lasting() {
        var book = AlertDeduplicator()
        book.note(.ledgerFull, now: start)
        #expect(!book.isAllWell)
        #expect(lines(&book, start + .seconds(10)).map(\.isOver) == [false])
        _ = book.take(now: start + .days(1) + .seconds(10))
        #expect(lines(&book, start + .days(1) + .seconds(20)).map(\.alert) == [.ledgerFull])
        book.clear(Alert.ledgerFull.key, now: start + .days(2))
        #expect(book.isAllWell)
        #expect(lines(&book, start + .days(2) + .seconds(10)).map(\.isOver) == [true])
        #expect(lines(&book, start + .days(3)).isEmpty)
        #expect(book.nextWake == nil)

        book.note(.channelFails("mail", why: answer("x")), now: start + .days(4))
        #expect(book.failingChannels == ["mail"])
        book.clear(Alert.key(ofChannel: "mail", "breaker"), now: start + .days(4) + .seconds(3))
        #expect(lines(&book, start + .days(5)).isEmpty)
    }

    @Test("A channel that flaps gives one alert, one recovery, and a day later one line with the number of failures (finding 9)")
    func flapping() {
        var book = AlertDeduplicator()
        let key = Alert.key(ofChannel: "mail", "breaker")
        var told: [AlertDeduplicator.Line] = []
        for number in 0..<40 {
            let time = start + .minutes(Int64(number) * 30)
            book.note(.channelFails("mail", why: answer("\(number)")), now: time)
            told += lines(&book, time + .seconds(10))
            #expect(book.failingChannels == ["mail"])
            book.clear(key, now: time + .minutes(10))
            told += lines(&book, time + .minutes(11))
            #expect(book.failingChannels.isEmpty)
        }
        #expect(told.map(\.isOver) == [false, true], "for 20 hours")
        _ = book.take(now: start + .days(1) + .minutes(1))
        let again = lines(&book, start + .days(1) + .minutes(2))
        #expect(again.map(\.comesAndGoes) == [true] && again.map(\.count) == [39])
        #expect(lines(&book, start + .days(3)).isEmpty)
    }

    @Test("A failure soon after a recovery withdraws the report of the recovery")
    func failsAgain() {
        var book = AlertDeduplicator()
        let key = Alert.key(ofChannel: "mail", "breaker")
        book.note(.channelFails("mail", why: answer("1")), now: start)
        #expect(lines(&book, start + .seconds(10)).map(\.isOver) == [false])
        book.clear(key, now: start + .minutes(5))
        book.note(.channelFails("mail", why: answer("2")), now: start + .minutes(5) + .seconds(3))
        #expect(lines(&book, start + .minutes(6)).isEmpty)
        #expect(book.failingChannels == ["mail"])
        book.clear(key, now: start + .minutes(7))
        #expect(lines(&book, start + .minutes(8)).map(\.isOver) == [true], "a recovery that lasts is reported")
    }

    @Test("While a daily repeat waits for further alerts, the next wake is the due time of the repeat")
    func repeats() {
        var book = AlertDeduplicator()
        book.note(.ledgerFull, now: start)
        _ = book.take(now: start + .seconds(10))
        let again = start + .seconds(10) + .days(1)
        #expect(book.nextWake == again)
        #expect(lines(&book, again).isEmpty)
        #expect(book.nextWake == again + .seconds(10))
        #expect(lines(&book, again + .seconds(10)).map(\.alert) == [.ledgerFull])
    }

    @Test("The weekly summary is due at the next configured weekday and time, today or up to a week away")
    func weekly() throws {
        let zone = Zone.utc
        let monday = try #require(Day(2026, 11, 23))
        let weekly = Configuration.Alerts.Weekly(day: .monday, at: try #require(TimeOfDay("08:00")))
        let due = zone.instant(monday, weekly.at)
        #expect(WeeklySummary.next(weekly, after: due - .seconds(1), in: zone) == due)
        #expect(WeeklySummary.next(weekly, after: due, in: zone) == zone.instant(monday + 7, weekly.at))
        #expect(WeeklySummary.next(weekly, after: due - .days(3), in: zone) == due)
    }
}

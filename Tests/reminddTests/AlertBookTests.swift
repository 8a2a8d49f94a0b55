import Scheduler
import Testing

@testable import remindd

@Suite("What is told of, and when again")
struct AlertBookTests {
    let start = Instant(seconds: 1_800_000_000)

    private func dead(_ recipient: String, reminder: String = "p/c 2027 “on the day”") -> Alert {
        .dead(.init(id: recipient, reminder: reminder, recipient: recipient, channel: "mail"), why: "550 no such user")
    }

    @Test("A thousand dead deliveries of one reminder and channel are one line with their number, told once")
    func manyOfOne() {
        var book = AlertBook()
        for number in 0..<1_000 { book.note(dead("r\(number)"), now: start) }
        #expect(book.take(now: start + .seconds(5)).isEmpty, "companions are waited for")
        let lines = book.take(now: start + .seconds(10))
        #expect(lines.map(\.count) == [1_000])
        book.note(dead("late"), now: start + .minutes(5))
        #expect(book.take(now: start + .hours(23)).isEmpty, "the same again within a day is not told")
        #expect(book.nextWake == start + .seconds(10) + .days(1))
        let again = book.take(now: start + .days(1) + .seconds(30))
        #expect(again.isEmpty, "the day is over: it gathers once more")
        #expect(book.take(now: start + .days(1) + .minutes(1)).map(\.count) == [1])
    }

    @Test("Another reminder is another alert; more than fifty at once are a number")
    func limit() {
        var book = AlertBook()
        for number in 0..<80 { book.note(dead("r", reminder: "p/c\(number)"), now: start) }
        #expect(book.take(now: start + .minutes(1)).count == AlertBook.limit)
        #expect(book.takeDropped() == 30)
        #expect(book.takeDropped() == 0)
    }

    @Test("What lasts is told every day until it ends, and its end is told; what ended before it was told is not")
    func lasting() {
        var book = AlertBook()
        book.note(.ledgerFull, now: start)
        #expect(!book.isAllWell)
        #expect(book.take(now: start + .seconds(10)).map(\.isOver) == [false])
        _ = book.take(now: start + .days(1) + .seconds(10))
        #expect(book.take(now: start + .days(1) + .seconds(20)).map(\.alert) == [.ledgerFull])
        book.clear(Alert.ledgerFull.key, now: start + .days(2))
        #expect(book.isAllWell)
        #expect(book.take(now: start + .days(2) + .seconds(10)).map(\.isOver) == [true])
        #expect(book.nextWake == nil)

        book.note(.channelFails("mail", why: "x"), now: start + .days(3))
        #expect(book.failingChannels == ["mail"])
        book.clear(Alert.key(ofChannel: "mail", "breaker"), now: start + .days(3) + .seconds(3))
        #expect(book.take(now: start + .days(4)).isEmpty)
    }

    @Test("The weekly word comes at the next such weekday and time, also when that is today or a week away")
    func weekly() throws {
        let zone = Zone.utc
        let monday = try #require(Day(2026, 11, 23))
        let weekly = Configuration.Alerts.Weekly(day: .monday, at: try #require(TimeOfDay("08:00")))
        let due = zone.instant(monday, weekly.at)
        #expect(WeeklyWord.next(weekly, after: due - .seconds(1), in: zone) == due)
        #expect(WeeklyWord.next(weekly, after: due, in: zone) == zone.instant(monday + 7, weekly.at))
        #expect(WeeklyWord.next(weekly, after: due - .days(3), in: zone) == due)
    }
}

import Foundation
import Randomness
import Support
import Testing

@testable import Dates
@testable import Plans

/// Hours and parts of the day in `when`, the key `time`, and leads in hours.
@Suite("Hours in phrases")
struct HourPhraseTests {
    @Test(
        "An hour in a phrase is the time of the campaign",
        arguments: [
            ("20h 3/10/2026", "2026-10-03 at 20:00"), ("20h ngày 3/10/2026", "2026-10-03 at 20:00"),
            ("3/10/2026 at 18:00", "2026-10-03 at 18:00"), ("18 giờ 30 ngày 8/3", "8/3 at 18:30"),
            ("8/3 lúc 18:30", "8/3 at 18:30"), ("6 giờ 00 phút ngày 08/03/2011", "2011-03-08 at 06:00"),
            ("18h00 ngày 8/3", "8/3 at 18:00"), ("18h00 15/11", "15/11 at 18:00"),
            ("vào lúc 14 giờ 00, ngày 15/11/2026", "2026-11-15 at 14:00"),
            ("vào hồi 8 giờ 30 phút ngày 15 tháng 11 năm 2026", "2026-11-15 at 08:30"),
            ("ngày 15/11, lúc 14 giờ", "15/11 at 14:00"),
            ("8 giờ 15 tháng 3", "15/3 at 08:00"), ("20h 13-10-2026", "2026-10-13 at 20:00"),
            ("7 giờ rưỡi ngày 15/11", "15/11 at 07:30"),
            ("8 giờ sáng ngày 15/11", "15/11 at 08:00"), ("2 giờ chiều ngày 15/11", "15/11 at 14:00"),
            ("tối 15/11 lúc 7h30", "15/11 at 19:30"), ("11 giờ trưa ngày 15/11", "15/11 at 11:00"),
            ("1 giờ trưa ngày 15/11", "15/11 at 13:00"),
            ("10 giờ đêm ngày 15/11", "15/11 at 22:00"), ("8/3 at 6 pm", "8/3 at 18:00"), ("8/3 at 12 am", "8/3 at 00:00"),
            ("8h thứ hai hằng tuần", "every Monday at 08:00"),
            ("first Friday of every month at 09:00", "first Friday of every month at 09:00"),
            ("20h rằm tháng 8", "lunar 15/8 at 20:00"), ("June at 08:00", "June at 08:00"),
            ("rrule FREQ=WEEKLY;BYDAY=MO from 2026-01-01 at 18:00", "rrule FREQ=WEEKLY;BYDAY=MO from 2026-01-01 at 18:00"),
            ("15/4/2026, 20/4/2026 lúc 14:00", "2026-04-15, 2026-04-20 at 14:00"),
            ("(20h ngày 3/10/2026)", "2026-10-03 at 20:00"),
            ("từ 8h đến 11h30 ngày 15/11", "15/11 at 08:00 - 11:30"), ("8h30-11h30 ngày 15/11", "15/11 at 08:30 - 11:30"),
            ("15/11 at 14:00 - 16:30", "15/11 at 14:00 - 16:30"), ("từ 8h ngày 15/11", "15/11 at 08:00"),
            ("từ 8h ngày 1/6 đến 3/6", "1/6 - 3/6 at 08:00"), ("từ 14h ngày 1/6 đến 10h ngày 3/6", "1/6 - 3/6 at 14:00 - 10:00"),
        ])
    func hours(phrase: String, canonical: String) throws { try check(phrase, canonical) }

    @Test(
        "A deadline with an hour is on the day itself, at that hour",
        arguments: [
            ("trước 17h ngày 15/11", "by 15/11 at 17:00"), ("before 15/11 at 17:00", "by 15/11 at 17:00"),
            ("chậm nhất 17 giờ ngày 15/11/2027", "by 2027-11-15 at 17:00"), ("đến 17h ngày 15/11", "by 15/11 at 17:00"),
            ("trước 11h30 ngày 20 hằng tháng", "by day 20 of every month at 11:30"), ("trước 24h ngày 15/11", "by 15/11"),
            ("trước 24 giờ ngày 31/12/2027", "by 2027-12-31"),
        ])
    func deadlines(phrase: String, canonical: String) throws { try check(phrase, canonical) }

    @Test(
        "A part of the day is kept beside the days",
        arguments: [
            ("sáng ngày 16/11", "16/11 in the morning"), ("chiều ngày 16/11", "16/11 in the afternoon"),
            ("tối ngày 16/11", "16/11 in the evening"), ("buổi trưa 16/11", "16/11 at noon"),
            ("đêm rằm tháng 8", "lunar 15/8 at night"),
            ("ngày 16/11 buổi sáng", "16/11 in the morning"), ("on the morning of 16/11", "16/11 in the morning"),
            ("sáng thứ hai hằng tuần", "every Monday in the morning"), ("chậm nhất sáng ngày 15/11", "by 15/11 in the morning"),
            ("tối mùng 1 Tết", "lunar 1/1 in the evening"),
        ])
    func parts(phrase: String, canonical: String) throws { try check(phrase, canonical) }

    private func check(_ phrase: String, _ canonical: String) throws {
        let found = try WhenPhrase(phrase: phrase)
        #expect(found.phrase == canonical)
        #expect(try WhenPhrase(phrase: canonical) == found)
        #expect(try WhenPhrase(phrase: found.vietnamesePhrase) == found, "\(found.vietnamesePhrase)")
    }

    @Test("The canonical Vietnamese phrase puts the hour behind the days")
    func vietnamese() throws {
        #expect(try WhenPhrase(phrase: "20h 3/10/2026").vietnamesePhrase == "ngày 3 tháng 10 năm 2026 lúc 20:00")
        #expect(try WhenPhrase(phrase: "sáng ngày 16/11").vietnamesePhrase == "ngày 16/11 buổi sáng")
        #expect(try WhenPhrase(phrase: "trước 17h ngày 15/11").vietnamesePhrase == "chậm nhất ngày 15/11 lúc 17:00")
    }

    @Test("Two thousand random recurrences with an hour or a part of the day read back equal in both languages")
    func printsAndReads() throws {
        var dice = RandomSource(seed: 5)
        for _ in 0..<2_000 {
            let start = TimeOfDay(hour: dice.number(0...20), minute: dice.number(0...59))!
            let end = TimeOfDay(hour: start.hour + dice.number(1...3), minute: start.minute)
            let recurrence = dice.recurrence()
            // Only the key `time` gives an eve a time.
            if case .deadline = recurrence { continue }
            let phrase: WhenPhrase =
                dice.chance(0.3)
                ? WhenPhrase(recurrence, partOfDay: dice.one(of: PartOfDay.allCases))
                : WhenPhrase(recurrence, time: EventTime(start: start, end: dice.chance(0.5) ? end : nil))
            #expect(try WhenPhrase(phrase: phrase.phrase) == phrase, "\(phrase.phrase)")
            #expect(try WhenPhrase(phrase: phrase.vietnamesePhrase) == phrase, "\(phrase.vietnamesePhrase)")
        }
    }

    @Test(
        "An hour that does not fit is refused with the reason",
        arguments: [
            Refused("25h ngày 15/11", WrittenClock.outside.description, [], 0),
            Refused("15/11 at 7:75", WrittenClock.outside.description, [], 9),
            Refused("24h ngày 15/11", WrittenClock.outside.description, [], 0),
            Refused("từ 8h đến 24h ngày 15/11", WrittenClock.outside.description, [], 3),
            Refused(
                "20 giờ sáng ngày 15/11", "there is no such hour in this part of the day; hours are written 00:00 to 23:59", [], 0
            ),
            Refused(
                "sáng 15/11 lúc 20h", "there is no such hour in this part of the day; hours are written 00:00 to 23:59", [], 15),
            Refused("8h, 9h, 10h ngày 15/11", "a phrase has at most two times of day", [], 8),
            Refused("8h ngày 15/11 17h", "two times of day need a window of several days", [], 0),
            Refused("từ 11h đến 8h ngày 15/11", "the time of day ends before it starts", [], 0),
            Refused("trước 8h đến 17h ngày 15/11", "a deadline has one time of day", [], 13),
            Refused("sáng và chiều ngày 15/11", "a phrase names one part of the day", [], 8),
            Refused("trước sáng ngày 15/11", "a deadline before a part of the day needs its hour", [], 6),
            Refused("8/3 lúc 18", "times of day are written 18:00", ["8/3 lúc 18:00"], 8),
            Refused("8/3 lúc 18.30", "times of day are written 18:00", [], 8),
            Refused("20h 15/13/2026", "dates here are day/month, and there is no month 13", [], 4),
        ])
    func refusals(row: Refused) {
        #expect(throws: PhraseRefusal(row.message, hints: row.hints, offset: row.offset)) { try WhenPhrase(phrase: row.phrase) }
    }

    @Test("A hint for the days keeps the hour and the part of the day")
    func hints() {
        let hour = #expect(throws: PhraseRefusal.self) { try WhenPhrase(phrase: "15/11/2026 - 15/1 at 18:00") }
        #expect(hour?.hints == ["2026-11-15 - 2027-01-15 at 18:00"] || hour?.hints == ["15/11/2026 - 15/1/2027 at 18:00"])
        let part = #expect(throws: PhraseRefusal.self) { try WhenPhrase(phrase: "sáng ngày 29/2") }
        #expect(part?.hints.allSatisfy { $0.hasSuffix(" buổi sáng") } == true && part?.hints.isEmpty == false)
    }

    @Test("A phrase without an hour is refused as its days are")
    func daysAlone() {
        let days = #expect(throws: PhraseRefusal.self) { try Recurrence(phrase: "12/25") }
        let phrase = #expect(throws: PhraseRefusal.self) { try WhenPhrase(phrase: "12/25") }
        #expect(days == phrase)
    }

    @Test("Where only days are allowed, an hour is refused")
    func daysOnly() {
        let message = "only days are allowed here, without an hour or a part of the day"
        for phrase in ["20h ngày 3/10/2026", "tối ngày 16/11"] {
            #expect(throws: PhraseRefusal(message, offset: 0)) { try Recurrence(phrase: phrase) }
        }
        #expect(throws: PhraseRefusal(message, offset: 4)) { try Recurrence(phrase: "8/3 at 18:30") }
    }

    // MARK: The key `time`

    @Test(
        "The key `time` takes a start or a start and an end",
        arguments: [
            ("14:00", "14:00"), ("14:00 - 16:30", "14:00 - 16:30"), ("14h - 16h30", "14:00 - 16:30"),
            ("từ 14h đến 16h30", "14:00 - 16:30"),
            ("8 giờ sáng", "08:00"), ("14:00–16:30", "14:00 - 16:30"), ("7h30", "07:30"),
        ])
    func times(text: String, canonical: String) throws {
        let time = try EventTime(phrase: text)
        #expect(time.description == canonical)
        #expect(EventTime(stored: time.stored) == time)
    }

    @Test(
        "Any other text is no time",
        arguments: [
            ("14", 0), ("sáng", 0), ("14:00 -", 6), ("14:00 - 16", 6), ("14:00 16:30", 6), ("14:00 - 16:30 - 17:00", 6), ("", 0),
        ])
    func notTimes(text: String, offset: Int) {
        let message = "a time is written 14:00 or, with its end, 14:00 - 16:30"
        #expect(throws: PhraseRefusal(message, offset: offset)) { try EventTime(phrase: text) }
    }

    @Test("A time outside of the day is refused", arguments: ["25:00", "14:60"])
    func outside(text: String) {
        #expect(throws: PhraseRefusal(WrittenClock.outside.description, offset: 0)) { try EventTime(phrase: text) }
    }

    @Test(
        "A stored time is read back, and nothing else is",
        arguments: ["", "14", "14:00-", "-14:00", "14:00-16:30-17:00", "25:00"])
    func stored(text: String) {
        #expect(EventTime(stored: text) == nil)
    }

    @Test("A time is encoded as it is stored, and other text is not decoded")
    func codable() throws {
        let time = try #require(EventTime(stored: "14:00-16:30"))
        let bytes = try JSONEncoder().encode([time])
        #expect(String(decoding: bytes, as: UTF8.self) == #"["14:00-16:30"]"#)
        #expect(try JSONDecoder().decode([EventTime].self, from: bytes) == [time])
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([EventTime].self, from: Data(#"["noon"]"#.utf8)) }
    }

    // MARK: Leads

    @Test(
        "A lead is counted in hours and minutes",
        arguments: [
            ("2 hours before", "2 hours before"), ("1 hour before", "1 hour before"), ("2 giờ trước", "2 hours before"),
            ("trước 2 giờ", "2 hours before"), ("2 tiếng trước", "2 hours before"), ("30 minutes before", "30 minutes before"),
            ("30 phút trước", "30 minutes before"), ("72 hours before", "72 hours before"),
            ("4320 phút trước", "4320 minutes before"),
        ])
    func leads(phrase: String, canonical: String) throws {
        let lead = try LeadPhrase(phrase: phrase)
        #expect(lead.phrase == canonical)
        #expect(try LeadPhrase(phrase: lead.vietnamesePhrase) == lead)
    }

    @Test(
        "A lead takes the hour as documents write it",
        arguments: [
            ("5 days before at 7h30", "5 days before at 07:30"), ("5 ngày trước lúc 7 giờ 30", "5 days before at 07:30"),
            ("đúng ngày lúc 7h", "on the day at 07:00"), ("hôm trước lúc 16 giờ 30 phút", "1 day before at 16:30"),
        ])
    func leadHours(phrase: String, canonical: String) throws {
        #expect(try LeadPhrase(phrase: phrase).phrase == canonical)
    }

    @Test(
        "A lead in hours that does not fit is refused with the reason",
        arguments: [
            Refused("73 hours before", "a lead is at most 72 hours", [], 0),
            Refused("4321 phút trước", "a lead is at most 4320 minutes", [], 0),
            Refused("0 hours before", "a lead counts from 1", ["on the day"], 0),
            Refused("2 hours before the end", "a lead in hours or minutes counts back from the start", [], 0),
            Refused("2 giờ sau khi kết thúc", "a lead in hours or minutes counts back from the start", [], 0),
            Refused("2 hours before the start", "before counts from the start by itself", ["2 hours before"], 0),
            Refused(
                "2 hours before at 07:30", "a lead in hours or minutes has no time of day of its own", ["2 hours before"], 23),
            Refused("2 giờ 30 phút trước", "a lead is counted in hours or in minutes", ["150 phút trước"], 0),
            Refused("80 giờ 30 phút trước", "a lead is counted in hours or in minutes", [], 0),
            Refused("2 hours", "a lead says what it counts from", ["2 hours before"], 7),
        ])
    func leadRefusals(row: Refused) {
        #expect(throws: PhraseRefusal(row.message, hints: row.hints, offset: row.offset)) { try LeadPhrase(phrase: row.phrase) }
    }
}

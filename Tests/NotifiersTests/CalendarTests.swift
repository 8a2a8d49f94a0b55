import Dates
import Foundation
import ICalendar
import Plans
import Scheduler
import Support
import Testing

@testable import Messages
@testable import Notifiers
@testable import Transport

/// The calendar file of a mail, as two independent programs read it.
@Suite("Calendar files")
struct CalendarTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let change: @Sendable (inout Fixture.Case) -> Void
        var start: String
        var end: String?
        var summary = "Phòng, chống đuối nước trẻ em"
        var sequence = 0
        var stamp = "2024-01-24T00:00:00Z"
        var status = "CONFIRMED"
        /// A line of the description.
        var line: String?
        var testDescription: String { name }
    }

    private static func day(_ fixture: inout Fixture.Case, _ day: String, _ phrase: String) {
        (fixture.start, fixture.end, fixture.when) = (day, day, Fixture.phrase(phrase))
        (fixture.due, fixture.at) = ("2026-12-01", "2026-12-01")
    }

    static let cases: [Case] = [
        Case(name: "a window", change: { _ in }, start: "2027-04-01", end: "2027-05-01", line: "Kế hoạch ghi: đầu quý 2"),
        Case(
            name: "one day", change: { day(&$0, "2027-06-28", "28/6") }, start: "2027-06-28", end: "2027-06-29",
            line: "Việc cần làm:"),
        Case(
            name: "hours of one day",
            change: {
                day(&$0, "2027-06-28", "28/6")
                $0.time = EventTime(stored: "14:00-16:30")
            }, start: "2027-06-28T07:00:00Z", end: "2027-06-28T09:30:00Z",
            line: "Thời gian: từ 14 giờ 00 đến 16 giờ 30, thứ Hai, ngày 28/06/2027"),
        Case(
            name: "an hour without an end",
            change: {
                day(&$0, "2027-06-28", "28/6")
                $0.time = EventTime(stored: "14:00")
            }, start: "2027-06-28T07:00:00Z", end: "2027-06-28T08:00:00Z"),
        Case(
            name: "hours of several days",
            change: {
                day(&$0, "2027-06-01", "1/6 - 3/6")
                ($0.end, $0.time) = ("2027-06-03", EventTime(stored: "07:30-17:00"))
            }, start: "2027-06-01", end: "2027-06-04",
            line: "Thời gian: từ 07 giờ 30, thứ Ba, ngày 01/06/2027 đến 17 giờ 00, thứ Năm, ngày 03/06/2027 (3 ngày)"),
        Case(
            name: "a deadline", change: { day(&$0, "2026-12-25", "by 25/12") }, start: "2026-12-25", end: "2026-12-26",
            line: "Hạn: thứ Sáu, ngày 25/12/2026"),
        Case(
            name: "the hour of a deadline",
            change: {
                day(&$0, "2026-12-25", "by 25/12")
                $0.time = EventTime(stored: "17:00")
            }, start: "2026-12-25T10:00:00Z", line: "Hạn: 17 giờ 00, thứ Sáu, ngày 25/12/2026"),
        Case(
            name: "a lunar day", change: { day(&$0, "2027-09-15", "lunar 15/8") }, start: "2027-09-15", end: "2027-09-16",
            line: "Âm lịch: rằm tháng Tám năm Đinh Mùi"),
        Case(
            name: "other dates",
            change: {
                $0.kind = .moved
                $0.formerDates = Fixture.day("2027-03-01")...Fixture.day("2027-03-30")
                $0.calendar = CalendarMark(
                    uid: "a@remindd", sequence: 2, changedAt: Instant(rfc3339: "2027-02-01T09:00:00+07:00")!)
            }, start: "2027-04-01", end: "2027-05-01", sequence: 2, stamp: "2027-02-01T02:00:00Z"),
        Case(
            name: "a cancellation",
            change: {
                $0.kind = .gone
                $0.calendar = CalendarMark(
                    uid: "a@remindd", sequence: 3, changedAt: Instant(rfc3339: "2027-02-01T09:00:00+07:00")!)
            }, start: "2027-04-01", end: "2027-05-01", summary: "[Đã hủy] Phòng, chống đuối nước trẻ em", sequence: 3,
            stamp: "2027-02-01T02:00:00Z", status: "CANCELLED"),
        Case(
            name: "a cancellation whose change was not recorded", change: { $0.kind = .gone }, start: "2027-04-01",
            end: "2027-05-01", summary: "[Đã hủy] Phòng, chống đuối nước trẻ em", sequence: 1, status: "CANCELLED"),
        Case(
            name: "a plan without a date of its document", change: { $0.source = Plan.Source() }, start: "2027-04-01",
            end: "2027-05-01", stamp: "2026-01-01T00:00:00Z"),
        Case(
            name: "a confidential campaign", change: { $0.confidential = ["example.vn"] }, start: "2027-04-01",
            end: "2027-05-01", summary: "Có nhiệm vụ, xem văn bản số 240/LĐTBXH-TE&BĐG"),
    ]

    private static func file(_ change: (inout Fixture.Case) -> Void, language: Language = .vi) throws -> [UInt8] {
        let event = try #require(CalendarEvent(Fixture.with(change).notice, language: language))
        return CalendarFile([event]).bytes
    }

    @Test("Python's icalendar and libical read every kind of occurrence alike")
    func readers() async throws {
        let files = try Self.cases.map { try Self.file($0.change) }
        for reader in CalendarReader.allCases {
            for (found, expected) in zip(try await reader.read(files), Self.cases) {
                #expect(found.errors.isEmpty && found.method == "PUBLISH", "\(reader), \(expected.name): \(found.errors)")
                let event = try #require(found.events.first)
                #expect(found.events.count == 1)
                #expect(event.start == expected.start && event.end == expected.end, "\(reader), \(expected.name): \(event)")
                #expect(event.summary == expected.summary && event.status == expected.status, "\(reader), \(expected.name)")
                #expect(
                    event.sequence == expected.sequence && event.stamp == expected.stamp, "\(reader), \(expected.name): \(event)")
                #expect(event.uid?.hasSuffix("@remindd") == true)
                if let line = expected.line {
                    #expect(
                        event.description?.split(separator: "\n").contains { $0 == line } == true,
                        "\(event)")
                }
            }
        }
    }

    @Test("Both programs read texts with every reserved character, long words and emoji of families")
    func texts() async throws {
        let title = "a;b,c\\d \"e\" – Phòng, chống 👨‍👩‍👧‍👦 \(String(repeating: "dài", count: 60))"
        let note = "dòng một\r\ndòng hai; ba, \\ bốn\t(năm)\n\(String(repeating: "👨‍👩‍👧‍👦", count: 30))"
        let bytes = try Self.file {
            ($0.title, $0.note, $0.tags) = (title, note, ["trẻ em", "a,b"])
            $0.details = EventDetails(place: "Hội trường A; tầng 2, cửa B", link: "https://example.vn/a,b;c?d=e")
        }
        for reader in CalendarReader.allCases {
            let event = try #require(try await reader.read([bytes])[0].events.first)
            #expect(event.summary == title, "\(reader)")
            #expect(event.description?.hasSuffix(note.replacing("\r\n", with: "\n")) == true, "\(reader): \(event)")
            #expect(event.location == "Hội trường A; tầng 2, cửa B", "\(reader)")
            #expect(event.url == "https://example.vn/a,b;c?d=e", "\(reader)")
        }
    }

    @Test("Lines end in CR LF, have at most 75 bytes, and are folded between characters")
    func folding() throws {
        let bytes = try Self.file {
            $0.title = String(repeating: "ộ", count: 190)
            $0.note = String(repeating: "👨‍👩‍👧‍👦🏴󠁧󠁢󠁳󠁣󠁴󠁿", count: 20) + "e" + String(repeating: "\u{301}", count: 90)
        }
        #expect(bytes.suffix(2) == [13, 10])
        let lines = bytes.split(separator: 10, omittingEmptySubsequences: false).dropLast()
        for line in lines {
            #expect(line.last == 13 && line.count <= 76 && !line.dropLast().contains(13))
            #expect(String(validating: line, as: UTF8.self) != nil, "a fold within a character")
        }
    }

    @Test("The event is the same in every attempt and in all leads, and its id depends on the oldest names")
    func stable() throws {
        let first = try Self.file { $0.at = "2027-03-02" }
        #expect(try Self.file { $0.at = "2027-03-20" } == first)
        let lead = Lead(id: "x", rule: .onTheDay, at: .midnight, notify: [], say: "Gửi báo cáo", note: "Gửi trước 17 giờ")
        #expect(try Self.file { $0.lead = lead } == first)
        let key = OccurrenceKey(plan: "p", campaign: "c", occurrence: "2027")
        func campaign(_ formerly: [String]) -> Campaign {
            Campaign(id: "c", title: "C", when: Fixture.phrase("28/6"), writtenWhen: "28/6", leads: [], formerly: formerly)
        }
        func plan(_ campaign: Campaign, _ formerly: [String]) -> Plan {
            Plan(
                id: "p", title: "P", source: .init(), zone: Fixture.zone, language: .vi, campaigns: [campaign],
                formerly: formerly)
        }
        // The first 128 bits of SHA-256 of "p\nc\n2027\n", in base32.
        #expect(CalendarMark.uid(of: key, in: nil, nil) == Self.uid("p\nc\n2027\n"))
        let renamed = campaign(["new", "old"])
        #expect(CalendarMark.uid(of: key, in: plan(renamed, ["older"]), renamed) == Self.uid("older\nold\n2027\n"))
    }

    private static func uid(_ text: String) -> String {
        let digest = SHA256.digest(Array(text.utf8)).prefix(16)
        var bits = digest.flatMap { byte in (0..<8).map { byte >> (7 - $0) & 1 } }
        bits += [0, 0]
        let letters = Array("abcdefghijklmnopqrstuvwxyz234567")
        let groups = stride(from: 0, to: 130, by: 5).map { start in bits[start..<start + 5].reduce(0) { $0 * 2 + Int($1) } }
        return String(groups.map { letters[$0] }) + "@remindd"
    }

    @Test("A mail has the calendar file beside its text and HTML, unless the channel or the message has none")
    func attachment() async throws {
        let message = Fixture.Case().message()
        let bytes = try EmailMessageTests.channel().preview(message)
        EmailMessageTests.expectWellFormed(bytes)
        let mail = try await PythonMail.read(bytes)
        #expect(mail.parts == ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar"])
        #expect(mail.defects.isEmpty)
        let lines = EmailMessageTests.lines(bytes)
        #expect(lines.contains("Content-Type: text/calendar; charset=utf-8; method=PUBLISH;"))
        #expect(lines.contains("Content-Disposition: attachment; filename=\"drowning-prevention-2027.ics\""))
        let file = try #require(mail.calendar)
        let event = try #require(CalendarEvent(message.notice, language: .vi))
        #expect(Array(file.utf8) == CalendarFile([event]).bytes)
        let without = try EmailMessageTests.channel(attachesCalendar: false).preview(message)
        #expect(try await PythonMail.read(without).parts == ["multipart/alternative", "text/plain", "text/html"])
        let test = try EmailMessageTests.channel().preview(Fixture.with { $0.hasEvent = false }.message())
        #expect(try await PythonMail.read(test).parts == ["multipart/alternative", "text/plain", "text/html"])
    }
}

import Foundation
import Support
import Testing

@testable import Config
@testable import Dates
@testable import Diagnostics
@testable import Plans
@testable import Scheduler

/// Checks the working days of Vietnam that remindd ships.
///
/// The expected days come from the cited decisions, and from PyPI's `holidays` package, with which
/// the file was compared.
@Suite("Working days of Vietnam")
struct WorkingDaysTests {
    private static func shipped() throws -> WorkingCalendar {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: PackageRoot.path("config/working-days/vn.yaml"))))
        let problems = Problems()
        let calendar = WorkingDaysReader(problems: problems).read(bytes: bytes, name: "vn.yaml")
        #expect(problems.all == [])
        return try #require(calendar)
    }

    private static func day(_ text: String) throws -> Day { try #require(Day(text)) }

    @Test("The working days of 2015 to 2026 are exactly those of the independent list")
    func vectors() throws {
        let calendar = try Self.shipped()
        let text = try String(contentsOfFile: PackageRoot.path("Tests/Oracles/vectors/working-days-vn.tsv"), encoding: .utf8)
        var listed: [Day: Bool] = [:]
        for row in text.split(separator: "\n").dropFirst() {
            let fields = row.split(separator: "\t", omittingEmptySubsequences: false)
            let day = try Self.day(String(fields[0]))
            #expect(["off", "work"].contains(fields[1]))
            #expect(listed.updateValue(fields[1] == "work", forKey: day) == nil, "\(day) is listed twice")
        }
        var different: [String] = []
        var days = 0
        for day in (Day(2015, 1, 1)!.number...Day(2026, 12, 31)!.number).map({ Day(number: Int($0)) }) {
            days += 1
            let worked = listed[day] ?? (day.weekday < .saturday)
            if calendar.isWorking(day) != worked { different.append("\(day) is \(calendar.status(of: day))") }
        }
        print("working days: \(days) days, \(listed.count) off or on by a holiday or decision, \(different.count) differences")
        #expect(different == [])
        #expect(days == 4_383 && listed.count > 120)
    }

    @Test(
        "Well-known days have the right status and reason",
        arguments: [
            ("2026-01-01", WorkingCalendar.Status.holiday(title: "Tết Dương lịch")),
            (
                "2026-01-02",
                .offByDecision(cite: "Hoán đổi với thứ bảy 10/01/2026: Công văn số 12729/VPCP-KGVX ngày 25/12/2025")
            ),
            (
                "2026-01-10",
                .workingBySwap(cite: "Làm bù cho thứ sáu 02/01/2026: Công văn số 12729/VPCP-KGVX ngày 25/12/2025")
            ),
            ("2026-01-11", .weeklyRest), ("2026-01-12", .working),
            // Tết Bính Ngọ lasts from Saturday 14 February to Sunday 22 February.
            ("2026-02-13", .working), ("2026-02-14", .weeklyRest), ("2026-02-16", .holiday(title: "Giao thừa Tết Nguyên đán")),
            ("2026-02-17", .holiday(title: "Tết Nguyên đán")), ("2026-02-20", .holiday(title: "Tết Nguyên đán")),
            ("2026-02-22", .weeklyRest), ("2026-02-23", .working),
            ("2026-04-26", .holiday(title: "Ngày Giỗ Tổ Hùng Vương")),
            (
                "2026-04-27",
                .offByDecision(cite: "Nghỉ bù Giỗ Tổ Hùng Vương (chủ nhật 26/4): Bộ luật Lao động 2019, Điều 111 khoản 3")
            ),
            ("2026-04-30", .holiday(title: "Ngày Chiến thắng")), ("2026-05-01", .holiday(title: "Ngày Quốc tế Lao động")),
            ("2026-09-02", .holiday(title: "Quốc khánh")),
            ("2024-05-04", .workingBySwap(cite: "Làm bù cho thứ hai 29/4/2024: Công văn số 2450/VPCP-KGVX ngày 12/4/2024")),
            // Nobody has verified the act of the National Assembly that would make this day a paid
            // day off. The open question is documented in config/working-days, next to the file.
            ("2026-11-24", .working),
        ])
    func known(text: String, status: WorkingCalendar.Status) throws {
        #expect(try Self.shipped().status(of: try Self.day(text)) == status)
    }

    @Test("Every exception cites a decision and changes the status that the day has without it")
    func exceptions() throws {
        let calendar = try Self.shipped()
        #expect(calendar.off.count > 40 && calendar.work.count >= 8)
        let bare = WorkingCalendar(
            weeklyRest: calendar.weeklyRest, holidays: calendar.holidays, off: [:], work: [:], officialYears: [])
        for (day, cite) in calendar.off {
            #expect(cite.count > 20, "\(day)")
            #expect(bare.isWorking(day), "\(day) is off anyway")
        }
        for (day, cite) in calendar.work {
            #expect(cite.count > 20, "\(day)")
            #expect(!bare.isWorking(day), "\(day) is worked anyway")
        }
        for holiday in calendar.holidays { #expect(!holiday.cite.isEmpty, "\(holiday.title)") }
    }

    @Test("The decisions of official years are entered, and the cites of later days off call them unannounced")
    func official() throws {
        let calendar = try Self.shipped()
        #expect(calendar.officialYears == Set(2015...2026))
        // The law alone gives Tết Đinh Mùi five days off. They are the last day of the twelfth
        // lunar month and the first four days of the first lunar month.
        for (text, isWorking) in [
            ("2027-02-04", true), ("2027-02-05", false), ("2027-02-08", false), ("2027-02-09", false), ("2027-02-10", true),
        ] {
            #expect(calendar.isWorking(try Self.day(text)) == isWorking, "\(text)")
        }
        let computed = calendar.off.filter { !calendar.officialYears.contains($0.key.year) }
        #expect(!computed.isEmpty)
        for (day, cite) in computed { #expect(cite.hasSuffix("chưa có thông báo"), "\(day)") }
    }

    /// Tests how `rest_days` moves a due day.
    ///
    /// The arguments are the phrase, the day of the occurrence, `rest_days`, the due day, and the
    /// reason for the move. The reason is nil if the due day was not moved.
    @Test(
        "rest_days moves a due day off holidays and swapped days, and gives the reason",
        arguments: [
            (
                "on the day", "2026-02-17", RestDays.previousWorkingDay, "2026-02-13",
                WorkingCalendar.Status?.some(.holiday(title: "Tết Nguyên đán"))
            ),
            ("on the day", "2026-02-16", .previousWorkingDay, "2026-02-13", .some(.holiday(title: "Giao thừa Tết Nguyên đán"))),
            ("1 week before", "2026-02-24", .nextWorkingDay, "2026-02-23", .some(.holiday(title: "Tết Nguyên đán"))),
            ("1 day after the end", "2026-02-16", .nextWorkingDay, "2026-02-23", .some(.holiday(title: "Tết Nguyên đán"))),
            // Friday 2 January was swapped with Saturday 10 January.
            (
                "on the day", "2026-01-02", .previousWorkingDay, "2025-12-31",
                .some(.offByDecision(cite: "Hoán đổi với thứ bảy 10/01/2026: Công văn số 12729/VPCP-KGVX ngày 25/12/2025"))
            ),
            (
                "3 days before", "2026-01-05", .nextWorkingDay, "2026-01-05",
                .some(.offByDecision(cite: "Hoán đổi với thứ bảy 10/01/2026: Công văn số 12729/VPCP-KGVX ngày 25/12/2025"))
            ),
            ("on the day", "2026-01-11", .previousWorkingDay, "2026-01-10", .some(.weeklyRest)),
            ("on the day", "2026-01-10", .previousWorkingDay, "2026-01-10", nil),
            ("on the day", "2026-01-10", .nextWorkingDay, "2026-01-10", nil),
            ("on the day", "2026-02-17", .send, "2026-02-17", nil),
        ] as [(String, String, RestDays, String, WorkingCalendar.Status?)])
    func shifts(phrase: String, start: String, restDays: RestDays, due: String, reason: WorkingCalendar.Status?) throws {
        let day = try Self.day(start)
        let found = try LeadRule(phrase: phrase).due(
            anchor: day, lastDay: day, restDays: restDays, workingDays: try Self.shipped())
        #expect(found?.day == (try Self.day(due)))
        #expect(found?.shift?.status == reason)
    }

    @Test("If the next working day is past the occurrence's end, the last one before it is used")
    func pastTheEnd() throws {
        let day = try Self.day("2026-02-17")
        let found = LeadRule.onTheDay.due(
            anchor: day, lastDay: day, restDays: .nextWorkingDay, workingDays: try Self.shipped())
        #expect(found?.day == (try Self.day("2026-02-13")))
        #expect(found?.shift?.nextWouldPassTheEnd == true)
    }

    @Test(
        "Leads in working days are right across Tết, swaps and computed years",
        arguments: [
            ("1 working day before", "2026-02-23", "2026-02-13"), ("5 working days before", "2026-02-25", "2026-02-11"),
            ("3 working days after the end", "2026-02-12", "2026-02-24"),
            ("1 working day after the end", "2026-02-17", "2026-02-23"),
            // Saturday 10 January is a working day, and Friday 2 January is not.
            ("1 working day before", "2026-01-12", "2026-01-10"), ("6 working days before", "2026-01-12", "2026-01-05"),
            ("7 working days before", "2026-01-12", "2025-12-31"), ("1 working day after the end", "2026-01-09", "2026-01-10"),
            ("2 working days before", "2027-02-10", "2027-02-03"),
        ])
    func leads(phrase: String, anchor: String, due: String) throws {
        let rule = try LeadRule(phrase: phrase)
        #expect(rule.dueDay(anchor: try Self.day(anchor), workingDays: try Self.shipped()) == (try Self.day(due)))
    }

    @Test(
        "The first and last working days of a month skip holidays",
        arguments: [
            ("first working day of January", "2026-01-05"), ("ngày làm việc đầu tiên của tháng 1", "2026-01-05"),
            ("last working day of April", "2026-04-29"), ("first working day of September", "2026-09-03"),
            ("last working day of August", "2026-08-28"),
        ])
    func edges(phrase: String, day: String) throws {
        let dates = try Recurrence(phrase: phrase).occurrences(
            overlapping: Day(2026, 1, 1)!...Day(2026, 12, 31)!, workingDays: try Self.shipped())
        #expect(dates.map(\.start) == [try Self.day(day)])
    }

    @Test("Entering another year's decisions makes the year official and moves its working days")
    func replaced() throws {
        var text = try String(contentsOfFile: PackageRoot.path("config/working-days/vn.yaml"), encoding: .utf8)
        text = text.replacingOccurrences(of: "official: 2015-2026", with: "official: 2015-2027")
            .replacingOccurrences(of: "\noff:\n", with: "\noff:\n  - {date: 2027-02-10, cite: \"Tết Đinh Mùi\"}\n")
        let problems = Problems()
        let calendar = try #require(WorkingDaysReader(problems: problems).read(bytes: Array(text.utf8), name: "vn.yaml"))
        #expect(problems.all == [])
        #expect(calendar.officialYears.contains(2027))
        #expect(calendar.working(atOrAfter: Day(2027, 2, 5)!) == Day(2027, 2, 11))
    }
}

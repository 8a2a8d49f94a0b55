import Dates
import Plans
import Scheduler
import Testing

@testable import Messages
@testable import Notifiers

/// Subjects and first lines of every kind of message.
@Suite("Subjects and first lines")
struct HeadlineTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let change: @Sendable (inout Fixture.Case) -> Void
        let vi: String
        let en: String
        /// The first line of the text, in Vietnamese.
        let opening: String
        var testDescription: String { name }

        init(_ name: String, vi: String, en: String, opening: String, _ change: @escaping @Sendable (inout Fixture.Case) -> Void)
        {
            (self.name, self.change, self.vi, self.en, self.opening) = (name, change, vi, en, opening)
        }
    }

    private static func hours(_ start: String, _ end: String? = nil) -> EventTime {
        EventTime(start: TimeOfDay(start)!, end: end.flatMap { TimeOfDay($0) })
    }

    private static func day(_ fixture: inout Fixture.Case, _ day: String, at: String, clock: String = "08:00") {
        (fixture.start, fixture.end, fixture.due, fixture.at, fixture.clock) = (day, day, at, at, clock)
        (fixture.when, fixture.title, fixture.note) = (Fixture.phrase("25/12"), "Báo cáo năm", nil)
    }

    private static func say(_ fixture: inout Fixture.Case, _ words: String) {
        fixture.lead = Lead(id: "x", rule: .before(3, .days), at: .midnight, notify: [], say: words)
    }

    private static func hoursBefore(_ fixture: inout Fixture.Case, _ count: Int, _ unit: LeadUnit) {
        fixture.lead = Lead(id: "x", rule: .before(count, unit), at: .midnight, notify: [])
    }

    static let rows: [Row] = reminders + deadlines + times + changes

    private static let reminders: [Row] = [
        Row(
            "the lead's own words", vi: "[Nhắc việc] Còn 3 ngày (25/12): Gửi báo cáo – Báo cáo năm",
            en: "[Reminder] 3 days left (25 December): Gửi báo cáo – Báo cáo năm", opening: "Còn 3 ngày (25/12): Gửi báo cáo"
        ) {
            day(&$0, "2026-12-25", at: "2026-12-22")
            say(&$0, "Gửi báo cáo")
        },
        Row(
            "today", vi: "[Nhắc việc] Hôm nay: Báo cáo năm", en: "[Reminder] Today: Báo cáo năm",
            opening: "Hôm nay (25/12): Báo cáo năm"
        ) { day(&$0, "2026-12-25", at: "2026-12-25") },
        Row(
            "the first day of a window", vi: "[Nhắc việc] Bắt đầu hôm nay, đến 30/04: Phòng, chống đuối nước trẻ em",
            en: "[Reminder] Starts today, until 30 April: Phòng, chống đuối nước trẻ em",
            opening: "Bắt đầu hôm nay (01/04), đến 30/04: Rà soát biển cảnh báo tại khu vực nguy cơ đuối nước."
        ) { ($0.due, $0.at) = ("2027-04-01", "2027-04-01") },
        Row(
            "a note with list marks", vi: "[Nhắc việc] Hôm nay: Báo cáo năm", en: "[Reminder] Today: Báo cáo năm",
            opening: "Hôm nay (25/12): Trình ký dự thảo"
        ) {
            day(&$0, "2026-12-25", at: "2026-12-25")
            $0.note = "\n- Trình ký dự thảo\n- Gửi các đơn vị\n"
        },
        Row(
            "late", vi: "[Nhắc muộn] Còn 2 ngày (25/12): Báo cáo năm",
            en: "[Late reminder] 2 days left (25 December): Báo cáo năm",
            opening: "Còn 2 ngày (25/12): Báo cáo năm"
        ) {
            day(&$0, "2026-12-25", at: "2026-12-23")
            $0.due = "2026-12-22"
        },
        Row(
            "a test", vi: "[Thử] Còn 3 ngày (25/12): Gửi báo cáo – Báo cáo năm",
            en: "[Test] 3 days left (25 December): Gửi báo cáo – Báo cáo năm",
            opening: "THƯ THỬ: đây là thư gửi thử để kiểm tra việc gửi, đồng chí/đơn vị không cần xử lý."
        ) {
            day(&$0, "2026-12-25", at: "2026-12-22")
            say(&$0, "Gửi báo cáo")
            $0.kind = .test
        },
    ]

    private static let deadlines: [Row] = [
        Row(
            "a deadline ahead", vi: "[Nhắc việc] Còn 3 ngày đến hạn (25/12): Báo cáo năm",
            en: "[Reminder] 3 days to the deadline (25 December): Báo cáo năm",
            opening: "Còn 3 ngày đến hạn (25/12): Báo cáo năm"
        ) {
            day(&$0, "2026-12-25", at: "2026-12-22")
            $0.when = Fixture.phrase("by 25/12")
        },
        Row(
            "a deadline today", vi: "[Nhắc việc] Hạn hôm nay: Báo cáo năm", en: "[Reminder] Due today: Báo cáo năm",
            opening: "Hạn hôm nay (25/12): Báo cáo năm"
        ) {
            day(&$0, "2026-12-25", at: "2026-12-25")
            $0.when = Fixture.phrase("by 25/12")
        },
        Row(
            "an hour of a deadline today", vi: "[Nhắc việc] Hạn hôm nay lúc 17:00: Báo cáo năm",
            en: "[Reminder] Due today at 17:00: Báo cáo năm", opening: "Hạn hôm nay lúc 17:00 (25/12): Báo cáo năm"
        ) {
            day(&$0, "2026-12-25", at: "2026-12-25")
            $0.when = Fixture.phrase("by 25/12")
            $0.time = hours("17:00")
        },
        Row(
            "a deadline past", vi: "[Nhắc việc] Quá hạn 2 ngày (25/12): Báo cáo năm",
            en: "[Reminder] 2 days overdue (25 December): Báo cáo năm", opening: "Quá hạn 2 ngày (25/12): Báo cáo năm"
        ) {
            day(&$0, "2026-12-25", at: "2026-12-27")
            $0.when = Fixture.phrase("by 25/12")
        },
    ]

    private static let times: [Row] = [
        Row(
            "an hour today", vi: "[Nhắc việc] Hôm nay lúc 14:00: Báo cáo năm", en: "[Reminder] Today at 14:00: Báo cáo năm",
            opening: "Hôm nay lúc 14:00 (25/12): Báo cáo năm"
        ) {
            day(&$0, "2026-12-25", at: "2026-12-25")
            $0.time = hours("14:00", "16:30")
        },
        Row(
            "a lead of two hours", vi: "[Nhắc việc] Còn 2 giờ (14:00): Báo cáo năm",
            en: "[Reminder] 2 hours left (14:00): Báo cáo năm", opening: "Còn 2 giờ (14:00): Báo cáo năm"
        ) {
            day(&$0, "2026-12-25", at: "2026-12-25", clock: "12:00")
            $0.time = hours("14:00", "16:30")
            hoursBefore(&$0, 2, .hours)
        },
        Row(
            "a lead of ninety minutes before midnight", vi: "[Nhắc việc] Còn 1 giờ 30 phút (01:00, 25/12): Báo cáo năm",
            en: "[Reminder] 1 hour 30 minutes left (01:00, 25 December): Báo cáo năm",
            opening: "Còn 1 giờ 30 phút (01:00, 25/12): Báo cáo năm"
        ) {
            day(&$0, "2026-12-25", at: "2026-12-24", clock: "23:30")
            $0.time = hours("01:00")
            hoursBefore(&$0, 90, .minutes)
        },
        Row(
            "a lead of two days in hours", vi: "[Nhắc việc] Còn 2 ngày (25/12): Báo cáo năm",
            en: "[Reminder] 2 days left (25 December): Báo cáo năm", opening: "Còn 2 ngày (25/12): Báo cáo năm"
        ) {
            day(&$0, "2026-12-25", at: "2026-12-23", clock: "14:00")
            $0.time = hours("14:00")
            hoursBefore(&$0, 48, .hours)
        },
        Row(
            "a lead of hours to a deadline", vi: "[Nhắc việc] Còn 1 giờ đến hạn (17:00): Báo cáo năm",
            en: "[Reminder] 1 hour to the deadline (17:00): Báo cáo năm", opening: "Còn 1 giờ đến hạn (17:00): Báo cáo năm"
        ) {
            day(&$0, "2026-12-25", at: "2026-12-25", clock: "16:00")
            ($0.when, $0.time) = (Fixture.phrase("by 25/12"), hours("17:00"))
            hoursBefore(&$0, 1, .hours)
        },
    ]

    private static let changes: [Row] = [
        Row(
            "other dates", vi: "[Đổi lịch] Từ 18/12 sang 25/12: Báo cáo năm",
            en: "[Rescheduled] From 18 December to 25 December: Báo cáo năm",
            opening: "Từ 18/12 sang 25/12, còn 15 ngày: Báo cáo năm"
        ) {
            day(&$0, "2026-12-25", at: "2026-12-10")
            ($0.kind, $0.formerDates) = (.moved, Fixture.day("2026-12-18")...Fixture.day("2026-12-18"))
        },
        Row(
            "a shorter window", vi: "[Đổi lịch] Từ 01/04 – 30/04 sang 01/04 – 15/04: Phòng, chống đuối nước trẻ em",
            en: "[Rescheduled] From 1 April – 30 April to 1 April – 15 April: Phòng, chống đuối nước trẻ em",
            opening: "Từ 01/04 – 30/04 sang 01/04 – 15/04, còn 30 ngày: Phòng, chống đuối nước trẻ em"
        ) {
            ($0.kind, $0.end) = (.moved, "2027-04-15")
            $0.formerDates = Fixture.day("2027-04-01")...Fixture.day("2027-04-30")
        },
        Row(
            "another hour", vi: "[Đổi lịch] Từ 08:00 sang 14:00, 25/12: Báo cáo năm",
            en: "[Rescheduled] From 08:00 to 14:00, 25 December: Báo cáo năm",
            opening: "Từ 08:00 sang 14:00, 25/12, còn 15 ngày: Báo cáo năm"
        ) {
            day(&$0, "2026-12-25", at: "2026-12-10")
            ($0.kind, $0.formerDates) = (.moved, Fixture.day("2026-12-25")...Fixture.day("2026-12-25"))
            ($0.formerTime, $0.time) = (hours("08:00", "10:00"), hours("14:00", "16:00"))
        },
        Row(
            "an hour that was not known", vi: "[Đổi lịch] Vào lúc 14:00, 25/12: Báo cáo năm",
            en: "[Rescheduled] At 14:00, 25 December: Báo cáo năm",
            opening: "Vào lúc 14:00, 25/12, còn 15 ngày: Báo cáo năm"
        ) {
            day(&$0, "2026-12-25", at: "2026-12-10")
            ($0.kind, $0.formerDates) = (.moved, Fixture.day("2026-12-25")...Fixture.day("2026-12-25"))
            $0.time = hours("14:00")
        },
        Row(
            "another end of the hours", vi: "[Đổi lịch] Từ 14:00 – 16:00 sang 14:00 – 17:00, 25/12: Báo cáo năm",
            en: "[Rescheduled] From 14:00 – 16:00 to 14:00 – 17:00, 25 December: Báo cáo năm",
            opening: "Từ 14:00 – 16:00 sang 14:00 – 17:00, 25/12, còn 15 ngày: Báo cáo năm"
        ) {
            day(&$0, "2026-12-25", at: "2026-12-10")
            ($0.kind, $0.formerDates) = (.moved, Fixture.day("2026-12-25")...Fixture.day("2026-12-25"))
            ($0.formerTime, $0.time) = (hours("14:00", "16:00"), hours("14:00", "17:00"))
        },
        Row(
            "no hours any more", vi: "[Đổi lịch] Từ 14:00 sang cả ngày, 25/12: Báo cáo năm",
            en: "[Rescheduled] From 14:00 to the whole day, 25 December: Báo cáo năm",
            opening: "Từ 14:00 sang cả ngày, 25/12, còn 15 ngày: Báo cáo năm"
        ) {
            day(&$0, "2026-12-25", at: "2026-12-10")
            ($0.kind, $0.formerDates) = (.moved, Fixture.day("2026-12-25")...Fixture.day("2026-12-25"))
            $0.formerTime = hours("14:00")
        },
        Row(
            "back after a cancellation", vi: "[Đổi lịch] Vẫn diễn ra 25/12: Báo cáo năm",
            en: "[Rescheduled] Still on: 25 December: Báo cáo năm",
            opening: "Vẫn diễn ra 25/12, còn 15 ngày: Báo cáo năm"
        ) {
            day(&$0, "2026-12-25", at: "2026-12-10")
            ($0.kind, $0.formerDates) = (.moved, Fixture.day("2026-12-25")...Fixture.day("2026-12-25"))
        },
        Row(
            "a change of an older ledger", vi: "[Đổi lịch] Lịch mới: 25/12: Báo cáo năm",
            en: "[Rescheduled] New date: 25 December: Báo cáo năm",
            opening: "Lịch mới: 25/12, còn 15 ngày: Báo cáo năm"
        ) {
            day(&$0, "2026-12-25", at: "2026-12-10")
            $0.kind = .moved
        },
        Row(
            "a cancellation", vi: "[Đã hủy] Báo cáo năm", en: "[Cancelled] Báo cáo năm",
            opening: "Đã hủy (trước đây dự kiến ngày 25/12/2026): Báo cáo năm"
        ) {
            day(&$0, "2026-12-25", at: "2026-12-10")
            $0.kind = .gone
        },
        Row(
            "a cancelled window", vi: "[Đã hủy] Phòng, chống đuối nước trẻ em", en: "[Cancelled] Phòng, chống đuối nước trẻ em",
            opening: "Đã hủy (trước đây dự kiến từ 01/04/2027 đến 30/04/2027): Phòng, chống đuối nước trẻ em"
        ) { $0.kind = .gone },
    ]

    @Test("A subject begins with the kind, the time left and the date, and ends with the title", arguments: rows)
    func subject(_ row: Row) {
        for language in Language.allCases {
            let fixture = Fixture.with {
                row.change(&$0)
                $0.language = language
            }
            #expect(Wording().render(fixture.message()).subject == (language == .vi ? row.vi : row.en))
        }
    }

    @Test("The first line of the text says when, how long is left and what to do", arguments: rows)
    func opening(_ row: Row) {
        let text = Wording().render(Fixture.with(row.change).message()).text
        #expect(text.split(separator: "\n").first.map(String.init) == row.opening)
    }

    @Test("The first 100 characters of a text with a long note say when, how long is left and what to do")
    func preview() {
        let long = "Rà soát, cập nhật danh sách lao động nữ, đoàn viên khó khăn và các gia đình chính sách trước khi họp bàn."
        let text = Wording().render(Fixture.with { $0.note = long }.message()).text
        let opening = "Còn 30 ngày (01/04): Rà soát, cập nhật danh sách lao động nữ, đoàn viên khó khăn và các gia đình"
        #expect(text.hasPrefix(opening) && text.contains("Việc cần làm:\n\(long)\n"))
    }

    @Test(
        "The first line has the title where the first line of the note says nothing",
        arguments: ["- \n* \n", "- Đăng ký tại https://example.vn/" + String(repeating: "a", count: 110)])
    func uselessNote(note: String) {
        let text = Wording().render(Fixture.with { $0.note = note }.message()).text
        #expect(text.hasPrefix("Còn 30 ngày (01/04): Phòng, chống đuối nước trẻ em"))
    }

    @Test("A change notice has old and new dates side by side and no quotation; a cancellation asks for nothing")
    func changed() {
        let moved = Wording().render(
            Fixture.with {
                ($0.kind, $0.start, $0.end) = (.moved, "2027-04-08", "2027-05-07")
                $0.formerDates = Fixture.day("2027-04-01")...Fixture.day("2027-04-30")
            }.message())
        let times = """
            Thời gian cũ: từ thứ Năm, ngày 01/04/2027 đến thứ Sáu, ngày 30/04/2027 (30 ngày)
            Thời gian mới: từ thứ Năm, ngày 08/04/2027 đến thứ Sáu, ngày 07/05/2027 (30 ngày)
            """
        #expect(moved.text.contains(times) && !moved.text.contains("triển khai sớm"))
        #expect(moved.html.contains("Thời gian cũ") && !moved.html.contains("triển khai sớm"))
        let back = Wording().render(
            Fixture.with {
                ($0.kind, $0.formerDates) = (.moved, Fixture.day("2027-04-01")...Fixture.day("2027-04-30"))
            }.message())
        #expect(back.text.contains("Vẫn diễn ra: tin hủy đã gửi trước đây không còn hiệu lực."))
        #expect(!back.text.contains("Thời gian cũ"))
        let gone = Wording().render(Fixture.with { $0.kind = .gone }.message())
        #expect(gone.text.contains("Thời gian đã báo: từ thứ Năm, ngày 01/04/2027 đến"))
        for words in ["Còn ", "Việc cần làm", "Rà soát"] { #expect(!gone.text.contains(words) && !gone.html.contains(words)) }
        // The line stands on each part of the date, because a line on their box crosses none of
        // them in some mail programs.
        #expect(gone.html.components(separatedBy: "<s>").count == 4 && !back.html.contains("<s>"))
    }

    struct ChangedDeadline: Sendable {
        let language: Language
        let kind: ReminderContent.Kind
        var former: String?
        /// Words that the text contains.
        let text: [String]
        /// Pieces that the HTML contains.
        let html: [String]
        /// Words that neither of them contains.
        let absent: [String]
    }

    static let changedDeadlines: [ChangedDeadline] = [
        ChangedDeadline(
            language: .vi, kind: .moved, former: "2026-12-18", text: ["\nHạn cũ: thứ Sáu, ngày 18/12/2026\nHạn mới: thứ Sáu,"],
            html: [">Hạn cũ</th>", ">Hạn mới</th>"], absent: ["Thời gian cũ", "Thời gian mới"]),
        ChangedDeadline(
            language: .en, kind: .moved, former: "2026-12-18", text: ["\nOld deadline: ", "\nNew deadline: "],
            html: [">Old deadline</th>", ">New deadline</th>"], absent: ["Old date", "New date"]),
        ChangedDeadline(
            language: .vi, kind: .moved, former: "2026-12-25", text: ["\nVẫn giữ hạn: tin hủy"],
            html: ["<strong>Vẫn giữ hạn:</strong> tin hủy"], absent: ["Vẫn diễn ra:"]),
        ChangedDeadline(
            language: .en, kind: .moved, former: "2026-12-25", text: ["\nStill due: please ignore"],
            html: ["<strong>Still due:</strong> please ignore"], absent: ["Still on: please"]),
        ChangedDeadline(
            language: .vi, kind: .gone, text: ["\nĐã hủy: hạn này không còn áp dụng,", "\nHạn đã báo: thứ Sáu,"],
            html: ["</strong> hạn này không còn áp dụng,", ">Hạn đã báo</th>"], absent: ["hoạt động này", "Thời gian đã báo"]),
        ChangedDeadline(
            language: .en, kind: .gone, text: ["\nCancelled: this deadline no longer applies;"],
            html: ["</strong> this deadline no longer applies;"], absent: ["does not take place"]),
    ]

    @Test("Notices of a changed deadline name a deadline", arguments: changedDeadlines)
    func changedDeadline(_ row: ChangedDeadline) {
        let notice = Wording().render(
            Fixture.with {
                Self.day(&$0, "2026-12-25", at: "2026-12-10")
                ($0.language, $0.kind, $0.when) = (row.language, row.kind, Fixture.phrase("by 25/12"))
                $0.formerDates = row.former.map { Fixture.day($0)...Fixture.day($0) }
            }.message())
        for words in row.text { #expect(notice.text.contains(words), "\(words)") }
        for words in row.html { #expect(notice.html.contains(words), "\(words)") }
        for words in row.absent { #expect(!notice.text.contains(words) && !notice.html.contains(words), "\(words)") }
    }

    @Test(
        "Days and hours are written as Decree 30/2020 asks",
        arguments: [
            ("2026-11-23", "2026-11-23", "25/12", nil, "thứ Hai, ngày 23/11/2026"),
            ("2026-11-29", "2026-11-29", "25/12", "08:00", "08 giờ 00, Chủ nhật, ngày 29/11/2026"),
            ("2026-11-23", "2026-11-23", "25/12", "14:00-16:30", "từ 14 giờ 00 đến 16 giờ 30, thứ Hai, ngày 23/11/2026"),
            (
                "2026-11-23", "2026-11-25", "1/6 - 3/6", "07:30-17:00",
                "từ 07 giờ 30, thứ Hai, ngày 23/11/2026 đến 17 giờ 00, thứ Tư, ngày 25/11/2026 (3 ngày)"
            ),
            ("2026-11-14", "2026-11-14", "before 15/11", nil, "trước ngày 15/11/2026, hạn cuối thứ Bảy, ngày 14/11/2026"),
        ] as [(String, String, String, String?, String)])
    func days(_ start: String, _ end: String, _ phrase: String, _ time: String?, _ expected: String) {
        let fixture = Fixture.with {
            ($0.start, $0.end, $0.when, $0.time) = (start, end, Fixture.phrase(phrase), time.flatMap { EventTime(stored: $0) })
            ($0.due, $0.at) = ("2026-11-01", "2026-11-01")
        }
        let text = Wording().render(fixture.message()).text
        #expect(text.contains("\(fixture.when.isDeadline ? "Hạn" : "Thời gian"): \(expected)\n"), "\(text)")
    }

    @Test("A part of the day stands before the day")
    func partOfDay() {
        let fixture = Fixture.with {
            ($0.start, $0.end, $0.when) = ("2026-11-16", "2026-11-16", Fixture.phrase("16/11"))
            ($0.due, $0.at, $0.details) = ("2026-11-01", "2026-11-01", EventDetails(partOfDay: .morning))
        }
        #expect(Wording().render(fixture.message()).text.contains("Thời gian: sáng thứ Hai, ngày 16/11/2026\n"))
    }

    @Test(
        "Lunar days have the names that people use",
        arguments: [
            ("lunar 15/8", "2027-09-15", "rằm tháng Tám năm Đinh Mùi"),
            ("lunar 23/12", "2027-01-30", "23 tháng Chạp năm Bính Ngọ"),
            ("lunar 1/1", "2027-02-06", "mùng 1 tháng Giêng năm Đinh Mùi"),
            ("lunar 10/3", "2027-04-16", "mùng 10 tháng Ba năm Đinh Mùi"),
            ("lunar 15/6 leap", "2025-08-08", "rằm tháng Sáu nhuận năm Ất Tỵ"),
        ])
    func lunar(_ phrase: String, _ day: String, _ expected: String) {
        let words = Phrasebook(language: .vi)
        #expect(words.lunar(Fixture.phrase(phrase), Fixture.day(day), Fixture.day(day)) == expected)
    }

    @Test(
        "The kind of a document follows from its symbol",
        arguments: [
            ("26/HD-LĐLĐ", "Hướng dẫn"), ("12/KH-UBND", "Kế hoạch"), ("7/TB-VP", "Thông báo"), ("15/2026/QĐ-TTg", "Quyết định"),
            ("05/CT-BGDĐT", "Chỉ thị"), ("01/NQ-CP", "Nghị quyết"), ("30/2020/NĐ-CP", "Nghị định"),
            ("240/LĐTBXH-TE&BĐG", "Công văn"), ("88/CV-CĐN", "Công văn"), ("240", "Công văn"),
        ])
    func documents(_ number: String, _ kind: String) {
        #expect(Phrasebook(language: .vi).source(Plan.Source(number: number)) == "\(kind) số \(number)")
    }

    @Test("A note of one line is a paragraph in the HTML, and a note of several lines is a list")
    func noteItems() {
        let list = Wording().render(Fixture.with { $0.note = "- Một\n\n- Hai" }.message()).html
        #expect(list.contains("<li style=\"margin:0 0 4px\">Một</li>") && list.contains(">Hai</li>"))
        let single = Wording().render(Fixture.with { $0.note = "Một" }.message()).html
        #expect(!single.contains("<li") && single.contains(">Một</p>"))
    }

    @Test("A confidential campaign's messages do not list its recipients")
    func confidential() {
        let text = Wording().render(
            Fixture.with {
                ($0.confidential, $0.audience) = (["example.vn"], Audience(names: ["A", "B"], count: 2))
            }.message()
        ).text
        #expect(!text.contains("Nơi nhận"))
    }
}

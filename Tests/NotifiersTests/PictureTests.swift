import Dates
import Foundation
import Plans
import Scheduler
import Support
import Testing

@testable import Messages
@testable import Notifiers

/// The HTML of every kind of mail.
///
/// If the environment variable `PICTURES` names a folder, the test writes the pages there.
/// `packaging/pictures.py` draws them.
struct PictureTests {
    private static func window(_ fixture: inout Fixture.Case) {
        fixture.title = "Tháng hành động vì bình đẳng giới và phòng ngừa, ứng phó với bạo lực trên cơ sở giới"
        fixture.when = Fixture.phrase("15/11 - 15/12")
        (fixture.start, fixture.end, fixture.due, fixture.at) = ("2027-11-15", "2027-12-15", "2027-10-16", "2027-10-16")
        fixture.source = Plan.Source(
            number: "26/KH-LĐLĐ", date: Fixture.day("2027-01-12"), issuer: "Ban Thường vụ Liên đoàn Lao động tỉnh")
        fixture.cite = "từ ngày 15/11 đến ngày 15/12 hằng năm, triển khai Tháng hành động"
        fixture.note = "- Xây dựng kế hoạch hưởng ứng, dự trù kinh phí\n- Treo băng rôn, khẩu hiệu tại trụ sở\n- Báo cáo kết quả"
        fixture.details = EventDetails(place: "Hội trường A, Liên đoàn Lao động tỉnh", link: "https://congdoan.example.vn/26-KH")
        fixture.owner = "Ban Nữ công"
        fixture.audience = Audience(names: ["Ban Nữ công", "Ban Tuyên giáo", "Văn phòng"], count: 15)
        fixture.recipient = Recipient(
            id: "lan", name: "Nguyễn Thị Lan", addresses: [.email: "lan@example.vn"], language: nil, salutation: "đồng chí",
            via: [], otherwise: [])
        fixture.contact = "Văn phòng, 0229 3871 234, vanphong@example.vn"
    }

    private static func at(_ fixture: inout Fixture.Case, _ day: String) {
        window(&fixture)
        (fixture.due, fixture.at) = (day, day)
    }

    private static func report(_ fixture: inout Fixture.Case, _ day: String, _ say: String) {
        at(&fixture, day)
        (fixture.title, fixture.when) = ("Báo cáo công tác nữ công năm 2027", Fixture.phrase("by 25/12"))
        (fixture.start, fixture.end, fixture.note, fixture.cite) = ("2027-12-25", "2027-12-25", nil, nil)
        fixture.lead = Lead(id: "x", rule: .before(3, .days), at: .midnight, notify: [], say: say)
        (fixture.details, fixture.owner) = (EventDetails(), nil)
    }

    private static func meeting(_ fixture: inout Fixture.Case) {
        at(&fixture, "2027-09-15")
        (fixture.title, fixture.when) = ("Đêm hội Trung thu cho con đoàn viên", Fixture.phrase("lunar 15/8"))
        (fixture.start, fixture.end, fixture.clock) = ("2027-09-15", "2027-09-15", "16:00")
        fixture.time = EventTime(stored: "18:00-20:30")
        fixture.lead = Lead(id: "x", rule: .before(2, .hours), at: .midnight, notify: [])
        fixture.note = "Có mặt trước 30 phút để nhận quà cho các cháu."
        fixture.cite = nil
    }

    static let pages: [(name: String, change: @Sendable (inout Fixture.Case) -> Void)] = [
        ("ahead", { window(&$0) }), ("first-day", { at(&$0, "2027-11-15") }), ("under-way", { at(&$0, "2027-11-29") }),
        ("last-day", { at(&$0, "2027-12-15") }),
        ("ended", { at(&$0, "2027-12-25") }),
        ("deadline", { report(&$0, "2027-12-22", "Gửi báo cáo về Liên đoàn Lao động tỉnh") }),
        ("overdue", { report(&$0, "2027-12-27", "Nộp ngay báo cáo còn thiếu") }), ("hours", { meeting(&$0) }),
        (
            "late",
            {
                at(&$0, "2027-11-10")
                $0.due = "2027-11-08"
            }
        ),
        (
            "moved",
            {
                at(&$0, "2027-10-20")
                ($0.kind, $0.start, $0.end) = (.moved, "2027-11-22", "2027-12-22")
                $0.formerDates = Fixture.day("2027-11-15")...Fixture.day("2027-12-15")
            }
        ),
        (
            "back",
            {
                at(&$0, "2027-10-20")
                ($0.kind, $0.formerDates) = (.moved, Fixture.day("2027-11-15")...Fixture.day("2027-12-15"))
            }
        ),
        (
            "cancelled",
            {
                at(&$0, "2027-10-20")
                $0.kind = .gone
            }
        ),
        (
            "test",
            {
                window(&$0)
                $0.kind = .test
            }
        ),
        (
            "time",
            {
                meeting(&$0)
                ($0.kind, $0.due, $0.at) = (.moved, "2027-09-13", "2027-09-13")
                ($0.formerDates, $0.formerTime) = (
                    Fixture.day("2027-09-15")...Fixture.day("2027-09-15"), EventTime(stored: "17:00-19:30")
                )
            }
        ),
        (
            "confidential",
            {
                window(&$0)
                $0.confidential = ["example.vn"]
            }
        ),
        (
            "rehearsal",
            {
                window(&$0)
                $0.rehearsal = true
            }
        ),
        (
            // A telephone cannot break this address between words.
            "long-place",
            {
                meeting(&$0)
                $0.details.place =
                    "Trực tuyến: https://hop.congdoan.example.vn/phong/ban-nu-cong-lien-doan-lao-dong-tinh?ma=7c1f0a52e9d84b6f"
            }
        ),
        (
            "english",
            {
                window(&$0)
                $0.language = .en
                $0.title = "Month of action for gender equality and against gender-based violence"
            }
        ),
    ]

    @Test("The HTML of every kind of mail has its title, a date block and no empty row")
    func pages() throws {
        let folder = ProcessInfo.processInfo.environment["PICTURES"]
        for page in Self.pages {
            let message = Fixture.with(page.change).message()
            let html = Wording().render(message).html
            #expect(html.contains("<h1 style=\"margin:0;font-size:20px;line-height:1.35\">\(message.notice.campaign.title)</h1>"))
            #expect(html.contains("class=\"day\"") && !html.contains("{{") && !html.contains("\"></td>"), "\(page.name)")
            guard let folder else { continue }
            try html.write(toFile: "\(folder)/\(page.name).html", atomically: true, encoding: .utf8)
        }
    }
}

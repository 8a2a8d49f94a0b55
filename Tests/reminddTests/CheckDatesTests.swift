import Foundation
import Support
import Testing

@testable import Config
@testable import Diagnostics
@testable import Plans

/// Tests the warnings of `check` about dates that are valid but probably not meant.
@Suite("`check` compares dates with what the plan says beside them")
struct CheckDatesTests {
    /// Returns the messages of `check` for one campaign, on 1 March 2026.
    private static func messages(_ campaign: String, head: String = "remind: [7 days before]\nnotify: [an]") throws -> [String] {
        let folder = try TemporaryFolder()
        try folder.write("plan.yaml", CheckTests.campaigns("  - {id: a, \(campaign)}", head: head))
        try folder.write("remindd.yaml", CheckTests.configuration)
        return try CheckTests.problems(in: folder)
    }

    @Test(
        "A title that names another day than `when` is a warning with both dates",
        arguments: [
            ("Tết Trung thu", "âm lịch 1/1", "\"Trung thu\", which is 2026-09-25, but \"when\" gives 2026-02-17"),
            (
                "Ngày Gia đình Việt Nam 28/6", "8/6",
                "\"Ngày Gia đình Việt Nam\", which is 2026-06-28, but \"when\" gives 2026-06-08"
            ),
            (
                "Ngày Gia đình Việt Nam và họp mặt", "8/6",
                "\"Ngày Gia đình Việt Nam\", which is 2026-06-28, but \"when\" gives 2026-06-08"
            ),
            ("Mít tinh 28/6", "8/6", "\"28/6\", which is 2026-06-28, but \"when\" gives 2026-06-08"),
            ("Ngày Quốc tế Phụ nữ", "3/8", "2026-03-08, but \"when\" gives 2026-08-03"),
            ("Ngày Quốc tế Hạnh phúc", "tháng 4", "2026-03-20, but \"when\" gives 2026-04-01 to 2026-04-30"),
            ("Thành lập Đoàn TNCS Hồ Chí Minh", "25/3", "2026-03-26"),
            ("Giải phóng miền Nam", "1/5", "2026-04-30"), ("Quốc tế Lao động", "30/4", "2026-05-01"),
            ("Kỷ niệm ngày sinh Chủ tịch Hồ Chí Minh", "15/9", "2026-05-19"), ("Quốc tế Thiếu nhi", "6/1", "2026-06-01"),
            ("Ngày Dân số Thế giới", "7/11", "2026-07-11"), ("Ngày Thương binh – Liệt sỹ", "22/7", "2026-07-27"),
            ("Cách mạng tháng Tám", "2/9", "2026-08-19"), ("Quốc khánh", "19/8", "2026-09-02"),
            ("Ngày Chuyển đổi số quốc gia", "20/10", "2026-10-10"), ("Ngày Phụ nữ Việt Nam", "8/3", "2026-10-20"),
            ("Ngày Nhà giáo Việt Nam", "20/10", "2026-11-20"),
            ("Ngày thế giới xoá bỏ bạo lực với phụ nữ", "15/11", "2026-11-25"),
            ("Ngày hội Quốc phòng toàn dân", "12/12", "2026-12-22"), ("Ngày Dân số Việt Nam", "11/7", "2026-12-26"),
            ("Giỗ Tổ Hùng Vương", "10/3", "2026-04-26, but \"when\" gives 2026-03-10"),
            ("Lễ Vu lan", "âm lịch 15/8", "2026-08-27"), ("Tết Đoan ngọ", "5/5", "2026-06-19"),
            ("Tết Nguyên đán", "1/1", "2026-02-17, but \"when\" gives 2026-01-01"), ("Phật đản", "15/4", "2026-05-31"),
            ("Đêm giao thừa", "31/12", "but \"when\" gives 2026-12-31"), ("Ông Công, ông Táo", "23/12", "but"),
            ("Tháng Công nhân", "tháng 6", "2026-05-01 to 2026-05-31, but \"when\" gives 2026-06-01 to 2026-06-30"),
            ("Tháng hành động vì trẻ em", "tháng 5", "2026-06-01 to 2026-06-30"),
            ("Tháng hành động vì bình đẳng giới", "tháng 10", "2026-11-15 to 2026-12-15"),
            ("Tháng hành động về an toàn, vệ sinh lao động", "tháng 4", "2026-05-01"),
            ("Tháng hành động quốc gia phòng chống bạo lực gia đình", "tháng 7", "2026-06-01"),
            ("International Women's Day", "3 August", "2026-03-08"), ("Mid-Autumn Festival", "1/10", "2026-09-25"),
            // The solar date of 2026 is right in that year only.
            ("Rằm tháng Tám", "25/9", "which is 2027-09-15, but \"when\" gives 2027-09-25"),
        ])
    func differs(title: String, when: String, expected: String) throws {
        let found = try Self.messages("title: \"\(title)\", when: \"\(when)\"")
        #expect(found.count == 1 && found[0].contains("plan.yaml:6:5: warning: the title names "), "\(found)")
        #expect(found.first?.contains(expected) == true, "\(found)")
    }

    @Test(
        "A title that agrees with `when`, or is about work for a day, is no warning",
        arguments: [
            ("Ngày Gia đình Việt Nam 28/6", "28/6"), ("Tết Trung thu", "âm lịch 15/8"), ("Tết Trung thu", "25/9/2026"),
            ("Tết Trung thu 15/8", "rằm tháng 8"), ("Giỗ Tổ Hùng Vương (10/3 âm lịch)", "âm lịch 10/3"),
            ("Chào mừng ngày 8/3", "1/3 - 8/3"), ("Ngày Phụ nữ Việt Nam và Quốc tế Phụ nữ", "8/3"),
            ("Tháng hành động vì trẻ em", "từ 1/6 đến 30/6"), ("Báo cáo Tháng hành động vì trẻ em", "10/7"),
            ("Huyện ban hành Kế hoạch Tháng hành động vì bình đẳng giới năm 2020", "ngày 15 tháng 10 năm 2026"),
            ("Trực 24/7", "1/8"), ("Văn bản 26/HD-LĐLĐ", "1/8"), ("Điểm 128/6", "1/8"), ("Kỳ 12/2026", "1/8"),
            ("Giao ban chào mừng 8/3", "thứ hai hằng tuần"), ("Ngày 8/3 năm nay", "8/3"), ("Việc 31/2", "1/8"),
            ("Sở Lao động - Thương binh và Xã hội", "1/8"),
            ("Cuộc họp triển khai Tháng hành động vì trẻ em", "10/5"), ("Tết Thiếu nhi", "1/6"),
            ("Tết Thiếu nhi", "âm lịch 15/8"), ("Thăm, tặng quà nhân dịp Tết Nguyên đán", "âm lịch 15/12 - 25/12"),
            ("Kiểm tra an toàn thực phẩm bánh trung thu", "âm lịch 1/8 - 10/8"),
            ("Sửa chữa đường Cách mạng Tháng Tám", "1/3"),
        ])
    func agrees(title: String, when: String) throws {
        #expect(try Self.messages("title: \"\(title)\", when: \(when)", head: "remind: [on the day]\nnotify: [an]") == [])
    }

    @Test("The table of well-known days has no mistake, and equals the file in config/")
    func table() throws {
        let file = try String(contentsOfFile: PackageRoot.path("config/well-known-days/vn.yaml"), encoding: .utf8)
        #expect(EmbeddedWellKnownDays.vietnam == file, "run packaging/embed.sh")
        let problems = Problems()
        let table = WellKnownDays(Array(file.utf8), problems: problems)
        #expect(problems.all == [] && table.entries.count >= 30)
        // Every name is found in a title, and names the day of its entry.
        for entry in table.entries {
            for name in entry.names {
                #expect(table.named(in: "Chào mừng \(name.uppercased())!").contains { $0.when == entry.when }, "\(name)")
            }
        }
        let broken = Problems()
        _ = WellKnownDays(Array("preparing: []\ndays: [{names: [x], when: 31/6, cite: y}]".utf8), problems: broken)
        #expect(broken.all.map(\.message).first?.contains("June has 30 days") == true)
    }

    @Test(
        "A reminder that is due ahead of the occurrence before it is a warning",
        arguments: [
            ("thứ hai hằng tuần", "15 ngày trước", "only 7 days"), ("thứ hai hằng tuần", "8 ngày trước", "only 7 days"),
            ("thứ hai hằng tuần", "7 ngày trước", nil), ("thứ tư và thứ bảy hằng tuần", "5 ngày trước", "only 3 days"),
            ("ngày 25 hằng tháng", "2 tháng trước", "only 31 days"), ("ngày 25 hằng tháng", "1 tháng trước", nil),
            ("thứ hai hằng tuần", "hằng ngày từ 10 ngày trước", "only 7 days"), ("28/6", "60 ngày trước", nil),
            ("thứ hai hằng tuần", "6 ngày làm việc trước", "only 7 days"),
        ] as [(String, String, String?)])
    func longLeads(when: String, lead: String, expected: String?) throws {
        let found = try Self.messages(
            "title: Giao ban, when: \(when)", head: "remind: [\(lead)]\nnotify: [an]")
        let warnings = found.filter { $0.contains("reminds ahead of the occurrence before it") }
        #expect(warnings.count == (expected == nil ? 0 : 1), "\(found)")
        if let expected { #expect(warnings.first?.contains(expected) == true, "\(found)") }
    }

    @Test("Windows of more than 366 days are a warning that says their length in words")
    func longWindows() throws {
        let jubilee = try Self.messages("title: A, when: 20/10/2010 – 20/10/2030")
        #expect(
            jubilee == [
                "plan.yaml:6:29: warning: this is a window of 20 years and 1 day, from 2010-10-20 to 2030-10-20; "
                    + "for the same day of every year write 20/10"
            ])
        let long = try Self.messages("title: A, when: 2026-04-01 - 2028-03-31")
        #expect(long.map { $0.contains("a window of 2 years, from 2026-04-01 to 2028-03-31") } == [true], "\(long)")
        #expect(try Self.messages("title: A, when: 2026-04-01 - 2027-04-01") == [])
        let listed = try Self.messages("title: A, when: \"2026-04-01 - 2027-04-02, 2028-01-01\"")
        #expect(listed.map { $0.contains("a window of 1 year and 2 days") } == [true], "\(listed)")
        let moved = try Self.messages("title: A, when: 28/6, except: {2026: 28/6/2026 - 28/7/2027}")
        #expect(moved.contains { $0.contains("a window of 1 year and 31 days") }, "\(moved)")
    }

    @Test("A plan that names a year and comes back every year gets one warning")
    func everyYear() throws {
        func warnings(_ title: String, _ more: String = "", _ extra: String = "") throws -> [String] {
            let folder = try TemporaryFolder()
            try folder.write(
                "plan.yaml",
                "plan: p\ntitle: \(title)\n\(more)remind: [on the day]\nnotify: [an]\ncampaigns:\n  - {id: a, title: A, when: 28/6\(extra)}\n"
                    + "  - {id: b, title: B, when: thứ hai hằng tuần}\n  - {id: c, title: C, when: 15/4/2027}\n"
                    + "  - {id: d, title: D, when: \"every Monday until 2027-12-31\"}\n")
            try folder.write("remindd.yaml", CheckTests.configuration)
            return try CheckTests.problems(in: folder).filter { $0.contains("every year") }
        }
        let message = "2 campaigns of this plan come back every year; for 2027 alone write years: 2027"
        #expect(try warnings("Kế hoạch năm 2027") == ["plan.yaml:2:8: warning: \(message)"])
        #expect(try warnings("Kế hoạch", "source: {date: 20/4/2027}\n") == ["plan.yaml:3:9: warning: \(message)"])
        #expect(try warnings("Kế hoạch 2027", "source: {date: 20/4/2026}\n") == ["plan.yaml:2:8: warning: \(message)"])
        #expect(
            try warnings("Kế hoạch giai đoạn 2026 - 2030").first?.contains("for 2026-2030 alone write years: 2026-2030") == true)
        #expect(try warnings("Kế hoạch") == [] && warnings("Kế hoạch 12345") == [] && warnings("Kế hoạch 1945") == [])
        #expect(try warnings("Kế hoạch năm 2027", "years: 2027\n") == [])
        #expect(try warnings("Kế hoạch năm 2027", "", ", years: 2027-") == [])
    }

    @Test("`years` of the plan is the default of its campaigns")
    func planYears() throws {
        let folder = try TemporaryFolder()
        try folder.write(
            "plan.yaml",
            "plan: p\ntitle: T\nyears: 2027\ncampaigns:\n  - {id: a, title: A, when: 28/6}\n  - {id: b, title: B, when: 28/6, years: 2028-}\n"
        )
        let loader = Loader()
        let campaigns = try #require(loader.load(plans: [folder.path("plan.yaml")])).plans[0].campaigns
        #expect(campaigns.map(\.years) == [2027...2027, 2028...2199])
    }
}

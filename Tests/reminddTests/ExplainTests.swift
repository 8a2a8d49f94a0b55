import Foundation
import ProgramHarness
import Reports
import Support
import Testing

@testable import Config
@testable import Dates
@testable import Plans
@testable import Scheduler
@testable import remindd

/// Tests the exact output of `explain`.
@Suite("explain")
struct ExplainTests {
    /// A campaign and the value of `--on`, with the expected output.
    struct Case: Sendable, CustomTestStringConvertible {
        let about: String
        let campaign: String
        let on: String
        let text: String

        var testDescription: String { about }
    }

    private static let vietnamese = """
        plan: so-gtvt
        title: Kế hoạch công tác trẻ em
        source: {number: 240/LĐTBXH-TE&BĐG, date: 2024-01-24, issuer: Sở Giao thông vận tải Quảng Ninh}
        notify: [an]
        remind: [7 ngày trước, đúng ngày]
        campaigns:
          - id: mid-autumn
            title: Tết Trung thu
            when: rằm tháng 8
            remind: [30 days before, {id: gan-ngay, when: 5 ngày làm việc trước lúc 07:30, notify: [everyone]}, đúng ngày]
            cite: "tổ chức Tết Trung thu cho trẻ em"
          - id: tet-trees
            title: Tết trồng cây
            when: âm lịch 23/12 - 7/1
            remind: [ngày cuối, 10 ngày sau khi kết thúc]
          - id: holiday
            title: Thăm hỏi gia đình chính sách
            when: 2/9
            rest_days: next working day
            remind: [1 ngày trước, đúng ngày, 2 ngày sau khi kết thúc]
          - id: swap
            title: Báo cáo tuần đầu năm
            when: 2/1
            rest_days: previous working day
            remind: [đúng ngày, 1 tuần sau khi kết thúc]
          - id: swapped-in
            title: Nộp báo cáo
            when: 12/1
            rest_days: previous working day
            remind: [1 ngày làm việc trước, 2 ngày trước]
          - id: moved
            title: Phòng, chống đuối nước trẻ em
            when: đầu quý 2
            except: {2026: 2026-04-10 - 2026-05-10, 2029: none}
            remind: [thứ hai hằng tuần trong đợt]

        """

    private static let english = """
        plan: unfpa
        title: Work plan
        language: en
        timezone: Europe/Berlin
        source: {number: "12/2026", date: 2026-01-20, issuer: UNFPA}
        notify: [everyone]
        at: "02:30"
        campaigns:
          - id: report
            title: Quarterly report
            when: last working day of every quarter
            rest_days: previous working day
            remind: [2 weeks before, 1 day before, on the day]
            cite: "reports are due by the end of each quarter"
          - id: weekly
            title: Sixteen days
            when: 25/11 - 10/12
            except: {2026: 2026-11-23 - 2026-12-11}
            remind: [every Monday during, 3 days before the end]
          - id: none
            title: Nobody
            when: late June
            remind: []
          - id: holiday
            title: Visit
            when: 2/9
            rest_days: next working day
            remind: [on the day]

        """

    private static let recipients = """
          - {id: an, email: an@example.vn, via: [mail]}
          - {id: binh, email: binh@example.vn, via: [mail]}
        groups:
          everyone: [an, binh]
        """

    private static func office() throws -> Office {
        let office = try Office.small(
            plan: vietnamese, channels: Office.plainChannels(smtp: 2_525, http: 8_088), recipients: recipients,
            more: "plans: plans/\n")
        try office.folder.write("plans/english.yaml", english)
        return office
    }

    private static let all = [
        Case(
            about: "a lunar day, in the plan's language, with the lunar date and the document's sentence",
            campaign: "mid-autumn", on: "2026-09-01",
            text: """
                Tết Trung thu
                  so-gtvt/mid-autumn, 2026

                Kế hoạch ghi    rằm tháng 8
                Hiểu là         âm lịch 15/8 (lunar 15/8)
                Thời gian       thứ Sáu, ngày 25/09/2026
                Âm lịch         rằm tháng Tám năm Bính Ngọ

                Các lần nhắc:
                  08 giờ 00, thứ Tư, ngày 26/08/2026  30 ngày trước  → an
                  07 giờ 30, thứ Sáu, ngày 18/09/2026  5 ngày làm việc trước [gan-ngay]  → everyone
                  08 giờ 00, thứ Sáu, ngày 25/09/2026  đúng ngày  → an

                Căn cứ          Công văn số 240/LĐTBXH-TE&BĐG ngày 24/01/2024 của Sở Giao thông vận tải Quảng Ninh
                                “tổ chức Tết Trung thu cho trẻ em”

                """),
        Case(
            about: "a lunar window over the new year, leads by its end", campaign: "tet-trees", on: "2026-01-01",
            text: """
                Tết trồng cây
                  so-gtvt/tet-trees, 2025

                Kế hoạch ghi    âm lịch 23/12 - 7/1
                Hiểu là         âm lịch 23/12 - 7/1 (lunar 23/12 - 7/1)
                Thời gian       từ thứ Ba, ngày 10/02/2026 đến thứ Hai, ngày 23/02/2026 (14 ngày)
                Âm lịch         từ 23 tháng Chạp năm Ất Tỵ đến mùng 7 tháng Giêng năm Bính Ngọ

                Các lần nhắc:
                  08 giờ 00, thứ Hai, ngày 23/02/2026  ngày cuối  → an
                  08 giờ 00, thứ Năm, ngày 05/03/2026  10 ngày sau khi kết thúc  → an

                Căn cứ          Công văn số 240/LĐTBXH-TE&BĐG ngày 24/01/2024 của Sở Giao thông vận tải Quảng Ninh

                """),
        Case(
            about: "shifts off a holiday, by its name, and off a day of the decision",
            campaign: "so-gtvt/holiday", on: "2026-08-01",
            text: """
                Thăm hỏi gia đình chính sách
                  so-gtvt/holiday, 2026

                Kế hoạch ghi    2/9
                Hiểu là         ngày 2/9 (2/9)
                Thời gian       thứ Tư, ngày 02/09/2026

                Các lần nhắc:
                  08 giờ 00, thứ Sáu, ngày 28/08/2026  1 ngày trước  → an
                      dời từ thứ Ba, ngày 01/09/2026: nghỉ theo Quốc khánh nghỉ 29/8 - 02/9/2026: Thông báo số 9441/TB-BNV ngày \
                16/10/2025; ngày làm việc sau đã quá ngày cuối
                  08 giờ 00, thứ Sáu, ngày 28/08/2026  đúng ngày  → an
                      dời từ thứ Tư, ngày 02/09/2026: nghỉ Quốc khánh; ngày làm việc sau đã quá ngày cuối
                  08 giờ 00, thứ Sáu, ngày 04/09/2026  2 ngày sau khi kết thúc  → an

                Căn cứ          Công văn số 240/LĐTBXH-TE&BĐG ngày 24/01/2024 của Sở Giao thông vận tải Quảng Ninh

                """),
        Case(
            about: "a shift off a swapped day, with the decision", campaign: "swap", on: "2026-01-01",
            text: """
                Báo cáo tuần đầu năm
                  so-gtvt/swap, 2026

                Kế hoạch ghi    2/1
                Hiểu là         ngày 2/1 (2/1)
                Thời gian       thứ Sáu, ngày 02/01/2026

                Các lần nhắc:
                  08 giờ 00, thứ Tư, ngày 31/12/2025  đúng ngày  → an
                      dời từ thứ Sáu, ngày 02/01/2026: nghỉ theo Hoán đổi với thứ bảy 10/01/2026: Công văn số 12729/VPCP-KGVX ngày \
                25/12/2025
                  08 giờ 00, thứ Sáu, ngày 09/01/2026  1 tuần sau khi kết thúc  → an

                Căn cứ          Công văn số 240/LĐTBXH-TE&BĐG ngày 24/01/2024 của Sở Giao thông vận tải Quảng Ninh

                """),
        Case(
            about: "an exception, and each week of it", campaign: "moved", on: "2026-04-01",
            text: """
                Phòng, chống đuối nước trẻ em
                  so-gtvt/moved, 2026

                Kế hoạch ghi    đầu quý 2
                Hiểu là         đầu quý 2 (early Q2)
                Riêng lần này   except: 2026 trong kế hoạch
                Thời gian       từ thứ Sáu, ngày 10/04/2026 đến Chủ nhật, ngày 10/05/2026 (31 ngày)

                Các lần nhắc:
                  08 giờ 00, thứ Hai, ngày 13/04/2026  thứ hai hằng tuần trong đợt  → an
                  08 giờ 00, thứ Hai, ngày 20/04/2026  thứ hai hằng tuần trong đợt  → an
                  08 giờ 00, thứ Hai, ngày 27/04/2026  thứ hai hằng tuần trong đợt  → an
                  08 giờ 00, thứ Hai, ngày 04/05/2026  thứ hai hằng tuần trong đợt  → an

                Căn cứ          Công văn số 240/LĐTBXH-TE&BĐG ngày 24/01/2024 của Sở Giao thông vận tải Quảng Ninh

                """),
        Case(
            about: "an English plan, several a year, in a zone that turns its clocks", campaign: "report", on: "2026-03-01",
            text: """
                Quarterly report
                  unfpa/report, 2026-Q1

                As written      last working day of every quarter
                Understood as   last working day of every quarter
                Days            Tuesday, 31 March 2026

                Reminders:
                  02:30, Tuesday, 17 March 2026  2 weeks before  → everyone
                  02:30, Monday, 30 March 2026  1 day before  → everyone
                  02:30, Tuesday, 31 March 2026  on the day  → everyone

                Source          Document no. 12/2026 of 20 January 2026 issued by UNFPA
                                “reports are due by the end of each quarter”

                """),
        Case(
            about: "an English exception, a weekly lead beside one by the end", campaign: "weekly", on: "2026-11-01",
            text: """
                Sixteen days
                  unfpa/weekly, 2026

                As written      25/11 - 10/12
                Understood as   25/11 - 10/12
                This time       except: 2026 in the plan
                Days            from Monday, 23 November 2026 to Friday, 11 December 2026 (19 days)

                Reminders:
                  02:30, Monday, 23 November 2026  every Monday during  → everyone
                  02:30, Monday, 30 November 2026  every Monday during  → everyone
                  02:30, Monday, 7 December 2026  every Monday during  → everyone
                  02:30, Tuesday, 8 December 2026  3 days before the end  → everyone

                Source          Document no. 12/2026 of 20 January 2026 issued by UNFPA

                """),
        Case(
            about: "an English shift that the last day turns back", campaign: "unfpa/holiday", on: "2026-01-01",
            text: """
                Visit
                  unfpa/holiday, 2026

                As written      2/9
                Understood as   2/9
                Days            Wednesday, 2 September 2026

                Reminders:
                  02:30, Friday, 28 August 2026  on the day  → everyone
                      shifted from Wednesday, 2 September 2026: holiday: Quốc khánh; the next working day is past the end

                Source          Document no. 12/2026 of 20 January 2026 issued by UNFPA

                """),
        Case(
            about: "nobody is reminded", campaign: "none", on: "2026-01-01",
            text: """
                Nobody
                  unfpa/none, 2026

                As written      late June
                Understood as   late June
                Days            from Sunday, 21 June 2026 to Tuesday, 30 June 2026 (10 days)

                Reminders:
                  none

                Source          Document no. 12/2026 of 20 January 2026 issued by UNFPA

                """),
        Case(
            about: "the year after an exception that leaves one out", campaign: "moved", on: "2029-04-01",
            text: """
                Phòng, chống đuối nước trẻ em
                  so-gtvt/moved, 2030

                Kế hoạch ghi    đầu quý 2
                Hiểu là         đầu quý 2 (early Q2)
                Thời gian       từ thứ Hai, ngày 01/04/2030 đến thứ Ba, ngày 30/04/2030 (30 ngày)

                Các lần nhắc:
                  08 giờ 00, thứ Hai, ngày 01/04/2030  thứ hai hằng tuần trong đợt  → an
                  08 giờ 00, thứ Hai, ngày 08/04/2030  thứ hai hằng tuần trong đợt  → an
                  08 giờ 00, thứ Hai, ngày 15/04/2030  thứ hai hằng tuần trong đợt  → an
                  08 giờ 00, thứ Hai, ngày 22/04/2030  thứ hai hằng tuần trong đợt  → an
                  08 giờ 00, thứ Hai, ngày 29/04/2030  thứ hai hằng tuần trong đợt  → an

                Căn cứ          Công văn số 240/LĐTBXH-TE&BĐG ngày 24/01/2024 của Sở Giao thông vận tải Quảng Ninh

                """),
    ]

    @Test("explain prints exactly the expected text", arguments: all)
    func text(item: Case) throws {
        let office = try Self.office()
        let loader = Loader()
        let loaded = try #require(loader.load(configuration: office.configuration))
        let set = loaded.accepted.plans
        let found = try CommandLoader.campaign(item.campaign, in: set)
        let plan = set.plans[found.plan]
        let campaign = plan.campaigns[found.campaign]
        let day = try #require(Day(item.on))
        let dates = try #require(campaign.firstOccurrence(notOverOn: day, workingDays: set.workingDays))
        let explanation = Explanation(plan: plan, campaign: campaign, dates: dates, workingDays: set.workingDays)
        #expect(explanation.lines.joined(separator: "\n") + "\n" == item.text)
    }

    @Test("The built program prints the same text, and --on chooses the first occurrence that is not over on that day")
    func program() async throws {
        let office = try Self.office()
        let lunar = try #require(Self.all.first)
        for day in ["2025-10-07", "2026-09-24", "2026-09-25"] {
            let answer = try await Program.run(
                ["explain", lunar.campaign, "--on", day, "--config", office.configuration, "--language", "vi"])
            #expect(answer.output == lunar.text)
            #expect(answer.status == 0 && answer.errors.isEmpty)
        }
        let next = try await Program.run(
            ["explain", lunar.campaign, "--on", "2026-09-26", "--config", office.configuration, "--language", "vi"])
        #expect(next.lines.contains("Thời gian       thứ Tư, ngày 15/09/2027"))
    }

    @Test("`explain` exits with 3 for an unknown campaign, and with 2 for an id of two campaigns, which it names")
    func missing() async throws {
        let office = try Self.office()
        let config = ["--config", office.configuration]
        for unknown in ["nothing", "so-gtvt/nothing", "nothing/mid-autumn"] {
            let answer = try await Program.run(["explain", unknown] + config)
            #expect(answer.status == 3 && answer.output.isEmpty)
        }
        let two = try await Program.run(["explain", "holiday"] + config)
        #expect(two.status == 2 && two.output.isEmpty)
        #expect(two.errors.contains("so-gtvt/holiday") && two.errors.contains("unfpa/holiday"), "\(two.errors)")
    }

    private struct JSON: Decodable {
        struct Lead: Decodable, Equatable {
            let lead: String
            let phrase: String
            let anchor: String
            let named: String
            let due: String
            let shift: String?
        }

        let plan: String
        let campaign: String
        let title: String
        let occurrence: String
        let written: String
        let phrase: String
        let start: String
        let end: String
        let lunar: String?
        let leads: [Lead]
        let source: String?
        let cite: String?
    }

    @Test("JSON is one line with the keys in order and the same facts")
    func json() async throws {
        let office = try Self.office()
        func ask(_ campaign: String, _ day: String) async throws -> (line: String, JSON) {
            let answer = try await Program.run(
                ["explain", campaign, "--on", day, "--format", "json", "--config", office.configuration])
            #expect(answer.status == 0 && answer.lines.count == 1)
            return (answer.output, try JSONDecoder().decode(JSON.self, from: Data(answer.output.utf8)))
        }
        let (line, lunar) = try await ask("mid-autumn", "2026-09-01")
        var rest = line[...]
        for key in ["plan", "campaign", "title", "occurrence", "written", "phrase", "start", "end", "lunar", "leads"] {
            let place = try #require(rest.range(of: "\"\(key)\":"), "\(key) is missing or out of order")
            rest = rest[place.upperBound...]
        }
        #expect(lunar.plan == "so-gtvt" && lunar.campaign == "mid-autumn" && lunar.occurrence == "2026")
        #expect(lunar.written == "rằm tháng 8" && lunar.phrase == "lunar 15/8")
        #expect(lunar.start == "2026-09-25" && lunar.end == "2026-09-25")
        #expect(lunar.lunar == "rằm tháng Tám năm Bính Ngọ")
        #expect(lunar.cite == "tổ chức Tết Trung thu cho trẻ em")
        #expect(lunar.source == "Công văn số 240/LĐTBXH-TE&BĐG ngày 24/01/2024 của Sở Giao thông vận tải Quảng Ninh")
        #expect(
            lunar.leads == [
                .init(
                    lead: "30 days before", phrase: "30 days before", anchor: "2026-09-25", named: "2026-08-26",
                    due: "2026-08-26T08:00:00+07:00", shift: nil),
                .init(
                    lead: "gan-ngay", phrase: "5 working days before", anchor: "2026-09-25", named: "2026-09-18",
                    due: "2026-09-18T07:30:00+07:00", shift: nil),
                .init(
                    lead: "on the day", phrase: "on the day", anchor: "2026-09-25", named: "2026-09-25",
                    due: "2026-09-25T08:00:00+07:00", shift: nil),
            ])
        let (_, swap) = try await ask("swap", "2026-01-01")
        #expect(swap.lunar == nil && swap.cite == nil)
        #expect(swap.leads.first?.named == "2026-01-02" && swap.leads.first?.due == "2025-12-31T08:00:00+07:00")
        #expect(
            swap.leads.first?.shift
                == "nghỉ theo Hoán đổi với thứ bảy 10/01/2026: Công văn số 12729/VPCP-KGVX ngày 25/12/2025")
        let (_, report) = try await ask("report", "2026-03-01")
        #expect(report.leads.map { $0.due.suffix(6) } == ["+01:00", "+02:00", "+02:00"], "the zone's own offset on each day")
    }
}

import Foundation
import Support
import Testing

@testable import Config
@testable import Dates
@testable import Diagnostics
@testable import Documents
@testable import Plans
@testable import Scheduler

/// Tests plans and lists of recipients as people write them: without ids, with Vietnamese words.
@Suite("Files as people write them")
struct WrittenFilesTests {
    // MARK: Days

    @Test(
        "A day is read in every form of documents",
        arguments: [
            ("2026-04-20", "2026-04-20"), ("20/4/2026", "2026-04-20"), ("20/04/2026", "2026-04-20"), ("20.4.2026", "2026-04-20"),
            ("20-4-2026", "2026-04-20"), ("ngày 20 tháng 4 năm 2026", "2026-04-20"), ("Ngày 20 tháng 04 năm 2026", "2026-04-20"),
            ("20 tháng 4 năm 2026", "2026-04-20"), ("ngày 20/4/2026", "2026-04-20"), ("ngay 20 thang 4 nam 2026", "2026-04-20"),
            ("ngày\u{A0}20 tháng 4/2026", "2026-04-20"), ("29/2/2024", "2024-02-29"), ("29/2/2026", nil), ("4/20/2026", nil),
            ("20/4/26", nil), ("20/4", nil), ("20/4-2026", nil), ("20260420", nil), ("tháng 4 năm 2026", nil), ("", nil),
            ("20/4/2026 và 21/4/2026", nil), (String(repeating: "2", count: 200), nil), ("âm lịch 20/4/2026", nil),
        ] as [(String, String?)])
    func days(text: String, expected: String?) {
        #expect(Day(written: text)?.description == expected)
        #expect(Day(written: text.decomposedStringWithCanonicalMapping)?.description == expected)
    }

    private static func plans(_ text: String, _ problems: Problems = Problems()) throws -> Plan? {
        let reader = PlanReader(
            problems: problems, zones: SystemZones(), defaultZone: hanoi, directory: nil, workingDays: .mondayToFriday)
        let plan = reader.read(bytes: Array(text.utf8), name: "plan.yaml")
        reader.finish()
        return plan
    }

    @Test("source.date, working days and the keys of `except` take days as documents write them")
    func dateFields() throws {
        let problems = Problems()
        let plan = try Self.plans(
            """
            plan: p
            title: T
            source: {date: ngày 20 tháng 4 năm 2026}
            campaigns:
              - {id: a, title: A, when: thứ hai hằng tuần từ 5/1/2026, except: {12/1/2026: không, 2026-01-19: 20/1/2026}}
            """, problems)
        #expect(problems.all.filter { $0.severity == .error } == [])
        #expect(plan?.source.date == Day("2026-04-20"))
        #expect(Set((plan?.campaigns[0].exceptions ?? [:]).keys) == ["2026-01-12", "2026-01-19"])
        let calendar = WorkingDaysReader(problems: problems).read(
            bytes: Array("calendar: x\nweekly_rest: [thứ bảy, Chủ nhật]\noff: [{date: 2/1/2026, cite: c}]\n".utf8), name: "x")
        #expect(calendar?.weeklyRest == [.saturday, .sunday])
        #expect(calendar?.status(of: Day("2026-01-02")!) == .offByDecision(cite: "c"))
        #expect(problems.all.filter { $0.severity == .error } == [])
    }

    @Test(
        "rest_days takes Vietnamese words; without the key each lead has its default",
        arguments: [
            ("rest_days: ngày làm việc trước", RestDays.previousWorkingDay), ("rest_days: Ngày làm việc sau", .nextWorkingDay),
            ("rest_days: gửi", .send), ("rest_days: send", .send), ("joiners: không", nil),
        ] as [(String, RestDays?)])
    func restDays(line: String, expected: RestDays?) throws {
        let problems = Problems()
        let plan = try Self.plans("plan: p\ntitle: T\n\(line)\ncampaigns: [{id: a, title: A, when: 28/6}]\n", problems)
        #expect(plan?.campaigns[0].restDays == expected)
        #expect(problems.all.filter { $0.severity == .error } == [])
        if line.hasPrefix("joiners") { #expect(plan?.joiners == Joiners.none) }
    }

    @Test(
        "The weekly summary and `catch_up` take Vietnamese words",
        arguments: [
            ("thứ hai 08:00", Weekday.monday), ("Thứ Sáu lúc 17:30", .friday), ("thứ 2 08:00", .monday),
            ("chủ nhật 8:00", .sunday),
            ("Monday 08:00", .monday), ("thứ chín 08:00", nil), ("thứ hai", nil), ("Someday 08:00", nil),
        ] as [(String, Weekday?)])
    func weekly(text: String, day: Weekday?) throws {
        let folder = try TemporaryFolder()
        try folder.write(
            "remindd.yaml", "plans: []\nchannels: {}\nrecipients: []\ncatch_up: không\nalerts: {to: [], weekly: \(text)}\n")
        let problems = Problems()
        let configuration = ConfigurationReader(problems: problems, zones: SystemZones()).read(path: folder.path("remindd.yaml"))
        #expect(configuration?.catchUp == CatchUp.none)
        #expect(configuration?.alerts?.weekly?.day == day)
        let hint = text.hasPrefix("thứ") ? "thứ hai 08:00" : "Monday 08:00"
        #expect(problems.all.map(\.hints) == (day == nil ? [[hint]] : []))
    }

    // MARK: Ids of campaigns

    @Test("A campaign without an id gets one from its title, unique in the order of the file, and check prints it once")
    func madeIDs() throws {
        let problems = Problems()
        let plan = try Self.plans(
            """
            plan: p
            title: T
            remind: []
            campaigns:
              - title: Phòng, chống đuối nước trẻ em
                when: 1/6
              - {title: "Phòng chống đuối nước trẻ em", when: 2/6}
              - {title: "Phòng - chống đuối nước: TRẺ EM!", when: 3/6}
              - {id: bao-cao, title: X, when: 3/6}
              - {title: Báo cáo, when: 4/6}
              - {title: "Tháng hành động vì bình đẳng giới và phòng ngừa bạo lực", when: 5/6}
              - {title: 中秋, when: 6/6}
              - {title: "Null", when: 7/6}
              - {title: Việc cũ, formerly: [viec-moi], when: 8/6}
              - {title: Việc mới, when: 9/6}
            """, problems)
        let ids = [
            "phong-chong-duoi-nuoc-tre-em", "phong-chong-duoi-nuoc-tre-em-2", "phong-chong-duoi-nuoc-tre-em-3", "bao-cao",
            "bao-cao-2", "thang-hanh-dong-vi-binh-dang-gioi-va", "campaign", "null-2", "viec-cu", "viec-moi-2",
        ]
        #expect(plan?.campaigns.map(\.id) == ids)
        #expect(plan?.madeIDs == Set(ids).subtracting(["bao-cao"]))
        let warnings = problems.all.map(\.description).filter { $0.contains("check --fix") }
        #expect(warnings.count == 1 && warnings[0].hasPrefix("plan.yaml:5:5: warning: campaigns without \"id\""), "\(warnings)")
        #expect(warnings[0].contains("phong-chong-duoi-nuoc-tre-em-2 (line 7)"), "\(warnings)")
        #expect(problems.all.filter { $0.severity == .error } == [])
        #expect(ids.allSatisfy { $0.utf8.count <= Identifier.madeLimit })
    }

    @Test("An id that is made from a title counts as in use")
    func formerNames() throws {
        let problems = Problems()
        _ = try Self.plans(
            "plan: p\ntitle: T\ncampaigns: [{title: A, when: 1/6, formerly: [b]}, {id: b, title: B, when: 2/6}]\n", problems)
        #expect(problems.all.contains { $0.message.contains("b is in use") }, "\(problems.all)")
    }

    private static func fixed(_ text: String) throws -> String? {
        let (problems, places) = (Problems(), SourceMap())
        let reader = PlanReader(
            problems: problems, zones: SystemZones(), defaultZone: hanoi, directory: nil, workingDays: .mondayToFriday,
            places: places)
        _ = reader.read(bytes: Array(text.utf8), name: "plan.yaml")
        return YAMLFile.adding(ids: places.made, to: Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test(
        "Writing ids into a plan changes nothing else",
        arguments: ["\n", "\r\n", "\r"], ["", "\u{FEFF}"])
    func fix(lineEnd: String, mark: String) throws {
        func text(_ ids: Bool) -> String {
            let id = { (id: String, column: Int) in ids ? "id: \(id)\n" + String(repeating: " ", count: column - 1) : "" }
            let lines = """
                # Kế hoạch   của năm
                plan: p
                title: 'T'   # “tiêu đề”
                campaigns:
                -   \(id("viec-a", 5))title: "Việc A"   # one
                    when: 28/6

                -   when: 29/6
                    id: b
                    title: B
                # between
                - \(ids ? "{id: viec-c, " : "{")title: Việc C, when: 30/6}
                -
                  \(id("viec-d", 3))when: 1/7
                  title:
                    Việc D
                  note: |
                    - title: không phải
                - \(id("viec-e", 3))"title": 'Việc E'
                  when: 2/7
                """
            return mark + lines.replacing("\n", with: lineEnd)
        }
        #expect(try Self.fixed(text(false)) == text(true))
        #expect(try Self.fixed(text(true)) == text(true))
    }

    @Test("Ids are not written into a campaign that is repeated by an alias, because both would get the same id")
    func noFix() throws {
        #expect(try Self.fixed("plan: p\ntitle: T\ncampaigns:\n- &a\n  title: A\n  when: 1/6\n- *a\n") == nil)
    }

    // MARK: Lists of recipients

    private static func directory(
        _ csv: String, configuration: String = "via: [mail]\ngroups: {people: {file: people.csv}}"
    ) throws -> (directory: RecipientDirectory, problems: [String], made: [MadeID]) {
        let folder = try TemporaryFolder()
        try folder.write("people.csv", csv)
        try folder.write(
            "remindd.yaml",
            """
            plans: []
            channels:
              mail: {email: {server: "smtp://127.0.0.1:9", tls: off, from: a@example.vn}}
              spare: {email: {server: "smtp://127.0.0.1:9", tls: off, from: a@example.vn}}
            recipients: []
            \(configuration)
            """)
        let (problems, places) = (Problems(), SourceMap())
        let reader = ConfigurationReader(problems: problems, zones: SystemZones(), places: places)
        let directory = try #require(reader.read(path: folder.path("remindd.yaml"))).directory
        return (directory, problems.sorted.map { $0.description.replacing(folder.path(""), with: "") }, places.made)
    }

    @Test("A list as offices keep it is read: Vietnamese headings, columns of its own, no ids, no channels")
    func officeList() throws {
        let (directory, problems, _) = try Self.directory(
            "STT;Họ tên;Đơn vị;Email;Điện thoại;Nhóm;Ngôn ngữ;Ghi chú\n"
                + "1;Nguyễn Thị Lan;Văn phòng;lan@example.vn;0912 345 678;Nữ công, Văn phòng;Tiếng Việt;x\n"
                + "2;;Công đoàn cơ sở Lê Lợi;leloi@example.vn;;;;\n")
        #expect(directory.recipients.map(\.id) == ["nguyen-thi-lan", "cong-doan-co-so-le-loi"])
        #expect(directory.recipients.map(\.name) == ["Nguyễn Thị Lan", "Công đoàn cơ sở Lê Lợi"])
        #expect(directory.recipients.map(\.email) == ["lan@example.vn", "leloi@example.vn"])
        #expect(directory.recipients.map(\.via) == [["mail"], ["mail"]])
        #expect(directory.recipients.map(\.language) == [.vi, nil])
        #expect(directory.groupNames == ["nu-cong", "people", "van-phong"])
        try #require(problems.count == 2, "\(problems)")
        #expect(problems[0].hasPrefix("people.csv:1:1: warning: columns that are not known are ignored: "))
        #expect(problems[1].hasPrefix("people.csv:2:1: warning: 2 recipients without \"id\" get one from their names: "))
        #expect(problems[0].contains("\"stt\", \"ghi chú\"") && problems[1].contains("nguyen-thi-lan (line 2)"), "\(problems)")
    }

    @Test("A heading that is nearly a known one gets a hint")
    func nearHeading() throws {
        let (_, problems, _) = try Self.directory("id,emial\nan,an@example.vn\n")
        #expect(problems.contains { $0.hasSuffix("did you mean \"email\"?") }, "\(problems)")
    }

    @Test("Equal names get the local part of the address behind the id, whatever the order of the rows")
    func namesakes() throws {
        let rows = ["Nguyễn Thị Lan,lan.nt@example.vn", "Nguyễn Thị Lan,lan2@example.vn", "Trần Văn Bình,b@example.vn"]
        let ids: Set = ["nguyen-thi-lan-lan-nt", "nguyen-thi-lan-lan2", "tran-van-binh"]
        for order in [rows, rows.reversed()] {
            let (directory, _, _) = try Self.directory("name,email\n" + order.joined(separator: "\n") + "\n")
            #expect(Set(directory.recipients.map(\.id)) == ids)
            let lan = directory.recipient("nguyen-thi-lan-lan2")
            #expect(lan?.email == "lan2@example.vn")
        }
        // A name that is an id already, and rows without an address.
        let (taken, _, _) = try Self.directory("id,name,email\nlan,X,x@example.vn\n,Lan,y@example.vn\n,,z@example.vn\n")
        #expect(taken.recipients.map(\.id) == ["lan", "lan-y", "z"])
        let (_, none, _) = try Self.directory("id,name,email\n,,\"\"\n,?,\n")
        #expect(none.contains { $0.contains("a recipient's id is \"\"") }, "\(none)")
        let (same, _, _) = try Self.directory("name,email\nLan,lan@a.vn\nLan,lan@b.vn\n")
        #expect(same.recipients.map(\.id) == ["lan", "lan-2"])
    }

    @Test("The channels of a row, of its file and of the configuration replace one another")
    func via() throws {
        let (directory, problems, _) = try Self.directory(
            "id,email,via\na,a@example.vn,\nb,b@example.vn,\"spare, mail\"\n",
            configuration: "via: [mail]\ngroups: {people: {file: people.csv, via: [spare]}}")
        #expect(directory.recipients.map(\.via) == [["spare"], ["spare", "mail"]], "\(problems)")
        let (_, missing, _) = try Self.directory(
            "id,email\na,a@example.vn\n", configuration: "groups: {people: {file: people.csv}}")
        #expect(
            missing.contains { $0.contains("no column \"via\"; the first line must name it, or the configuration") }, "\(missing)"
        )
        let (_, empty, _) = try Self.directory(
            "id,email,via\na,a@example.vn,\n", configuration: "groups: {people: {file: people.csv}}")
        #expect(empty.contains { $0.contains("recipient a has an empty \"via\"") }, "\(empty)")
    }

    @Test("Recipients in the configuration take its channels, too")
    func inlineVia() throws {
        func read(_ via: String) throws -> (RecipientDirectory, [String]) {
            let folder = try TemporaryFolder()
            try folder.write(
                "remindd.yaml",
                "plans: []\nchannels:\n  mail: {email: {server: \"smtp://127.0.0.1:9\", tls: off, from: a@example.vn}}\n\(via)"
                    + "recipients: [{id: an, email: an@example.vn}]\n")
            let problems = Problems()
            let reader = ConfigurationReader(problems: problems, zones: SystemZones())
            return (
                try #require(reader.read(path: folder.path("remindd.yaml"))).directory, problems.all.map(\.message.description)
            )
        }
        #expect(try read("via: [mail]\n").0.recipients.map(\.via) == [["mail"]])
        #expect(try read("").1 == ["a recipient has no \"via\"; it is required"])
    }

    @Test("A group that is the path of a list gets the hint {file: …}")
    func barePath() throws {
        let (_, problems, _) = try Self.directory("id\n", configuration: "groups: {people: recipients/cdcs.csv}")
        #expect(problems.first?.hasSuffix("did you mean \"{file: recipients/cdcs.csv}\"?") == true, "\(problems)")
    }

    @Test("Headings of one column twice, and a list without any name, are refused")
    func badHeadings() throws {
        let (_, twice, _) = try Self.directory("Email,Địa chỉ email\na,b\n")
        #expect(twice.contains { $0.contains("the column \"địa chỉ email\" stands twice (numbers 1 and 2)") }, "\(twice)")
        let (_, nameless, _) = try Self.directory("STT,via\n1,mail\n")
        #expect(nameless.contains { $0.contains("no column \"id\"; the first line must name it") }, "\(nameless)")
    }

    @Test(
        "Writing ids into a list changes nothing else",
        arguments: [
            ("name,email\nLan,l@a.vn\n\nBình,b@a.vn", "id,name,email\nlan,Lan,l@a.vn\n\nbinh,Bình,b@a.vn"),
            (
                "\u{FEFF}sep=;\r\nname;email\r\n\"Lan; A\";l@a.vn\r\n",
                "\u{FEFF}sep=;\r\nid;name;email\r\nlan-a;\"Lan; A\";l@a.vn\r\n"
            ),
            (
                "name,id,email\nLan,,l@a.vn\nBình,b,b@a.vn\nAn, ,a@a.vn\n",
                "name,id,email\nLan,lan,l@a.vn\nBình,b,b@a.vn\nAn,an ,a@a.vn\n"
            ),
            ("id\tname\temail\n\"\"\tLan\tl@a.vn\n", "id\tname\temail\n\"lan\"\tLan\tl@a.vn\n"),
            ("name,email,x\nLan,l@a.vn,\"1\n2\"\nB,b@a.vn,\n", "id,name,email,x\nlan,Lan,l@a.vn,\"1\n2\"\nb,B,b@a.vn,\n"),
        ])
    func fixList(written: String, expected: String) throws {
        let (_, _, made) = try Self.directory(written)
        let file = try #require(CSVFile(bytes: Array(written.utf8), name: "f", problems: Problems()))
        let ids = Dictionary(uniqueKeysWithValues: made.map { ($0.line, $0.id) })
        #expect(file.adding(ids: ids).map { String(decoding: $0, as: UTF8.self) } == expected)
        #expect(file.adding(ids: [99: "x"]) == nil)
    }

    @Test("An id is not written over another one, or into a row that is too short")
    func badRows() throws {
        let file = try #require(
            CSVFile(bytes: Array("name,email,id\nA,a@a.vn,x\nB,b@a.vn\n".utf8), name: "f", problems: Problems()))
        #expect(file.adding(ids: [2: "y"]) == nil && file.adding(ids: [3: "y"]) == nil)
    }
}

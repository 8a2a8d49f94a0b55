import Foundation
import ProgramHarness
import Support
import Testing

@testable import Config
@testable import Dates
@testable import Diagnostics
@testable import Plans
@testable import Reports
@testable import Scheduler
@testable import remindd

/// Checks the year as a chart in the terminal and as a page to print.
@Suite("The year in a terminal and on paper")
struct YearTests {
    /// The shipped sample, and a plan of 40 campaigns as a union of a province writes it.
    enum Source: String, CaseIterable, Sendable {
        case sample, union

        func office() throws -> Office {
            switch self {
            case .sample: return try Office.sample(smtp: 2_525, http: 8_088)
            case .union:
                let plan = PackageRoot.path("Tests/reminddTests/Golden/union-year.yaml")
                return try Office.plain(
                    plan: try String(contentsOfFile: plan, encoding: .utf8), smtp: 2_525, http: 8_088,
                    recipients: "  - {id: van-phong, name: Văn phòng, email: vp@example.vn, via: [mail]}")
            }
        }

        func loaded() throws -> Loaded {
            // The folder is removed with the office.
            let office = try office()
            let loader = Loader()
            let read = withExtendedLifetime(office) { loader.load(configuration: office.configuration) }
            #expect(!loader.problems.hasErrors, "\(loader.problems.sorted.map(\.description))")
            return try #require(read)
        }

        func report(_ year: Int = 2_027, in language: Language? = nil) throws -> YearReport {
            let accepted = try loaded().accepted
            return YearReport(year, of: accepted.plans, to: accepted.directory, in: language)
        }
    }

    private static func terminal(_ columns: Int, colour: Bool = false, _ language: Language = .vi) -> Terminal {
        Terminal(columns: columns, hasColour: colour, language: language)
    }

    // MARK: The chart

    @Test(
        "The chart fits every width and has each title in full, so that no two campaigns have the same words",
        arguments: Source.allCases, [40, 60, 79, 80, 100, 120, 200])
    func widths(source: Source, columns: Int) throws {
        let report = try source.report(in: .vi)
        let lines = YearChart(report, terminal: Self.terminal(columns)).lines
        #expect(lines.allSatisfy { DisplayWidth.of($0) <= columns }, "\(lines.filter { DisplayWidth.of($0) > columns })")
        // Removes the bars, which begin at the second column after the titles.
        let marks: Set<Character> = ["█", "■", "▼", "·"]
        let words = lines.map { $0.filter { !marks.contains($0) } }.joined(separator: " ")
            .split(separator: " ").joined(separator: " ")
        for row in report.sections.flatMap(\.rows) {
            // A word that is wider than the column is broken.
            let broken = row.title.split(separator: " ").contains { $0.count > columns / 2 }
            #expect(broken || words.contains(row.title.split(separator: " ").joined(separator: " ")), "\(row.title)")
        }
    }

    @Test("A bar covers the days of the campaign, a single day and a deadline have their own marks")
    func bars() throws {
        let lines = YearChart(try Source.union.report(in: .vi), terminal: Self.terminal(80)).lines
        #expect(lines[0] == "Năm 2027                                    1  2  3  4  5  6  7  8  9  10 11 12")
        let months = String(lines[0].drop { $0 != "1" })
        func track(_ title: String) throws -> String {
            let line = try #require(lines.first { $0.hasPrefix(title) })
            return String(line.dropFirst(lines[0].count - months.count))
        }
        #expect(try track("Tháng Công nhân") == "·  ·  ·  ·  ███·  ·  ·  ·  ·  ·  ·")
        #expect(try track("Quốc khánh 2/9") == "·  ·  ·  ·  ·  ·  ·  ·  ■  ·  ·  ·")
        #expect(try track("Báo cáo sơ kết 6 tháng đầu năm") == "·  ·  ·  ·  ·  ·▼ ·  ·  ·  ·  ·  ·")
        #expect(try track("Trại hè cho con đoàn viên") == "·  ·  ·  ·  ·  ·  ██ ·  ·  ·  ·  ·")
        let full = lines.firstIndex { $0.hasPrefix("Vui Tết Trung thu") }!
        #expect(lines[(full + 1)...(full + 3)] == ["  thứ Tư 15/09", "  19:30, Nhà Văn hóa Lao động tỉnh", "  âm lịch 15/8"])
        let weekly = lines.firstIndex { $0.hasPrefix("Giao ban tuần") }!
        #expect(lines[(weekly + 1)...(weekly + 2)] == ["  thứ hai hằng tuần", "  52 lần từ 04/01 đến 27/12"])
    }

    @Test("Dates have the weekday, and the year where it is another one")
    func words() {
        let (vi, en) = (CalendarWords(language: .vi), CalendarWords(language: .en))
        let (start, end) = (Day(2_027, 12, 15)!, Day(2_028, 1, 9)!)
        func plain(_ text: String) -> String { text.replacing("\u{A0}", with: " ") }
        #expect(plain(vi.span(start, end, in: 2_027)) == "thứ Tư 15/12 – Chủ nhật 09/01/2028")
        #expect(plain(en.span(start, start, in: 2_028)) == "Wednesday 15/12/2027")
        #expect(vi.heading(start, in: 2_027) == "Thứ Tư 15/12" && vi.month(start) == "Tháng 12/2027")
        #expect(en.heading(end, in: 2_028) == "Sunday 09/01" && en.month(end) == "January 2028")
    }

    @Test("Colours are shown only in a terminal that has them")
    func colours() throws {
        let report = try Source.sample.report(in: .en)
        let plain = YearChart(report, terminal: Self.terminal(80, .en)).lines
        let coloured = YearChart(report, terminal: Self.terminal(80, colour: true, .en)).lines
        #expect(!plain.contains { $0.contains("\u{1B}") })
        #expect(coloured.contains { $0.contains("\u{1B}[36m███\u{1B}[0m") })
        #expect(coloured.map { $0.replacing(/\u{1B}\[[0-9]*m/, with: "") } == plain)
    }

    @Test("A year without activities says so, and a recipient's year has the recipient's name")
    func empty() throws {
        let accepted = try Source.union.loaded().accepted
        let none = YearReport(1_970, of: PlanSet(plans: [], workingDays: accepted.plans.workingDays), to: accepted.directory)
        #expect(YearChart(none, terminal: Self.terminal(80)).lines == ["Năm 1970: không có hoạt động nào."])
        #expect(YearChart(none, terminal: Self.terminal(80, .en)).lines == ["Year 1970: no activities."])
        let own = YearReport(2_027, of: accepted.plans, to: accepted.directory, YearReport.Selection(recipient: 0), in: .vi)
        #expect(YearChart(own, terminal: Self.terminal(80)).lines[0].hasPrefix("Năm 2027: Văn phòng  "))
    }

    @Test(
        "Text is wrapped between words by the columns that it takes, and only long words are broken",
        arguments: [
            ("một hai ba", 7, ["một hai", "ba"]), ("", 5, [""]), ("  a   b ", 5, ["a b"]),
            ("abcdefgh ij", 3, ["abc", "def", "gh", "ij"]),
            ("thứ\u{A0}Hai 01/06", 8, ["thứ Hai", "01/06"]), ("漢字 x", 4, ["漢字", "x"]),
            ("e\u{301}e\u{301}", 2, ["e\u{301}e\u{301}"]),
        ])
    func wrap(text: String, columns: Int, lines: [String]) {
        #expect(WordWrap.column(of: text, width: columns) == lines)
    }

    // MARK: The page

    private static func sheet(_ source: Source, _ settings: SheetSettings = SheetSettings()) throws -> String {
        let first = try source.report()
        let language = YearSheet.language(of: first.sections.map(\.language))
        return YearSheet(try source.report(in: language), settings).html
    }

    @Test("The page is well-formed, has no script and loads nothing", arguments: Source.allCases)
    func wellFormed(source: Source) async throws {
        let html = try Self.sheet(source)
        let folder = try TemporaryFolder()
        try folder.write("year.html", html)
        let check = """
            import sys, xml.etree.ElementTree as tree
            root = tree.parse(sys.argv[1]).getroot()
            rows = [row for row in root.iter("tr") if len(row) == 17]
            assert all(sum(int(cell.get("colspan", 1)) for cell in row) == 17 for row in root.find(".//table[@class='year']").iter("tr"))
            print(len(rows) - 1, sorted({element.tag for element in root.iter()}))
            """
        let parsed = try await Subprocess.run(["/usr/bin/python3", "-c", check, folder.path("year.html")])
        #expect(parsed.status == 0, "\(parsed.errors)")
        let rows = try source.report().sections.flatMap(\.rows).count
        #expect(parsed.output.hasPrefix("\(rows) [") && rows == (source == .union ? 40 : 28))
        for word in ["<script", "javascript:", "onload", "http:", "https:", "<link", "@import", "url(", " style="] {
            #expect(!html.contains(word), "\(word)")
        }
    }

    @Test("The page has the head, the date, the signatures and the copies of Decree 30, and blanks where the settings have none")
    func head() throws {
        var settings = SheetSettings()
        settings.superior = "Tổng Liên đoàn Lao động Việt Nam"
        settings.office = "Liên đoàn Lao động <tỉnh>"
        settings.number = "05/CTr-LĐLĐ"
        settings.place = "Hà Nam"
        settings.madeBy = "Trần Thị B"
        settings.signedBy.authority = "TM. Ban Thường vụ"
        settings.signedBy.title = "Chủ tịch"
        settings.signedBy.name = "Nguyễn Văn A & C"
        settings.copies = ["Ban Thường vụ Tỉnh ủy", "Lưu: VT"]
        let html = try Self.sheet(.union, settings)
        for text in [
            "<p>TỔNG LIÊN ĐOÀN LAO ĐỘNG VIỆT NAM</p>", "<b>LIÊN ĐOÀN LAO ĐỘNG &lt;TỈNH&gt;</b>",
            "<b>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</b>", "<b>Độc lập - Tự do - Hạnh phúc</b>", "<td>Số: 05/CTr-LĐLĐ</td>",
            "Hà Nam, ngày …… tháng …… năm 20……", "<h1>LỊCH THỰC HIỆN KẾ HOẠCH NĂM 2027</h1>",
            "<p class=\"subtitle\">Chương trình công tác năm – Liên đoàn Lao động tỉnh</p>",
            "<p class=\"sources\">(Căn cứ chương trình số 05/CTr-LĐLĐ ngày 04/01/2027 của Ban Thường vụ Liên đoàn Lao động tỉnh)</p>",
            "<td>NGƯỜI LẬP BIỂU</td><td>TM. BAN THƯỜNG VỤ<br/>CHỦ TỊCH</td>",
            "<td>Trần Thị B</td><td>Nguyễn Văn A &amp; C</td>",
            "<b>Nơi nhận:</b><br/>- Ban Thường vụ Tỉnh ủy;<br/>- Lưu: VT.",
        ] { #expect(html.contains(text), "\(text)") }
        #expect(!html.contains("……………"))
        let blank = try Self.sheet(.union)
        #expect(blank.components(separatedBy: "……………").count > 6)
        #expect(blank.contains("margin: 20mm 15mm 20mm 30mm") && blank.contains("size: A4 landscape"))
    }

    @Test("A sheet of English plans is in English, and one of plans in both languages is in Vietnamese")
    func sheetLanguage() {
        #expect(YearSheet.language(of: [.en, .en]) == .en)
        #expect(YearSheet.language(of: [.en, .vi]) == .vi && YearSheet.language(of: []) == .vi)
        let texts = SheetTexts(language: .en)
        #expect(texts.columns == ["No.", "Activity", "Dates", "Lunar", "In charge"] && texts.madeBy == "PREPARED BY")
    }

    @Test("Several plans are headings with Roman numbers, and the rows are numbered throughout")
    func plans() throws {
        let html = try Self.sheet(.sample)
        let numerals = html.matches(of: #/rowgroup">([IVX]+)\. /#).map { String($0.1) }
        #expect(numerals == ["I", "II", "III", "IV", "V"])
        let numbers = html.matches(of: /<td class="number">(\d+)</).map { Int($0.1) }
        #expect(numbers == Array(1...28))
    }

    @Test("A bar lies in the cells of its months, and a single day is wide enough to be seen")
    func drawing() throws {
        let html = try Self.sheet(.union)
        func cells(_ title: String) throws -> [String] {
            let row = try #require(html.split(separator: "\n").first { $0.contains("<td>\(title)</td>") })
            return row.components(separatedBy: "<td class=\"month\">").dropFirst().map { $0.components(separatedBy: "</td>")[0] }
        }
        let whole =
            "<svg viewBox=\"0 0 62 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
            + "<rect x=\"0\" y=\"1\" width=\"62\" height=\"8\" fill=\"#246\"/></svg>"
        let may = try cells("Tháng Công nhân")
        #expect(may.count == 12 && may[4] == whole && may.filter { !$0.isEmpty }.count == 1)
        #expect(try cells("Quốc khánh 2/9")[8].contains("<rect x=\"2\" y=\"1\" width=\"8\""))
        let window = try cells("Tháng hành động vì bình đẳng giới và phòng ngừa, ứng phó với bạo lực trên cơ sở giới")
        #expect(
            window[10].contains("<rect x=\"28\" y=\"1\" width=\"34\"")
                && window[11].contains("<rect x=\"0\" y=\"1\" width=\"30\""))
        #expect(try cells("Kỷ niệm ngày sinh Chủ tịch Hồ Chí Minh 19/5")[4].contains("x=\"36\""))
        #expect(try cells("Báo cáo sơ kết 6 tháng đầu năm")[5].contains("#a11"))
    }
}

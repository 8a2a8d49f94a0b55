import Foundation
import ProgramHarness
import Support
import Testing

/// Checks `year` as a command: its files, its PDF, its refusals, and its output in a real terminal.
@Suite("The command year")
struct YearCommandTests {
    /// The settings of a sheet whose every blank is filled.
    private static let sheet = """
        sheet:
          superior: Tổng Liên đoàn Lao động Việt Nam
          office: Liên đoàn Lao động tỉnh
          number: 05/CTr-LĐLĐ
          place: Ninh Bình
          made_by: Trần Thị Bình
          signed_by: {authority: TM. Ban Thường vụ, title: Chủ tịch, name: Nguyễn Văn An}
          copies: [Ban Thường vụ Tỉnh ủy, "Lưu: VT"]

        """

    private static func union() throws -> Office {
        let plan = PackageRoot.path("Tests/reminddTests/Golden/union-year.yaml")
        return try Office.small(
            plan: try String(contentsOfFile: plan, encoding: .utf8), channels: Office.plainChannels(smtp: 2_525, http: 8_088),
            recipients: "  - {id: van-phong, name: Văn phòng, email: vp@example.vn, via: [mail]}\n  - {id: an, via: [hub]}",
            more: "plans: plans/\n" + sheet)
    }

    private static func run(
        _ arguments: [String], _ office: Office, environment: [String: String] = [:]
    ) async throws -> Subprocess.Finished {
        try await Subprocess(
            [Program.path, "year"] + arguments + ["--config", office.configuration], environment: environment,
            in: office.folder.path
        ).finish()
    }

    // MARK: Output

    @Test("JSON has a row for each campaign, and the year is the current one unless the command names it")
    func json() async throws {
        let office = try Self.union()
        let answer = try await Self.run(["2027", "--format", "json"], office)
        let rows = try Line.all(answer.output)
        #expect(rows.count == 40 && rows.allSatisfy { $0["plan"] == "lien-doan-lao-dong" })
        let moon = try #require(answer.lines.first { $0.contains("\"campaign\":\"trung-thu\"") })
        let start =
            "{\"plan\":\"lien-doan-lao-dong\",\"campaign\":\"trung-thu\",\"title\":\"Vui Tết Trung thu cho con đoàn viên\","
        #expect(moon.hasPrefix(start + "\"year\":2027,\"when\":\"rằm tháng 8\","))
        #expect(
            moon.contains(
                "\"occurrences\":[{\"occurrence\":\"2027\",\"start\":\"2027-09-15\",\"end\":\"2027-09-15\",\"lunar\":\"rằm tháng Tám năm Đinh Mùi\"}]"
            ))
        let year = Calendar(identifier: .gregorian).component(.year, from: Date(timeIntervalSinceNow: 7 * 3_600))
        let current = try await Self.run(["--format", "json"], office)
        #expect(current.status == 0 && current.lines.allSatisfy { $0.contains("\"year\":\(year),") })
    }

    @Test("One plan is named by its id or its file, and one recipient by id")
    func selections() async throws {
        let office = try Office.sample(smtp: 2_525, http: 8_088)
        let plan = ["2027", "--format", "json", "--plan"]
        let byID = try await Self.run(plan + ["quang-ninh-transport"], office)
        #expect(byID.lines.count == 10 && byID.lines.allSatisfy { $0.contains("\"plan\":\"quang-ninh-transport\"") })
        #expect(try await Self.run(plan + ["plans/quang-ninh-transport.yaml"], office).output == byID.output)
        let partner = try await Self.run(["2027", "--format", "json", "--recipient", "quang-ninh-unfpa"], office)
        #expect(!partner.lines.isEmpty && partner.lines.count < 10 && partner.lines.allSatisfy(byID.lines.contains))
        let unfpa = try await Self.run(["2027", "--recipient", "quang-ninh-unfpa"], office)
        #expect(unfpa.lines[0].hasPrefix("Year 2027: Anh Duong House partner desk "))
    }

    @Test("In a terminal the chart has its width and colours, and without colours where NO_COLOR is set")
    func terminal() async throws {
        let office = try Self.union()
        func shown(_ environment: [String: String]) async throws -> String {
            // The runner of the tests may set the variable itself.
            let unset = environment["NO_COLOR"] == nil ? "unset NO_COLOR; " : ""
            let command = "\(unset)stty cols 60; '\(Program.path)' year 2027 --config '\(office.configuration)'"
            return try await Subprocess(
                ["script", "-qec", command, "/dev/null"],
                environment: ["TERM": "xterm", "LC_ALL": "", "LC_MESSAGES": "", "LANG": "vi_VN.UTF-8"]
                    .merging(environment) { $1 }, in: office.folder.path
            ).finish().output.replacing("\r\n", with: "\n")
        }
        let coloured = try await shown([:])
        #expect(coloured.contains("\u{1B}[36m██\u{1B}[0m") && coloured.contains("Năm 2027"), "\(coloured.debugDescription)")
        let plain = try await shown(["NO_COLOR": "1"])
        #expect(!plain.contains("\u{1B}") && plain == coloured.replacing(/\u{1B}\[[0-9]*m/, with: ""))
        #expect(plain.split(separator: "\n").allSatisfy { $0.count <= 60 } && plain.contains("█"))
    }

    @Test(
        "Wrong arguments are usage errors",
        arguments: [
            "year 27", "year 1969", "year +2027", "year 2027 --html a --pdf b", "year 2027 --format json --html a",
            "year 2027 --format json --pdf a", "simulate --to 2001-01-01",
        ])
    func usage(command: String) async throws {
        let office = try Self.union()
        let run = try await Program.run(
            command.split(separator: " ").map(String.init) + ["--config", office.configuration], in: office.folder.path)
        #expect(run.status == 64 && run.errors.contains("Usage: remindd"), "\(run.errors)")
    }

    @Test("Unknown plans and recipients exit with 3")
    func unknown() async throws {
        let office = try Self.union()
        let plan = try await Self.run(["2027", "--plan", "lien-doan"], office)
        #expect(plan.status == 3 && plan.errors.hasPrefix("remindd: no plan \"lien-doan\"; known: lien-doan-lao-dong"))
        let recipient = try await Self.run(["2027", "--recipient", "van-phon"], office)
        #expect(recipient.status == 3 && recipient.errors.contains("did you mean \"van-phong\"?"))
    }

    // MARK: Files

    @Test("The page is written to its file, and a file that cannot be written ends the command with 1 and the reason")
    func page() async throws {
        let office = try Self.union()
        let written = try await Self.run(["2027", "--html", "year.html"], office)
        #expect(written.status == 0 && written.output.isEmpty && written.errors.isEmpty)
        let html = try String(contentsOfFile: office.folder.path("year.html"), encoding: .utf8)
        #expect(html.hasPrefix("<!DOCTYPE html>\n<html lang=\"vi\">") && html.contains("TM. BAN THƯỜNG VỤ<br/>CHỦ TỊCH"))
        let refused = try await Self.run(["2027", "--html", "none/year.html"], office)
        #expect(refused.status == 1)
        #expect(refused.errors == "remindd: none/year.html cannot be written: No such file or directory\n")
        let full = try await Self.run(["2027", "--html", "/dev/full"], office)
        #expect(full.status == 1 && full.errors == "remindd: /dev/full cannot be written: No space left on device\n")
    }

    @Test("The PDF is A4 landscape in one family of fonts, with the head on every page and the signatures whole")
    func pdf() async throws {
        let office = try Self.union()
        let made = try await Self.run(["2027", "--pdf", "year.pdf"], office)
        #expect(made.status == 0 && made.errors.isEmpty, "\(made.errors)")
        let file = office.folder.path("year.pdf")
        let info = try await Subprocess.run(["pdfinfo", file]).output
        #expect(info.contains("841.89 x 595.276 pts (A4)"), "\(info)")
        let fonts = try await Subprocess.run(["pdffonts", file]).lines.dropFirst(2)
        let families = Set(
            fonts.compactMap { $0.firstMatch(of: #/^[A-Z]{6}\+([A-Za-z-]+?)(-Bold|-Italic|-Bold-Italic)? /#)?.1 })
        #expect(families == ["Liberation-Serif"] || families == ["Times-New-Roman"], "\(fonts)")
        let pages = try await Subprocess.run(["pdftotext", "-layout", file, "-"]).output.components(separatedBy: "\u{C}")
            .dropLast()
        #expect((2...6).contains(pages.count))
        for (index, page) in pages.enumerated() {
            #expect(page.contains("Nội dung công việc"), "page \(index + 1)")
            let first = page.split(separator: "\n")[0].trimmingCharacters(in: .whitespaces)
            #expect(index == 0 ? first.contains("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM") : first == "\(index + 1)", "\(first)")
        }
        let last = pages.last ?? ""
        for text in [
            "NGƯỜI LẬP BIỂU", "TM. BAN THƯỜNG VỤ", "CHỦ TỊCH", "Trần Thị Bình", "Nguyễn Văn An", "Nơi nhận:", "- Lưu: VT.",
        ] {
            #expect(last.contains(text) && !pages.dropLast().contains { $0.contains(text) }, "\(text)")
        }
        #expect(last.contains("Hội nghị Ban Chấp hành tổng kết năm"), "the last rows stand with the signatures")
    }

    /// Makes a folder for `PATH` that has links to some programs, and scripts in place of others.
    ///
    /// A shell writes the scripts. If the test wrote them, a program that another test starts at
    /// the same moment could inherit the open file, and the kernel would then refuse to run the
    /// script.
    private static func path(links: [String], scripts: [String: String] = [:]) async throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for name in links {
            try FileManager.default.createSymbolicLink(atPath: folder.path(name), withDestinationPath: try requires(name))
        }
        for (name, text) in scripts {
            let write = "printf '#!/bin/sh\\n%s\\n' \"$1\" > \"$0\" && chmod 755 \"$0\""
            let written = try await Subprocess.run(["/bin/sh", "-c", write, folder.path(name), text])
            #expect(written.status == 0, "\(written.errors)")
        }
        return folder
    }

    @Test("Without WeasyPrint, the command names the packages and the other way, and writes nothing")
    func withoutWeasyPrint() async throws {
        let office = try Self.union()
        let folder = try await Self.path(links: ["fc-list"])
        let refused = try await Self.run(["2027", "--pdf", "year.pdf"], office, environment: ["PATH": folder.path])
        #expect(refused.status == 1)
        #expect(
            refused.errors
                == "remindd: --pdf needs WeasyPrint: apt install weasyprint fonts-liberation2. Or use --html FILE and print from a browser.\n"
        )
        #expect(!FileManager.default.fileExists(atPath: office.folder.path("year.pdf")))
    }

    @Test(
        "Without a font that has all Vietnamese letters, the command names the package",
        arguments: ["echo 'DejaVu Sans'", "exit 1", nil])
    func withoutFont(list: String?) async throws {
        let office = try Self.union()
        let folder = try await Self.path(links: ["weasyprint"], scripts: list.map { ["fc-list": $0] } ?? [:])
        let refused = try await Self.run(["2027", "--pdf", "year.pdf"], office, environment: ["PATH": folder.path])
        #expect(refused.status == 1)
        #expect(
            refused.errors
                == "remindd: --pdf needs a font with all Vietnamese letters: apt install fonts-liberation2. Or use --html FILE and print from a browser.\n"
        )
    }

    @Test("The page for WeasyPrint names only the first complete font, and a failure is reported with its last words")
    func weasyPrintFails() async throws {
        let office = try Self.union()
        let scripts = [
            "fc-list": "echo 'Noto Serif,Noto Serif Black'; echo 'Liberation Serif'",
            "weasyprint": "/bin/cat > page.html; echo first >&2; echo 'no memory' >&2; exit 3",
        ]
        let folder = try await Self.path(links: [], scripts: scripts)
        let refused = try await Self.run(["2027", "--pdf", "year.pdf"], office, environment: ["PATH": folder.path])
        #expect(refused.status == 1)
        #expect(refused.errors == "remindd: WeasyPrint made no PDF (status 3): no memory\n")
        let html = try String(contentsOfFile: office.folder.path("page.html"), encoding: .utf8)
        #expect(html.contains("font: 13pt/1.25 \"Liberation Serif\", serif") && !html.contains("Noto") && !html.contains("Times"))
        try folder.write("weasyprint", "#!/no/such/shell\n")
        chmod(folder.path("weasyprint"), 0o755)
        let unstarted = try await Self.run(["2027", "--pdf", "year.pdf"], office, environment: ["PATH": folder.path])
        #expect(unstarted.status == 1 && unstarted.errors.hasPrefix("remindd: WeasyPrint cannot be started: "))
    }
}

import Foundation
import ProgramHarness
import Support
import Testing

/// Checks the language of what commands print, and how problems are shown.
@Suite("Answers in Vietnamese")
struct VietnameseTests {
    private static let wrong = """
        plan: union
        title: Kế hoạch công tác năm
        remind: [7 ngày trước]
        notify: [an]
        campaigns:
          - id: action-month
            title: Tháng hành động vì bình đẳng giới
            when: 15-11
        """

    private static func office(plan: String = wrong) throws -> Office {
        try Office.plain(plan: plan, smtp: 2_525, http: 8_088)
    }

    private static let answer =
        "plan.yaml:8:13: lỗi: when \"15-11\": ngày và tháng nối với nhau bằng dấu \"/\"; có phải là \"15/11\"?\n"

    @Test("--language decides, else the environment does")
    func chosen() async throws {
        let office = try Self.office()
        let command = [Program.path, "check", "--config", office.configuration]
        let vietnamese = try await Subprocess.run(command + ["--language", "vi"])
        #expect(vietnamese.status == 65 && vietnamese.errors.contains(Self.answer), "\(vietnamese.errors)")
        let located = try await Subprocess.run(command, environment: ["LC_ALL": "", "LC_MESSAGES": "", "LANG": "vi_VN.UTF-8"])
        #expect(located.errors == vietnamese.errors)
        let leading = try await Subprocess.run([Program.path, "--language", "vi"] + command.dropFirst())
        #expect(leading.errors == vietnamese.errors)
        let english = try await Subprocess.run(command + ["--language=en"], environment: ["LC_ALL": "vi_VN.UTF-8"])
        #expect(english.errors.contains("plan.yaml:8:13: error: when \"15-11\": day and month are joined by \"/\""))
    }

    @Test("JSON is the same in both languages")
    func json() async throws {
        let wrong = try Self.office()
        let right = try Self.office(plan: Self.wrong.replacing("15-11", with: "15/11"))
        for (office, command) in [
            (wrong, ["check"]), (right, ["status"]),
            (right, ["explain", "action-month", "--on", "2027-01-01"]),
            (right, ["simulate", "--from", "2027-11-01", "--to", "2027-11-30"]),
            (right, ["occurrences", "--from", "2027-11-01", "--to", "2027-11-30"]),
        ] {
            let arguments = command + ["--config", office.configuration, "--format", "json"]
            let english = try await Program.run(arguments + ["--language", "en"])
            let vietnamese = try await Program.run(arguments + ["--language", "vi"])
            #expect(english.output == vietnamese.output, "\(command)")
            #expect(english.errors == vietnamese.errors, "\(command)")
            #expect((english.output + english.errors).contains("{"), "\(command)")
        }
    }

    @Test("explain, status, check and refusals of names are in the language of the reader, not of the plan")
    func commands() async throws {
        let office = try Self.office(plan: Self.wrong.replacing("15-11", with: "15/11"))
        func run(_ command: [String], _ language: String) async throws -> Subprocess.Finished {
            try await Program.run(command + ["--config", office.configuration, "--language", language])
        }
        let explain = ["explain", "action-month", "--on", "2027-01-01"]
        #expect(try await run(explain, "vi").output.contains("Hiểu là         ngày 15/11"))
        #expect(try await run(explain, "en").output.contains("Understood as   15/11\n"))
        #expect(try await run(["status"], "vi").output.contains("đang chạy     không\nkế hoạch      1, với 1 hoạt động\n"))
        #expect(try await run(["check"], "vi").output.hasPrefix("1 kế hoạch với 1 hoạt động, 2 người nhận: "))
        #expect(
            try await run(["explain", "action-moth"], "vi").errors
                == "remindd: không có hoạt động \"action-moth\"; có phải là \"action-month\"?\n")
        #expect(try await run(["history"], "vi").errors.hasPrefix("remindd: chưa có gì: không có sổ ghi tại "))
    }

    @Test("year, simulate, init and check --fix follow --language in lists and refusals, whatever the environment says")
    func newCommands() async throws {
        let office = try Self.office(
            plan: Self.wrong.replacing("15-11", with: "15/11").replacing("id: action-month\n    ", with: ""))
        func run(_ command: [String], _ language: String) async throws -> Subprocess.Finished {
            let other = language == "vi" ? "C.UTF-8" : "vi_VN.UTF-8"
            return try await Subprocess.run([Program.path] + command + ["--language", language], environment: ["LC_ALL": other])
        }
        let config = ["--config", office.configuration]
        let fixed = try await run(["check", "--fix"] + config, "vi")
        #expect(fixed.output.contains("plan.yaml: đã ghi 1 id\n"), "\(fixed.output)\(fixed.errors)")
        #expect(try await run(["year", "2027"] + config, "vi").output.hasPrefix("Năm 2027 "))
        #expect(try await run(["year", "2027"] + config, "en").output.hasPrefix("Year 2027 "))
        let span = ["simulate", "--from", "2027-11-01", "--to", "2027-11-30"] + config
        #expect(try await run(span, "vi").output.hasSuffix("1 lượt gửi.\n"))
        #expect(try await run(span, "en").output.hasSuffix("1 message.\n"))
        for (command, refusal) in [
            (["year", "27"], "Lỗi: giá trị '27' không dùng được cho '<YEAR>': năm viết là 2027, từ 1970 đến 2199\n"),
            (["year", "--html", "a", "--pdf", "b"], "Lỗi: không dùng --html và --pdf cùng lúc\n"),
            (["year", "2027", "--html", "/nowhere/a"], "remindd: không ghi được /nowhere/a: không có tệp hay thư mục này\n"),
            (["year", "--plan", "unoin"], "remindd: không có kế hoạch \"unoin\"; hiện có: union; có phải là \"union\"?\n"),
            (["simulate", "--to", "2000-01-01"], "Lỗi: --to 01/01/2000 đứng trước hôm nay, "),
        ] {
            let refused = try await run(command + config, "vi")
            #expect(refused.status != 0 && refused.errors.hasPrefix(refusal), "\(refused.errors)")
        }
        let asked = try await run(["init", office.folder.path("new"), "--no-test"], "vi")
        #expect(asked.errors.hasPrefix("Lỗi: không có màn hình để hỏi; hãy ghi --from và --to\n"), "\(asked.errors)")
    }

    @Test("A running daemon answers each client in the client's language")
    func daemon() async throws {
        let office = try Self.office(plan: Self.wrong.replacing("15-11", with: "15/11"))
        let daemon = try await Program.daemon(office)
        let asked = ["status", "--config", office.configuration]
        #expect(try await Program.run(asked + ["--language", "vi"]).output.hasPrefix("đang chạy     từ "))
        #expect(try await Program.run(asked).output.hasPrefix("running       since "))
        try office.writePlan(Self.wrong)
        let reload = ["reload", "--config", office.configuration]
        let vietnamese = try await Program.run(reload + ["--language", "vi"])
        #expect(vietnamese.errors.contains(Self.answer), "\(vietnamese.errors)")
        #expect(vietnamese.errors.hasSuffix("remindd: không nạp lại, vẫn dùng bản cũ: các tệp nêu trên có lỗi\n"))
        let english = try await Program.run(reload)
        #expect(english.problems.hasSuffix("remindd: reload refused, the old state stays: the files above have errors\n"))
        #expect(try await Program.stop(daemon).status == 0)
    }

    @Test("The help and usage errors of every command are in Vietnamese")
    func help() async throws {
        let commands = [
            [], ["run"], ["check"], ["occurrences"], ["simulate"], ["explain"], ["render"], ["send-test"], ["history"],
            ["missed"],
            ["failed"], ["failed", "list"], ["failed", "retry"], ["release"], ["reload"], ["status"], ["backup"], ["restore"],
            ["new-ledger"], ["schema"], ["year"], ["init"],
        ]
        for command in commands {
            let help = try await Program.run(["--language", "vi"] + command + ["--help"])
            #expect(help.status == 0 && help.output.hasPrefix("TÓM TẮT: "), "\(command): \(help.output)")
            #expect(
                !help.output.contains(/OVERVIEW|USAGE|OPTIONS|ARGUMENTS|SUBCOMMANDS|Show |default:|\b(the|and|with)\b/),
                "\(help.output)")
            #expect(help.lines.allSatisfy { $0.count <= 80 || $0.hasPrefix("CÁCH DÙNG") }, "\(command)")
            #expect([[], ["failed"]].contains(command) || help.output.contains("--language <language>"), "\(command)")
        }
        let missing = try await Program.run(["explain", "--language", "vi"])
        #expect(missing.status == 64 && missing.errors.hasPrefix("Lỗi: thiếu tham số '<CAMPAIGN>'\n"), "\(missing.errors)")
        let unknown = try await Program.run(["status", "--language", "fr"])
        #expect(unknown.status == 64 && unknown.errors.contains("The value 'fr' is invalid for '--language <language>'"))
        let day = try await Program.run(["history", "--since", "2027-02-30", "--language", "vi"])
        #expect(
            day.errors.hasPrefix(
                "Lỗi: giá trị '2027-02-30' không dùng được cho '--since <DAY>': ngày viết là 2027-01-31 hoặc 31/1/2027, từ năm 1970 đến 2199\n"
            ))
    }

    @Test("A problem is shown with its line and a caret, after the line that editors read")
    func caret() async throws {
        let office = try Self.office()
        let check = try await Program.run(["check", "--config", office.configuration])
        #expect(check.errors.contains("did you mean \"15/11\"?\n  8 |     when: 15-11\n    |             ^\n"), "\(check.errors)")
        let list = try await Program.run(
            ["occurrences", office.folder.path("plans/plan.yaml"), "--from", "2027-01-01", "--to", "2027-12-31"])
        #expect(list.errors.hasSuffix("  8 |     when: 15-11\n    |             ^\n"), "\(list.errors)")
    }

    @Test("A line that may hold a secret is not shown")
    func secrets() async throws {
        let folder = try TemporaryFolder()
        let lines = [
            "channels: {mail: {email: {server: \"smtp://127.0.0.1:25\", from: a@b.vn, username: u, password: tin-mat-1}}}",
            "channels: {hub: {webhook: {url: \"https://tin-mat-1@b.vn/x\"}}}",
            "channels: {}\npasword: tin-mat-1",
            "channels: {}\nrecipients: [{id: an, whsec_: tin-mat-1, via: []}]",
            "heartbeat: {url: \"https://b.vn/tin-mat-1\", evry: 1}\nchannels: {}",
            "channels:\n  mail:\n    email:\n      server: smtp://127.0.0.1\n      from a@b.vn\n      password: tin-mat-1",
        ]
        for line in lines {
            try folder.write("remindd.yaml", "\(line)\nrecipients: []\nplans: []\n")
            let check = try await Program.run(["check", "--config", "remindd.yaml"], in: folder.path)
            #expect(check.status == 78 && check.errors.contains("remindd.yaml:"), "\(check.errors)")
            #expect(!check.errors.contains("tin-mat-1"), "\(check.errors)")
        }
    }

    @Test("In a terminal, problems and answers are wrapped between words at its width", arguments: [48, 80])
    func width(columns: Int) async throws {
        let office = try Self.office(
            plan: Self.wrong + " and much more of the phrase that makes the line longer than the terminal is")
        let command = "stty cols \(columns); '\(Program.path)' check --language vi --config '\(office.configuration)'"
        let shown = try await Subprocess.run(["script", "-qec", command, "/dev/null"])
        let lines = shown.output.replacing("\r\n", with: "\n").split(separator: "\n")
        let path = office.folder.path("plans/plan.yaml")
        #expect(lines.contains { $0.contains("^") } && lines.contains { $0.contains("…") }, "\(shown.output)")
        #expect(lines.allSatisfy { $0.count <= columns || $0.hasPrefix(path) && !$0.contains(" ") }, "\(shown.output)")
        let help = try await Subprocess.run(
            ["script", "-qec", "stty cols \(columns); '\(Program.path)' status --config '\(office.configuration)'", "/dev/null"])
        #expect(
            help.output.replacing("\r\n", with: "\n").split(separator: "\n").allSatisfy {
                $0.count <= columns || !$0.dropFirst(14).contains(" ")
            },
            "\(help.output)")
    }
}

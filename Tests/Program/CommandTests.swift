import Dates
import Foundation
import ProgramHarness
import Scheduler
import Support
import Testing

@testable import Transport

/// Checks the output of the commands, in text and in JSON.
@Suite("Commands")
struct CommandTests {
    private static func sample(smtp: UInt16 = 2_525, http: UInt16 = 8_088) throws -> Office {
        try Office.sample(smtp: smtp, http: http)
    }

    private static func ask(_ arguments: [String], _ office: Office) async throws -> Subprocess.Finished {
        let answer = try await Program.run(arguments + ["--config", office.configuration])
        #expect(answer.status == 0, "\(arguments): \(answer.errors)")
        return answer
    }

    /// Returns the top-level keys of a JSON object in their order.
    private static func keys(_ line: String) -> [String] {
        var keys: [String] = []
        var depth = 0
        var text: String?
        var last = ""
        var escaped = false
        for character in line {
            if let open = text {
                if escaped {
                    escaped = false
                } else if character == "\\" {
                    escaped = true
                } else if character == "\"" {
                    (last, text) = (open, nil)
                }
                if text != nil { text = open + String(character) }
            } else if character == "\"" {
                text = ""
            } else if character == "{" || character == "[" {
                depth += 1
            } else if character == "}" || character == "]" {
                depth -= 1
            } else if character == ":", depth == 1 {
                keys.append(last)
            }
        }
        return keys
    }

    // MARK: `occurrences`

    private static let lunarPlan = """
        plan: lunar
        title: Âm lịch
        campaigns:
          - {id: mid-autumn, title: Tết Trung thu, when: rằm tháng 8}
          - {id: tet, title: Tết Nguyên đán, when: mùng 1 tháng Giêng}
          - {id: fifteenth, title: Rằm tháng Mười một, when: âm lịch 15/11}

        """

    @Test("`occurrences` of a plan file without a configuration prints the lunar days of the Vietnamese calendar")
    func lunar() async throws {
        let folder = try TemporaryFolder()
        let plan = try folder.write("lunar.yaml", Self.lunarPlan)
        let answer = try await Program.run([
            "occurrences", plan, "--from", "2026-01-01", "--to", "2041-12-31", "--format", "json",
        ])
        #expect(answer.status == 0, "\(answer.errors)")
        #expect(answer.errors.isEmpty, "no warnings belong here: \(answer.errors)")
        let lines = try Line.all(answer.output)
        func starts(_ campaign: String, _ year: String) -> [String] {
            lines.filter { $0["campaign"] == campaign && $0["start"].hasPrefix(year) }.map { $0["start"] }
        }
        #expect(starts("mid-autumn", "2027") == ["2027-09-15"])
        #expect(starts("mid-autumn", "2034") == ["2034-09-26"])
        #expect(starts("mid-autumn", "2041") == ["2041-09-09"])
        #expect(starts("tet", "2030") == ["2030-02-02"])
        #expect(starts("fifteenth", "2026").count == 2)
        let names = lines.filter { $0["campaign"] == "fifteenth" && $0["start"].hasPrefix("2026") }.map { $0["occurrence"] }
        #expect(names == ["2025", "2026"], "named by the year in which the lunar year begins")
    }

    private static let occurrenceKeys = [
        "plan", "campaign", "title", "occurrence", "start", "end", "when", "understood", "lunar", "source", "cite", "note",
        "time", "place",
    ]

    @Test("`occurrences` lists everything that overlaps the time span, sorted, with the fields in the contract's order")
    func occurrences() async throws {
        let office = try Self.sample()
        let span = ["occurrences", "--from", "2027-11-20", "--to", "2027-12-31"]
        let json = try await Self.ask(span + ["--format", "json"], office)
        let lines = json.lines
        #expect(lines.allSatisfy { Self.keys($0) == Self.occurrenceKeys })
        let rows = try Line.all(json.output)
        #expect(rows.contains { $0["start"] == "2027-11-15" && $0["end"] == "2027-12-15" }, "overlaps the time span")
        #expect(rows.allSatisfy { $0["end"] >= "2027-11-20" && $0["start"] <= "2027-12-31" })
        let keys = rows.map { [$0["start"], $0["plan"], $0["campaign"]].joined(separator: " ") }
        #expect(keys == keys.sorted())
        let text = try await Self.ask(span, office)
        #expect(text.lines.count == lines.count)
        for (row, line) in zip(rows, text.lines) {
            for field in ["start", "plan", "campaign", "title"] { #expect(line.contains(row[field]), "\(line)") }
        }
        #expect(text.errors.isEmpty)
        let work = try #require(rows.first { $0["campaign"] == "gender-equality-month" && $0["plan"].hasPrefix("quang-ninh") })
        #expect(work["source"].hasPrefix("Công văn số 240/LĐTBXH-TE&BĐG ngày 24/01/2024 của "))
    }

    @Test("`occurrences` has the phrase as written and as understood, the lunar dates, and never a recurrence rule in words")
    func details() async throws {
        let folder = try TemporaryFolder()
        let plan = try folder.write(
            "plan.yaml",
            """
            plan: p
            title: Kế hoạch
            campaigns:
              - {id: a, title: A, when: đầu quý 2, cite: Điều 3, note: Rà soát}
              - {id: b, title: B, when: rằm tháng 8}
              - {id: c, title: C, when: "rrule FREQ=YEARLY;BYMONTH=9;BYDAY=1MO from 2026-01-01"}
              - {id: d, title: D, when: "rrule FREQ=YEARLY;BYMONTH=9;BYDAY=5MO from 2026-01-01"}

            """)
        let answer = try await Program.run([
            "occurrences", plan, "--from", "1/1/2027", "--to", "31/12/2030", "--format", "json",
        ])
        let rows = try Line.all(answer.output)
        func row(_ campaign: String) throws -> Line { try #require(rows.first { $0["campaign"] == campaign }) }
        let (a, b, c) = (try row("a"), try row("b"), try row("c"))
        #expect((a["when"], a["understood"]) == ("đầu quý 2", "đầu quý 2"))
        #expect((a["cite"], a["note"]) == ("Điều 3", "Rà soát"))
        #expect((b["when"], b["lunar"]) == ("rằm tháng 8", "rằm tháng Tám năm Đinh Mùi"))
        #expect(c["understood"] == "thứ hai đầu tiên của tháng 9")
        let rule = try #require(answer.lines.first { $0.contains("\"campaign\":\"d\"") })
        #expect(
            rule.contains(
                "\"understood\":null,\"lunar\":null,\"source\":null,\"cite\":null,\"note\":null,\"time\":null,\"place\":null}"))
    }

    @Test("A time span with nothing in it gives an empty answer and exit status 0")
    func empty() async throws {
        let noon = Noon()
        let office = try Office.plain(
            plan: noon.plan([("trial", "Việc", noon.at(minutes: 300))]), smtp: FreePort.next(), http: FreePort.next())
        for command in ["occurrences", "simulate"] {
            for format in ["json", "text"] {
                let answer = try await Self.ask(
                    [command, "--from", "2150-01-01", "--to", "2150-01-02", "--format", format], office)
                #expect(answer.output.isEmpty)
            }
        }
        let history = try await Self.ask(["history", "--format", "json"], office)
        #expect(history.output.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: office.ledger), "a question creates no ledger")
    }

    // MARK: `simulate`

    @Test("`simulate` sorts its rows by due time and identity, as JSON with the contract's fields in order or as lines of text")
    func simulate() async throws {
        let office = try Self.sample()
        let span = ["simulate", "--from", "2027-05-01", "--to", "2027-06-30"]
        let json = try await Self.ask(span + ["--format", "json"], office)
        let wanted = [
            "due", "plan", "campaign", "occurrence", "lead", "anchor", "recipient", "channel", "start", "end", "subject",
            "title", "kind", "goes",
        ]
        #expect(json.lines.allSatisfy { Self.keys($0) == wanted })
        let rows = try Line.all(json.output)
        #expect(rows.count > 50)
        let order = rows.map { row in ["due", "plan", "campaign", "lead", "anchor", "recipient", "channel"].map { row[$0] } }
        #expect(order == order.sorted { $0.lexicographicallyPrecedes($1) })
        #expect(rows.allSatisfy { $0["due"].hasSuffix("+07:00") && $0["due"].count == 25 })
        #expect(rows.allSatisfy { $0["due"] >= "2027-05-01T00:00:00" && $0["due"] < "2027-07-01T00:00:00" })
        #expect(rows.allSatisfy { $0["kind"] == "lead" && $0["goes"] == $0["due"] && !$0["title"].isEmpty })
        let text = try await Self.ask(span + ["--wide"], office)
        #expect(text.lines.count == rows.count)
        for (row, line) in zip(rows, text.lines) { #expect(line.contains(row["subject"]) && line.contains(row["recipient"])) }
    }

    @Test("Subjects count days from the due time in the recipient's language, and state whether a campaign is under way or over")
    func subjects() async throws {
        let office = try Self.sample()
        let answer = try await Self.ask(["simulate", "--from", "2027-01-01", "--to", "2027-12-31", "--format", "json"], office)
        let rows = try Line.all(answer.output)
        for row in rows {
            let due = try #require(Day(String(row["due"].prefix(10))))
            let (start, end) = (try #require(Day(row["start"])), try #require(Day(row["end"])))
            let english = row["recipient"] == "quang-ninh-unfpa"
            let isLast = end == due
            let wanted: String =
                if due < start {
                    english ? "\(start - due) days left (" : "Còn \(start - due) ngày ("
                } else if due > end {
                    "Đã kết thúc \(due - end) ngày ("
                } else if start == end {
                    english ? "Today: " : "Hôm nay: "
                } else if due == start {
                    english ? "Starts today, until " : "Bắt đầu hôm nay, đến "
                } else {
                    isLast ? "Ngày cuối (" : "Đang diễn ra, còn \(end - due) ngày (đến "
                }
            let subject = row["subject"].split(separator: "] ", maxSplits: 1)[1]
            #expect(subject.hasPrefix(wanted), "\(row["due"]) \(row["subject"])")
            #expect(row["subject"].hasPrefix(english ? "[Reminder] " : "[Nhắc việc] "))
        }
        #expect(Set(rows.map { $0["recipient"] }).contains("quang-ninh-unfpa"))
    }

    // MARK: `render`

    @Test("render shows the message that arrives, except for Date, Postfix's own headers and a webhook's time of firing")
    func render() async throws {
        let postfix = try await Postfix.start()
        let hub = try await ScriptedServer("receiver.py")
        let noon = Noon()
        let office = try Office.plain(
            plan: noon.plan([("trial", "Phòng, chống đuối nước trẻ em", noon.at(minutes: -2))]), smtp: postfix.plainPort,
            http: hub.port)
        func render(_ recipient: String, _ channel: String) async throws -> String {
            try await Self.ask(["render", "trial", "--recipient", recipient, "--lead", "on the day", "--via", channel], office)
                .output
        }
        let mail = try await render("an", "mail")
        let hook = try await render("desk", "hub")
        let arguments = ["render", "trial", "--recipient", "an", "--lead", "on the day", "--via", "mail", "--format", "json"]
        let structured = try #require(try Line.all(try await Self.ask(arguments, office).output).first)
        #expect(structured["message"].contains("\r\nFrom: ") && structured["message"].hasSuffix(mail.suffix(200)))
        let daemon = try await Program.daemon(office)
        #expect(await postfix.mail.holds(1))
        #expect(await hub.sees { $0.contains { $0.id != nil } })
        #expect(try await Program.stop(daemon).status == 0)

        #expect(!mail.replacing("\r\n", with: "").contains("\n"), "lines end in CR LF")
        let stored = String(decoding: try #require(try postfix.mail.messages().first), as: UTF8.self)
        let own = try #require(stored.range(of: "\nDate: ")).lowerBound
        func lines(_ text: some StringProtocol) -> [String] {
            text.replacingOccurrences(of: "\r\n", with: "\n").components(separatedBy: "\n").filter { !$0.hasPrefix("Date: ") }
        }
        #expect(lines(stored[stored.index(after: own)...]) == lines(mail))

        let request = try #require(hub.lines.first { $0.id != nil })
        let parts = hook.components(separatedBy: "\r\n\r\n")
        try #require(parts.count == 2)
        func unstamped(_ body: String) -> String {
            let rest = body.components(separatedBy: "\"timestamp\":\"")
            return rest[0] + (rest.last?.drop { $0 != "\"" } ?? "")
        }
        #expect(unstamped(parts[1]) == unstamped(String(decoding: request.bytes, as: UTF8.self)))
        func head(_ text: String) -> [String] {
            text.lowercased().components(separatedBy: "\r\n").filter { !$0.isEmpty && !$0.hasPrefix("webhook-timestamp") }
                .sorted()
        }
        #expect(head(parts[0]) == head(request.head ?? ""))
        try await postfix.stop()
    }

    // MARK: `send-test`

    @Test("`send-test` sends one marked message through each channel and prints the server's answer")
    func sendTest() async throws {
        let postfix = try await Postfix.start()
        let nginx = try await Nginx.start()
        let noon = Noon()
        let office = try Office.plain(
            plan: noon.plan([("trial", "Việc", noon.at(minutes: 300))], notify: "an"), smtp: postfix.plainPort, http: nginx.port,
            recipients:
                "  - {id: an, name: Nguyễn Thị An, email: an@example.vn, via: [mail, hub]}\n  - {id: bob, email: bob@example.vn, language: en, via: [mail]}"
        )
        let both = try await Self.ask(["send-test", "an"], office)
        try #require(both.lines.count == 2)
        #expect(both.lines[0].hasPrefix("an by mail: delivered 250: 250 2.0.0 Ok: queued as "), "\(both.output)")
        #expect(both.lines[1].hasPrefix("an by hub: delivered 204"), "\(both.output)")
        #expect(await postfix.mail.holds(1))
        #expect(await nginx.holds(1))
        let mail = try await PythonMail.read(try #require(try postfix.mail.messages().first))
        #expect(mail.subject == "[Thử] Hôm nay: Việc", "the next reminder, marked as a test")
        #expect(mail.text?.contains("THƯ THỬ") == true)
        let request = try #require(try nginx.requests().first)
        #expect(request.body.contains("\"subject\":\"[Thử] "))
        #expect(request.contentType == "application/json; charset=utf-8")
        #expect(request.userAgent.hasPrefix("remindd/"))

        let structured = try await Self.ask(["send-test", "an", "--via", "hub", "--format", "json"], office)
        let hub = try #require(try Line.all(structured.output).first)
        #expect(hub["recipient"] == "an" && hub["channel"] == "hub" && hub["outcome"] == "delivered", "\(structured.output)")

        let english = try await Self.ask(["send-test", "bob", "--via", "mail"], office)
        #expect(english.lines.count == 1)
        #expect(await postfix.mail.holds(2))
        // The order of the two mails is not checked, because mails that arrive in the same second
        // have no fixed order in the Maildir.
        let subjects = try await postfix.mail.messages().asyncMap { try await PythonMail.read($0).subject ?? "" }
        #expect(subjects.contains { $0 == "[Test] Today: Test message of remindd" }, "bob gets no reminders: \(subjects)")
        #expect(!FileManager.default.fileExists(atPath: office.ledger), "a test leaves no trace in the ledger")
        try await postfix.stop()
        try await nginx.stop()
    }

    @Test("`send-test` to closed ports exits with 1 and prints the reason")
    func deadPorts() async throws {
        let noon = Noon()
        let office = try Office.plain(
            plan: noon.plan([("trial", "Việc", noon.at(minutes: 300))], notify: "an"), smtp: FreePort.next(),
            http: FreePort.next(),
            recipients: "  - {id: an, email: an@example.vn, via: [mail, hub]}")
        let answer = try await Program.run(["send-test", "an", "--config", office.configuration])
        #expect(answer.status == 1)
        let (answers, hints) = (answer.lines.filter { !$0.hasPrefix(" ") }, answer.lines.filter { $0.hasPrefix(" ") })
        #expect(answers.count == 2)
        #expect(answers.allSatisfy { $0.contains("not sent") && $0.contains("connect") })
        #expect(
            hints.map { $0.prefix { $0 != ";" } } == [
                "  see channels.mail.server: host and port", "  see channels.hub.url: host and port",
            ])
    }

    @Test("render shows a webhook without its secrets if it cannot read them")
    func renderWithoutSecrets() async throws {
        let noon = Noon()
        let office = try Office.small(
            plan: noon.plan([("trial", "Việc", noon.at(minutes: 30))], notify: "desk"),
            channels: """
                  hub: {webhook: {url: "https://hub.example.vn/x", secret: {credential: hub}}}
                  hidden: {webhook: {url: {credential: url}}}
                """, recipients: "  - {id: desk, via: [hub, hidden]}", more: "plans: plans/\n")
        for (channel, head) in [
            ("hub", "POST /x HTTP/1.1\r\nhost: hub.example.vn\r\n"), ("hidden", "POST / HTTP/1.1\r\nhost: hidden.invalid\r\n"),
        ] {
            let shown = try await Self.ask(
                ["render", "trial", "--recipient", "desk", "--lead", "on the day", "--via", channel], office)
            #expect(shown.status == 0 && shown.output.hasPrefix(head), "\(shown.output)\(shown.errors)")
            #expect(shown.output.contains("webhook-signature: (left out)") == (channel == "hub"))
        }
    }

    // MARK: `check`

    @Test("The first start sends exactly the messages that check lists as sent at once")
    func atOnce() async throws {
        let noon = Noon()
        let (peer, hub) = (try await ScriptedServer("mail.py"), try await ScriptedServer("receiver.py"))
        let office = try Office.plain(plan: Self.overduePlan(noon), smtp: peer.port, http: hub.port)
        let answer = try await Self.ask(["check", "--format", "json"], office)
        let fields = ["plan", "campaign", "lead", "anchor", "recipient", "channel"]
        let rows = try Line.all(answer.output).filter { $0["kind"] == "at_once" }
        let foretold = rows.map { row in fields.map { row[$0] }.joined(separator: " ") }
        #expect(rows.count == 6, "\(answer.output)")
        let text = try await Self.ask(["check"], office).output
        #expect(text.contains("At once on the next start"))
        for row in rows { #expect(text.contains(row["subject"]), "\(row["subject"])") }

        let daemon = try await Program.daemon(office)
        #expect(await peer.sees { $0.count { $0.accepted != nil } == rows.count { $0["channel"] == "mail" } })
        #expect(await hub.sees { $0.count { $0.status == 204 } == rows.count { $0["channel"] == "hub" } })
        try await Task.sleep(for: .milliseconds(300))
        #expect(try await Program.stop(daemon).status == 0)
        let history = try await Program.history(office).filter { $0.recipient != nil }
        let given = history.map {
            [$0.plan, $0.campaign, $0.lead, $0.anchor, $0.recipient ?? "", $0.channel ?? ""].joined(separator: " ")
        }
        #expect(given.sorted() == foretold.sorted())
        #expect(history.allSatisfy { $0.state == "delivered" })
        let mails = try await PythonMail.readAll(peer.lines.filter { $0.data != nil }.map(\.bytes))
        #expect(Set(mails.compactMap(\.subject)) == Set(rows.filter { $0["channel"] == "mail" }.map { $0["subject"] }))

        let after = try await Self.ask(["check"], office)
        #expect(after.output.contains("At once on the next start: nothing."), "\(after.output)")
    }

    @Test("check of named plans reports only their problems, in any spelling of the path, and reads drafts as if configured")
    func namedPlans() async throws {
        let office = try TemporaryFolder()
        func plan(_ id: String, _ when: String) -> String {
            "plan: \(id)\ntitle: T\nnotify: [an]\nremind: [on the day]\ncampaigns:\n  - {id: \(id)1, title: \(id), when: \(when)}\n"
        }
        try office.write("plans/old.yaml", plan("old", "2/6/2020"))
        try office.write("plans/bad.yaml", plan("bad", "31/6"))
        try office.write("drafts/new.yaml", plan("new", "28/6").replacingOccurrences(of: "[an]", with: "[nobody]"))
        try office.write(
            "remindd.yaml",
            """
            channels:
              mail: {email: {server: "smtp://127.0.0.1:2525", tls: off, from: r@example.vn}}
            recipients:
              - {id: an, email: an@bücher.test, via: [mail]}
            """)
        let link = office.path("link.yaml")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: office.path("plans/old.yaml"))
        func check(_ arguments: String...) async throws -> Subprocess.Finished {
            try await Program.run(["check"] + arguments, in: office.path)
        }
        let others = "remindd: other plans have problems too; check without PLAN shows them\n"
        for (name, config) in [
            ("plans/old.yaml", "remindd.yaml"), ("./plans//old.yaml", "remindd.yaml"),
            ("plans/old.yaml", office.path("remindd.yaml")),
            (office.path("plans/old.yaml"), "remindd.yaml"), (link, "remindd.yaml"),
        ] {
            let old = try await check(name, "--config", config)
            let never = "old.yaml:6:5: warning: campaign old1 never comes again; its last day was 2020-06-02\n" + others
            #expect(old.status == 0 && old.problems.hasSuffix(never), "\(name): \(old.errors)")
            #expect(old.output.hasPrefix("1 plan with 1 campaign, 1 recipient: no errors, 1 warning.\n"))
            #expect(old.output.contains("Sent as written in ASCII: an, an@bücher.test → an@xn--bcher-kva.test\n"))
            #expect(try await check(name, "--config", config, "--strict").status == 1)
        }
        let bad = try await check("plans/bad.yaml", "--config", "remindd.yaml")
        #expect(bad.status == 65 && bad.errors.contains("plans/bad.yaml:6:34: error:"), "\(bad.errors)")
        let draft = try await check("drafts", "--config", "remindd.yaml")
        #expect(
            draft.status == 65 && draft.errors.contains("drafts/new.yaml:3:10: error: notify names \"nobody\""), "\(draft.errors)"
        )
    }

    /// Returns a plan with overdue reminders and with a campaign far in the future.
    ///
    /// The overdue reminders belong to campaigns that have not begun, are under way, have just
    /// ended, or ended long ago.
    private static func overduePlan(_ noon: Noon) -> String {
        let today = noon.today
        return """
            plan: trial
            title: Kế hoạch thử
            timezone: \(noon.zone)
            notify: [an, desk]
            at: "00:30"
            rest_days: send
            campaigns:
              - {id: soon, title: Sắp đến, when: \(today + 5), remind: [30 days before, 7 days before, on the day]}
              - {id: under-way, title: Đang diễn ra, when: \(today + -3) - \(today + 9), remind: [10 days before, {when: on the day, notify: [an]}]}
              - {id: just-over, title: Vừa xong, when: \(today + -9) - \(today + -2), remind: [on the day, 1 day after the end]}
              - {id: long-over, title: Đã lâu, when: \(today + -60), remind: [on the day, 10 days after the end]}
              - {id: far, title: Còn xa, when: \(today + 90), remind: [7 days before]}

            """
    }

    // MARK: `history` and `status`

    @Test("`history` and `status` print the contract's fields in order, filters work, and text has “accepted by the server”")
    func history() async throws {
        let noon = Noon()
        let (peer, hub) = (try await ScriptedServer("mail.py"), try await ScriptedServer("receiver.py"))
        let office = try Office.plain(plan: Self.overduePlan(noon), smtp: peer.port, http: hub.port)
        let daemon = try await Program.daemon(office)
        #expect(await hub.sees { $0.contains { $0.status == 204 } })
        #expect(await peer.sees { $0.count { $0.accepted != nil } == 3 })
        try await Task.sleep(for: .milliseconds(300))
        #expect(try await Program.stop(daemon).status == 0)

        let json = try await Self.ask(["history", "--format", "json"], office)
        let wanted = [
            "delivery", "plan", "campaign", "occurrence", "lead", "anchor", "recipient", "channel", "due", "state", "late",
            "attempts",
        ]
        #expect(json.lines.allSatisfy { Self.keys($0) == wanted })
        #expect(json.output.contains("\"attempts\":[{\"at\":\""))
        #expect(json.output.contains("\"outcome\":\"delivered\",\"code\":250,\"reply\":\"250 2.0.0 queued\"}"))
        #expect(json.lines.filter { $0.contains("\"state\":\"superseded\"") }.allSatisfy { $0.hasPrefix("{\"delivery\":null,") })

        let text = try await Self.ask(["history"], office).output
        #expect(text.contains("accepted by the server"))
        #expect(!text.contains("delivered"))

        let only = try await Program.history(office, ["--recipient", "desk", "--campaign", "trial/soon"])
        #expect(only.map(\.recipient) == ["desk"])
        #expect(try await Program.history(office, ["--since", "2100-01-01"]).isEmpty)
        #expect(try await Program.history(office, ["--limit", "2"]).count == 2)

        let status = try await Self.ask(["status", "--format", "json"], office)
        #expect(status.lines.count == 1)
        #expect(status.output.contains("\"delivered\":6"))
        let next = try #require(try Line.all(status.output).first.flatMap { Instant(rfc3339: $0["next_due"]) })
        #expect(next == noon.instant(noon.today + 5, second: 1_800), "\(status.output)")
        let words = try await Self.ask(["status"], office).output
        #expect(words.contains("6 accepted by the server"), "\(words)")
    }
}

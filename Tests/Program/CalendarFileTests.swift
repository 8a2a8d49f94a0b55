import Dates
import Foundation
import ProgramHarness
import Support
import Testing

@Suite("Calendar files and rendered messages of the program")
struct CalendarFileTests {
    private static func plan(_ noon: Noon, _ day: Day, title: String = "Ngày hội") -> String {
        """
        plan: trial
        title: Kế hoạch thử
        timezone: \(noon.zone)
        source: {number: 26/KH-LĐLĐ, date: 2026-01-12}
        notify: [an]
        remind: [30 days before, {when: on the day, say: Khai mạc}]
        campaigns:
          - {id: day, title: "\(title)", when: \(day)}

        """
    }

    private static let recipients = """
          - {id: an, name: Nguyễn Thị An, email: an@example.vn, via: [mail], salutation: đồng chí}
          - {id: binh, name: Trần Văn Bình, email: binh@example.vn, via: [mail]}
        """

    /// Returns the event in a mail.
    private static func event(_ mail: PythonMail) async throws -> CalendarReader.Event {
        let file = try #require(mail.calendar)
        return try #require(try await CalendarReader.python.read([Array(file.utf8)])[0].events.first)
    }

    @Test("A reload and a start with other files raise the sequence of an event, and its id stays")
    func versions() async throws {
        let postfix = try await Postfix.start()
        let noon = Noon()
        let day = noon.today + 20
        let office = try Office.plain(
            plan: Self.plan(noon, day), smtp: postfix.plainPort, http: FreePort.next(), recipients: Self.recipients)
        var daemon = try await Program.daemon(office)
        #expect(await postfix.mail.holds(1))
        func reload(_ plan: String) async throws {
            try office.writePlan(plan)
            let answer = try await Program.run(["reload", "--config", office.configuration])
            #expect(answer.status == 0, "\(answer.errors)")
        }
        try await reload(Self.plan(noon, day + 3))
        #expect(await postfix.mail.holds(2))
        #expect(try await Program.stop(daemon).status == 0)
        try office.writePlan(Self.plan(noon, day + 3, title: "Hội làng"))
        daemon = try await Program.daemon(office)
        try await reload(Self.plan(noon, day + 5, title: "Hội làng"))
        #expect(await postfix.mail.holds(3))
        #expect(try await Program.stop(daemon).status == 0)
        try await postfix.stop()

        let mails = try await PythonMail.readAll(postfix.mail.messages())
        var events: [CalendarReader.Event] = []
        for mail in mails { events.append(try await Self.event(mail)) }
        events.sort { $0.sequence < $1.sequence }
        #expect(events.map(\.sequence) == [0, 1, 3], "the new title is the second change")
        #expect(events.map(\.start) == [0, 3, 5].map { "\(day + $0)" })
        #expect(events.map(\.summary) == ["Ngày hội", "Ngày hội", "Hội làng"])
        #expect(Set(events.compactMap(\.uid)).count == 1)
        #expect(events[0].stamp == "2026-01-12T00:00:00Z" && events[1].stamp != events[0].stamp)
        let moved = try #require(mails.first { $0.subject?.hasPrefix("[Đổi lịch] ") == true })
        #expect(
            moved.text?.contains("Thời gian cũ: ") == true && moved.text?.contains("Kính gửi: đồng chí Nguyễn Thị An") == true)
    }

    @Test("render writes the text and the page of a message, and takes a lead by its phrase")
    func forms() async throws {
        let noon = Noon()
        let office = try Office.plain(
            plan: Self.plan(noon, noon.today + 20), smtp: FreePort.next(), http: FreePort.next(), recipients: Self.recipients)
        let page = office.folder.path("page.html")
        let render = ["render", "day", "--recipient", "an", "--via", "mail", "--config", office.configuration, "--lead"]
        let text = try await Program.run(render + ["đúng ngày", "--text"])
        let start = """
            [Nhắc việc] Hôm nay: Khai mạc – Ngày hội

            Hôm nay (
            """
        #expect(text.status == 0 && text.output.hasPrefix(start), "\(text.output)\(text.errors)")
        #expect(text.output.contains("Kính gửi: đồng chí Nguyễn Thị An\n"))
        let html = try await Program.run(render + ["on the day", "--html", page])
        #expect(html.status == 0 && html.output.isEmpty, "\(html.errors)")
        #expect(
            office.folder.text("page.html").hasPrefix("<!DOCTYPE html>") && office.folder.text("page.html").contains("Khai mạc"))
        let nowhere = try await Program.run(render + ["on the day", "--html", office.folder.path("none/page.html")])
        #expect(nowhere.status == 1 && nowhere.errors.contains("the page cannot be written to"), "\(nowhere.errors)")
        for flags in [["--text", "--html", page], ["--text", "--send-to", "binh"], ["--text", "--format", "json"]] {
            let refused = try await Program.run(render + ["on the day"] + flags)
            #expect(refused.status == 64, "\(flags): \(refused.errors)")
        }
        let unknown = try await Program.run(render + ["3 days before", "--text"])
        #expect(unknown.status == 3 && unknown.errors.contains("campaign day has no lead \"3 days before\""), "\(unknown.errors)")
    }

    @Test("render --send-to sends a message as a test to another recipient, with a daemon and without", arguments: [false, true])
    func sendTo(hasDaemon: Bool) async throws {
        let postfix = try await Postfix.start()
        let noon = Noon()
        let office = try Office.plain(
            plan: Self.plan(noon, noon.today + 40), smtp: postfix.plainPort, http: FreePort.next(), recipients: Self.recipients)
        let daemon = hasDaemon ? try await Program.daemon(office) : nil
        let command = [
            "render", "day", "--recipient", "an", "--lead", "on the day", "--via", "mail", "--config", office.configuration,
        ]
        let sent = try await Program.run(command + ["--send-to", "binh"])
        #expect(sent.status == 0 && sent.output.hasPrefix("binh by mail: delivered 250"), "\(sent.output)\(sent.errors)")
        #expect(await postfix.mail.holds(1))
        let unknown = try await Program.run(command + ["--send-to", "nobody"])
        #expect(unknown.status == 3 && (unknown.errors + unknown.output).contains("no recipient \"nobody\""), "\(unknown.errors)")
        if let daemon { #expect(try await Program.stop(daemon).status == 0) }
        let mail = try await PythonMail.read(try #require(try postfix.mail.messages().first))
        let real = try await PythonMail.read(Array(try await Program.run(command).output.utf8))
        #expect(mail.subject == "[Thử] Hôm nay: Khai mạc – Ngày hội")
        #expect(mail.to == [["Nguyễn Thị An", "binh@example.vn"]])
        #expect(mail.text?.contains("Kính gửi: đồng chí Nguyễn Thị An") == true && mail.text?.hasPrefix("THƯ THỬ: ") == true)
        #expect(mail.header("Message-ID") != real.header("Message-ID"))
        #expect(mail.date.map { $0 < "\(noon.today + 2)" } == true, "the date is that of the test")
        try await postfix.stop()
    }
}

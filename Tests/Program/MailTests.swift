import Dates
import Foundation
import ProgramHarness
import Scheduler
import Support
import Testing

@testable import Config
@testable import JSON
@testable import Transport

/// Tests encryption, login and connections of mail with a real Postfix.
@Suite("Mail through Postfix", .serialized)
struct PostfixTests {
    /// Returns an office with one recipient, and one campaign that takes place today.
    ///
    /// - Parameter settings: the settings of the email channel.
    private static func office(_ settings: String, password: String, ca: Certificate) throws -> Office {
        let noon = Noon()
        let office = try Office.small(
            plan: noon.plan([("trial", "Việc hôm nay", noon.at(minutes: 300))], notify: "an"),
            channels: "  mail: {email: {\(settings), from: \"Nhắc việc <nhac@example.vn>\"}}",
            recipients: "  - {id: an, name: Nguyễn Thị An, email: an@example.vn, via: [mail]}", more: "plans: plans/\n")
        try office.folder.write("password", password + "\n")
        chmod(office.folder.path("password"), 0o600)
        try FileManager.default.copyItem(atPath: ca.path, toPath: office.folder.path("ca.pem"))
        return office
    }

    private static func sendTest(_ office: Office) async throws -> Subprocess.Finished {
        try await Program.run(["send-test", "an", "--config", office.configuration])
    }

    @Test(
        "Mail with STARTTLS and login, with TLS and login, and unencrypted on loopback is accepted and arrives once")
    func ways() async throws {
        let postfix = try await Postfix.start()
        let login = "username: remindd, password: {file: password}, ca: ca.pem"
        let ways = [
            "server: \"smtp://localhost:\(postfix.submissionPort)\", \(login)",
            "server: \"smtps://localhost:\(postfix.tlsPort)\", \(login)",
            "server: \"smtp://127.0.0.1:\(postfix.plainPort)\", tls: off",
        ]
        for (index, way) in ways.enumerated() {
            let office = try Self.office(way, password: postfix.password, ca: postfix.certificate)
            let sent = try await Self.sendTest(office)
            #expect(sent.status == 0, "\(way): \(sent.output)\(sent.errors)")
            #expect(sent.output.hasPrefix("an by mail: delivered 250: 250 2.0.0 Ok: queued as "), "\(sent.output)")
            #expect(await postfix.mail.holds(index + 1))
        }
        #expect(postfix.mail.count == 3)
        let mails = try await PythonMail.readAll(postfix.mail.messages())
        #expect(mails.allSatisfy { $0.subject?.hasPrefix("[Thử] ") == true && $0.defects.isEmpty })
        #expect(postfix.log.components(separatedBy: "sasl_username=remindd").count == 3)
        try await postfix.stop()
    }

    @Test("Nothing is sent with a wrong password, another authority's certificate, or without STARTTLS (faults 66, 68, 69)")
    func refused() async throws {
        let postfix = try await Postfix.start()
        let elsewhere = try TemporaryFolder()
        let stranger = try await Certificate.make(in: elsewhere)
        let submission = "server: \"smtp://localhost:\(postfix.submissionPort)\", ca: ca.pem"
        let login = "username: remindd, password: {file: password}"

        var sent = try await Self.sendTest(Self.office("\(submission), \(login)", password: "falsch", ca: postfix.certificate))
        #expect(sent.status == 1)
        #expect(sent.output.contains("refused for now 535"), "\(sent.output)")
        #expect(!sent.output.contains("falsch") && !sent.errors.contains("falsch"))

        for server in [submission, "server: \"smtps://localhost:\(postfix.tlsPort)\", ca: ca.pem"] {
            sent = try await Self.sendTest(Self.office("\(server), \(login)", password: postfix.password, ca: stranger))
            #expect(sent.status == 1)
            #expect(sent.output.contains("not sent") && sent.output.lowercased().contains("certificate"), "\(sent.output)")
        }

        let plain = "server: \"smtp://localhost:\(postfix.plainPort)\", ca: ca.pem"
        sent = try await Self.sendTest(Self.office(plain, password: "", ca: postfix.certificate))
        #expect(sent.status == 1)
        #expect(sent.output.contains("not sent"), "\(sent.output)")
        #expect(sent.output.contains("STARTTLS"), "\(sent.output)")
        try await Task.sleep(for: .milliseconds(300))
        #expect(postfix.mail.count == 0)
        #expect(!postfix.log.contains("sasl_method"))
        #expect(!postfix.log.contains("from=<"))
        try await postfix.stop()
    }

    @Test("If Postfix refuses, 550 makes a delivery dead, 450 makes it wait, and the others are sent (faults 55, 57)")
    func recipients() async throws {
        let postfix = try await Postfix.start()
        let noon = Noon()
        let office = try Office.plain(
            plan: noon.plan([("trial", "Việc", noon.at(minutes: -1))], notify: "an, gone, grey"), smtp: postfix.plainPort,
            http: FreePort.next(),
            recipients: """
                  - {id: an, email: an@example.vn, via: [mail]}
                  - {id: gone, email: refused@example.vn, via: [mail]}
                  - {id: grey, email: later@example.vn, via: [mail]}
                """)
        let daemon = try await Program.daemon(office)
        try await daemon.hasPrinted("refused for good 550")
        try await daemon.hasPrinted("refused for now 450")
        #expect(await postfix.mail.holds(1))
        let ended = try await Program.stop(daemon)
        #expect(!ended.errors.contains("@example.vn"), "no addresses in the log: \(ended.errors)")
        let states = try await Program.history(office).map { "\($0.recipient ?? "") \($0.state)" }.sorted()
        #expect(states == ["an delivered", "gone dead", "grey pending"])
        try await postfix.stop()
    }

    @Test("Fifty mails that are due at once share a few connections")
    func reuse() async throws {
        let postfix = try await Postfix.start()
        let noon = Noon()
        let people = (1...50).map { "  - {id: r\($0), name: Đơn vị số \($0), email: r\($0)@example.vn, via: [mail]}" }
        let office = try Office.small(
            plan: noon.plan(
                [("trial", "Việc", noon.at(minutes: -1))], notify: (1...50).map { "r\($0)" }.joined(separator: ", ")),
            channels: """
                  mail: {email: {server: "smtp://localhost:\(postfix.submissionPort)", ca: "\(postfix.certificate.path)", username: remindd, password: {file: password}, from: nhac@example.vn}}
                """, recipients: people.joined(separator: "\n"), more: "plans: plans/\n")
        try office.folder.write("password", postfix.password)
        chmod(office.folder.path("password"), 0o600)
        let daemon = try await Program.daemon(office)
        #expect(await postfix.mail.holds(50))
        #expect(try await Program.stop(daemon).status == 0)
        let connects = postfix.log.components(separatedBy: ": connect from ").count - 1
        #expect((1...8).contains(connects), "\(connects) connections")
        let history = try await Program.history(office)
        #expect(history.count == 50)
        #expect(history.allSatisfy { $0.state == "delivered" && $0.attempts.count == 1 })
        print("50 mails over \(connects) connections")
        try await postfix.stop()
    }
}

/// Reads the mail that a real daemon sends with three mail programs.
@Suite("Mail as mail programs read it", .serialized)
struct MailReadingTests {
    /// Titles that are hard for mail programs and encoders.
    ///
    /// The titles are in NFC, because mails contain titles in this form.
    static let awkward = [
        String(repeating: "ệ", count: 200),
        String(repeating: "Ở", count: 60) + " " + String(repeating: "q", count: 139),
        String(repeating: "a", count: 200),
        "Nghiêng ngửa: \"trong ngoặc\", <thẻ>, (chú thích); \\ và =?UTF-8?B?4buH?=",
        "=?UTF-8?Q?plain_but_looks_encoded?=",
        "Plain English title, with nothing to encode but its dash",
        "Gia đình 👨‍👩‍👧‍👦 và cờ 🇻🇳 trong tiêu đề",
        "Kế hoạch số 240/LĐTBXH-TE&BĐG & {{title}} {{{x}}} %s %n $HOME `id`",
        "Thừa Thiên Huế – “ngoặc kép” — gạch dài… 100 % ① ½",
        "Trường THCS, THPT: tập huấn kỹ năng phòng ngừa, ứng phó với xâm hại, bạo lực trẻ em trên môi trường mạng cho cán bộ, giáo viên và cha mẹ học sinh toàn tỉnh năm học 2026–2027 (đợt 2, học trực tuyến)",
    ]

    private static func titles() throws -> [String] {
        let loaded = try #require(Loader().load(configuration: PackageRoot.path("config/remindd.yaml")))
        let campaigns = loaded.accepted.plans.plans.flatMap(\.campaigns)
        #expect(campaigns.count == 36)
        // Adds a title that is decomposed in the plan file and composed in the mail.
        let decomposed = "Phòng, chống đuối nước trẻ em – bản NFD"
        return campaigns.map(\.title) + awkward + [decomposed]
    }

    /// Sends a plan with all titles through Postfix.
    ///
    /// Returns the mails in the order of their campaigns, with the expected titles.
    private static func sent(_ titles: [String]) async throws -> [(title: String, noon: Noon, bytes: [UInt8])] {
        let postfix = try await Postfix.start()
        let noon = Noon()
        let plan = noon.plan(
            titles.enumerated().map { index, title in
                let written = title.hasSuffix("NFD") ? title.decomposedStringWithCanonicalMapping : title
                return ("c\(index)", written, noon.at(minutes: -1))
            }, notify: "an")
        let office = try Office.plain(
            plan: plan, smtp: postfix.plainPort, http: FreePort.next(),
            recipients: "  - {id: an, name: Nguyễn Thị An, email: an@example.vn, via: [mail]}")
        let daemon = try await Program.daemon(office)
        #expect(
            await postfix.mail.holds(titles.count), "\(postfix.mail.count) of \(titles.count): \(daemon.errors.suffix(2_000))")
        #expect(try await Program.stop(daemon).status == 0)
        let messages = try postfix.mail.messages()
        let ids = try await PythonMail.readAll(messages).map { $0.header("Message-ID") ?? "" }
        let byID = Dictionary(uniqueKeysWithValues: zip(ids, messages))
        try await postfix.stop()
        return titles.enumerated().compactMap { index, title in
            let key = ReminderKey(plan: "trial", campaign: "c\(index)", lead: "on the day", anchor: noon.today)
            let id = DeliveryID(reminder: key, recipient: "an", channel: "mail", rehearsal: false).text
            return byID["<\(id)@example.vn>"].map { (title, noon, $0) }
        }
    }

    @Test("Titles of the five plans, and long and awkward titles, are read exactly by three programs, in folded lines")
    func subjects() async throws {
        let titles = try Self.titles()
        let sent = try await Self.sent(titles)
        #expect(sent.count == titles.count)
        let python = try await PythonMail.readAll(sent.map(\.bytes))
        for ((title, _, bytes), mail) in zip(sent, python) {
            let subject = "[Nhắc việc] Hôm nay: \(title)"
            #expect(Array((mail.subject ?? "").unicodeScalars) == Array(subject.unicodeScalars), "python: \(title)")
            #expect(mail.defects.isEmpty, "\(title): \(mail.defects)")
            #expect(mail.text?.contains(title) == true)
            for reader in [MailReader.perl, .mblaze] {
                let read = try await reader.read(bytes)
                #expect(Array((read.subject ?? "").unicodeScalars) == Array(subject.unicodeScalars), "\(reader): \(title)")
                // The text is compared without its first line ends, because mblaze also shows the
                // empty line between header and body.
                #expect(read.text?.drop(while: \.isNewline) == mail.text?[...], "\(reader): \(title)")
                #expect(read.html?.drop(while: \.isNewline) == mail.html?[...], "\(reader): \(title)")
            }
            Self.expectFolded(bytes)
        }
    }

    /// Checks the header lines that remindd wrote. They follow the header lines of Postfix.
    private static func expectFolded(_ bytes: [UInt8]) {
        let head = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\n\n")[0]
        let ours = head.components(separatedBy: "\nDate: ").last ?? ""
        for line in ours.split(separator: "\n") {
            #expect(line.utf8.allSatisfy { (0x20...0x7E).contains($0) || $0 == 9 })
            #expect(line.utf8.count <= 998)
            let canBeFolded = line.drop { $0 == " " }.contains(" ")
            #expect(line.utf8.count <= 78 || !canBeFolded, "\(line)")
            if line.contains("=?UTF-8?") { #expect(line.utf8.count <= 76, "RFC 2047, section 2: \(line)") }
        }
    }

    @Test("Names beside addresses are read exactly by Python's old and new parsers, Perl and mblaze")
    func names() async throws {
        let loaded = try #require(Loader().load(configuration: PackageRoot.path("config/remindd.yaml")))
        let names =
            loaded.accepted.directory.recipients.map(\.name) + [
                "Nguyễn Thị An", "Ban Chỉ đạo", "Anh Duong House, partner desk (Quảng Ninh)", "O'Brien \"Bé\" & Con; <x>",
                "x.y@z",
                "Sở Giáo dục và Đào tạo",
            ]
        let postfix = try await Postfix.start()
        let noon = Noon()
        let ids = names.indices.map { "r\($0)" }
        let office = try Office.small(
            plan: noon.plan([("trial", "Việc", noon.at(minutes: -1))], notify: ids.joined(separator: ", ")),
            channels: """
                  mail: {email: {server: "smtp://127.0.0.1:\(postfix.plainPort)", tls: off, from: "Công đoàn ngành Giáo dục tỉnh Ninh Bình và các đơn vị trực thuộc <cd@example.vn>", reply_to: "Văn phòng Ủy ban nhân dân <vp@example.vn>"}}
                """,
            recipients: names.enumerated().map {
                "  - {id: r\($0.offset), name: \(JSONText.quoted($0.element)), email: r\($0.offset)@example.vn, via: [mail]}"
            }.joined(separator: "\n"), more: "plans: plans/\n")
        let daemon = try await Program.daemon(office)
        #expect(await postfix.mail.holds(names.count), "\(daemon.errors)")
        #expect(try await Program.stop(daemon).status == 0)
        for bytes in try postfix.mail.messages() {
            let readers = try await Self.addresses(bytes)
            for (reader, pairs) in readers {
                #expect(
                    pairs["from"] == "Công đoàn ngành Giáo dục tỉnh Ninh Bình và các đơn vị trực thuộc <cd@example.vn>",
                    "\(reader)")
                #expect(pairs["reply-to"] == "Văn phòng Ủy ban nhân dân <vp@example.vn>", "\(reader)")
                let to = pairs["to"] ?? ""
                let index = Int(to.components(separatedBy: "<r").last?.prefix { $0 != "@" } ?? "") ?? 0
                #expect(to == "\(names[index]) <r\(index)@example.vn>", "\(reader)")
            }
            Self.expectFolded(bytes)
        }
        try await postfix.stop()
    }

    /// Returns what each mail program reads in From, To and Reply-To, as `name <address>`.
    private static func addresses(_ bytes: [UInt8]) async throws -> [String: [String: String]] {
        let folder = try TemporaryFolder()
        let file = try folder.write("mail.eml", bytes: bytes)
        let python = """
            import email, email.policy, email.utils, email.header, json, sys
            seen = {}
            mail = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
            new = lambda a: f"{a.display_name} <{a.addr_spec}>"
            # Before 3.13 it keeps the space between two encoded-words: two stand where a run of words did not fit into one.
            seen["python, new"] = {h: " ".join(new(mail[h].addresses[0]).split()) for h in ("from", "to", "reply-to")}
            mail = email.message_from_binary_file(open(sys.argv[1], "rb"))
            old = lambda v: (lambda n, a: f"{email.header.make_header(email.header.decode_header(n))} <{a}>")(*email.utils.parseaddr(v))
            seen["python, old"] = {h: old(mail[h]) for h in ("from", "to", "reply-to")}
            print(json.dumps(seen))
            """
        let perl = """
            use strict; use Email::MIME; use Email::Address::XS; use JSON::PP; local $/; open my $f, '<:raw', $ARGV[0]; my $m = Email::MIME->new(<$f>);
            my %s = map { my ($a) = $m->header_as_obj($_, undef, 'Email::MIME::Header::AddressList')->addresses; lc $_ => $a->phrase . ' <' . $a->address . '>' } qw(From To Reply-To);
            print JSON::PP->new->utf8->encode({perl => \\%s});
            """
        var all: [String: [String: String]] = [:]
        for command in [["/usr/bin/python3", "-c", python, file], ["/usr/bin/perl", "-e", perl, file]] {
            let finished = try await Subprocess.run(command)
            #expect(finished.status == 0, "\(finished.errors)")
            all.merge(try JSONDecoder().decode([String: [String: String]].self, from: Data(finished.output.utf8))) { $1 }
        }
        var mblaze: [String: String] = [:]
        for header in ["from", "to", "reply-to"] {
            let finished = try await Subprocess.run(["mhdr", "-d", "-h", header, file], environment: ["MBLAZE": folder.path])
            // The quotation marks of a quoted name are removed, because mblaze shows them too.
            var shown = finished.output.trimmingCharacters(in: .newlines)
            if shown.hasPrefix("\""), let close = shown.range(of: "\" <") {
                let name = shown[shown.index(after: shown.startIndex)..<close.lowerBound]
                shown = name.replacingOccurrences(of: "\\", with: "") + " <" + shown[close.upperBound...]
            }
            mblaze[header] = shown
        }
        all["mblaze"] = mblaze
        return all
    }

    @Test("Every mail has the headers of the contract, and each occurrence of a campaign has one thread root")
    func headers() async throws {
        let postfix = try await Postfix.start()
        let office = try Office.small(
            plan: """
                plan: trial
                title: Kế hoạch thử
                notify: [an]
                rest_days: send
                campaigns:
                  - {id: may, title: Tháng Năm, when: 10/5, remind: [7 days before, on the day]}
                  - {id: other, title: Việc khác, when: 10/5, remind: [on the day]}

                """,
            channels:
                "  mail: {email: {server: \"smtp://127.0.0.1:\(postfix.plainPort)\", tls: off, from: nhac@example.vn, reply_to: vp@example.vn}}",
            recipients: "  - {id: an, name: Nguyễn Thị An, email: an@example.vn, language: vi, via: [mail]}",
            more: "plans: plans/\n")
        let run = try await Program.run([
            "run", "--config", office.configuration, "--clock", "2027-05-01T00:00:00+07:00", "--until",
            "2028-05-11T00:00:00+07:00",
            "--speed", "100000000", "--ledger", office.ledger,
        ])
        #expect(run.status == 0, "\(run.errors)")
        #expect(await postfix.mail.holds(6))
        let mails = try await PythonMail.readAll(postfix.mail.messages())
        #expect(mails.count == 6)
        for mail in mails {
            #expect(mail.contentType == "multipart/mixed")
            #expect(mail.parts == ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar"])
            #expect(mail.header("Auto-Submitted") == "auto-generated")
            #expect(mail.header("X-Auto-Response-Suppress") == "OOF, AutoReply, RN, NRN, DR")
            #expect(mail.header("List-Id")?.hasSuffix(".example.vn>") == true)
            #expect(mail.header("X-Remindd-Rehearsal") != nil)
            #expect(mail.header("MIME-Version") == "1.0")
            #expect(mail.header("Message-ID")?.hasPrefix("<rehearsal-") == true)
            #expect(mail.header("Message-ID")?.hasSuffix("@example.vn>") == true)
            #expect(mail.header("In-Reply-To") == nil)
            #expect(mail.to == [["Nguyễn Thị An", "an@example.vn"]])
            #expect(mail.text?.hasPrefix("DIỄN TẬP") == true)
            #expect(mail.subject?.hasPrefix("[Nhắc việc] ") == true, "the subject is unchanged in a rehearsal")
            for name in ["Date", "From", "To", "Subject", "Message-ID", "References"] {
                #expect(mail.headers.count { $0[0].lowercased() == name.lowercased() } == 1, "\(name)")
            }
        }
        #expect(
            mails.compactMap(\.date).sorted() == [
                "2027-05-03T08:00:00+07:00", "2027-05-10T08:00:00+07:00", "2027-05-10T08:00:00+07:00",
                "2028-05-03T08:00:00+07:00",
                "2028-05-10T08:00:00+07:00", "2028-05-10T08:00:00+07:00",
            ])
        let roots = mails.map {
            "\($0.header("References") ?? "") \($0.date?.prefix(4) ?? "") \($0.subject?.contains("khác") == true)"
        }
        #expect(Set(roots).count == 4, "may and other, of 2027 and 2028")
        #expect(Set(mails.compactMap { $0.header("References") }).count == 4)
        #expect(Set(mails.compactMap { $0.header("Message-ID") }).count == 6)
        try await postfix.stop()
    }
}

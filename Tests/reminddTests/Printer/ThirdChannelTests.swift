import Documents
import Foundation
import Ledgers
import Support
import Testing

@testable import Config
@testable import Dates
@testable import Diagnostics
@testable import Notifiers
@testable import Plans
@testable import Scheduler
@testable import remindd

/// Checks that a kind of channel needs only one folder and one line that registers it.
///
/// The code of the folder is in `ConfiguredPrinter.swift`.
@Suite("A third kind of channel")
struct ThirdChannelTests {
    /// The channels of the program and of this folder. This line registers the printer.
    private static let channels = Channels(Channels.registered.kinds + [ConfiguredPrinter.self, ConfiguredPager.self])

    private static let plan = """
        plan: office
        title: Văn phòng
        notify: [an]
        remind: [1 day before]
        rest_days: send
        campaigns:
          - {id: report, title: Nộp báo cáo, when: 2027-06-28}

        """

    private static func office(_ printer: String, others: [String] = []) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try folder.write(
            "plans/plan.yaml", plan.replacing("[an]", with: "[\((["an"] + others).joined(separator: ", "))]"))
        try folder.write(
            "remindd.yaml",
            """
            channels:
              paper: {\(printer)}
            recipients:
              - {id: an, name: Nguyễn Thị An, via: [paper]}
            \(others.map { "  - {id: \($0), via: [paper]}" }.joined(separator: "\n"))

            """)
        return folder
    }

    /// Returns the configuration and the problems that `check` finds.
    ///
    /// The paths in the problems are relative to the folder.
    private static func check(_ folder: TemporaryFolder) throws -> (loaded: Loaded, problems: [String]) {
        let places = SourceMap()
        let loader = Loader(places: places, channels: channels)
        let loaded = try #require(loader.load(configuration: folder.path("remindd.yaml")))
        let now = loaded.configuration.timezone.startOfDay(Day("2027-06-01")!)
        CheckReport(loaded: loaded, places: places, problems: loader.problems, now: now).inspect()
        return (loaded, loader.problems.sorted.map { $0.description.replacing(folder.path(""), with: "") })
    }

    @Test("The channel's settings are read from the configuration, with rate, former names and secrets")
    func isRead() throws {
        let folder = try Self.office("printer: {room: hall, rate: 5 per minute, formerly: [wall], pin: {file: pin}}")
        try folder.write("pin", "1234\n")
        #expect(chmod(folder.path("pin"), 0o600) == 0)
        let (loaded, problems) = try Self.check(folder)
        #expect(problems == [])
        let channel = try #require(loaded.configuration.channels.first)
        #expect((channel.settings as? ConfiguredPrinter)?.room == "hall")
        #expect(channel.rate == Rate(count: 5, per: .minutes(1)) && channel.formerly == ["wall"])
        #expect(channel.addressKind == nil && channel.secrets == [.file(folder.path("pin"))])
        let printer = try #require(try ChannelFactory.channels(loaded).first as? Printer)
        #expect(printer.pin == "1234")
    }

    @Test(
        "Mistakes in the channel's settings are refused, and its warnings are printed",
        arguments: [
            (
                "printer: {rooms: hall}",
                "2:21: error: unknown key \"rooms\" in channel paper; allowed: room, pin, rate, formerly; did you mean \"room\"?"
            ),
            ("printer: {room: [hall]}", "2:27: error: room must be a text; found a list"),
            (
                "printer: {room: hall, pin: 1234}",
                "2:38: error: pin must not stand in the configuration; write {credential: NAME}, {file: PATH} or {env: NAME}"
            ),
            (
                "printr: {room: hall}",
                "2:11: error: unknown key \"printr\" in channel paper; allowed: email, webhook, printer, pager; did you mean \"printer\"?"
            ),
            (
                "printer: {room: hall}, webhook: {url: \"https://a.vn/\"}",
                "2:10: error: channel paper must have one of: email, webhook, printer, pager"
            ),
            ("printer: {room: cellar}", "2:20: warning: channel paper stands in the cellar, where nobody reads"),
        ])
    func isChecked(printer: String, finding: String) throws {
        let (_, problems) = try Self.check(try Self.office(printer))
        #expect(problems.contains("remindd.yaml:\(finding)"), "\(problems.joined(separator: "\n"))")
    }

    @Test("A secret that cannot be read is reported with the channel's name")
    func missingSecret() throws {
        let folder = try Self.office("printer: {room: hall, pin: {file: pin}}")
        let (loaded, problems) = try Self.check(folder)
        #expect(problems.contains { $0.contains("error: channel paper: pin: No such file or directory") }, "\(problems)")
        #expect(throws: ChannelFactory.Failure.self) { try ChannelFactory.channels(loaded) }
    }

    @Test("The JSON Schema of a configuration has the keys of the channel once it is registered")
    func schema() {
        let text = SchemaText.document(of: ConfigurationReader.keys(with: Self.channels), title: "T").pretty
        #expect(text.contains("\"printer\"") && text.contains("Where the printer stands.") && text.contains("\"email\""))
        let registered = SchemaText.document(of: ConfigurationReader.keys, title: "T").pretty
        #expect(!registered.contains("printer"))
    }

    @Test("A rehearsal refuses the channel unless its destination is on this machine", arguments: ["hall", "here"])
    func rehearsal(room: String) throws {
        let (loaded, _) = try Self.check(try Self.office("printer: {room: \(room)}"))
        let stranger = Rehearsals.destinationNotOnLoopback(loaded.configuration.channels)
        #expect(stranger == (room == "here" ? nil : "channel paper is in room hall"))
    }

    @Test("A refusal gets the channel's own advice, general advice, or none")
    func advice() throws {
        let (loaded, _) = try Self.check(try Self.office("printer: {room: hall}"))
        let channel = try #require(loaded.configuration.channels.first)
        func words(_ reply: String) -> LocalizedText? {
            RefusalAdvice.words(Receipt(.notSent, reply: reply), channel: channel, recipient: "an")
        }
        #expect(words("out of paper") == "channels.paper.room: the printer has no paper")
        #expect(words("on fire") == nil)
        #expect(words("wrong version number of TLS") == "channels.paper.room: that port does not speak TLS")
    }

    @Test("A due reminder is sent by the channel, and the ledger records the delivery")
    func sends() throws {
        let folder = try Self.office("printer: {room: hall}")
        let (loaded, _) = try Self.check(folder)
        let printer = try #require(try ChannelFactory.channels(loaded).first as? Printer)
        let rows = try Self.run(loaded.accepted, zone: loaded.configuration.timezone, printer, in: folder) {
            #expect(printer.pages == [])
        }
        #expect(printer.pages.count == 1)
        #expect(printer.pages.first?.hasPrefix("Nguyễn Thị An: ") == true && printer.pages.first?.contains("Nộp báo cáo") == true)
        #expect(rows.map(\.channel) == ["paper"] && rows.map { "\($0.state)" } == ["delivered"])
    }

    @Test(
        "A recipient without the address that a channel needs is refused",
        arguments: [
            (
                "recipients: [{id: an, email: an@example.vn, via: [duty]}]",
                "remindd.yaml:3:14: error: recipient an has no phone, and duty is a phone channel"
            ),
            (
                "recipients: []\ngroups: {staff: {file: staff.csv}}",
                "staff.csv:2:1: error: recipient an has no phone, and uses a phone channel"
            ),
        ])
    func missingAddress(recipients: String, finding: String) throws {
        let folder = try TemporaryFolder()
        try folder.write("plans/plan.yaml", Self.plan)
        try folder.write("staff.csv", "id,email,via\nan,an@example.vn,duty\n")
        try folder.write("remindd.yaml", "channels:\n  duty: {pager: {gateway: hall}}\n\(recipients)\n")
        let loader = Loader(channels: Self.channels)
        _ = loader.load(configuration: folder.path("remindd.yaml"))
        let problems = loader.problems.sorted.map { $0.description.replacing(folder.path(""), with: "") }
        #expect(problems.contains(finding), "\(problems.joined(separator: "\n"))")
    }

    @Test("A channel that needs a phone gets the recipient's phone, and no second message for the same phone")
    func phone() throws {
        let folder = try Self.office("printer: {room: hall}", others: ["binh", "chi"])
        let (loaded, _) = try Self.check(folder)
        func person(_ id: String, _ phone: String) -> Recipient {
            Recipient(
                id: id, name: id, addresses: [.email: "\(id)@example.vn", .phone: phone], language: nil, via: ["duty"],
                otherwise: [])
        }
        let recipients = [person("an", "+84911111111"), person("binh", "+84922222222"), person("chi", "+84911111111")]
        let kind = try #require(ConfiguredPager.addressKind)
        let directory = RecipientDirectory(
            recipients: recipients, groups: [:], addressKinds: ["duty": kind])
        let accepted = ActiveConfiguration(
            plans: loaded.accepted.plans, directory: directory, catchUp: .latest, contact: nil)
        let pager = Pager(name: "duty")
        let rows = try Self.run(accepted, zone: loaded.configuration.timezone, pager, in: folder) {}
        #expect(pager.phones.sorted() == ["+84911111111", "+84922222222"])
        #expect(rows.compactMap(\.recipient).sorted() == ["an", "binh"])
    }

    /// Runs the loops over the days around the reminder, and returns the ledger's rows.
    ///
    /// - Parameter before: called after the first day, on which nothing is due.
    private static func run(
        _ accepted: ActiveConfiguration, zone: Zone, _ channel: any Announcing, in folder: TemporaryFolder, before: () -> Void
    ) throws -> [HistoryRow] {
        let clock = ManualClock(zone.startOfDay(Day("2027-06-26")!))
        let ledger = try SQLiteLedger.open(path: folder.path("ledger.sqlite"), mode: .daemon, now: clock.now())
        let journal = NoJournal()
        let planner = Planner(
            ledger: ledger, journal: journal, accepted: accepted, now: clock.now(), steadyClock: clock)
        let dispatcher = Dispatcher(
            ledger: ledger, journal: journal, accepted: accepted, routes: [.init(channel: channel)],
            inbox: CompletionQueue {},
            realClock: clock)
        try planner.startOver(now: clock.now())
        func settle() throws {
            for _ in 0..<10 {
                _ = try planner.step(now: clock.now())
                _ = try dispatcher.step(now: clock.now())
            }
        }
        try settle()
        before()
        clock.set(zone.startOfDay(Day("2027-06-28")!))
        try settle()
        return try ledger.history(HistoryFilter())
    }
}

private final class NoJournal: Journal {
    func write(_ entry: Entry) {}
}

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
/// The folder's code is in `ConfiguredPrinter.swift`.
@Suite("A third kind of channel")
struct ThirdChannelTests {
    /// The line that registers the printer.
    private static let channels = Channels(Channels.registered.kinds + [ConfiguredPrinter.self])

    private static let plan = """
        plan: office
        title: Văn phòng
        notify: [an]
        remind: [1 day before]
        campaigns:
          - {id: report, title: Nộp báo cáo, when: 2027-06-28}

        """

    private static func office(_ printer: String) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try folder.write("plans/plan.yaml", plan)
        try folder.write(
            "remindd.yaml",
            """
            channels:
              paper: {\(printer)}
            recipients:
              - {id: an, name: Nguyễn Thị An, via: [paper]}

            """)
        return folder
    }

    /// Returns the configuration and the problems that `check` finds, with paths relative to the
    /// folder.
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
                "2:11: error: unknown key \"printr\" in channel paper; allowed: email, webhook, printer; did you mean \"printer\"?"
            ),
            (
                "printer: {room: hall}, webhook: {url: \"https://a.vn/\"}",
                "2:10: error: channel paper must have one of: email, webhook, printer"
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
        func words(_ reply: String) -> String? {
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
        let clock = ManualClock(loaded.configuration.timezone.startOfDay(Day("2027-06-26")!))
        let ledger = try SQLiteLedger.open(path: folder.path("ledger.sqlite"), mode: .daemon, now: clock.now())
        let journal = NoJournal()
        let planner = Planner(
            ledger: ledger, journal: journal, accepted: loaded.accepted, now: clock.now(), steadyClock: clock)
        let dispatcher = Dispatcher(
            ledger: ledger, journal: journal, accepted: loaded.accepted, routes: [.init(channel: printer)],
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
        #expect(printer.pages == [])
        clock.set(loaded.configuration.timezone.startOfDay(Day("2027-06-28")!))
        try settle()
        #expect(printer.pages.count == 1)
        #expect(printer.pages.first?.hasPrefix("Nguyễn Thị An: ") == true && printer.pages.first?.contains("Nộp báo cáo") == true)
        let rows = try ledger.history(HistoryFilter())
        #expect(rows.map(\.channel) == ["paper"] && rows.map { "\($0.state)" } == ["delivered"])
    }
}

private final class NoJournal: Journal {
    func write(_ entry: Entry) {}
}

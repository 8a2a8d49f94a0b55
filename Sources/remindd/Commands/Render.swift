import ArgumentParser
import Clocks
import Config
import Diagnostics
import Foundation
import Messages
import Notifiers
import Plans
import Reports
import Scheduler

struct Render: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: localized("Writes the exact bytes of one message."),
        discussion: localized(
            """
            Secrets are left out. The lead is named by its id, or by its phrase in English or Vietnamese.

            --text writes the subject and the text as a person reads them, --html a page for a browser. --send-to sends \
            the message, marked as a test, to the address of another recipient.

            Example: remindd render drowning-prevention --recipient quang-ninh-women --lead "30 days before" --via mail
            """))

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: FormatOption
    @Argument(help: ArgumentHelp(localized("campaign, or plan/campaign."), valueName: "CAMPAIGN")) var campaign: String
    @Option(help: ArgumentHelp(localized("The id of the recipient."), valueName: "RECIPIENT")) var recipient: String
    @Option(help: ArgumentHelp(localized("The lead: its id or its phrase."), valueName: "LEAD")) var lead: String
    @Option(help: ArgumentHelp(localized("The name of the channel."), valueName: "CHANNEL")) var via: String
    @Option(
        help: ArgumentHelp(localized("Use the first occurrence not over on this day. Default: today."), valueName: "DAY"),
        transform: DayArgument.parse)
    var on: DayArgument?
    @Flag(help: localized("Write the subject and the text as a person reads them.")) var text = false
    @Option(help: ArgumentHelp(localized("Write the message as a page for a browser into FILE."), valueName: "FILE"))
    var html: String?
    @Option(
        name: .customLong("send-to"),
        help: ArgumentHelp(localized("Send the message, marked as a test, to this recipient."), valueName: "RECIPIENT"))
    var sendTo: String?

    func validate() throws {
        guard [text, html != nil, sendTo != nil].count(where: { $0 }) <= 1 else {
            throw ValidationError(localized("give only one of --text, --html and --send-to"))
        }
        guard output.format != .json || !text && html == nil else {
            throw ValidationError(localized("--format json has the whole message; --text and --html have no other format"))
        }
    }

    func run() throws {
        signal(SIGPIPE, SIG_IGN)
        let (loaded, _) = try CommandLoader.load(common.config)
        let accepted = loaded.accepted
        let found = try CommandLoader.campaign(campaign, in: accepted.plans)
        let today = on?.day ?? accepted.plans.plans[found.plan].zone.civil(at: SystemClock().now()).day
        let query = RenderQuery(campaign: campaign, recipient: recipient, lead: lead, day: today.description)
        let (scheduled, person) = try named { () throws(NameRefusal) in try query.find(in: accepted) }
        if let sendTo { return try send(query, to: sendTo, loaded) }
        let (channel, wording) = try CommandChannels.preview(via, loaded)
        do throws(RenderFailure) {
            let message = try RenderedMessage(of: scheduled, to: person, by: channel, in: accepted, wording)
            if let html {
                try write(message.html, to: html)
            } else if text {
                Output.write(Array("\(message.subject)\n\n\(message.text)".utf8))
            } else if output.format == .json {
                Output.line(message.json.text)
            } else {
                Output.write(message.bytes)
            }
        } catch {
            Output.problem("remindd: \(error)")
            throw ExitCode.failure
        }
    }

    private func write(_ text: String, to path: String) throws(RenderFailure) {
        guard let why = OutputFile.write(Array(text.utf8), to: path) else { return }
        throw RenderFailure("the page cannot be written to \(path): \(why)")
    }

    /// Sends the message as a test. A running daemon sends it, because only the service has the
    /// credentials.
    private func send(_ query: RenderQuery, to other: String, _ loaded: Loaded) throws {
        let request = ControlRequest.sendRendered(query, recipient: other, via: via)
        if let answer = try ControlClient.ask(request, config: common.config, patience: ControlRequest.testPatience) {
            return try ControlClient.show(answer, as: output.format)
        }
        let reader = try CommandLoader.recipient(other, in: loaded.accepted.directory)
        let channel = try CommandChannels.channel(via, loaded)
        let message = try named { () throws(NameRefusal) in
            try query.test(to: reader, by: channel.name, at: SystemClock().now(), in: loaded.accepted)
        }
        let result = TestResult(reader.id, channel.name, SendTest.send(message, by: channel), loaded.configuration)
        if output.format == .json { Output.line(result.json.text) } else { for line in result.lines { Output.line(line) } }
        if !result.isDelivered { throw ExitCode.failure }
    }

    /// Returns the result of a search. Ends the command if a name is unknown.
    private func named<Found>(_ search: () throws(NameRefusal) -> Found) throws -> Found {
        do throws(NameRefusal) {
            return try search()
        } catch {
            throw CommandLoader.end(error)
        }
    }
}

/// Channels for commands that send or show one message.
enum CommandChannels {
    /// Makes a channel that only renders, and its wording. Ends the command if there is no channel
    /// with this name.
    ///
    /// The channel needs no secrets, which only the service can read.
    static func preview(_ name: String, _ loaded: Loaded) throws -> (channel: any Channel, wording: Wording) {
        let channel = try channel(name, loaded, isPreview: true)
        return (channel, Wording.reading(loaded.templates).wording)
    }

    /// Makes the channel with this name. Ends the command if there is no such channel.
    ///
    /// - Parameter isPreview: whether the channel only renders.
    static func channel(_ name: String, _ loaded: Loaded, isPreview: Bool = false) throws -> any Channel {
        guard let settings = loaded.configuration.channels.first(where: { $0.name == name }) else {
            let known = loaded.configuration.channels.map(\.name)
            let hint: LocalizedText = Spelling.nearest(to: name, among: known).map { "; did you mean \"\($0)\"?" } ?? ""
            Output.problem("remindd: no channel \"\(printable(name))\"; known: \(known.joined(separator: ", "))\(hint)")
            throw ExitCode.notFound
        }
        do throws(ChannelFactory.Failure) {
            return try ChannelFactory.channel(settings, wording: try wording(loaded))
        } catch {
            if isPreview, let wording = try? wording(loaded), let preview = ChannelFactory.previewing(settings, wording: wording)
            {
                return preview
            }
            Output.problem("remindd: \(error)")
            throw ExitCode.configurationError
        }
    }

    private static func wording(_ loaded: Loaded) throws(ChannelFactory.Failure) -> Wording {
        let (wording, problems) = Wording.reading(loaded.templates)
        if let problem = problems.first { throw ChannelFactory.Failure("\(problem)") }
        return wording
    }
}

import ArgumentParser
import Clocks
import Config
import Diagnostics
import Foundation
import Messages
import Notifiers
import Reports
import Scheduler

struct Render: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes the exact bytes of one message.",
        discussion: """
            Secrets are left out. The lead is named by its id, or by its phrase in English or Vietnamese.

            Example: remindd render drowning-prevention --recipient quang-ninh-women --lead "30 days before" --via mail
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: FormatOption
    @Argument(help: ArgumentHelp("campaign, or plan/campaign.", valueName: "CAMPAIGN")) var campaign: String
    @Option(help: ArgumentHelp("The id of the recipient.", valueName: "RECIPIENT")) var recipient: String
    @Option(help: ArgumentHelp("The lead: its id or its phrase.", valueName: "LEAD")) var lead: String
    @Option(help: ArgumentHelp("The name of the channel.", valueName: "CHANNEL")) var via: String
    @Option(
        help: ArgumentHelp("Use the first occurrence not over on this day. Default: today.", valueName: "DAY"),
        transform: DayArgument.parse)
    var on: DayArgument?

    func run() throws {
        let (loaded, _) = try CommandLoader.load(common.config)
        let accepted = loaded.accepted
        let found = try CommandLoader.campaign(campaign, in: accepted.plans)
        let person = try CommandLoader.recipient(recipient, in: accepted.directory)
        let channel = try CommandChannels.channel(via, loaded, isPreview: true)
        let plan = accepted.plans.plans[found.plan]
        let subject = plan.campaigns[found.campaign]
        let leadIndex = try CommandLoader.lead(lead, of: subject, in: plan)
        let today = on?.day ?? plan.zone.civil(at: SystemClock().now()).day
        guard let scheduled = accepted.plans.first(found, lead: leadIndex, notOverOn: today) else {
            Output.problem("remindd: campaign \(subject.id) does not come after \(today)")
            throw ExitCode.notFound
        }
        do throws(RenderFailure) {
            let message = try RenderedMessage(of: scheduled, to: person, by: channel, in: accepted)
            guard output.format == .json else { return Output.write(message.bytes) }
            Output.line(message.json.text)
        } catch {
            Output.problem("remindd: \(error)")
            throw ExitCode.failure
        }
    }
}

/// Channels for commands that send or show one message.
enum CommandChannels {
    /// Makes the channel with this name. Ends the command if there is no such channel.
    ///
    /// - Parameter isPreview: whether the channel only renders. It then needs no secrets, which
    ///   only the service can read.
    static func channel(_ name: String, _ loaded: Loaded, isPreview: Bool = false) throws -> any Channel {
        guard let settings = loaded.configuration.channels.first(where: { $0.name == name }) else {
            let known = loaded.configuration.channels.map(\.name)
            let hint = Spelling.nearest(to: name, among: known).map { "; did you mean \"\($0)\"?" } ?? ""
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
        if let problem = problems.first { throw ChannelFactory.Failure(description: "\(problem)") }
        return wording
    }
}

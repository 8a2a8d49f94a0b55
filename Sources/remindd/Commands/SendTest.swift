import ArgumentParser
import Clocks
import Config
import Dates
import Foundation
import Notifiers
import Plans
import Reports
import Scheduler
import Synchronization

struct SendTest: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send-test",
        abstract: localized("Sends a message marked as a test now, and prints the server's answer."),
        discussion: localized(
            """
            Sends through every channel of the recipient, or the one named.

            Example: remindd send-test quang-ninh-women --via mail
            """))

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: FormatOption
    @Argument(help: ArgumentHelp(localized("The id of the recipient."), valueName: "RECIPIENT")) var recipient: String
    @Option(help: ArgumentHelp(localized("Use only this channel."), valueName: "CHANNEL")) var via: String?

    func run() throws {
        signal(SIGPIPE, SIG_IGN)
        // A running daemon sends the message, because the credentials exist only inside the
        // service.
        let request = ControlRequest.sendTest(recipient: recipient, via: via)
        if let answer = try ControlClient.ask(request, config: common.config, patience: ControlRequest.testPatience) {
            return try ControlClient.show(answer, as: output.format)
        }
        try SendTest.sendHere(to: recipient, via: via, config: common.config, as: output.format)
    }

    /// Sends the test message from this process, and prints the server's answer.
    ///
    /// - Parameter via: the channel; nil for all channels of the recipient.
    static func sendHere(to recipient: String, via: String?, config: String, as format: OutputFormat) throws {
        let (loaded, _) = try CommandLoader.load(config)
        let person = try CommandLoader.recipient(recipient, in: loaded.accepted.directory)
        let names = via.map { [$0] } ?? person.via
        guard !names.isEmpty else {
            Output.problem("remindd: recipient \(person.id) has no channel")
            throw ExitCode.failure
        }
        var failed = false
        for name in names {
            let channel = try CommandChannels.channel(name, loaded)
            let message = TestMessage.make(for: person, by: channel.name, at: SystemClock().now(), loaded)
            let result = TestResult(person.id, name, SendTest.send(message, by: channel), loaded.configuration)
            if format == .json { Output.line(result.json.text) } else { for line in result.lines { Output.line(line) } }
            failed = failed || !result.isDelivered
        }
        if failed { throw ExitCode.failure }
    }

    /// Sends a message in this process, and waits for the result.
    static func send(_ message: Message, by channel: any Channel) -> Receipt {
        let now = SystemClock().now()
        let bell = Waker()
        let answer = Mutex<Receipt?>(nil)
        channel.deliver(message) { receipt in
            answer.withLock { $0 = receipt }
            bell.ring()
        }
        let waiter = TimerWaiter(bell: bell, tickEvery: nil) {}
        _ = waiter.wait(until: now + ControlRequest.testPatience, idle: false)
        channel.stop(grace: .zero)
        return answer.withLock { $0 } ?? Receipt(.unknown, reply: "no answer within 11 minutes")
    }
}

extension TestResult {
    /// Makes the result of a test, with advice on what to correct in the configuration.
    init(
        _ person: String, _ channel: String, _ receipt: Receipt?, _ configuration: Configuration,
        notTriedFor wait: TimeSpan? = nil
    ) {
        let settings = configuration.channels.first { $0.name == channel }
        let advice = receipt.flatMap { receipt in
            settings.flatMap { RefusalAdvice.words(receipt, channel: $0, recipient: person) }
        }
        self.init(recipient: person, channel: channel, receipt, wait: wait, advice: advice)
    }
}

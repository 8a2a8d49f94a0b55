import ArgumentParser
import Config
import Dates
import Diagnostics
import Foundation
import JSON
import Notifiers
import Plans
import Scheduler
import Synchronization

struct SendTest: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send-test",
        abstract: "One test message now, marked as a test, with the server's answer.",
        discussion: """
            Sends through every channel of the recipient, or the one named.

            Example: remindd send-test quang-ninh-women --via mail
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: FormatOption
    @Argument(help: ArgumentHelp("Who gets it.", valueName: "RECIPIENT")) var recipient: String
    @Option(help: ArgumentHelp("By this channel only.", valueName: "CHANNEL")) var via: String?

    /// Longer than any server may take, so that its answer is seen.
    static let patience = Span.minutes(11)

    func run() throws {
        signal(SIGPIPE, SIG_IGN)
        // Credentials exist inside the service only; so it is the service that sends, where it runs.
        let request = ControlRequest.sendTest(recipient: recipient, via: via)
        if let answer = try ControlClient.ask(request, config: common.config, patience: SendTest.patience) {
            return try ControlClient.show(answer, as: output.format)
        }
        let (loaded, _) = try CommandLoader.load(common.config)
        let person = try CommandLoader.recipient(recipient, in: loaded.accepted.directory)
        let names = via.map { [$0] } ?? person.via
        guard !names.isEmpty else {
            Output.problem("remindd: recipient \(person.id) is told by no channel")
            throw ExitCode.failure
        }
        var failed = false
        for name in names {
            let channel = try CommandChannels.channel(name, loaded)
            let result = TestResult(person.id, name, send(to: person, by: channel, loaded), loaded.configuration)
            for line in output.format == .json ? [result.json.text] : result.lines { Output.line(line) }
            failed = failed || !result.isDelivered
        }
        if failed { throw ExitCode.failure }
    }

    private func send(to person: Recipient, by channel: any Channel, _ loaded: Loaded) -> Receipt {
        let now = SystemClock().now()
        let bell = Bell()
        let answer = Mutex<Receipt?>(nil)
        let message = TestMessage.make(for: person, by: channel.name, at: now, loaded)
        channel.deliver(message) { receipt in
            answer.withLock { $0 = receipt }
            bell.ring()
        }
        let waiter = TimerWaiter(bell: bell, tickEvery: nil) {}
        _ = waiter.wait(until: now + SendTest.patience, idle: false)
        channel.stop(grace: .zero)
        return answer.withLock { $0 } ?? Receipt(.unknown, reply: "no answer within 11 minutes")
    }
}

/// What came of a test message by one channel.
struct TestResult: Sendable {
    private let person: String
    private let channel: String
    /// The answer; the last one of before where the channel was not tried.
    private let receipt: Receipt?
    /// The channel is left alone for so long.
    private let wait: Span?
    /// Which key mends it.
    private let advice: String?

    init(
        _ person: String, _ channel: String, _ receipt: Receipt?, _ configuration: Configuration, notTriedFor wait: Span? = nil
    ) {
        (self.person, self.channel, self.receipt, self.wait) = (person, channel, receipt, wait)
        let settings = configuration.channels.first { $0.name == channel }
        advice = receipt.flatMap { receipt in
            settings.flatMap { RefusalAdvice.words(receipt, channel: $0, recipient: person) }
        }
    }

    var isDelivered: Bool { wait == nil && receipt?.outcome == .delivered }

    var lines: [String] {
        var lines: [String] = []
        if let wait {
            let minutes = max(1, (wait.milliseconds + 59_999) / 60_000)
            lines.append(
                "\(person) by \(channel): not tried: the channel is left alone for another \(minutes) min; a reload with other settings or another secret ends that"
            )
        }
        if let receipt {
            let code = receipt.code.map { " \($0)" } ?? ""
            let words = "\(person) by \(channel): \(receipt.outcome.rawValue)\(code): \(printable(receipt.reply, limit: 512))"
            lines.append(wait == nil ? words : "the last answer was: \(words)")
        }
        return lines + (advice.map { ["  see \($0)"] } ?? [])
    }

    var json: JSONObject {
        var line = JSONObject(escaping: .invisibles)
        line.add("recipient", person)
        line.add("channel", channel)
        line.add("tried", wait == nil)
        line.add("wait_s", wait.map { Int(($0.milliseconds + 999) / 1_000) })
        line.add("outcome", receipt?.outcome.rawValue)
        line.add("code", receipt?.code)
        line.add("reply", receipt?.reply)
        line.add("see", advice)
        return line
    }
}

/// The message that `send-test` sends: a small made-up campaign, today.
enum TestMessage {
    static func make(for person: Recipient, by channel: String, at now: Instant, _ loaded: Loaded) -> Message {
        let zone = loaded.configuration.timezone
        let language = person.language ?? .vi
        let today = zone.civil(at: now).day
        let title = language == .vi ? "Tin thử của remindd" : "Test message of remindd"
        let campaign = Campaign(
            id: "test", title: title, when: .once(from: today, to: today), writtenWhen: today.description, leads: [])
        let plan = Plan(
            id: "test", title: title, source: .init(), zone: zone, language: language, campaigns: [campaign])
        let key = ReminderKey(plan: "test", campaign: "test", lead: zone.rfc3339(now), anchor: today)
        let reminder = Reminder(
            key: key, occurrence: "once", start: today, end: today, due: now, deadline: zone.startOfDay(today + 1))
        let notice = Notice(
            kind: .test, plan: plan, campaign: campaign, rule: .onTheDay,
            stored: StoredReminder(reminder: reminder, firedAt: now, late: false), contact: loaded.accepted.contact,
            rehearsal: false)
        let id = DeliveryID(reminder: key, recipient: person.id, channel: channel, rehearsal: false)
        return Message(
            delivery: id, attempt: 1, at: now, notice: notice, recipient: person, groups: [], possibleDuplicate: false)
    }
}

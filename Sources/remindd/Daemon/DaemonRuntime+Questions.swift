import Clocks
import Config
import Dates
import Diagnostics
import Foundation
import Ledgers
import Logging
import Monitoring
import Notifiers
import Plans
import Reports
import Scheduler
import Synchronization

/// Handles requests on the loop's thread, between two steps.
extension DaemonRuntime {
    func answer(_ question: LoopControl.Question, now: Instant) {
        switch question.request {
        case .reload(let dryRun, let confirmed):
            question.reply(reload(now: now, dryRun: dryRun, confirmed: confirmed))
        case .sendTest(let recipient, let via):
            sendTest(to: recipient, via: via, now: now, reply: question.reply)
        case .sendRendered(let query, let recipient, let via):
            sendTest(to: recipient, via: via, of: query, now: now, reply: question.reply)
        case .metrics: question.reply(exposition(now: now))
        case .health: question.reply(health(now: now))
        case .readiness: question.reply(readiness())
        case .backup: backup.begin(question.reply)
        default:
            let answer = queryHandlers(now).answer(question.request)
            // Wakes the loop, so that it sends the retried or released deliveries without delay.
            switch question.request {
            case .retry: control.bell.ring()
            case .release where answer.status == 0: released(now: now)
            default: break
            }
            question.reply(answer)
        }
    }

    /// Sends a test message through the recipient's channels, or through `via` alone.
    ///
    /// - Parameter query: the message of a plan to send; nil for the message of `send-test`.
    private func sendTest(
        to recipient: String, via: String?, of query: RenderQuery? = nil, now: Instant,
        reply: @escaping @Sendable (Answer) -> Void
    ) {
        let person: Recipient
        let rendered: Message?
        do throws(NameRefusal) {
            person = try NameLookup.recipient(recipient, in: loaded.accepted.directory)
            rendered = try query?.test(to: person, by: via ?? "", at: now, in: loaded.accepted)
        } catch {
            return reply(.failure(error.message, status: error.status))
        }
        let names = via.map { [$0] } ?? person.via
        guard !names.isEmpty else { return reply(.failure("recipient \(person.id) has no channel")) }
        let found = names.compactMap { name in channels.channel(named: name) }
        guard found.count == names.count else {
            let known = channels.names.joined(separator: ", ")
            let missing = names.first { name in channels.channel(named: name) == nil } ?? ""
            return reply(.failure("no channel \"\(printable(missing))\"; known: \(known)", status: 3))
        }
        let answers = TestAnswers(person: person.id, channels: names, configuration: loaded.configuration, reply: reply)
        for channel in found {
            test(channel, rendered ?? TestMessage.make(for: person, by: channel.name, at: now, loaded), answers)
        }
    }

    /// Sends a test message if the channel's breaker allows an attempt.
    ///
    /// The breaker counts the test as an attempt. A server that refuses the login thus gets at most
    /// one attempt in 15 minutes.
    private func test(_ channel: any Channel, _ message: Message, _ answers: TestAnswers) {
        let steadyClock = SteadyClock()
        let began = steadyClock.now()
        let (name, policy) = (channel.name, channel.policy)
        switch engine.gates.admit(name, now: began) {
        case .wait(let span, let last):
            answers.take(name, last, notTriedFor: span)
        case .go:
            let gates = engine.gates
            channel.deliver(message) { receipt in
                gates.ended(name, receipt, policy: policy, began: began, now: steadyClock.now())
                answers.take(name, receipt)
            }
        }
    }

    // MARK: state of the running daemon

    func statusLine(now: Instant) -> String {
        let zone = loaded.configuration.timezone
        var parts = [
            Agenda(plans: loaded.accepted.plans, after: now).nextDue.map { "next due \(zone.rfc3339($0))" } ?? "nothing to come"
        ]
        if let waiting = try? opened.ledger.waiting(), waiting.pending + waiting.inFlight > 0 {
            parts.append("\(waiting.pending + waiting.inFlight) waiting")
        }
        if let failures = try? opened.failures.value(now: now), failures.withTimeLeft > 0 {
            parts.append("\(failures.withTimeLeft) failed, see remindd failed")
        }
        let facts = facts
        if !facts.failing.isEmpty { parts.append("failing: \(facts.failing.joined(separator: ", "))") }
        parts.append(facts.reloadedAt.map { "reloaded \(zone.rfc3339($0))" } ?? "files as at the start")
        if facts.reloadRefused { parts.append("last reload refused") }
        if !facts.changedFiles.isEmpty { parts.append("\(counted(facts.changedFiles.count, "file")) changed since") }
        parts += facts.troubles.prefix(3).map(\.description)
        return parts.joined(separator: "; ")
    }

    private func queryHandlers(_ now: Instant) -> QueryHandlers {
        QueryHandlers(loaded: loaded, ledger: opened.ledger, path: opened.path, now: now, running: facts)
    }

    private func texts(in language: Language) -> AlertTexts {
        AlertTexts(language: language, zone: loaded.configuration.timezone)
    }

    var facts: RunningFacts {
        let (english, vietnamese) = (texts(in: .en), texts(in: .vi))
        return RunningFacts(
            startedAt: startedAt, reloadedAt: lastReload.acceptedAt, reloadRefused: lastReload.wasRefused,
            changedFiles: files.paths,
            failing: engine.dispatcher.failing,
            troubles: watch?.desk.lasting.map { trouble in
                LocalizedText(english: english.inOneLine(trouble), vietnamese: vietnamese.inOneLine(trouble))
            } ?? [],
            clockComplaint: engine.loop.complained)
    }
}

/// Collects the results of all channels of a `send-test`, and replies when all have arrived.
private final class TestAnswers: Sendable {
    private let person: String
    private let channels: [String]
    private let configuration: Configuration
    private let reply: @Sendable (Answer) -> Void
    /// The results, keyed by channel.
    private let answers = Mutex<[String: TestResult]>([:])

    init(
        person: String, channels: [String], configuration: Configuration, reply: @escaping @Sendable (Answer) -> Void
    ) {
        self.person = person
        self.channels = channels
        self.configuration = configuration
        self.reply = reply
    }

    func take(_ channel: String, _ receipt: Receipt?, notTriedFor wait: TimeSpan? = nil) {
        let result = TestResult(person, channel, receipt, configuration, notTriedFor: wait)
        let all = answers.withLock { answers in
            answers[channel] = result
            return answers.count == channels.count ? answers : nil
        }
        guard let all else { return }
        let results = channels.compactMap { all[$0] }
        reply(Answer(.tests(results), status: results.allSatisfy(\.isDelivered) ? 0 : 1))
    }
}

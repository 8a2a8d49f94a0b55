import Config
import Diagnostics
import Foundation
import JSON
import Ledgers
import Logging
import Notifiers
import Scheduler
import Synchronization

/// What the running daemon is asked: on the loop's thread, between two steps.
extension Start {
    func answer(_ question: LoopControl.Question, now: Instant) {
        switch question.request {
        case .reload(let dryRun, let confirmed):
            question.reply(reload(now: now, dryRun: dryRun, confirmed: confirmed))
        case .sendTest(let recipient, let via):
            sendTest(to: recipient, via: via, now: now, reply: question.reply)
        case .metrics: question.reply(exposition(now: now))
        case .health: question.reply(health())
        case .readiness: question.reply(readiness())
        case .backup: beginCopy(question.reply)
        default:
            let answer = Answers.answer(question.request, house(now))
            // What was released or put back in the queue is looked at now.
            switch question.request {
            case .retry: control.bell.ring()
            case .release where answer.status == 0: released(now: now)
            default: break
            }
            question.reply(answer)
        }
    }

    private func sendTest(to recipient: String, via: String?, now: Instant, reply: @escaping @Sendable (Answer) -> Void) {
        let person: Recipient
        do throws(NameRefusal) {
            person = try Names.recipient(recipient, in: loaded.accepted.directory)
        } catch {
            return reply(.failure(error.message, status: error.status))
        }
        let names = via.map { [$0] } ?? person.via
        guard !names.isEmpty else { return reply(.failure("recipient \(person.id) is told by no channel")) }
        let found = names.compactMap { name in channels.first { $0.name == name } }
        guard found.count == names.count else {
            let known = channels.map(\.name).joined(separator: ", ")
            let missing = names.first { name in !channels.contains { $0.name == name } } ?? ""
            return reply(.failure("no channel \"\(printable(missing))\"; known: \(known)", status: 3))
        }
        let answers = TestAnswers(person: person.id, channels: names, configuration: loaded.configuration, reply: reply)
        for channel in found { test(channel, person, now: now, answers) }
    }

    /// By the breaker that all others ask: a server that refuses the login hears no more of it than once in a quarter of an hour.
    private func test(_ channel: any Channel, _ person: Recipient, now: Instant, _ answers: TestAnswers) {
        let steadyClock = SteadyClock()
        let began = steadyClock.now()
        let (name, kind) = (channel.name, channel.kind)
        switch gates.admit(name, now: began) {
        case .wait(let span, let last):
            answers.take(name, last, notTriedFor: span)
        case .go:
            let gates = gates
            channel.deliver(TestMessage.make(for: person, by: name, at: now, loaded)) { receipt in
                gates.ended(name, receipt, kind: kind, began: began, now: steadyClock.now())
                answers.take(name, receipt)
            }
        }
    }

    // MARK: reload

    /// All or nothing: a file with errors leaves everything as it was.
    func reload(now: Instant, dryRun: Bool, confirmed: Bool) -> Answer {
        if !dryRun { supervisor.reloading() }
        defer { if !dryRun { supervisor.ready() } }
        let loader = Loader(userFiles: UserFiles(keeps: watch != nil))
        let fresh = loader.load(configuration: options.configuration)
        var answer = Answer()
        for problem in loader.problems.sorted {
            if !dryRun { logger.log(level: problem.severity == .error ? .error : .warning, "\(problem)") }
            answer.problem(problem.description)
        }
        guard let fresh, !loader.problems.hasErrors else {
            let errors = loader.problems.sorted.filter { $0.severity == .error }.map(\.description)
            let isData = loader.problems.hasErrors(in: .data) && !loader.problems.hasErrors(in: .configuration)
            return refuse(
                answer, errors.isEmpty ? ["\(options.configuration) cannot be read"] : errors, "the files above have errors",
                status: isData ? 65 : 78, dryRun: dryRun)
        }
        if options.rehearsal != nil, let stranger = Rehearsals.destinationNotOnLoopback(fresh.configuration.channels) {
            let why = "a rehearsal sends to loopback only: \(stranger)"
            return refuse(answer, [why], why, status: 78, dryRun: dryRun)
        }
        if options.rehearsal == nil, let why = RestartKeys.refusal(from: loaded.configuration, to: fresh.configuration) {
            return refuse(answer, [why], why, status: 78, dryRun: dryRun)
        }
        let edit: Edit
        do throws(LedgerFailure) {
            let before = try Preview(loaded.accepted, ledger, now: now)
            let preview = try Preview(fresh.accepted, ledger, now: now)
            let messages = Edit.messages(from: before, loaded.accepted, to: preview, fresh.accepted)
            edit = Edit(from: loaded.accepted, to: fresh.accepted, messages: messages)
            let report = ReloadReport(
                from: loaded.accepted, to: fresh.accepted, now: now, zone: fresh.configuration.timezone, preview: preview)
            for line in report.lines { answer.line(line) }
        } catch {
            return refuse(answer, ["\(error)"], "the ledger cannot be read: \(error)", status: 1, dryRun: dryRun)
        }
        if options.rehearsal == nil, !confirmed, let question = edit.question {
            return refuse(answer, edit.questions, question, status: 1, dryRun: dryRun)
        }
        do throws(ChannelFactory.Failure) {
            let renewed = try ChannelFactory.channels(fresh)
            if !dryRun { try take(fresh, renewed, loader.userFiles, now: now) }
        } catch {
            return refuse(answer, [error.description], error.description, status: 78, dryRun: dryRun)
        }
        let counts =
            "\(counted(fresh.accepted.plans.plans.count, "plan")) with \(counted(fresh.accepted.plans.campaignCount, "campaign")), \(counted(fresh.accepted.directory.recipients.count, "recipient"))"
        var object = JSONObject(escaping: .invisibles)
        object.add("reloaded", !dryRun)
        object.add("refused", nil as String?)
        object.add("plans", fresh.accepted.plans.plans.count)
        object.add("campaigns", fresh.accepted.plans.campaignCount)
        object.add("recipients", fresh.accepted.directory.recipients.count)
        object.add("changes", answer.lines)
        answer.object(object)
        if dryRun {
            answer.line("nothing was changed; a reload would be accepted: \(counts)")
        } else {
            logger.notice("reloaded: \(counts)", metadata: MessageKind.reloaded.fields)
            for line in answer.lines { logger.notice("reloaded: \(line)") }
            answer.line("reloaded: \(counts)")
        }
        return answer
    }

    private func refuse(_ answer: Answer, _ problems: [String], _ why: String, status: Int32, dryRun: Bool) -> Answer {
        var answer = answer
        answer.status = status
        var object = JSONObject(escaping: .invisibles)
        object.add("reloaded", false)
        object.add("refused", why)
        object.add("changes", answer.lines)
        answer.object(object)
        guard !dryRun else {
            answer.problem("remindd: a reload would be refused: \(why)")
            return answer
        }
        answer.problem("remindd: reload refused, the old state stays: \(why)")
        logger.error("reload refused, the old state stays: \(why)", metadata: MessageKind.reloadRefused.fields)
        watch?.desk.note(.reloadRefused(problems: problems))
        reloadRefused = true
        return answer
    }

    // MARK: backup

    private func beginCopy(_ reply: @escaping @Sendable (Answer) -> Void) {
        guard copying == nil else { return reply(.failure("another backup is under way", status: 75)) }
        // Under the copy the ledger itself must not run out of space.
        let values = try? URL(fileURLWithPath: path).resourceValues(forKeys: [.volumeAvailableCapacityKey, .fileSizeKey])
        if let values, let free = values.volumeAvailableCapacity, let size = values.fileSize, free < size + (64 << 20) {
            return reply(.failure("no space for a copy of \(size >> 20) MB beside the ledger: \(free >> 20) MB are free"))
        }
        do throws(LedgerCopy.Failure) {
            copying = (try LedgerCopy(of: ledger, at: path + ".backup"), reply)
            control.bell.ring()
        } catch {
            reply(.failure(error.description))
        }
    }

    /// A few megabytes between two steps of the loop.
    func stepCopy() {
        guard let (copy, reply) = copying else { return }
        do throws(LedgerCopy.Failure) {
            guard try copy.step() else { return control.bell.ring() }
            var answer = Answer()
            answer.line(copy.path)
            copying = nil
            reply(answer)
        } catch {
            copying = nil
            reply(.failure(error.description))
        }
    }

    // MARK: what only a running daemon knows

    func statusLine(now: Instant) -> String {
        let zone = loaded.configuration.timezone
        var parts = [
            Agenda(plans: loaded.accepted.plans, after: now).nextDue.map { "next due \(zone.rfc3339($0))" } ?? "nothing to come"
        ]
        if let waiting = try? ledger.waiting(), waiting.pending + waiting.inFlight > 0 {
            parts.append("\(waiting.pending + waiting.inFlight) waiting")
        }
        let facts = facts
        if !facts.failing.isEmpty { parts.append("failing: \(facts.failing.joined(separator: ", "))") }
        parts.append(facts.reloadedAt.map { "reloaded \(zone.rfc3339($0))" } ?? "files as at the start")
        if reloadRefused { parts.append("last reload refused") }
        if !facts.changedFiles.isEmpty { parts.append("\(counted(facts.changedFiles.count, "file")) changed since") }
        parts += facts.troubles.prefix(3)
        return parts.joined(separator: "; ")
    }

    private func house(_ now: Instant) -> House {
        House(loaded: loaded, ledger: ledger, path: path, now: now, running: facts)
    }

    var facts: RunningFacts {
        let words = AlertWords(language: .en, zone: loaded.configuration.timezone)
        return RunningFacts(
            startedAt: startedAt, reloadedAt: reloadedAt, reloadRefused: reloadRefused, changedFiles: stamps.changed,
            failing: dispatcher.failing, troubles: watch?.desk.lasting.map(words.inOneLine) ?? [],
            underWay: dispatcher.underWay, clockComplaint: clockComplaint)
    }

    /// Looked for every ten seconds at most, where the loop or the watchdog comes by; said once for each change; taken by a reload only.
    func noticeChangedFiles(now_ms: Int64 = SystemClock.monotonic()) {
        guard now_ms - (filesSeenAt_ms ?? .min / 2) >= 10_000 else { return }
        filesSeenAt_ms = now_ms
        let changed = stamps.changed
        guard changed != announced else { return }
        announced = changed
        if !changed.isEmpty {
            logger.notice(
                "changed since they were taken, not in use before a reload: \(changed.joined(separator: ", "))",
                metadata: MessageKind.filesChanged.fields)
        }
    }
}

/// Collects what the channels of one `send-test` say; answers when all have.
private final class TestAnswers: Sendable {
    private let person: String
    private let channels: [String]
    private let configuration: Configuration
    private let reply: @Sendable (Answer) -> Void
    /// By channel.
    private let answers = Mutex<[String: TestResult]>([:])

    init(
        person: String, channels: [String], configuration: Configuration, reply: @escaping @Sendable (Answer) -> Void
    ) {
        self.person = person
        self.channels = channels
        self.configuration = configuration
        self.reply = reply
    }

    func take(_ channel: String, _ receipt: Receipt?, notTriedFor wait: Span? = nil) {
        let result = TestResult(person, channel, receipt, configuration, notTriedFor: wait)
        let all = answers.withLock { answers in
            answers[channel] = result
            return answers.count == channels.count ? answers : nil
        }
        guard let all else { return }
        var answer = Answer()
        for result in channels.compactMap({ all[$0] }) {
            for line in result.lines { answer.line(line) }
            answer.object(result.json)
            if !result.isDelivered { answer.status = 1 }
        }
        reply(answer)
    }
}

import Diagnostics
import Dispatch
import Documents
import Messages
import Notifiers
import Plans
import Scheduler
import Synchronization

/// Renders the texts of the coming days: one for each lead, channel and language.
///
/// Each text is rendered for the recipient with the longest name.
struct CheckTexts {
    let report: CheckReport

    /// The number of characters above which a subject gets a warning.
    ///
    /// Most mail programs and some servers cut off longer subjects.
    static let subjectLimit = 200

    private struct Speech: Hashable {
        let channel: String
        let language: Language
    }

    /// Returns whether the user's templates can be used. Reports their problems.
    func inspectTemplates() -> Bool {
        let broken = Wording.reading(report.loaded.templates).problems
        for problem in broken { add(problem) }
        for (name, text) in report.loaded.templates.sorted(by: { $0.key < $1.key }) where name.hasSuffix("/subject") {
            guard text.trimmed.contains(where: \.isNewline) else { continue }
            let place = Problem.Place(file: file(of: name), line: 1, column: 1)
            report.add(.warning, .configuration, place, "a subject is one line: the lines of this text are joined by spaces")
        }
        return broken.isEmpty
    }

    /// The recipient for whom the texts in one language on one channel are rendered.
    private struct Reader: Sendable {
        let speech: Speech
        let recipient: Recipient
        /// The groups that the lead notifies and that have this recipient as a member.
        let groups: [String]
    }

    /// The first coming reminder of a lead, and the recipients for whom its text is rendered.
    private struct Trial: Sendable {
        let scheduled: Scheduled
        let readers: [Reader]
    }

    /// The findings in the text for one recipient.
    private struct Verdict: Sendable {
        var findings: [(severity: Problem.Severity, message: LocalizedText)] = []
        /// Whether the user's templates could be used.
        var isUsable = true
    }

    func inspect(_ coming: [ActiveConfiguration.SimulatedReminder]) {
        let loaded = report.loaded
        let wording = Wording.reading(loaded.templates).wording
        var channels: [String: any Channel] = [:]
        for settings in loaded.configuration.channels {
            channels[settings.name] = ChannelFactory.previewing(settings, wording: wording)
        }
        let trials = trials(coming)
        let accepted = loaded.accepted
        let verdicts = CheckTexts.concurrently(trials.count) { [channels] index in
            let notice = accepted.notice(of: trials[index].scheduled)
            return trials[index].readers.map { reader in
                channels[reader.speech.channel].map { CheckTexts.verdict(of: notice, to: reader, by: $0, wording) }
            }
        }
        var languages: Set<Language> = []
        for (trial, verdicts) in zip(trials, verdicts) {
            for (reader, verdict) in zip(trial.readers, verdicts) {
                guard let verdict, let channel = channels[reader.speech.channel] else { continue }
                tell(verdict, of: trial.scheduled, reader)
                guard verdict.isUsable, !loaded.templates.isEmpty else { continue }
                guard languages.insert(reader.speech.language).inserted else { continue }
                otherForms(trial.scheduled, reader.recipient, channel, wording)
            }
        }
    }

    /// Returns the first coming reminder of each lead, with the recipients for its texts.
    private func trials(_ coming: [ActiveConfiguration.SimulatedReminder]) -> [Trial] {
        var tried: Set<[Int]> = []
        var known: [String: [Reader]] = [:]
        var trials: [Trial] = []
        for simulated in coming {
            let scheduled = simulated.scheduled
            guard tried.insert([scheduled.plan, scheduled.campaign, scheduled.lead]).inserted else { continue }
            let plan = report.set.plans[scheduled.plan]
            let notify = plan.campaigns[scheduled.campaign].leads[scheduled.lead].notify
            let key = plan.language.rawValue + "\n" + notify.joined(separator: "\n")
            let readers = known[key] ?? readers(simulated.recipients, plan.language, notify)
            known[key] = readers
            trials.append(Trial(scheduled: scheduled, readers: readers))
        }
        return trials
    }

    /// Returns the recipients of a trial, in the order of channel and language.
    private func readers(_ positions: RecipientSet, _ planLanguage: Language, _ notify: [String]) -> [Reader] {
        longest(positions, planLanguage)
            .sorted { ($0.key.channel, $0.key.language.rawValue) < ($1.key.channel, $1.key.language.rawValue) }
            .map { speech, recipient in
                Reader(speech: speech, recipient: recipient, groups: report.directory.groups(of: recipient.id, among: notify))
            }
    }

    /// Calls `body` with the numbers from 0 to `count` - 1, and returns the results in order.
    ///
    /// The calls run on all processors, in groups of 64.
    private static func concurrently<Output: Sendable>(_ count: Int, _ body: @Sendable (Int) -> Output) -> [Output] {
        let atOnce = 64
        let parts = Mutex<[Int: [Output]]>([:])
        DispatchQueue.concurrentPerform(iterations: (count + atOnce - 1) / atOnce) { part in
            let made = (part * atOnce..<min(count, (part + 1) * atOnce)).map(body)
            parts.withLock { $0[part] = made }
        }
        return parts.withLock { parts in parts.keys.sorted().flatMap { parts[$0] ?? [] } }
    }

    private func add(_ problem: TemplateProblem) {
        let place = Problem.Place(file: file(of: problem.template), line: problem.line ?? 1, column: problem.column ?? 1)
        report.add(.error, .configuration, place, problem.message)
    }

    private func file(of template: String) -> String {
        "\(report.loaded.configuration.templates ?? "templates")/\(template).mustache"
    }

    /// Returns, for each channel and language, the recipient with the longest name.
    private func longest(_ positions: RecipientSet, _ planLanguage: Language) -> [Speech: Recipient] {
        var found: [Speech: Recipient] = [:]
        for position in positions {
            let recipient = report.directory.recipients[position]
            for channel in recipient.via + recipient.otherwise {
                let speech = Speech(channel: channel, language: recipient.language ?? planLanguage)
                if let known = found[speech], known.name.count >= recipient.name.count { continue }
                found[speech] = recipient
            }
        }
        return found
    }

    /// Renders the templates for a late reminder, changed dates, a cancellation and a test.
    ///
    /// Called once for each language.
    private func otherForms(_ scheduled: Scheduled, _ reader: Recipient, _ channel: any Channel, _ wording: Wording) {
        let plan = report.set.plans[scheduled.plan]
        let campaign = plan.campaigns[scheduled.campaign]
        let lead = campaign.leads[scheduled.lead]
        let id = DeliveryID(reminder: scheduled.reminder.key, recipient: reader.id, channel: channel.name, rehearsal: false)
        let forms: [(kind: ReminderContent.Kind, isLate: Bool, words: LocalizedText)] = [
            (.reminder, true, "a late reminder"), (.moved, false, "other dates"), (.gone, false, "a cancellation"),
            (.test, false, "a test"),
        ]
        for form in forms {
            let stored = StoredReminder(
                reminder: scheduled.reminder, firedAt: scheduled.reminder.due, late: form.isLate)
            let notice = ReminderContent(
                kind: form.kind, plan: plan, campaign: campaign, lead: lead,
                owner: report.loaded.accepted.ownerName(of: campaign), stored: stored,
                contact: report.loaded.accepted.contact, rehearsal: false)
            let message = Message(
                delivery: id, attempt: 1, at: scheduled.reminder.due, notice: notice, recipient: reader, groups: [],
                possibleDuplicate: false)
            guard let failure = wording.trial(of: message).failure else { continue }
            report.add(
                .error, .data, report.place(of: campaign, plan),
                "\(form.words) in \(message.language.rawValue): \(failure): the built-in one would go out")
        }
    }

    private static func verdict(of notice: ReminderContent, to reader: Reader, by channel: any Channel, _ wording: Wording)
        -> Verdict
    {
        let id = DeliveryID(
            reminder: notice.reminder.key, recipient: reader.recipient.id, channel: channel.name, rehearsal: false)
        let message = Message(
            delivery: id, attempt: 1, at: notice.reminder.due, notice: notice, recipient: reader.recipient, groups: reader.groups,
            possibleDuplicate: false)
        var verdict = Verdict()
        let (subject, failure) = wording.trial(of: message)
        if let failure {
            verdict.findings.append((.error, "\(failure): the built-in one would go out"))
            verdict.isUsable = false
        }
        if subject.utf8.count > CheckTexts.subjectLimit, subject.count > CheckTexts.subjectLimit {
            let words: LocalizedText =
                "the subject has \(subject.count) characters; most mail programs show fewer than \(CheckTexts.subjectLimit)"
            verdict.findings.append((.warning, words))
        }
        do throws(RenderFailure) {
            try channel.tryEncoding(message)
        } catch {
            verdict.findings.append((.error, "\(error)"))
        }
        return verdict
    }

    private func tell(_ verdict: Verdict, of scheduled: Scheduled, _ reader: Reader) {
        guard !verdict.findings.isEmpty else { return }
        let plan = report.set.plans[scheduled.plan]
        let campaign = plan.campaigns[scheduled.campaign]
        let lead = campaign.leads[scheduled.lead]
        for finding in verdict.findings {
            report.add(
                finding.severity, .data, report.place(of: campaign, plan),
                "campaign \(campaign.id), \"\(LeadName.text(lead.id))\" by \(reader.speech.channel) in \(reader.speech.language.rawValue): "
                    + "\(finding.message)")
        }
    }
}

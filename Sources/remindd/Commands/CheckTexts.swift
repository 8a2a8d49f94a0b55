import Notifiers
import Scheduler

/// Tries every text of the coming days: each campaign and lead once, by each channel and in each language it will be sent in,
/// to the reader with the longest name.
struct CheckTexts {
    let report: CheckReport

    /// More is cut off by most readers, and by some servers.
    static let subjectLimit = 200

    private struct Speech: Hashable {
        let channel: String
        let language: Language
    }

    /// Whether the user's templates can be used; reported where not.
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

    func inspect(_ coming: [Accepted.SimulatedReminder]) {
        let loaded = report.loaded
        let wording = Wording.reading(loaded.templates).wording
        var channels: [String: any Channel] = [:]
        for settings in loaded.configuration.channels {
            channels[settings.name] = ChannelFactory.previewing(settings, wording: wording)
        }
        var tried: Set<[Int]> = []
        var readers: [String: [Speech: Recipient]] = [:]
        var languages: Set<Language> = []
        for simulated in coming {
            let scheduled = simulated.scheduled
            guard tried.insert([scheduled.plan, scheduled.campaign, scheduled.lead]).inserted else { continue }
            let plan = report.set.plans[scheduled.plan]
            let notify = plan.campaigns[scheduled.campaign].leads[scheduled.lead].notify
            let key = plan.language.rawValue + "\n" + notify.joined(separator: "\n")
            let found = readers[key] ?? longest(simulated.recipients, plan.language)
            readers[key] = found
            for (speech, reader) in found.sorted(by: {
                ($0.key.channel, $0.key.language.rawValue) < ($1.key.channel, $1.key.language.rawValue)
            }) {
                guard let channel = channels[speech.channel] else { continue }
                let groups = loaded.accepted.directory.groups(of: reader.id, among: notify)
                guard trial(scheduled, reader, channel, groups: groups, wording), !loaded.templates.isEmpty else { continue }
                if languages.insert(speech.language).inserted { otherForms(scheduled, reader, channel, wording) }
            }
        }
    }

    private func add(_ problem: TemplateProblem) {
        let place = Problem.Place(file: file(of: problem.template), line: problem.line ?? 1, column: problem.column ?? 1)
        report.add(.error, .configuration, place, printable(problem.message, limit: 300))
    }

    private func file(of template: String) -> String {
        "\(report.loaded.configuration.templates ?? "templates")/\(template).mustache"
    }

    /// Of those who are told, by channel and language, the one with the longest name.
    private func longest(_ positions: Positions, _ planLanguage: Language) -> [Speech: Recipient] {
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

    /// What the user's texts say of a late reminder, of other dates and of what does not take place: once in each language.
    private func otherForms(_ scheduled: Scheduled, _ reader: Recipient, _ channel: any Channel, _ wording: Wording) {
        let plan = report.set.plans[scheduled.plan]
        let campaign = plan.campaigns[scheduled.campaign]
        let rule = campaign.leads[scheduled.lead].rule
        let id = DeliveryID(reminder: scheduled.reminder.key, recipient: reader.id, channel: channel.name, rehearsal: false)
        let forms: [(kind: Notice.Kind, isLate: Bool, words: String)] = [
            (.reminder, true, "a late reminder"), (.moved, false, "other dates"), (.gone, false, "what does not take place"),
            (.test, false, "a test"),
        ]
        for form in forms {
            let stored = StoredReminder(
                reminder: scheduled.reminder, firedAt: scheduled.reminder.due, late: form.isLate)
            let notice = Notice(
                kind: form.kind, plan: plan, campaign: campaign, rule: rule, stored: stored,
                contact: report.loaded.accepted.contact, rehearsal: false)
            let message = Message(
                delivery: id, attempt: 1, at: scheduled.reminder.due, notice: notice, recipient: reader, groups: [],
                possibleDuplicate: false)
            guard let failure = wording.render(message).failure else { continue }
            report.add(
                .error, .data, report.place(of: campaign, plan),
                "\(form.words) in \(message.language.rawValue): \(failure): the built-in one would go out")
        }
    }

    /// Whether the user's texts were enough for it.
    private func trial(
        _ scheduled: Scheduled, _ reader: Recipient, _ channel: any Channel, groups: [String], _ wording: Wording
    ) -> Bool {
        let notice = report.loaded.accepted.notice(of: scheduled)
        let plan = report.set.plans[scheduled.plan]
        let campaign = plan.campaigns[scheduled.campaign]
        let lead = campaign.leads[scheduled.lead]
        func found(_ severity: Problem.Severity, _ message: String) {
            let language = (reader.language ?? plan.language).rawValue
            report.add(
                severity, .data, report.place(of: campaign, plan),
                "campaign \(campaign.id), \"\(lead.id)\" by \(channel.name) in \(language): \(message)")
        }
        let id = DeliveryID(reminder: scheduled.reminder.key, recipient: reader.id, channel: channel.name, rehearsal: false)
        let message = Message(
            delivery: id, attempt: 1, at: notice.reminder.due, notice: notice, recipient: reader, groups: groups,
            possibleDuplicate: false)
        let texts = wording.render(message)
        if let failure = texts.failure { found(.error, "\(failure): the built-in one would go out") }
        if texts.subject.count > CheckTexts.subjectLimit {
            found(
                .warning,
                "the subject has \(texts.subject.count) characters; most readers see less than \(CheckTexts.subjectLimit)")
        }
        do throws(RenderFailure) {
            _ = try channel.preview(message)
        } catch {
            found(.error, "\(error)")
        }
        return texts.failure == nil
    }
}

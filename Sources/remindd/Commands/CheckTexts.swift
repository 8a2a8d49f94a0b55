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
                trial(scheduled, reader, channel, groups: loaded.accepted.directory.groups(of: reader.id, among: notify), wording)
            }
        }
    }

    private func add(_ problem: TemplateProblem) {
        let folder = report.loaded.configuration.templates ?? "templates"
        let place = Problem.Place(
            file: "\(folder)/\(problem.template).mustache", line: problem.line ?? 1, column: problem.column ?? 1)
        report.add(.error, .configuration, place, printable(problem.message, limit: 300))
    }

    /// Of those who are told, by channel and language, the one with the longest name.
    private func longest(_ positions: Positions, _ planLanguage: Language) -> [Speech: Recipient] {
        var found: [Speech: Recipient] = [:]
        for position in positions {
            let recipient = report.directory.recipients[position]
            for channel in recipient.via + recipient.otherwise {
                let speech = Speech(channel: channel, language: recipient.language ?? planLanguage)
                if let known = found[speech], known.name.utf8.count >= recipient.name.utf8.count { continue }
                found[speech] = recipient
            }
        }
        return found
    }

    private func trial(
        _ scheduled: Scheduled, _ reader: Recipient, _ channel: any Channel, groups: [String], _ wording: Wording
    ) {
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
    }
}

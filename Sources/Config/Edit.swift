import Plans
import Scheduler

/// What one accepted state and the next have in difference, as far as a person must say yes to it (contract, `reload --confirm`).
package struct Edit {
    private let campaigns: CampaignLoss
    private let recipients: RecipientLoss
    /// Messages that the changed files cause at once; nil where nobody asked the ledger.
    private let messages: Int?

    /// More messages at once than this are asked about.
    package static let messageLimit = 100

    package init(from old: ActiveConfiguration, to new: ActiveConfiguration, messages: Int? = nil) {
        campaigns = CampaignLoss(from: old.plans, to: new.plans)
        recipients = RecipientLoss(from: old.directory, to: new.directory)
        self.messages = messages
    }

    /// What the changed files cause, and a standstill does not: what the new state would send beyond what the old one would.
    package static func messages(from old: Preview, _ before: ActiveConfiguration, to new: Preview, _ after: ActiveConfiguration)
        -> Int
    {
        func counts(_ preview: Preview, _ accepted: ActiveConfiguration) -> [ReminderKey: Int] {
            var counts: [ReminderKey: Int] = [:]
            for due in preview.due {
                counts[due.scheduled.reminder.key, default: 0] += accepted.directory.deliveryCount(to: due.recipients)
            }
            for change in preview.changes { counts[change.reminder.key, default: 0] += change.deliveries }
            return counts
        }
        let known = counts(old, before)
        return counts(new, after).reduce(0) { $0 + max(0, $1.value - (known[$1.key] ?? 0)) }
    }

    /// What a person must say yes to; empty where nothing is out of the ordinary.
    package var questions: [String] {
        var questions: [String] = []
        if campaigns.needsConfirmation {
            let named = Edit.list(campaigns.gone, of: campaigns.gone.count)
            questions.append("\(campaigns.gone.count) of \(campaigns.before) campaigns are gone (\(named))")
        }
        for group in recipients.groups.prefix(5) {
            let of = group.name.map { "group \($0)" } ?? "all groups together"
            let named = Edit.list(group.examples, of: group.lost)
            questions.append("\(group.lost) of \(group.before) recipients of \(of) are gone (\(named))")
        }
        if let messages, messages > Edit.messageLimit {
            questions.append("the changed files would send \(messages) messages at once")
        }
        return questions
    }

    /// The same in one message; nil where nothing is out of the ordinary.
    package var question: String? {
        let questions = questions
        return questions.isEmpty ? nil : questions.joined(separator: "; ") + "; if that is meant: remindd reload --confirm"
    }

    private static func list(_ names: [String], of count: Int) -> String {
        names.prefix(10).joined(separator: ", ") + (count > min(10, names.count) ? ", …" : "")
    }
}

import Diagnostics
import Plans
import Scheduler

/// The changes between two configurations that an operator must confirm (`reload --confirm`).
package struct Edit {
    private let campaigns: CampaignLoss
    private let madeIDs: MadeIDLoss
    private let recipients: RecipientLoss
    /// The number of immediate messages that the new files cause; nil if the ledger was not read.
    private let messages: Int?

    /// The maximum number of questions of one kind.
    private static let listed = 5
    /// The maximum number of immediate messages without a confirmation.
    package static let messageLimit = 100

    package init(from old: ActiveConfiguration, to new: ActiveConfiguration, messages: Int? = nil) {
        campaigns = CampaignLoss(from: old.plans, to: new.plans)
        madeIDs = MadeIDLoss(from: old.plans, to: new.plans)
        recipients = RecipientLoss(from: old.directory, to: new.directory)
        self.messages = messages
    }

    /// Returns the number of immediate messages that only the new configuration would send.
    ///
    /// Messages that are due because remindd was stopped for a while are not counted.
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

    /// The changes that an operator must confirm, in words; empty if there are none.
    package var questions: [LocalizedText] {
        var questions: [LocalizedText] = []
        if campaigns.needsConfirmation {
            let named = Edit.list(campaigns.gone, of: campaigns.gone.count)
            questions.append("\(campaigns.gone.count) of \(campaigns.before) campaigns are gone (\(named))")
        }
        for lost in madeIDs.lost.prefix(Edit.listed) {
            if let replacement = lost.replacement {
                questions.append(
                    "the id \(lost.id), made from a title of plan \(lost.plan), is gone, and \(replacement) is new; "
                        + "write \"id: \(lost.id)\" there to keep what was sent")
            } else {
                questions.append("the id \(lost.id), made from a title of plan \(lost.plan), is gone")
            }
        }
        for lost in recipients.renamed.prefix(Edit.listed) {
            if let replacement = lost.replacement {
                questions.append(
                    "the id \(lost.id), made from the name of a recipient, is gone, and \(replacement) is new; "
                        + "write the id \(lost.id) there to keep what was sent")
            } else {
                questions.append("the id \(lost.id), made from the name of a recipient, is gone")
            }
        }
        for group in recipients.groups.prefix(Edit.listed) {
            let of: LocalizedText = group.name.map { "group \($0)" } ?? "all groups together"
            let named = Edit.list(group.examples, of: group.lost)
            questions.append("\(group.lost) of \(group.before) recipients of \(of) are gone (\(named))")
        }
        if let messages, messages > Edit.messageLimit {
            questions.append("the changed files would send \(messages) messages at once")
        }
        return questions
    }

    /// All questions in one message; nil if there are none.
    package var question: LocalizedText? {
        let questions = questions
        guard let first = questions.first else { return nil }
        let all = questions.dropFirst().reduce(first) { "\($0); \($1)" }
        return "\(all); if that is meant: remindd reload --confirm"
    }

    private static func list(_ names: [String], of count: Int) -> String {
        names.prefix(10).joined(separator: ", ") + (count > min(10, names.count) ? ", …" : "")
    }
}

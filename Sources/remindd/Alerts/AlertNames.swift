import Foundation
import Scheduler

/// What people call the recipients and campaigns that alerts are about, and where those stand in the files.
struct AlertNames: Sendable {
    private let accepted: Accepted
    /// The file each plan came from.
    private let planFiles: [String: String]

    init(_ loaded: Loaded) {
        accepted = loaded.accepted
        planFiles = loaded.planFiles
    }

    /// "Nguyễn Văn An (an)"; the id alone where there is no other name.
    func person(_ id: String) -> String {
        guard let name = accepted.directory.recipient(id)?.name, !name.isEmpty, name != id else { return id }
        return "\(name) (\(id))"
    }

    /// The campaign's title as it fired, or as it is planned now; its id where it has none.
    func title(of reminder: Alert.Reminder) -> String {
        if !reminder.title.isEmpty { return reminder.title }
        let plan = accepted.plans.plans.first { $0.id == reminder.plan }
        return plan?.campaigns.first { $0.id == reminder.campaign }?.title ?? reminder.campaign
    }

    /// `plans/p.yaml:8`; the file alone where the line is not found; nil where the plan is not loaded any more.
    ///
    /// The line is looked for when an alert is written, so that the daemon need not keep a place for every campaign.
    func place(of reminder: Alert.Reminder) -> String? {
        guard let file = planFiles[reminder.plan] else { return nil }
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else { return file }
        let line = text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex {
            AlertNames.names(reminder.campaign, in: $0)
        }
        return line.map { "\(file):\($0 + 1)" } ?? file
    }

    /// Whether a line of a plan has this value for `id`, in block or flow style.
    static func names(_ campaign: String, in line: Substring) -> Bool {
        var rest = line
        while let found = rest.range(of: "id:") {
            let before = rest[..<found.lowerBound].last
            let value = rest[found.upperBound...].drop { " \"'".contains($0) }
            if before == nil || " {,-".contains(before!), value.hasPrefix(campaign) {
                let next = value.dropFirst(campaign.count).first
                if next == nil || " \"',}#\r".contains(next!) { return true }
            }
            rest = rest[found.upperBound...]
        }
        return false
    }
}

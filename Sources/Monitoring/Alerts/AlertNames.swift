import Config
import Foundation
import Scheduler

/// The names of recipients and campaigns for alerts, and the places of campaigns in plan files.
package struct AlertNames: Sendable {
    private let accepted: ActiveConfiguration
    /// The file of each plan, keyed by plan id.
    private let planFiles: [String: String]
    /// Titles of campaigns that earlier reloads removed, keyed by `plan/campaign`.
    ///
    /// They are needed after the reload, when the cancellations of these campaigns are reported.
    private var goneTitles: [String: String]

    private let read: @Sendable (String) -> String?

    private static let goneLimit = 10_000

    /// - Parameters:
    ///   - before: the names of the previous configuration.
    ///   - read: returns the text of a file; nil if the file cannot be read.
    init(
        _ loaded: Loaded, before: AlertNames? = nil,
        read: @escaping @Sendable (String) -> String? = { try? String(contentsOfFile: $0, encoding: .utf8) }
    ) {
        self.read = read
        accepted = loaded.accepted
        planFiles = loaded.planFiles
        goneTitles = before?.goneTitles ?? [:]
        guard let before else { return }
        let now = Set(loaded.accepted.plans.campaignNames)
        let past = before.accepted.plans
        for plan in past.plans {
            for campaign in plan.campaigns where !now.contains("\(plan.id)/\(campaign.id)") {
                guard goneTitles.count < AlertNames.goneLimit else { return }
                goneTitles["\(plan.id)/\(campaign.id)"] = campaign.publicTitle(in: plan)
            }
        }
    }

    /// Returns the name and the id of a recipient, such as "Nguyễn Văn An (an)".
    ///
    /// Returns only the id if the recipient has no other name.
    func person(_ id: String) -> String {
        guard let name = accepted.directory.recipient(id)?.name, !name.isEmpty, name != id else { return id }
        return "\(name) (\(id))"
    }

    /// Returns the title that the reminder's campaign had when the reminder fired.
    ///
    /// If it had none, returns its current or last title. If it never had one, returns its id.
    func title(of reminder: Alert.Reminder) -> String {
        title(of: reminder.campaign, plan: reminder.plan, fired: reminder.title)
    }

    func title(of campaign: String, plan: String, fired title: String) -> String {
        let found = accepted.plans.find(plan: plan, campaign: campaign)
        // The campaign may have become confidential after the reminder fired.
        if !title.isEmpty, found?.campaign.confidential.isEmpty ?? true { return title }
        return found.map { $0.campaign.publicTitle(in: $0.plan) } ?? goneTitles["\(plan)/\(campaign)"] ?? campaign
    }

    /// Returns the place of each reminder's campaign, such as `plans/p.yaml:8`.
    ///
    /// If the campaign's line is not found, the place is the file alone. Reminders of plans that
    /// are not loaded have no entry.
    ///
    /// The files are read for each alert, so that no places have to be stored.
    func places(of reminders: [Alert.Reminder]) -> [Alert.Reminder: String] {
        var places: [Alert.Reminder: String] = [:]
        for (plan, its) in Dictionary(grouping: reminders, by: \.plan) {
            guard let file = planFiles[plan] else { continue }
            let lines = AlertNames.lines(of: Set(its.map(\.campaign)), in: read(file) ?? "")
            for reminder in its { places[reminder] = lines[reminder.campaign].map { "\(file):\($0)" } ?? file }
        }
        return places
    }

    /// Returns, for each campaign, the number of the first line of `text` that has its `id:` key.
    ///
    /// Lines count from 1. Block style and flow style of YAML are both found. Campaigns that are
    /// not found have no entry.
    static func lines(of campaigns: Set<String>, in text: String) -> [String: Int] {
        var found: [String: Int] = [:]
        let bytes = Array(text.utf8)
        var (index, line) = (0, 1)
        while index < bytes.count, found.count < campaigns.count {
            if bytes[index] == UInt8(ascii: "\n") { line += 1 }
            guard bytes[index] == UInt8(ascii: "i"), bytes[index...].starts(with: "id:".utf8),
                index == 0 || "\n {,-".utf8.contains(bytes[index - 1])
            else {
                index += 1
                continue
            }
            index += 3
            let value = bytes[index...].drop { " \"'".utf8.contains($0) }.prefix { !" \"',}#\r\n".utf8.contains($0) }
            let id = String(decoding: value, as: UTF8.self)
            if campaigns.contains(id), found[id] == nil { found[id] = line }
        }
        return found
    }
}

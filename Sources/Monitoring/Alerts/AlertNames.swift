import Config
import Foundation
import Plans
import Scheduler

/// The names of recipients and campaigns for alerts, and their places in the files.
package struct AlertNames: Sendable {
    private let accepted: ActiveConfiguration
    /// The file of each plan, keyed by plan id.
    private let planFiles: [String: String]
    /// The path of `remindd.yaml`.
    private let configurationFile: String
    /// The channels that send to an e-mail address.
    private let mailChannels: Set<String>
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
        configurationFile = loaded.configuration.file
        mailChannels = Set(loaded.configuration.channels.filter { $0.addressKind == .email }.map(\.name))
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

    /// Returns the name, the id and, if one of the channels sends mail, the address of a recipient.
    ///
    /// An example is "Nguyễn Văn An (an) <an@example.vn>".
    func person(_ id: String, channels: [String]) -> String {
        guard !mailChannels.isDisjoint(with: channels), let email = accepted.directory.recipient(id)?.email else {
            return person(id)
        }
        return "\(person(id)) <\(email)>"
    }

    /// Returns the place of a recipient in `remindd.yaml`, such as `remindd.yaml:12`.
    ///
    /// Returns nil if the recipient is in another file.
    func place(ofRecipient id: String) -> String? {
        AlertNames.lines(of: [id], in: read(configurationFile) ?? "")[id].map { "\(configurationFile):\($0)" }
    }

    /// Returns the phrase of a reminder's lead, such as "7 ngày trước".
    ///
    /// If the lead is no longer in the plan and its id is not a phrase, returns its id.
    func lead(of reminder: Alert.Reminder, in language: Language) -> String {
        let leads = accepted.plans.find(plan: reminder.plan, campaign: reminder.campaign)?.campaign.leads
        let known = leads?.first { $0.id == reminder.lead }?.rule
        guard let rule = known ?? (try? LeadPhrase(phrase: reminder.lead, seekingHints: false))?.rule else {
            return reminder.lead.hasPrefix("moved ") && language == .vi ? "báo đổi lịch" : reminder.lead
        }
        return language == .vi ? rule.vietnamesePhrase : rule.phrase
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

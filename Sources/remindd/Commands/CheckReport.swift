import Config
import Dates
import Diagnostics
import Documents
import Foundation
import Messages
import Monitoring
import Notifiers
import Plans
import Reports
import Scheduler
import Transport

/// Finds problems that appear only when all files are examined together.
///
/// Problems within one file are found when the file is read.
struct CheckReport {
    let loaded: Loaded
    let places: SourceMap
    let problems: Problems
    let now: Instant
    /// The plan files that this run does not check.
    ///
    /// Their errors do not keep the other files from being checked.
    var others: Set<String> = []

    /// Number of recipients above which a channel without `rate:` gets a warning.
    static let unratedRecipients = 1_000
    /// Maximum number of recipients to list for one kind of finding.
    static let listedPeople = 20

    /// Runs all checks.
    ///
    /// If a file has an error, checks that need all plans are skipped, because plans may seem to be
    /// missing.
    func inspect() {
        let isComplete = !problems.all.contains { $0.severity == .error && !others.contains($0.place.file) }
        let areAllComplete = !problems.hasErrors
        CheckPaths(report: self).inspect()
        secrets()
        certificates()
        remarks()
        channelUse()
        let texts = CheckTexts(report: self)
        let areTextsRight = texts.inspectTemplates()
        guard isComplete else { return }
        if areAllComplete { people() }
        let coming = loaded.accepted.simulate(from: today, to: today + Check.trialDays)
        campaigns()
        CheckDates(report: self).inspect()
        lookalikes()
        clockChanges(coming)
        workingCalendar(coming)
        CheckRates(report: self).inspect(coming)
        if areTextsRight { texts.inspect(coming) }
    }

    var today: Day { loaded.configuration.timezone.civil(at: now).day }
    var set: PlanSet { loaded.accepted.plans }
    var directory: RecipientDirectory { loaded.accepted.directory }
    private var configurationPlace: Problem.Place { Problem.Place(file: loaded.files[0], line: 1, column: 1) }

    func add(_ severity: Problem.Severity, _ source: Problem.Source, _ place: Problem.Place, _ message: LocalizedText) {
        problems.add(Problem(severity: severity, source: source, place: place, message: message, hints: []))
    }

    func place(of campaign: Campaign, _ plan: Plan) -> Problem.Place {
        places.campaign(campaign.id, of: plan.id)
            ?? Problem.Place(file: loaded.planFiles[plan.id] ?? plan.id, line: 1, column: 1)
    }

    func place(of lead: Lead, _ campaign: Campaign, _ plan: Plan) -> Problem.Place {
        places.lead(lead.id, of: campaign.id, plan.id) ?? place(of: campaign, plan)
    }

    // MARK: Channels

    private func secrets() {
        for channel in loaded.configuration.channels {
            let outcomes = channel.secrets.map { resolve($0, "channel \(channel.name)", channel.place) }
            guard outcomes.allSatisfy({ $0 }) else { continue }
            // Making the channel also checks the content of its secrets, which is not shown.
            do throws(ChannelFactory.Failure) {
                _ = try ChannelFactory.channel(channel, wording: Wording())
            } catch {
                add(.error, .configuration, channel.place, "\(error)")
            }
        }
        guard let heartbeat = loaded.configuration.heartbeat else { return }
        let place = loaded.configuration.place(of: "heartbeat")
        guard resolve(heartbeat.url, "heartbeat", place) else { return }
        do throws(SettingRefusal) {
            _ = try Heartbeat.address(of: heartbeat)
        } catch {
            add(.error, .configuration, place, "\(error)")
        }
    }

    /// Returns whether this command can read the secret. Reports a problem if it cannot.
    private func resolve(_ secret: SecretText, _ what: LocalizedText, _ place: Problem.Place) -> Bool {
        switch Secrets.resolve(secret) {
        case .success: return true
        case .failure(.notVisibleHere(let name)):
            add(.warning, .configuration, place, "\(what): the credential \(name) is not visible here")
        case .failure(let failure):
            add(.error, .configuration, place, "\(what): \(failure)")
        }
        return false
    }

    private func certificates() {
        for channel in loaded.configuration.channels {
            for file in channel.certificateFiles {
                switch TextFile.read(file, limit: 16 << 20) {
                case .failure(let failure):
                    add(.error, .configuration, channel.place, "channel \(channel.name): ca: \(file): \(failure)")
                case .success(let bytes):
                    guard bytes.firstRange(of: Array("-----BEGIN CERTIFICATE-----".utf8)) == nil else { continue }
                    add(.error, .configuration, channel.place, "channel \(channel.name): ca: \(file) holds no certificate (PEM)")
                }
            }
        }
    }

    /// Reports the warnings of each channel's own settings.
    private func remarks() {
        for channel in loaded.configuration.channels {
            for remark in channel.settings.remarks {
                add(.warning, .configuration, channel.place, "channel \(channel.name) \(remark)")
            }
        }
    }

    private func channelUse() {
        var counts: [String: Int] = [:]
        for (reach, count) in directory.recipients.tally() {
            for channel in Set(reach.via + reach.otherwise) { counts[channel, default: 0] += count }
        }
        for channel in loaded.configuration.channels {
            let count = counts[channel.name] ?? 0
            if count == 0 {
                add(.warning, .configuration, channel.place, "no recipient uses channel \(channel.name)")
            } else if count > CheckReport.unratedRecipients, channel.rate == nil {
                let message: LocalizedText =
                    "channel \(channel.name) has \(count) recipients and no rate: all at once may be more than its server takes; "
                    + "such as rate: 100 per minute"
                add(.warning, .configuration, channel.place, message)
            }
        }
    }

    // MARK: People

    private func people() {
        sharedAddresses()
        var reached = RecipientSet()
        var asked: Set<[String]> = []
        for plan in set.plans {
            for lead in plan.campaigns.flatMap(\.leads) where asked.insert(lead.notify).inserted {
                reached = reached.union(directory.resolve(lead.notify))
            }
        }
        reached = reached.union(directory.resolve(loaded.configuration.alerts?.to ?? []))
        let recipients = directory.recipients
        warn(recipients.indices.filter { recipients.reach(at: $0).via.isEmpty }, "without a channel: \"via\" is empty")
        warn(recipients.indices.filter { !reached.contains($0) }, "named by no plan and no alert")
        for group in directory.emptyGroups.sorted() where directory.namesAnybody(group) {
            add(
                .warning, .configuration, places.id(group) ?? configurationPlace,
                "group \(group) has no members: its groups have none")
        }
    }

    private func sharedAddresses() {
        for shared in directory.sharedAddresses() where !problems.isFull {
            let (first, other) = (directory.recipients.id(at: shared.first), directory.recipients.id(at: shared.other))
            add(
                .warning, .configuration, places.id(other) ?? configurationPlace,
                "\(first) and \(other) have the same address on channel \(shared.channel): if both are notified, only \(first) gets it"
            )
        }
    }

    /// Warns about each of the first `listedPeople` recipients, and once about all further ones.
    private func warn(_ positions: [Int], _ what: LocalizedText) {
        for id in positions.prefix(CheckReport.listedPeople).map(directory.recipients.id) {
            add(.warning, .configuration, places.id(id) ?? configurationPlace, "recipient \(id) is \(what)")
        }
        let rest = positions.dropFirst(CheckReport.listedPeople)
        guard let first = rest.first.map(directory.recipients.id), let last = rest.last.map(directory.recipients.id) else {
            return
        }
        add(
            .warning, .configuration, places.id(first) ?? configurationPlace,
            rest.count == 1 ? "recipient \(first) is \(what)" : "\(rest.count) more recipients (\(first) to \(last)) are \(what)")
    }

    // MARK: Campaigns

    private func campaigns() {
        for plan in set.plans {
            let today = plan.zone.civil(at: now).day
            for campaign in plan.campaigns {
                if let next = campaign.firstOccurrence(notOverOn: today, workingDays: set.workingDays) {
                    leads(of: campaign, plan, next)
                } else {
                    neverAgain(campaign, plan)
                }
                for lead in campaign.leads where !lead.notify.isEmpty && directory.resolve(lead.notify).isEmpty {
                    add(
                        .warning, .data, place(of: lead, campaign, plan),
                        "campaign \(campaign.id), \"\(LeadName.text(lead.id))\": the groups named have no members")
                }
            }
        }
    }

    private func neverAgain(_ campaign: Campaign, _ plan: Plan) {
        let past = Day.first(ofMonth: 1, year: Day.plannableYears.lowerBound)
        let last = campaign.occurrences(overlapping: past...today, workingDays: set.workingDays).last
        let when: LocalizedText = last.map { "; its last day was \($0.end)" } ?? ": its years and exceptions leave nothing"
        add(.warning, .data, place(of: campaign, plan), "campaign \(campaign.id) never comes again\(when)")
    }

    /// Warns about leads whose reminder for the next occurrence comes too late or not at all.
    private func leads(of campaign: Campaign, _ plan: Plan, _ next: OccurrenceDates) {
        for lead in campaign.leads {
            func warn(_ message: LocalizedText) {
                add(
                    .warning, .data, place(of: lead, campaign, plan),
                    "campaign \(campaign.id), \"\(LeadName.text(lead.id))\": \(message) (\(next.name))")
            }
            let anchors = lead.rule.anchors(of: next)
            if anchors.isEmpty { warn("no such day lies between \(next.start) and \(next.end)") }
            for anchor in anchors.prefix(1) {
                guard
                    let due = lead.rule.due(
                        anchor: anchor, lastDay: next.end, restDays: campaign.restDays, workingDays: set.workingDays)
                else {
                    warn("the working calendar has no such day")
                    continue
                }
                warnOfEnd(lead, anchor, next, campaign, plan, warn)
                switch lead.rule {
                case .before where lead.rule.timeBefore != nil: break
                case .before where due.day >= next.start: warn("falls on \(due.day), not before the beginning on \(next.start)")
                case .beforeEnd where due.day >= next.end: warn("falls on \(due.day), not before the end on \(next.end)")
                default: break
                }
            }
        }
    }

    /// Warns about a lead that is due when the time of the occurrence is over.
    private func warnOfEnd(
        _ lead: Lead, _ anchor: Day, _ next: OccurrenceDates, _ campaign: Campaign, _ plan: Plan, _ warn: (LocalizedText) -> Void
    ) {
        guard next.time != nil, !lead.rule.isAfterEnd,
            let due = campaign.due(lead, anchor: anchor, in: next, zone: plan.zone, workingDays: set.workingDays)
        else { return }
        let end = campaign.end(of: next, in: plan.zone)
        guard due >= end else { return }
        let (dueText, endText) = (plan.zone.rfc3339(due), plan.zone.rfc3339(end))
        warn("is due at \(dueText), and is never sent, because the occurrence ends at \(endText)")
    }

    private func lookalikes() {
        var seen: [String: (title: String, name: String)] = [:]
        for plan in set.plans {
            for campaign in plan.campaigns {
                let name = "\(plan.id)/\(campaign.id)"
                let skeleton = Lookalikes.skeleton(campaign.title)
                guard let other = seen[skeleton] else {
                    seen[skeleton] = (campaign.title, name)
                    continue
                }
                guard other.title != campaign.title, let letter = Lookalikes.difference(other.title, campaign.title) else {
                    continue
                }
                add(
                    .warning, .data, place(of: campaign, plan),
                    "the title of campaign \(campaign.id) looks like that of \(other.name), but holds \(letter)")
            }
        }
    }

    // MARK: The coming days

    /// Warns about times of day that the clocks skip or show twice, once for each lead.
    private func clockChanges(_ coming: [ActiveConfiguration.SimulatedReminder]) {
        var told: Set<[Int]> = []
        for simulated in coming {
            let plan = set.plans[simulated.scheduled.plan]
            let campaign = plan.campaigns[simulated.scheduled.campaign]
            let lead = campaign.leads[simulated.scheduled.lead]
            let due = simulated.scheduled.reminder.due
            let position = [simulated.scheduled.plan, simulated.scheduled.campaign, simulated.scheduled.lead]
            guard lead.rule.timeBefore == nil, let change = ClockChange(due: due, at: lead.at, in: plan.zone),
                told.insert(position).inserted
            else {
                continue
            }
            add(
                .warning, .data, place(of: lead, campaign, plan),
                "campaign \(campaign.id), \"\(LeadName.text(lead.id))\": \(change.words); it goes out at \(plan.zone.rfc3339(due))"
            )
        }
    }

    /// Warns about coming reminders that count working days in a year without an official calendar.
    private func workingCalendar(_ coming: [ActiveConfiguration.SimulatedReminder]) {
        var doubtful: [String: (years: Set<Int>, place: Problem.Place)] = [:]
        for simulated in coming {
            let scheduled = simulated.scheduled
            let plan = set.plans[scheduled.plan]
            let campaign = plan.campaigns[scheduled.campaign]
            let lead = campaign.leads[scheduled.lead]
            // The default of `rest_days` is left out: nobody asked for it, and a holiday that it
            // does not know costs nothing.
            guard campaign.when.usesWorkingDays || campaign.restDays ?? .send != .send || lead.rule.usesWorkingDays else {
                continue
            }
            let reminder = scheduled.reminder
            let years = [reminder.start.year, reminder.key.anchor.year, plan.zone.civil(at: reminder.due).day.year]
            let unknown = years.filter { !set.workingDays.officialYears.contains($0) }
            guard !unknown.isEmpty else { continue }
            let file = Problem.Place(file: loaded.planFiles[plan.id] ?? plan.id, line: 1, column: 1)
            doubtful[plan.id, default: ([], file)].years.formUnion(unknown)
        }
        for (_, found) in doubtful.sorted(by: { $0.key < $1.key }) {
            let listed = found.years.sorted().map(String.init).joined(separator: ", ")
            add(
                .warning, .data, found.place,
                "reminders that count working days fall in \(listed), for which no official working calendar is loaded")
        }
    }
}

/// A time of day that the clocks skip, or show twice, on a certain day.
private struct ClockChange {
    let words: LocalizedText

    /// Finds the change of the clocks that affects a due time; nil if no change affects it.
    init?(due: Instant, at time: TimeOfDay, in zone: Zone) {
        let day = zone.civil(at: due).day
        // Also tests the day before. If the clocks skip the time around midnight, the due time is
        // on the next day.
        for meant in [day, day - 1] {
            switch zone.resolve(meant, time) {
            case .gap(after: due): words = "there is no \(time) on \(meant), the clocks go forward"
            case .fold(first: due, second: _): words = "\(time) comes twice on \(meant), the clocks go back"
            default: continue
            }
            return
        }
        return nil
    }
}

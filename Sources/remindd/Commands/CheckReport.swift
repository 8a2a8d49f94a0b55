import Foundation
import Notifiers
import Scheduler

/// What hurts later: found by looking at everything together, beyond what each file's reader sees.
struct CheckReport {
    let loaded: Loaded
    let problems: Problems
    let now: Instant

    func inspect() {
        secrets()
        unusedChannels()
        sharedAddresses()
        campaigns()
        workingCalendar()
        clockChanges()
        templates()
    }

    /// Reminders of the coming days whose time does not come on their day, or comes twice: once for each lead, with the
    /// instant that is meant (input 27).
    private func clockChanges() {
        let set = loaded.accepted.plans
        var told: Set<[Int]> = []
        for scheduled in set.reminders(dues: now...(now + .days(Int64(Check.trialDays)))) {
            let plan = set.plans[scheduled.plan]
            let campaign = plan.campaigns[scheduled.campaign]
            let lead = campaign.leads[scheduled.lead]
            guard let change = ClockChange(due: scheduled.reminder.due, at: lead.at, in: plan.zone),
                told.insert([scheduled.plan, scheduled.campaign, scheduled.lead]).inserted
            else { continue }
            add(
                .warning, .data, loaded.planFiles[plan.id] ?? plan.id,
                "campaign \(campaign.id), \"\(lead.id)\": \(change.words); it goes out at \(plan.zone.rfc3339(scheduled.reminder.due))"
            )
        }
    }

    /// Reminders of the coming days that count through a year whose official calendar is not loaded.
    private func workingCalendar() {
        let set = loaded.accepted.plans
        let today = loaded.configuration.timezone.civil(at: now).day
        var doubtful: [String: Set<Int>] = [:]
        for simulated in loaded.accepted.simulate(from: today, to: today + Check.trialDays) {
            let scheduled = simulated.scheduled
            let campaign = set.plans[scheduled.plan].campaigns[scheduled.campaign]
            let lead = campaign.leads[scheduled.lead]
            guard campaign.when.usesWorkingDays || campaign.restDays != .send || lead.rule.usesWorkingDays else { continue }
            let reminder = scheduled.reminder
            let years = [reminder.start.year, set.plans[scheduled.plan].zone.civil(at: reminder.due).day.year]
            let unknown = years.filter { !set.workingDays.officialYears.contains($0) }
            if !unknown.isEmpty { doubtful[set.plans[scheduled.plan].id, default: []].formUnion(unknown) }
        }
        for (plan, years) in doubtful.sorted(by: { $0.key < $1.key }) {
            let listed = years.sorted().map(String.init).joined(separator: ", ")
            add(
                .warning, .data, loaded.planFiles[plan] ?? plan,
                "reminders that count working days fall in \(listed), for which no official working calendar is loaded")
        }
    }

    private func add(_ severity: Problem.Severity, _ source: Problem.Source, _ file: String, _ message: String) {
        add(severity, source, Problem.Place(file: file, line: 1, column: 1), message)
    }

    private func add(_ severity: Problem.Severity, _ source: Problem.Source, _ place: Problem.Place, _ message: String) {
        problems.add(Problem(severity: severity, source: source, place: place, message: message, hints: []))
    }

    private var configurationFile: String { loaded.files[0] }

    private func secrets() {
        for channel in loaded.configuration.channels {
            let named: [SecretText] =
                switch channel.kind {
                case .email(let email): [email.password].compactMap { $0 }
                case .webhook(let webhook): [webhook.url] + webhook.secrets
                }
            for secret in named {
                switch Secrets.resolve(secret) {
                case .success: continue
                case .failure(.notVisibleHere(let name)):
                    let message = "channel \(channel.name): the credential \(name) is not visible here"
                    add(.warning, .configuration, channel.place, message)
                case .failure(let failure):
                    add(.error, .configuration, channel.place, "channel \(channel.name): \(failure)")
                }
            }
        }
    }

    private func unusedChannels() {
        let used = Set(loaded.accepted.directory.recipients.flatMap { $0.via + $0.otherwise })
        for channel in loaded.configuration.channels where !used.contains(channel.name) {
            add(.warning, .configuration, channel.place, "no recipient uses channel \(channel.name)")
        }
    }

    private func sharedAddresses() {
        var first: [String: String] = [:]
        for recipient in loaded.accepted.directory.recipients {
            guard let email = recipient.email else { continue }
            for channel in recipient.via where loaded.accepted.directory.mailChannels.contains(channel) {
                let key = "\(channel) \(email)"
                if let other = first[key] {
                    add(
                        .warning, .configuration, configurationFile,
                        "\(other) and \(recipient.id) have one address on channel \(channel): told together, \(other) gets it")
                } else {
                    first[key] = recipient.id
                }
            }
        }
    }

    private func campaigns() {
        let set = loaded.accepted.plans
        for plan in set.plans {
            let file = loaded.planFiles[plan.id] ?? plan.id
            let today = plan.zone.civil(at: now).day
            for campaign in plan.campaigns {
                let comes = campaign.firstOccurrence(notOverOn: today, workingDays: set.workingDays) != nil
                if !comes { add(.warning, .data, file, "campaign \(campaign.id) never comes again") }
                let nobody = campaign.leads.filter { !$0.notify.isEmpty && loaded.accepted.directory.resolve($0.notify).isEmpty }
                for lead in nobody {
                    add(.warning, .data, file, "campaign \(campaign.id), \"\(lead.id)\": the groups named have no members")
                }
            }
        }
    }

    /// Every text of the coming days, once with each language and the longest name.
    private func templates() {
        let (wording, broken) = Wording.reading(loaded.templates)
        for problem in broken {
            add(.error, .configuration, loaded.configuration.templates ?? configurationFile, "\(problem)")
        }
        guard broken.isEmpty else { return }
        let today = loaded.configuration.timezone.civil(at: now).day
        let longest = loaded.accepted.directory.recipients.max { $0.name.count < $1.name.count }
        guard let longest else { return }
        for simulated in loaded.accepted.simulate(from: today, to: today + Check.trialDays) {
            let notice = loaded.accepted.notice(of: simulated.scheduled)
            for language in Language.allCases {
                let reader = Recipient(
                    id: longest.id, name: longest.name, email: longest.email, language: language, via: longest.via,
                    otherwise: longest.otherwise)
                let message = Message(
                    delivery: DeliveryID(stored: "check"), attempt: 1, at: notice.reminder.due, notice: notice, recipient: reader,
                    groups: [], possibleDuplicate: false)
                let texts = wording.render(message)
                if texts.text.isEmpty || texts.subject.isEmpty {
                    add(.error, .configuration, configurationFile, "campaign \(notice.campaignID): a text is empty")
                }
            }
        }
    }
}

/// A time of day that the clocks pass over on some day, or show twice.
private struct ClockChange {
    let words: String

    /// nil where the clocks show `at` once on the day of `due`.
    init?(due: Instant, at time: TimeOfDay, in zone: Zone) {
        let day = zone.civil(at: due).day
        // A gap may run over midnight: then the due lies in the day after the one that was meant.
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

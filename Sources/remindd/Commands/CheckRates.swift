import Config
import Diagnostics
import Notifiers
import Plans
import Scheduler

/// Finds coming reminders that a channel's `rate:` would delay beyond their deadline.
struct CheckRates {
    let report: CheckReport

    /// Maximum number of leads to list. Further leads are only counted.
    static let listed = 20

    /// The names that a lead notifies and the number of their recipients, as the key of a cache.
    ///
    /// Many leads notify the same recipients.
    private struct Named: Hashable {
        let notify: [String]
        let count: Int
    }

    func inspect(_ coming: [ActiveConfiguration.SimulatedReminder]) {
        let channels = report.loaded.configuration.channels.filter { $0.rate != nil }
        guard !channels.isEmpty else { return }
        var known: [Named: [String: Int]] = [:]
        var forecasts = Dictionary(uniqueKeysWithValues: channels.map { ($0.name, RateForecast(rate: $0.rate!)) })
        var added: [String: [Scheduled]] = [:]
        for simulated in coming where simulated.scheduled.reminder.due > report.now {
            let scheduled = simulated.scheduled
            let lead = report.set.plans[scheduled.plan].campaigns[scheduled.campaign].leads[scheduled.lead]
            let named = Named(notify: lead.notify, count: simulated.recipients.count)
            let counts = known[named] ?? counts(simulated.recipients)
            known[named] = counts
            for channel in channels {
                guard let count = counts[channel.name] else { continue }
                forecasts[channel.name]?.add(scheduled.reminder, to: simulated.recipients, deliveries: count)
                added[channel.name, default: []].append(scheduled)
            }
        }
        for channel in channels {
            guard let shortfalls = forecasts[channel.name]?.finish(), let scheduled = added[channel.name] else { continue }
            tell(shortfalls, of: channel, scheduled)
        }
    }

    /// Returns the number of deliveries to the recipients through each channel.
    private func counts(_ recipients: RecipientSet) -> [String: Int] {
        var counts: [String: Int] = [:]
        report.directory.forEachDelivery(to: recipients) { _, channel in counts[channel, default: 0] += 1 }
        return counts
    }

    /// Reports the first shortfall of each lead.
    private func tell(_ shortfalls: [RateForecast.Shortfall], of channel: ConfiguredChannel, _ scheduled: [Scheduled]) {
        guard let rate = channel.rate else { return }
        var told: Set<[Int]> = []
        for shortfall in shortfalls {
            let short = scheduled[shortfall.arrival]
            guard told.insert([short.plan, short.campaign, short.lead]).inserted, told.count <= CheckRates.listed else {
                continue
            }
            let plan = report.set.plans[short.plan]
            let campaign = plan.campaigns[short.campaign]
            let lead = campaign.leads[short.lead]
            let ahead: LocalizedText = shortfall.ahead == 0 ? "" : ", behind \(shortfall.ahead) that wait already"
            report.add(
                .warning, .data, report.place(of: lead, campaign, plan),
                "campaign \(campaign.id), \"\(LeadName.text(lead.id))\" by \(channel.name): \(counted(shortfall.deliveries, "message")) at "
                    + "\(plan.zone.rfc3339(short.reminder.due))\(ahead); at \(Units.words(rate)) "
                    + "\(shortfall.deliveries - shortfall.unsent) can go before the deadline "
                    + "\(plan.zone.rfc3339(short.reminder.deadline)), \(shortfall.unsent) would not")
        }
        guard told.count > CheckRates.listed else { return }
        report.add(
            .warning, .configuration, channel.place,
            "channel \(channel.name): at \(Units.words(rate)) \(told.count - CheckRates.listed) more reminders of the next "
                + "\(Check.trialDays) days would not go whole before their deadlines")
    }
}

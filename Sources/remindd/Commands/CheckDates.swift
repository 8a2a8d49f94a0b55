import Config
import Dates
import Diagnostics
import Plans
import Scheduler

/// Finds dates that are valid, but probably not what the author means.
struct CheckDates {
    let report: CheckReport

    func inspect() {
        for plan in report.set.plans {
            let today = plan.zone.civil(at: report.now).day
            for campaign in plan.campaigns {
                title(of: campaign, plan, today)
                if campaign.when.isSeries { leads(of: campaign, plan, today) }
            }
        }
    }

    /// Warns about a title that names a day on which the campaign does not come.
    private func title(of campaign: Campaign, _ plan: Plan, _ today: Day) {
        let found = campaign.differenceFromTitle(on: today, .vietnam, report.set.workingDays)
        guard let found else { return }
        report.add(
            .warning, .data, report.place(of: campaign, plan),
            "the title names \"\(printable(found.named))\", which is \(days(found.its)), but \"when\" gives \(days(found.own))")
    }

    private func days(_ dates: OccurrenceDates) -> LocalizedText {
        dates.start == dates.end ? "\(dates.start)" : "\(dates.start) to \(dates.end)"
    }

    /// Warns about leads that count back behind the occurrence before.
    ///
    /// The occurrences of the coming year are compared. There is no warning if the lead fits
    /// between at least half of them and the one before.
    private func leads(of campaign: Campaign, _ plan: Plan, _ today: Day) {
        let year = today...(today + 400)
        let coming = campaign.occurrences(overlapping: year, workingDays: report.set.workingDays).prefix(60)
        guard let first = coming.first, let second = coming.dropFirst().first else { return }
        for lead in campaign.leads {
            let tooLong = zip(coming, coming.dropFirst()).count { before, next in
                switch lead.rule {
                case .before:
                    lead.rule.dueDay(anchor: next.start, workingDays: report.set.workingDays).map { $0 < before.start } ?? false
                case .daily(let count): next.start - count < before.start
                default: false
                }
            }
            guard tooLong * 2 > coming.count - 1 else { continue }
            report.add(
                .warning, .data, report.place(of: lead, campaign, plan),
                "campaign \(campaign.id), \"\(LeadName.text(lead.id))\": this reminds ahead of the occurrence before it; "
                    + "from \(first.start) to the next one on \(second.start) are only \(second.start - first.start) days")
        }
    }
}

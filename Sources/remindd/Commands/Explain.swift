import ArgumentParser
import Dates
import Diagnostics
import JSON
import Notifiers
import Plans
import Scheduler

struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "How the dates and reminders of a campaign come about.",
        discussion: """
            In the plan's language: the phrase as written and as understood, the days with their lunar dates, every reminder with \
            its due and why it was shifted, and the source.

            Example: remindd explain quang-ninh-transport/mid-autumn --on 2027-09-01
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: FormatOption
    @Argument(help: ArgumentHelp("campaign, or plan/campaign.", valueName: "CAMPAIGN")) var campaign: String
    @Option(
        help: ArgumentHelp("The first occurrence not over on this day; today without it.", valueName: "DAY"),
        transform: DayArgument.parse)
    var on: DayArgument?

    func run() throws {
        let (loaded, _) = try CommandLoader.load(common.config)
        let set = loaded.accepted.plans
        let found = try CommandLoader.campaign(campaign, in: set)
        let plan = set.plans[found.plan]
        let subject = plan.campaigns[found.campaign]
        let day = on?.day ?? plan.zone.civil(at: SystemClock().now()).day
        guard let dates = subject.firstOccurrence(notOverOn: day, workingDays: set.workingDays) else {
            Output.problem("remindd: campaign \(subject.id) does not come on or after \(day)")
            throw ExitCode.notFound
        }
        let explanation = Explanation(plan: plan, campaign: subject, dates: dates, workingDays: set.workingDays)
        switch output.format {
        case .json: Output.line(explanation.json)
        case .text: for line in explanation.lines { Output.line(printable(line, limit: 10_000)) }
        }
    }
}

/// One occurrence of a campaign, taken apart.
struct Explanation {
    let plan: Plan
    let campaign: Campaign
    let dates: OccurrenceDates
    let workingDays: WorkingCalendar

    private struct Row {
        let lead: Lead
        let due: LeadDue
        let instant: Instant
    }

    /// By due.
    private var rows: [Row] {
        campaign.leads.flatMap { lead in
            campaign.anchors(of: lead, in: dates, workingDays: workingDays).compactMap { anchor -> Row? in
                guard
                    let due = lead.rule.due(
                        anchor: anchor, lastDay: dates.end, restDays: campaign.restDays, workingDays: workingDays)
                else { return nil }
                return Row(lead: lead, due: due, instant: plan.zone.instant(due.day, lead.at))
            }
        }
        .sorted { $0.instant < $1.instant }
    }

    private var book: Phrasebook { Phrasebook(language: plan.language) }
    private var isVietnamese: Bool { plan.language == .vi }

    // MARK: for people

    var lines: [String] {
        let vi = isVietnamese
        let phrase = vi ? campaign.when.vietnamesePhrase : campaign.when.phrase
        var lines = [printable(campaign.title, limit: 200), "  \(plan.id)/\(campaign.id), \(dates.name)", ""]
        lines.append(row(vi ? "Kế hoạch ghi" : "As written", printable(campaign.writtenWhen, limit: 1_000)))
        lines.append(row(vi ? "Hiểu là" : "Understood as", vi ? "\(phrase) (\(campaign.when.phrase))" : phrase))
        if let exception { lines.append(row(vi ? "Riêng lần này" : "This time", exception)) }
        lines.append(row(vi ? "Thời gian" : "Days", book.span(dates.start, dates.end)))
        if let lunar = book.lunar(campaign.when, dates.start, dates.end) { lines.append(row(vi ? "Âm lịch" : "Lunar", lunar)) }
        lines += ["", vi ? "Các lần nhắc:" : "Reminders:"]
        let rows = rows
        if rows.isEmpty { lines.append(vi ? "  không có" : "  none") }
        for item in rows {
            let phrase = vi ? item.lead.rule.vietnamesePhrase : item.lead.rule.phrase
            let id = item.lead.id == item.lead.rule.phrase ? "" : " [\(item.lead.id)]"
            let whom = item.lead.notify.joined(separator: ", ")
            lines.append("  \(book.moment(item.instant, in: plan.zone))  \(phrase)\(id)  → \(whom)")
            if let shift = shift(item) { lines.append("      \(shift)") }
        }
        if let source = book.source(plan.source) {
            lines += ["", row(vi ? "Căn cứ" : "Source", printable(source, limit: 1_000))]
        }
        if let cite = campaign.cite { lines.append(row("", "“\(printable(cite, limit: 4_096))”")) }
        return lines
    }

    private func row(_ name: String, _ value: String) -> String {
        let padding = String(repeating: " ", count: max(1, 16 - name.count))
        return name + padding + value
    }

    private var exception: String? {
        guard campaign.exceptions[dates.name] != nil else { return nil }
        let natural = campaign.when.occurrence(named: dates.name, workingDays: workingDays)
        let key = natural.map(campaign.when.exceptionKey(of:)) ?? dates.name
        return isVietnamese ? "except: \(key) trong kế hoạch" : "except: \(key) in the plan"
    }

    private func shift(_ row: Row) -> String? {
        guard let shift = row.due.shift else { return nil }
        let from = book.dateWithWeekday(row.due.named)
        let reason = reason(shift.status)
        let passes = shift.nextWouldPassTheEnd
        if isVietnamese {
            let why = passes ? "; ngày làm việc sau đã quá ngày cuối" : ""
            return "dời từ \(from): \(reason)\(why)"
        }
        return "shifted from \(from): \(reason)\(passes ? "; the next working day is past the end" : "")"
    }

    private func reason(_ status: WorkingCalendar.Status) -> String {
        switch status {
        case .working: isVietnamese ? "ngày làm việc" : "a working day"
        case .workingBySwap(let cite): isVietnamese ? "làm bù (\(cite))" : "worked by a swap (\(cite))"
        case .weeklyRest: isVietnamese ? "ngày nghỉ hằng tuần" : "a weekly rest day"
        case .holiday(let title): isVietnamese ? "nghỉ \(title)" : "holiday: \(title)"
        case .offByDecision(let cite): isVietnamese ? "nghỉ theo \(cite)" : "off by decision: \(cite)"
        }
    }

    // MARK: for programs

    var json: String {
        var line = JSONObject(escaping: .invisibles)
        line.add("plan", plan.id)
        line.add("campaign", campaign.id)
        line.add("title", campaign.title)
        line.add("occurrence", dates.name)
        line.add("written", campaign.writtenWhen)
        line.add("phrase", campaign.when.phrase)
        line.add("start", dates.start.description)
        line.add("end", dates.end.description)
        line.add("lunar", book.lunar(campaign.when, dates.start, dates.end))
        line.add(
            "leads",
            rows.map { item in
                var line = JSONObject(escaping: .invisibles)
                line.add("lead", item.lead.id)
                line.add("phrase", item.lead.rule.phrase)
                line.add("anchor", item.due.anchor.description)
                line.add("named", item.due.named.description)
                line.add("due", plan.zone.rfc3339(item.instant))
                line.add("shift", item.due.shift.map { reason($0.status) })
                return line
            })
        line.add("source", book.source(plan.source))
        line.add("cite", campaign.cite)
        return line.text
    }
}

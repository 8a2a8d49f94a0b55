import Dates
import Messages
import Notifiers
import Plans
import Scheduler

/// One occurrence of a campaign, with its dates and its reminders.
package struct Explanation: Codable, Sendable {
    package struct Dates: Codable, Sendable {
        package let start: Day
        package let end: Day
        /// The first and the last day as text in the plan's language.
        package let words: String
        /// The lunar dates in the plan's language; nil if the campaign is not lunar.
        package let lunar: String?
        /// The key of the plan's exception for this occurrence; nil if there is none.
        package let exception: String?
    }

    package struct Reminder: Codable, Sendable {
        package let lead: String
        package let phrase: String
        /// The phrase in the plan's language.
        package let localPhrase: String
        package let recipients: [String]
        package let anchor: Day
        /// The day that the lead's phrase gives, before a shift to a working day.
        package let named: Day
        package let due: LocalTime
        /// The due time in the plan's language.
        package let words: String
        /// The reason why the reminder is not due on `named`; nil if it is due on that day.
        package let shift: Shift?
    }

    /// The reason why a reminder is not due on the day that its lead names.
    ///
    /// The texts are in the plan's language.
    package struct Shift: Codable, Sendable {
        package let named: String
        package let reason: String
        /// Whether the next working day comes after the last day of the occurrence.
        package let nextWouldPassTheEnd: Bool
    }

    package let plan: String
    package let isVietnamese: Bool
    package let campaign: String
    package let title: String
    package let occurrence: String
    package let written: String
    package let phrase: String
    /// The phrase in the plan's language.
    ///
    /// A recurrence rule is said in words. If that is not possible, the text has the first dates of
    /// the rule that are not over.
    package let localPhrase: String
    package let dates: Dates
    /// The reminders of the occurrence, in the order of their due times.
    package let reminders: [Reminder]
    /// The source document of the plan, as text in the plan's language; nil if the plan names none.
    package let source: String?
    package let cite: String?

    /// - Parameter language: the language of the texts; nil for the plan's language.
    package init(
        plan: Plan, campaign: Campaign, dates: OccurrenceDates, workingDays: WorkingCalendar, language: Language? = nil
    ) {
        let language = language ?? plan.language
        let book = Phrasebook(language: language)
        isVietnamese = language == .vi
        self.plan = plan.id
        self.campaign = campaign.id
        title = campaign.title
        occurrence = dates.name
        written = campaign.writtenWhen
        let understood = { WhenPhrase($0, time: campaign.time, partOfDay: campaign.details.partOfDay) }
        phrase = understood(campaign.when).phrase
        let words = campaign.when.inWords.map(understood)
        localPhrase =
            (isVietnamese ? words?.vietnamesePhrase : words?.phrase)
            ?? Explanation.nextDates(of: campaign.when, notBefore: dates.start, workingDays, book)
        var exception: String?
        if campaign.exceptions[dates.name] != nil {
            let natural = campaign.when.occurrence(named: dates.name, workingDays: workingDays)
            exception = natural.map(campaign.when.exceptionKey(of:)) ?? dates.name
        }
        self.dates = Dates(
            start: dates.start, end: dates.end, words: book.span(dates.start, dates.end),
            lunar: book.lunar(campaign.when, dates.start, dates.end), exception: exception)
        reminders = Explanation.reminders(plan, campaign, dates, workingDays, book, language)
        source = book.source(plan.source)
        cite = campaign.cite
    }

    /// Returns the next dates of a recurrence by its phrase, such as `06/09/2027, 04/09/2028, …`.
    private static func nextDates(
        of when: Recurrence, notBefore start: Day, _ workingDays: WorkingCalendar, _ book: Phrasebook
    ) -> String {
        let last = Day.last(ofMonth: 12, year: Day.plannableYears.upperBound)
        // Searches five years, and then the rest of the years, because few rules are rarer.
        for reach in [366 * 5, max(1, last - start)] {
            let found = when.occurrences(overlapping: start...min(start + reach, last), workingDays: workingDays)
            guard found.count > 3 || start + reach >= last else { continue }
            return found.prefix(3).map { book.date($0.start) }.joined(separator: ", ") + (found.count > 3 ? ", …" : "")
        }
        return ""
    }

    private static func reminders(
        _ plan: Plan, _ campaign: Campaign, _ dates: OccurrenceDates, _ workingDays: WorkingCalendar, _ book: Phrasebook,
        _ language: Language
    ) -> [Reminder] {
        let found = campaign.leads.flatMap { lead in
            campaign.anchors(of: lead, in: dates, workingDays: workingDays).compactMap { anchor -> Reminder? in
                guard
                    let due = lead.rule.due(
                        anchor: anchor, lastDay: dates.end, restDays: campaign.restDays, workingDays: workingDays),
                    let instant = campaign.due(lead, anchor: anchor, in: dates, zone: plan.zone, workingDays: workingDays),
                    dates.time == nil || lead.rule.isAfterEnd || instant < campaign.end(of: dates, in: plan.zone)
                else { return nil }
                return Reminder(
                    lead: lead.id, phrase: lead.rule.phrase,
                    localPhrase: language == .vi ? lead.rule.vietnamesePhrase : lead.rule.phrase, recipients: lead.notify,
                    anchor: due.anchor, named: lead.rule.timeBefore == nil ? due.named : plan.zone.civil(at: instant).day,
                    due: LocalTime(instant, in: plan.zone),
                    words: book.moment(instant, in: plan.zone),
                    shift: due.shift.map {
                        Shift(
                            named: book.dateWithWeekday(due.named),
                            reason: reason($0.status, isVietnamese: language == .vi),
                            nextWouldPassTheEnd: $0.nextWouldPassTheEnd)
                    })
            }
        }
        return found.sorted { $0.due.instant < $1.due.instant }
    }

    private static func reason(_ status: WorkingCalendar.Status, isVietnamese: Bool) -> String {
        switch status {
        case .working: isVietnamese ? "ngày làm việc" : "a working day"
        case .workingBySwap(let cite): isVietnamese ? "làm bù (\(cite))" : "worked by a swap (\(cite))"
        case .weeklyRest: isVietnamese ? "ngày nghỉ hằng tuần" : "a weekly rest day"
        case .holiday(let title): isVietnamese ? "nghỉ \(title)" : "holiday: \(title)"
        case .offByDecision(let cite): isVietnamese ? "nghỉ theo \(cite)" : "off by decision: \(cite)"
        }
    }
}

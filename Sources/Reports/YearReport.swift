import Dates
import Messages
import Plans
import Scheduler

/// The activities of one Gregorian year, by plan, for a list, a page or a printed sheet.
package struct YearReport: Codable, Sendable {
    /// The activities of one plan.
    package struct Section: Codable, Sendable {
        /// The plan's id.
        package let plan: String
        package let title: String
        package let language: Language
        /// The source document; nil if the plan names none.
        package let source: String?
        /// The campaigns with an occurrence in the year, in the order of their first occurrences.
        ///
        /// The list is never empty.
        package let rows: [Row]
    }

    /// A campaign with its occurrences in the year.
    package struct Row: Codable, Sendable {
        /// The campaign's id.
        package let campaign: String
        package let title: String
        /// The phrase as written in the plan.
        package let when: String
        /// The phrase as it was understood; nil for a recurrence rule that cannot be said in words.
        ///
        /// The first and last day of a weekly series are left out, because the row has its dates.
        package let phrase: String?
        /// Whether the days are deadlines.
        package let isDeadline: Bool
        /// The name of the recipient who is responsible; nil if the plan names none.
        package let owner: String?
        /// The time of day, such as `14:00 - 16:30`; nil if the campaign has none.
        package let time: String?
        package let place: String?
        /// The names of the recipients of the campaign's leads, at most `listedRecipients`.
        package let recipients: [String]
        /// The number of recipients that `recipients` leaves out.
        package let otherRecipients: Int
        /// The occurrences that overlap the year, in the order of their first days; at least one.
        package let occurrences: [Occurrence]
    }

    package struct Occurrence: Codable, Sendable {
        package let name: String
        package let start: Day
        package let end: Day
        /// The lunar dates, such as `15/8` or `23/12 – 7/1`; nil if the campaign is not lunar.
        package let lunarDays: String?
        /// The lunar dates with the name of the lunar year; nil if the campaign is not lunar.
        package let lunar: String?
    }

    /// The plan and the recipient to which a report is limited.
    package struct Selection: Sendable {
        /// The position of the only plan; nil for all plans.
        package var plan: Int?
        /// The position of the only recipient; nil for all recipients.
        package var recipient: Int?

        package init(plan: Int? = nil, recipient: Int? = nil) {
            self.plan = plan
            self.recipient = recipient
        }
    }

    /// The maximum number of recipients that a row names.
    package static let listedRecipients = 3

    package let year: Int
    /// The name of the only recipient; nil if the report is about all recipients.
    package let recipient: String?
    /// The plans with an activity in the year, in the order of the configuration.
    package let sections: [Section]

    /// Makes the report on a year of `Day.plannableYears`.
    ///
    /// - Parameter language: the language of phrases, lunar dates and sources; nil for the language
    ///   of each plan.
    package init(
        _ year: Int, of plans: PlanSet, to directory: RecipientDirectory, _ selection: Selection = Selection(),
        in language: Language? = nil
    ) {
        self.year = year
        recipient = selection.recipient.map { directory.recipients[$0].name }
        sections = plans.plans.enumerated().compactMap { index, plan in
            guard selection.plan == nil || selection.plan == index else { return nil }
            let book = Phrasebook(language: language ?? plan.language)
            let rows = plan.campaigns.compactMap { campaign in
                YearReport.row(campaign, year, plans.workingDays, directory, selection.recipient, book)
            }
            .enumerated().sorted { ($0.element.occurrences[0].start, $0.offset) < ($1.element.occurrences[0].start, $1.offset) }
            .map(\.element)
            guard !rows.isEmpty else { return nil }
            return Section(
                plan: plan.id, title: plan.title, language: plan.language, source: book.source(plan.source), rows: rows)
        }
    }

    /// Returns the row of a campaign; nil if it has no occurrence in the year, or no lead for the
    /// only recipient.
    private static func row(
        _ campaign: Campaign, _ year: Int, _ workingDays: WorkingCalendar, _ directory: RecipientDirectory, _ recipient: Int?,
        _ book: Phrasebook
    ) -> Row? {
        let notified = directory.resolve(campaign.leads.flatMap(\.notify))
        if let recipient, !notified.contains(recipient) { return nil }
        let span = Day.first(ofMonth: 1, year: year)...Day.last(ofMonth: 12, year: year)
        let occurrences = campaign.occurrences(overlapping: span, workingDays: workingDays).map { dates in
            Occurrence(
                name: dates.name, start: dates.start, end: dates.end,
                lunarDays: book.lunarDays(campaign.when, dates.start, dates.end),
                lunar: book.lunar(campaign.when, dates.start, dates.end))
        }
        guard !occurrences.isEmpty else { return nil }
        var phrase = book.words(campaign.when)
        if case .weekly(let weekdays, _, _) = campaign.when.inWords {
            phrase = book.words(.weekly(weekdays, from: nil, until: nil))
        }
        let names = notified.prefix(listedRecipients).map { directory.recipients[$0].name }
        return Row(
            campaign: campaign.id, title: campaign.title, when: campaign.writtenWhen, phrase: phrase,
            isDeadline: campaign.when.isDeadline,
            owner: campaign.details.owner.flatMap(directory.recipient)?.name, time: campaign.time?.description,
            place: campaign.details.place, recipients: names, otherRecipients: notified.count - names.count,
            occurrences: occurrences)
    }
}

extension Phrasebook {
    /// Returns the lunar dates without the name of the year, such as `15/8` or `23/12 – 7/1`.
    ///
    /// The result is nil if the recurrence is not lunar.
    fileprivate func lunarDays(_ when: Recurrence, _ start: Day, _ end: Day) -> String? {
        guard lunar(when, start, end) != nil, let first = LunarCalendar.lunarDay(of: start),
            let last = LunarCalendar.lunarDay(of: end)
        else { return nil }
        let leap = language == .vi ? " nhuận" : " leap"
        let days = [first, last].map { "\($0.day)/\($0.month)" + ($0.isLeap ? leap : "") }
        return start == end ? days[0] : "\(days[0]) – \(days[1])"
    }
}

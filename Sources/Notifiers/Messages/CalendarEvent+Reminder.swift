import Dates
import Diagnostics
import ICalendar
import Plans
import Scheduler

extension CalendarEvent {
    /// Creates the event of a reminder's occurrence; nil if the occurrence has no event.
    ///
    /// The event depends on the plan and on the occurrence's dates only, so all reminders of one
    /// version of the occurrence have the same event. An event on several days takes whole days,
    /// and its hours are in the description. The event of a confidential campaign names only the
    /// document, because calendars are often kept by other services.
    package init?(_ notice: ReminderContent, language: Language) {
        guard let mark = notice.calendar else { return nil }
        let (reminder, words, isGone) = (notice.reminder, Phrasebook(language: language), notice.kind == .gone)
        let isConfidential = !notice.campaign.confidential.isEmpty
        let title = isConfidential ? words.confidentialTitle(notice.plan.source) : notice.campaign.title
        var eventTime = Time.days(reminder.start...reminder.end)
        if let time = reminder.time, reminder.start == reminder.end {
            let zone = notice.plan.zone
            let (start, end) = (
                zone.instant(reminder.start, time.start),
                time.end(on: reminder.end, in: zone, isDeadline: notice.campaign.when.isDeadline)
            )
            eventTime = .instants(start...max(start, end))
        }
        self.init(
            uid: mark.uid,
            // The first version of an event has the number 0, and its cancellation is a later one.
            sequence: isGone ? max(1, mark.sequence) : mark.sequence, changedAt: mark.changedAt,
            status: isGone ? .cancelled : .confirmed, time: eventTime,
            summary: Self.text(isGone ? "\(words.prefix(.gone, late: false)) \(title)" : title))
        guard !isConfidential else { return }
        description = Self.text(words.eventDescription(notice))
        location = Self.text(notice.campaign.details.place ?? "")
        url = notice.campaign.details.link ?? ""
        categories = notice.campaign.tags.map(Self.text)
    }

    private static func text(_ text: String) -> String { TemplateContext.clean(text).composed }
}

extension Phrasebook {
    /// Returns the title of a confidential occurrence outside its messages.
    fileprivate func confidentialTitle(_ source: Plan.Source) -> String {
        switch (language, source.number) {
        case (.vi, let number?): "Có nhiệm vụ, xem văn bản số \(number)"
        case (.vi, nil): "Có nhiệm vụ, xem thư nhắc việc"
        case (.en, let number?): "A task, see document no. \(number)"
        case (.en, nil): "A task, see the reminder"
        }
    }

    /// Returns the lines about an occurrence that an event has no property for.
    fileprivate func eventDescription(_ notice: ReminderContent) -> String {
        let (reminder, campaign) = (notice.reminder, notice.campaign)
        var lines: [String] = []
        func add(_ vietnamese: String, _ english: String, _ value: String?) {
            if let value, !value.isEmpty { lines.append("\(language == .vi ? vietnamese : english): \(value)") }
        }
        if campaign.when.isDeadline || reminder.time != nil || campaign.details.partOfDay != nil {
            let when = span(reminder.start, reminder.end, reminder.time, campaign.details.partOfDay, campaign.when)
            campaign.when.isDeadline ? add("Hạn", "Deadline", when) : add("Thời gian", "When", when)
        }
        add("Âm lịch", "Lunar date", lunar(campaign.when, reminder.start, reminder.end))
        add("Kế hoạch ghi", "The plan says", understood(campaign.when, reminder.start, reminder.end))
        add("Phụ trách", "Responsible", campaign.owner)
        add("Căn cứ", "Source", source(notice.plan.source))
        if notice.kind != .gone, let note = campaign.campaignNote.map(TemplateContext.withoutTrailingSpace), !note.isEmpty {
            lines.append("\(language == .vi ? "Việc cần làm" : "What to do"):\n\(note)")
        }
        return lines.joined(separator: "\n")
    }
}

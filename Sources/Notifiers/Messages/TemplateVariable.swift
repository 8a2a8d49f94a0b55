/// The variables that a template may contain.
///
/// A variable is a string, unless `isList` or `isCondition` is true. In a section, a variable
/// without a value counts as false: in a message without a note, `{{#note}}…{{/note}}` is left out.
enum TemplateVariable: String, CaseIterable {
    /// The beginning of the subject, such as `[Nhắc việc]`, `[Nhắc muộn]` or `[Thử]`.
    case prefix
    /// How far away the occurrence is, with its date, such as `Còn 30 ngày (01/04)`.
    ///
    /// In a change notice, the old and the new date. There is no value in a cancellation.
    case headline
    /// The same without its date, such as `Còn 30 ngày`, `Đổi lịch, còn 30 ngày` or `Đã hủy`.
    case state
    /// The first line of the text: when, how long is left, and what to do.
    case opening
    /// The lead's own words.
    case say
    /// The campaign's title.
    case title
    /// The number of days until or since `countdownDate`, in words, such as `còn 30 ngày`.
    case countdown
    case countdownDate = "countdown_date"
    /// The rendered subject line. It is not available in the template of the subject itself.
    case subject
    /// The days with their weekdays. `start` and `end` are the first and the last day alone.
    case when
    case start
    case end
    /// The days and hours before a change. It has a value only in a notice of other dates.
    case formerWhen = "former_when"
    /// The weekday, the day of the month and the month with its year, of `countdownDate`.
    case dayWeekday = "day_weekday"
    case dayNumber = "day_number"
    case dayMonth = "day_month"
    case place
    /// The name of the recipient who is responsible.
    case owner
    /// A web address.
    case link
    /// The lunar date. It has a value only if the campaign's dates are given in the lunar calendar.
    case lunar
    /// The plan's phrase, such as `đầu quý 2`.
    ///
    /// There is no value if the phrase itself has the dates.
    case understood
    case note
    case noteLines = "note_lines"
    /// The lines of the note that are not empty, without hyphens before them.
    ///
    /// `note_is_list` is true if there are at least two.
    case noteItems = "note_items"
    case noteIsList = "note_is_list"
    /// The source document as one phrase. `source_number`, `source_date` and `source_issuer` are
    /// its parts.
    case source
    case sourceNumber = "source_number"
    case sourceDate = "source_date"
    case sourceIssuer = "source_issuer"
    case cite
    /// The reason why this recipient gets the message. `groups` has only the recipient's groups.
    ///
    /// `plan` is the plan's title and `plan_id` is its id.
    case reason
    case groups
    case plan
    case planId = "plan_id"
    case campaignId = "campaign_id"
    case occurrence
    case lead
    /// The time at which the reminder is due.
    case due
    case contact
    /// The first mail address in `contact`.
    case contactEmail = "contact_email"
    /// The recipient's name, after the salutation if there is one.
    case recipient
    /// The names of all recipients, at most ten, and the number of further ones.
    ///
    /// `has_recipients` is true if the message lists them.
    case recipients
    case hasRecipients = "has_recipients"
    /// Whether the occurrence is a deadline.
    case deadline
    case late
    /// Whether the message announces new dates. `gone` is true if the message is a cancellation.
    case moved
    case gone
    /// Whether the message announces that a cancelled occurrence takes place after all.
    case back
    case test
    case rehearsal
    case possibleDuplicate = "possible_duplicate"

    var isList: Bool {
        switch self {
        case .noteLines, .noteItems, .recipients: true
        default: false
        }
    }

    var isCondition: Bool {
        switch self {
        case .late, .moved, .gone, .back, .test, .rehearsal, .possibleDuplicate, .noteIsList, .hasRecipients, .deadline: true
        default: false
        }
    }

    /// Returns the variable whose name is most similar to `name`; nil if no name is similar enough.
    ///
    /// The maximum edit distance is 2, so that two swapped letters are accepted. It is 1 if `name`
    /// has fewer than four letters, and a third of the length if that is more than 2.
    static func nearest(to name: String) -> TemplateVariable? {
        let ranked = allCases.map { ($0, distance($0.rawValue, name)) }.min { $0.1 < $1.1 }
        guard let (variable, distance) = ranked, distance <= max(name.count < 4 ? 1 : 2, name.count / 3) else { return nil }
        return variable
    }

    /// Returns the Levenshtein distance between `a` and the first 64 characters of `b`.
    private static func distance(_ a: String, _ b: String) -> Int {
        let b = Array(b.prefix(64))
        var row = Array(0...b.count)
        for (i, letter) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for j in b.indices {
                let above = row[j + 1]
                row[j + 1] = min(above + 1, row[j] + 1, diagonal + (letter == b[j] ? 0 : 1))
                diagonal = above
            }
        }
        return row[b.count]
    }
}

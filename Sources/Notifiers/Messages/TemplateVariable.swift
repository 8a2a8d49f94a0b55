/// The variables that a template may name.
///
/// The value of a variable is a text, unless `isList` or `isCondition` is true. A variable without
/// a value is false in a section: in a message without a note, `{{#note}}…{{/note}}` is left out.
enum TemplateVariable: String, CaseIterable {
    /// The beginning of the subject, such as `[Nhắc việc]`, `[Nhắc muộn]` or `[Thử]`.
    case prefix
    /// The campaign's title.
    case title
    /// The number of days until or since `countdownDate`, in words, such as `còn 30 ngày`.
    case countdown
    case countdownDate = "countdown_date"
    /// The finished subject line (not in the subject's own template).
    case subject
    /// `when`: the days with their weekdays. `start` and `end`: the first and the last day alone.
    case when
    case start
    case end
    /// The lunar date, if the phrase is lunar.
    case lunar
    /// The plan's phrase and the days that it means, if the phrase itself does not contain them.
    case understood
    case note
    case noteLines = "note_lines"
    /// `source`: the source document as one phrase. The other three are its parts.
    case source
    case sourceNumber = "source_number"
    case sourceDate = "source_date"
    case sourceIssuer = "source_issuer"
    case cite
    /// `reason`: why this recipient gets the message. `groups`: only the groups.
    ///
    /// `plan` and `plan_id`: the plan's title and id.
    case reason
    case groups
    case plan
    case planId = "plan_id"
    case campaignId = "campaign_id"
    case occurrence
    case lead
    /// The time at which the reminder was due.
    case due
    case contact
    /// The first mail address in `contact`.
    case contactEmail = "contact_email"
    /// The recipient's name.
    case recipient
    case late
    /// `moved`: whether the message announces other dates. `gone`: whether it is a cancellation.
    case moved
    case gone
    case test
    case rehearsal
    case possibleDuplicate = "possible_duplicate"

    var isList: Bool { self == .noteLines }

    var isCondition: Bool {
        switch self {
        case .late, .moved, .gone, .test, .rehearsal, .possibleDuplicate: true
        default: false
        }
    }

    /// Returns the variable with the most similar name, if the edit distance is small.
    ///
    /// The limit is 2 (a swapped pair of letters), 1 for names under four letters, and a third of
    /// the length for long names.
    static func nearest(to name: String) -> TemplateVariable? {
        let ranked = allCases.map { ($0, distance($0.rawValue, name)) }.min { $0.1 < $1.1 }
        guard let (variable, distance) = ranked, distance <= max(name.count < 4 ? 1 : 2, name.count / 3) else { return nil }
        return variable
    }

    /// Returns the Levenshtein distance. Only the first 64 characters of `b` count.
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

/// What a template may name. All are texts but the lists and conditions; a text that a message does not have is absent,
/// so that `{{#note}}…{{/note}}` leaves its section out.
enum TemplateVariable: String, CaseIterable {
    /// `[Nhắc việc]`, `[Nhắc muộn]`, `[Thử]`.
    case prefix
    /// The campaign's title.
    case title
    /// `còn 30 ngày`, and the day it counts to.
    case countdown
    case countdownDate = "countdown_date"
    /// The finished subject line (not in the subject's own template).
    case subject
    /// The days with their weekdays; first and last alone.
    case when
    case start
    case end
    /// The lunar date, for lunar phrases.
    case lunar
    /// The phrase and the days it was taken for, where the phrase names no days.
    case understood
    case note
    case noteLines = "note_lines"
    /// The document: as one phrase, and its parts.
    case source
    case sourceNumber = "source_number"
    case sourceDate = "source_date"
    case sourceIssuer = "source_issuer"
    case cite
    /// Why this reader is told; the groups alone; the plan's title and id.
    case reason
    case groups
    case plan
    case planId = "plan_id"
    case campaignId = "campaign_id"
    case occurrence
    case lead
    /// When the reminder fell due.
    case due
    case contact
    /// The first mail address in it.
    case contactEmail = "contact_email"
    /// The reader's name.
    case recipient
    case late
    /// It announces other dates, or that the occurrence does not take place.
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

    /// The name with the fewest letters different, if those are few: two (a pair swapped), or a third of a long name.
    static func nearest(to name: String) -> TemplateVariable? {
        let ranked = allCases.map { ($0, distance($0.rawValue, name)) }.min { $0.1 < $1.1 }
        guard let (variable, distance) = ranked, distance <= max(name.count < 4 ? 1 : 2, name.count / 3) else { return nil }
        return variable
    }

    /// Levenshtein's distance.
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

import Dates
import Diagnostics
import Plans
import Reports

/// Writes simulated reminders as text, with headings for months and days.
///
/// A reminder is one entry, with its time and title, its lead and dates, and its recipients. Titles
/// are wrapped and never cut, so that two campaigns cannot become the same words.
struct ReminderAgenda {
    /// The maximum number of recipients that an entry names. The others are counted.
    static let namedRecipients = 12

    private let terminal: Terminal
    private let words: CalendarWords
    private let style: TerminalStyle
    /// Whether entries name the plan and the campaign, because several plans may use one title.
    private let namesCampaigns: Bool
    private var month: String?
    private var day: Substring = ""
    private var messages = 0
    /// The text for each list of deliveries. The list is retained, so that no new list can have the
    /// same `ObjectIdentifier`.
    private var recipients: [ObjectIdentifier: (list: DeliveryList, text: String)] = [:]

    /// Maximum number of lists in `recipients`.
    private static let keptLists = 1_000

    init(terminal: Terminal, namesCampaigns: Bool) {
        self.terminal = terminal
        self.namesCampaigns = namesCampaigns
        words = CalendarWords(language: terminal.language)
        style = TerminalStyle(isOn: terminal.hasColour)
    }

    private var isVietnamese: Bool { terminal.language == .vi }

    mutating func write(_ reminder: ReminderReport, to lines: inout LineBuffer) {
        let time = reminder.due.rfc3339
        writeHeadings(time.prefix(10), to: &lines)
        messages += reminder.deliveries.count
        let titles = WordWrap.column(of: printable(reminder.title, limit: 200), width: terminal.columns - 11)
        lines.add("    \(time.dropFirst(11).prefix(5))  \(titles[0])")
        for title in titles.dropFirst() { lines.add("           \(title)") }
        let year = reminder.due.day?.year
        let owner = namesCampaigns ? "\(reminder.plan)/\(reminder.campaign): " : ""
        let span = words.span(reminder.start, reminder.end, in: year)
        let lead = WordWrap.column(of: "\(owner)\(reminder.phrase[terminal.language]) (\(span))", width: terminal.columns - 11)
        var recipients = WordWrap.column(of: names(reminder.deliveries), width: terminal.columns - 13)
        recipients = ["→ " + recipients[0]] + recipients.dropFirst().map { "  " + $0 }
        let together = lead.joined(separator: " ") + " " + recipients.joined(separator: " ")
        let fits = DisplayWidth.of(together) <= terminal.columns - 11
        for line in fits ? [together] : lead + recipients { lines.add("           " + style(.dim, line)) }
    }

    /// Writes the number of messages. Writes nothing if there was no reminder.
    func finish(_ lines: inout LineBuffer) {
        guard messages > 0 else { return }
        lines.add("")
        lines.add(isVietnamese ? "\(messages) lượt gửi." : "\(counted(messages, "message")).")
    }

    private mutating func writeHeadings(_ date: Substring, to lines: inout LineBuffer) {
        guard date != day, let day = Day(String(date)) else { return }
        self.day = date
        let month = words.month(day)
        if month != self.month {
            if self.month != nil { lines.add("") }
            lines.add(style(.bold, month))
            self.month = month
        }
        lines.add("")
        lines.add("  " + style(.bold, words.heading(day, in: day.year)))
    }

    /// Returns the recipients of a list, such as `an, binh (mail); chi (hub, mail)`.
    private mutating func names(_ list: DeliveryList) -> String {
        if let known = recipients[ObjectIdentifier(list)] { return known.text }
        let text = ReminderAgenda.text(of: list, isVietnamese: isVietnamese)
        if recipients.count >= ReminderAgenda.keptLists { recipients.removeAll() }
        recipients[ObjectIdentifier(list)] = (list, text)
        return text
    }

    private static func text(of list: DeliveryList, isVietnamese: Bool) -> String {
        var people: [(id: String, channels: [String])] = []
        var (count, last) = (0, "")
        // The deliveries to one recipient are adjacent.
        for delivery in list {
            if delivery.recipient == last {
                if count <= namedRecipients { people[people.count - 1].channels.append(delivery.channel) }
                continue
            }
            last = delivery.recipient
            count += 1
            if count <= namedRecipients { people.append((delivery.recipient, [delivery.channel])) }
        }
        var groups: [(channels: [String], ids: [String])] = []
        for person in people {
            if let index = groups.firstIndex(where: { $0.channels == person.channels }) {
                groups[index].ids.append(person.id)
            } else {
                groups.append((person.channels, [person.id]))
            }
        }
        let named = groups.map { "\($0.ids.joined(separator: ", ")) (\($0.channels.joined(separator: ", ")))" }
            .joined(separator: "; ")
        let rest = count - people.count
        guard rest > 0 else { return named }
        return named + (isVietnamese ? "; và \(rest) người nhận khác" : "; and \(counted(rest, "other recipient"))")
    }
}

extension LineBuffer {
    /// Adds one line of text.
    mutating func add(_ line: String) {
        add(Array(line.utf8))
        endLine()
    }
}

extension LocalTime {
    /// The date in the zone.
    var day: Day? { Day(String(rfc3339.prefix(10))) }
}

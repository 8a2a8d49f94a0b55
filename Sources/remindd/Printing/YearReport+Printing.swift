import Dates
import Diagnostics
import JSON
import Plans
import Reports

extension YearReport {
    /// The rows as JSON, one object for each campaign.
    var objects: [JSONObject] {
        sections.flatMap { section in section.rows.map { json(section, $0) } }
    }

    private func json(_ section: Section, _ row: Row) -> JSONObject {
        var line = JSONObject(escaping: .invisibles)
        line.add("plan", section.plan)
        line.add("campaign", row.campaign)
        line.add("title", row.title)
        line.add("year", year)
        line.add("when", row.when)
        line.add("phrase", row.phrase)
        line.add("deadline", row.isDeadline)
        line.add("time", row.time)
        line.add("place", row.place)
        line.add("owner", row.owner)
        line.add("recipients", row.recipients)
        line.add("other_recipients", row.otherRecipients)
        line.add(
            "occurrences",
            row.occurrences.map { occurrence in
                var line = JSONObject(escaping: .invisibles)
                line.add("occurrence", occurrence.name)
                line.add("start", occurrence.start.description)
                line.add("end", occurrence.end.description)
                line.add("lunar", occurrence.lunar)
                return line
            })
        line.add("source", section.source)
        return line
    }
}

extension YearReport.Row {
    /// Occurrences up to this number are listed by their dates. More are described by the phrase.
    private static let listedOccurrences = 4

    /// Returns the dates of the row in one or two parts, each of which may be wrapped.
    ///
    /// Few dates are listed. Many are described by the phrase and their number.
    func dates(_ words: CalendarWords, in year: Int) -> [String] {
        let isVietnamese = words.language == .vi
        if occurrences.count <= YearReport.Row.listedOccurrences {
            let spans = occurrences.map { words.span($0.start, $0.end, in: year) }.joined(separator: "; ")
            return [isDeadline ? (isVietnamese ? "hạn " : "by ") + spans : spans]
        }
        let (first, last) = (occurrences[0].start, occurrences[occurrences.count - 1].start)
        let (from, to) = (words.date(first, in: year), words.date(last, in: year))
        if let phrase {
            let count = occurrences.count
            return [phrase, isVietnamese ? "\(count) lần từ \(from) đến \(to)" : "\(count) times from \(from) to \(to)"]
        }
        let shown = occurrences.prefix(12).map { words.date($0.start, in: year) }.joined(separator: ", ")
        return [occurrences.count > 12 ? "\(shown), …, \(to)" : shown]
    }

    /// The time of day and the place, on one line; empty if the campaign has neither.
    var timeAndPlace: [String] {
        let known = [time, place].compactMap { $0 }
        return known.isEmpty ? [] : [known.joined(separator: ", ")]
    }

    /// Returns the lunar dates of the occurrences; empty if the campaign is not lunar.
    var lunarDays: [String] { occurrences.count <= YearReport.Row.listedOccurrences ? occurrences.compactMap(\.lunarDays) : [] }
}

/// The year in a terminal: for each campaign its title and dates, and bars over twelve months.
///
/// Titles are wrapped and never cut.
struct YearChart {
    private let report: YearReport
    private let terminal: Terminal
    private let words: CalendarWords
    private let style: TerminalStyle
    /// The number of columns of a month.
    private let cell: Int
    /// The number of columns to the left of the months.
    private let left: Int

    private static let (period, oneDay, deadline) = ("█", "■", "▼")

    init(_ report: YearReport, terminal: Terminal) {
        self.report = report
        self.terminal = terminal
        words = CalendarWords(language: terminal.language)
        style = TerminalStyle(isOn: terminal.hasColour)
        cell =
            switch terminal.columns {
            case ..<60: 1
            case ..<76: 2
            case ..<110: 3
            case ..<140: 4
            default: 5
            }
        left = terminal.columns - 12 * cell - 2
    }

    private var isVietnamese: Bool { terminal.language == .vi }

    /// The lines of the chart, with control sequences if the terminal has colours.
    var lines: [String] {
        let name = isVietnamese ? "Năm \(report.year)" : "Year \(report.year)"
        let title = name + (report.recipient.map { ": \(printable($0, limit: 200))" } ?? "")
        guard !report.sections.isEmpty else {
            return [isVietnamese ? "\(title): không có hoạt động nào." : "\(title): no activities."]
        }
        var lines = beside(WordWrap.column(of: title, width: left), months, .bold)
        for section in report.sections {
            lines.append("")
            for line in WordWrap.column(of: printable(section.title, limit: 200), width: terminal.columns) {
                lines.append(style(.bold, line))
            }
            for row in section.rows { lines += self.lines(of: row) }
        }
        let key = isVietnamese ? ["đợt", "một ngày", "thời hạn"] : ["several days", "one day", "deadline"]
        let marks = [YearChart.period, YearChart.oneDay, YearChart.deadline]
        return lines + ["", zip(marks, key).map { "\($0) \($1)" }.joined(separator: "   ")]
    }

    private func lines(of row: YearReport.Row) -> [String] {
        var lines = beside(WordWrap.column(of: printable(row.title, limit: 200), width: left), track(row), nil)
        let lunar = row.lunarDays
        var texts = row.dates(words, in: report.year) + row.timeAndPlace
        if !lunar.isEmpty {
            texts.append(isVietnamese ? "âm lịch \(lunar.joined(separator: ", "))" : "lunar \(lunar.joined(separator: ", "))")
        }
        for text in texts {
            for line in WordWrap.column(of: printable(text, limit: 1_000), width: left - 2) {
                lines.append("  " + style(.dim, line))
            }
        }
        return lines
    }

    /// Returns lines of text, with the months beside the first of them.
    private func beside(_ texts: [String], _ months: String, _ weight: TerminalStyle.Kind?) -> [String] {
        let shown = weight.map { kind in texts.map { style(kind, $0) } } ?? texts
        let gap = String(repeating: " ", count: max(0, left - DisplayWidth.of(texts[0])) + 2)
        let first = shown[0] + gap + months
        return [first] + shown.dropFirst()
    }

    /// The numbers of the months, each in its own columns.
    private var months: String {
        (1...12).map { month in
            // Without a space between two months, a month has only its last digit.
            let number = cell < 3 ? "\(month % 10)" : "\(month)"
            return number + String(repeating: " ", count: max(0, cell - number.utf8.count))
        }
        .joined().trimmingEnd
    }

    /// The bars of a campaign. The first column of each month has a dot if nothing takes place.
    private func track(_ row: YearReport.Row) -> String {
        var marks: [(kind: TerminalStyle.Kind?, text: String)] = []
        for month in 1...12 {
            let length = Day.length(ofMonth: month, year: report.year)
            let first = Day.first(ofMonth: month, year: report.year)
            for slot in 0..<cell {
                let days = (first + slot * length / cell)...(first + ((slot + 1) * length / cell - 1))
                let next = mark(row, days) ?? (slot == 0 ? (.dim, "·") : (nil, " "))
                if next.kind == marks.last?.kind, !marks.isEmpty {
                    marks[marks.count - 1].text += next.text
                } else {
                    marks.append(next)
                }
            }
        }
        if marks.last?.kind == nil { marks.removeLast() }
        return marks.map { mark in mark.kind.map { style($0, mark.text) } ?? mark.text }.joined()
    }

    /// Returns the mark of a campaign for some days; nil if nothing takes place.
    private func mark(_ row: YearReport.Row, _ days: ClosedRange<Day>) -> (kind: TerminalStyle.Kind?, text: String)? {
        let found = row.occurrences.filter { $0.start <= days.upperBound && $0.end >= days.lowerBound }
        guard !found.isEmpty else { return nil }
        if row.isDeadline { return (.yellow, YearChart.deadline) }
        return found.contains { $0.start < $0.end } ? (.cyan, YearChart.period) : (.green, YearChart.oneDay)
    }
}

extension String {
    /// The text without spaces at its end.
    fileprivate var trimmingEnd: String {
        var copy = self
        while copy.last == " " { copy.removeLast() }
        return copy
    }
}

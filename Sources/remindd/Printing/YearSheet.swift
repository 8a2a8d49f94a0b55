import Config
import Dates
import Messages
import Plans
import Reports

/// The year as one HTML page, to be printed on A4 landscape and signed.
///
/// The page follows Decree 30/2020/NĐ-CP: margins, page numbers, head, date, title, signatures and
/// `Nơi nhận`. It has its style inside, no script, and loads nothing. Its markup is also
/// well-formed XML.
struct YearSheet {
    private let report: YearReport
    private let settings: SheetSettings
    private let fonts: [String]
    private let texts: SheetTexts
    private let words: CalendarWords

    /// Fonts that have every Vietnamese letter in their present versions.
    static let fonts = ["Times New Roman", "Liberation Serif", "Noto Serif", "DejaVu Serif"]

    /// - Parameters:
    ///   - fonts: the names of the fonts, in the order in which they are tried.
    ///   - report: the year, with its texts in `YearSheet.language(of:)`.
    init(_ report: YearReport, _ settings: SheetSettings, fonts: [String] = YearSheet.fonts) {
        self.report = report
        self.settings = settings
        self.fonts = fonts
        let language = YearSheet.language(of: report.sections.map(\.language))
        texts = SheetTexts(language: language)
        words = CalendarWords(language: language)
    }

    /// Returns the language of a sheet: English if all plans are in English, else Vietnamese.
    static func language(of plans: [Language]) -> Language {
        !plans.isEmpty && plans.allSatisfy { $0 == .en } ? .en : .vi
    }

    /// The whole document.
    var html: String {
        let title = texts.title(report.year)
        return """
            <!DOCTYPE html>
            <html lang="\(texts.language.rawValue)">
            <head>
            <meta charset="utf-8"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <title>\(escaped(pageTitle))</title>
            <style>
            \(style)
            </style>
            </head>
            <body>
            \(head)
            <h1>\(escaped(title))</h1>
            \(subtitle)
            \(table)
            \(signatures)
            </body>
            </html>

            """
    }

    private var pageTitle: String {
        let titles = report.sections.map(\.title)
        return titles.count == 1 ? "\(texts.title(report.year)) – \(titles[0])" : texts.title(report.year)
    }

    /// The style of the page.
    ///
    /// The signatures stand in an inline block, because Chromium splits other blocks over two pages
    /// in spite of `break-inside: avoid`.
    private var style: String {
        let families = fonts.map { "\"\($0)\"" }.joined(separator: ", ")
        return """
            @page { size: A4 landscape; margin: 20mm 15mm 20mm 30mm;
              @top-center { content: counter(page); font: 13pt \(families), serif; } }
            @page :first { @top-center { content: ""; } }
            body { margin: 0; color: #000; background: #fff; font: 13pt/1.25 \(families), serif; }
            table { border-collapse: collapse; width: 100%; }
            p { margin: 0; }
            .head { margin-bottom: 5mm; }
            .head td { width: 50%; padding: 0 2mm; text-align: center; vertical-align: top; }
            .head .rule { width: 35mm; height: 0; margin: 1mm auto 2mm; border-top: .3mm solid #000; }
            .head .wide { width: 62mm; }
            .place, .sources { font-style: italic; }
            h1 { margin: 0; font-size: 14pt; text-align: center; }
            .subtitle { font-weight: bold; text-align: center; }
            .sources { text-align: center; }
            .year { margin: 4mm 0 5mm; table-layout: fixed; font-size: 11pt; line-height: 1.2; }
            .year thead { display: table-header-group; }
            .year tr { break-inside: avoid; }
            .year tr:nth-last-child(-n+3) { break-after: avoid; }
            .year thead th { text-align: center; }
            .year abbr { text-decoration: none; }
            .year th, .year td { border: .2mm solid #555; padding: .7mm 1mm; vertical-align: middle; overflow-wrap: break-word; }
            .year .plan { break-after: avoid; }
            .year .plan th { text-align: left; background: #eee; }
            .year .plan span { font-weight: normal; font-style: italic; }
            .year .number, .year .lunar { text-align: center; }
            .year td.month { padding: 0; }
            .month svg { display: block; width: 100%; height: 3.4mm; }
            .c1 { width: 9mm; } .c2 { width: 70mm; } .c3 { width: 38mm; } .c4 { width: 19mm; } .c5 { width: 32mm; }
            .c6 { width: 7mm; }
            .end { display: inline-block; width: 100%; break-inside: avoid; }
            .end td { width: 50%; padding: 0; text-align: center; vertical-align: top; font-weight: bold; }
            .end .space { height: 24mm; }
            .end .copies { font-size: 11pt; font-weight: normal; text-align: left; }
            .end .copies b { font-size: 12pt; font-style: italic; }
            @media screen { body { box-sizing: border-box; width: 282mm; margin: 0 auto; padding: 10mm 15mm; } }
            """
    }

    // MARK: Head

    private var head: String {
        let number = "\(texts.number): \(settings.number.map(escaped) ?? texts.dots)"
        return """
            <table class="head" role="presentation">
            <tr><td><p>\(capitals(settings.superior) ?? texts.dots)</p><p><b>\(capitals(settings.office) ?? texts.dots)</b></p>\
            <div class="rule"></div></td>\
            <td><p><b>\(texts.state)</b></p><p><b>\(texts.motto)</b></p><div class="rule wide"></div></td></tr>
            <tr><td>\(number)</td>\
            <td class="place">\(texts.placeAndDate(settings.place.map(escaped)))</td></tr>
            </table>
            """
    }

    private var subtitle: String {
        var lines: [String] = []
        if let recipient = report.recipient { lines.append("<p class=\"subtitle\">\(texts.for(escaped(recipient)))</p>") }
        if report.sections.count == 1 {
            lines.append("<p class=\"subtitle\">\(escaped(report.sections[0].title))</p>")
            if let source = report.sections[0].source {
                lines.append("<p class=\"sources\">(\(texts.accordingTo) \(escaped(lowered(source))))</p>")
            }
        }
        return lines.joined(separator: "\n")
    }

    // MARK: Table

    private var table: String {
        var lines = ["<table class=\"year\">", "<colgroup>\(columns)</colgroup>", "<thead>", headings, "</thead>", "<tbody>"]
        if report.sections.isEmpty {
            lines.append("<tr><td colspan=\"17\">\(texts.nothing)</td></tr>")
        }
        var number = 0
        for (index, section) in report.sections.enumerated() {
            if report.sections.count > 1 { lines.append(heading(of: section, number: index + 1)) }
            for row in section.rows {
                number += 1
                lines.append(line(of: row, number: number))
            }
        }
        return (lines + ["</tbody>", "</table>"]).joined(separator: "\n")
    }

    private var columns: String {
        ((1...5).map { "c\($0)" } + Array(repeating: "c6", count: 12)).map { "<col class=\"\($0)\"/>" }.joined()
    }

    private var headings: String {
        let months = (1...12).map { "<th scope=\"col\"><abbr title=\"\(texts.month($0))\">\($0)</abbr></th>" }
        return "<tr>" + texts.columns.map { "<th scope=\"col\">\($0)</th>" }.joined() + months.joined() + "</tr>"
    }

    private func heading(of section: YearReport.Section, number: Int) -> String {
        let source = section.source.map { " <span>(\(texts.accordingTo) \(escaped(lowered($0))))</span>" } ?? ""
        return "<tr class=\"plan\"><th colspan=\"17\" scope=\"rowgroup\">"
            + "\(roman(number)). \(escaped(section.title))\(source)</th></tr>"
    }

    private func line(of row: YearReport.Row, number: Int) -> String {
        let dates = (row.dates(words, in: report.year) + row.timeAndPlace).map(escaped).joined(separator: "<br/>")
        return "<tr><td class=\"number\">\(number)</td><td>\(escaped(row.title))</td><td>\(dates)</td>"
            + "<td class=\"lunar\">\(row.lunarDays.map(escaped).joined(separator: "<br/>"))</td>"
            + "<td>\(row.owner.map(escaped) ?? "")</td>"
            + (1...12).map { "<td class=\"month\">\(bars(of: row, inMonth: $0))</td>" }.joined() + "</tr>"
    }

    /// Returns the drawing of a campaign's days in a month; empty if nothing takes place.
    ///
    /// The cells of a month are equally wide. A month has 62 units, so a day is about two units. A
    /// bar has at least eight units, because a narrower one could not be seen on paper.
    private func bars(of row: YearReport.Row, inMonth month: Int) -> String {
        let first = Day.first(ofMonth: month, year: report.year)
        let last = Day.last(ofMonth: month, year: report.year)
        let days = last - first + 1
        let bars = row.occurrences.filter { $0.start <= last && $0.end >= first }.map { occurrence in
            let from = (max(occurrence.start, first) - first) * 62 / days
            let to = (min(occurrence.end, last) - first + 1) * 62 / days
            // A bar that goes on in the month before or after touches the edge of the cell.
            let goesOn = occurrence.start < first || occurrence.end > last
            let width = goesOn ? to - from : max(8, to - from)
            let x = min(from, 62 - width)
            let colour = row.isDeadline ? "#a11" : "#246"
            return "<rect x=\"\(x)\" y=\"1\" width=\"\(width)\" height=\"8\" fill=\"\(colour)\"/>"
        }
        guard !bars.isEmpty else { return "" }
        return "<svg viewBox=\"0 0 62 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\(bars.joined())</svg>"
    }

    // MARK: Signatures

    private var signatures: String {
        let signatory = settings.signedBy
        let right = [capitals(signatory.authority), capitals(signatory.title)].compactMap { $0 }
        let copies = settings.copies.isEmpty ? [texts.dots] : settings.copies.map(escaped)
        let listed = copies.enumerated().map { "- \($1)\($0 == copies.count - 1 ? "." : ";")" }.joined(separator: "<br/>")
        return """
            <div class="end">
            <table role="presentation">
            <tr><td>\(texts.madeBy)</td><td>\(right.isEmpty ? texts.dots : right.joined(separator: "<br/>"))</td></tr>
            <tr><td class="space"></td><td class="space"></td></tr>
            <tr><td>\(settings.madeBy.map(escaped) ?? texts.dots)</td><td>\(signatory.name.map(escaped) ?? texts.dots)</td></tr>
            <tr><td class="copies"><b>\(texts.copies):</b><br/>\(listed)</td><td></td></tr>
            </table>
            </div>
            """
    }

    // MARK: Text

    private func capitals(_ text: String?) -> String? { text.map { escaped($0.uppercased()) } }

    /// Returns a source in the middle of a sentence: `văn bản số …`.
    private func lowered(_ source: String) -> String { source.prefix(1).lowercased() + source.dropFirst() }

    private func escaped(_ text: String) -> String { TemplateContext.escaped(text) }

    private func roman(_ number: Int) -> String {
        var (rest, text) = (number, "")
        let numerals = [
            (1_000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"),
            (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
        ]
        for (value, numeral) in numerals {
            while rest >= value {
                text += numeral
                rest -= value
            }
        }
        return text
    }
}

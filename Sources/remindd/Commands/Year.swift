import ArgumentParser
import Clocks
import Config
import Dates
import Diagnostics
import Documents
import Foundation
import Plans
import Reports
import Scheduler

struct Year: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: localized("Shows a whole year of the plans: in the terminal, as a page, or as a sheet to print and sign."),
        discussion: localized(
            """
            Every activity is one row, with its dates and bars over twelve months. The sheet is A4 landscape; its head and \
            signatures come from `sheet:` in the configuration. --pdf needs WeasyPrint.

            Example: remindd year 2027 --pdf year.pdf
            """))

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: FormatOption
    @Argument(help: ArgumentHelp(localized("The year. Default: the current one."), valueName: "YEAR"), transform: Year.parse)
    var year: Int?
    @Option(help: ArgumentHelp(localized("Only this plan: its id or its file."), valueName: "PLAN")) var plan: String?
    @Option(help: ArgumentHelp(localized("Only activities that this recipient is reminded of."), valueName: "RECIPIENT"))
    var recipient: String?
    @Option(help: ArgumentHelp(localized("Write the year as a page to this file."), valueName: "FILE")) var html: String?
    @Option(help: ArgumentHelp(localized("Write the year as a sheet in PDF to this file."), valueName: "FILE"))
    var pdf: String?

    @Sendable
    static func parse(_ argument: String) throws -> Int {
        guard let year = Units.number(argument), Day.plannableYears.contains(year) else {
            throw ValidationError(localized("write a year as 2027, from 1970 to 2199"))
        }
        return year
    }

    func validate() throws {
        if html != nil, pdf != nil { throw ValidationError(localized("--html and --pdf exclude each other")) }
        if output.format == .json, html != nil || pdf != nil {
            throw ValidationError(localized("--format json goes with neither --html nor --pdf"))
        }
    }

    func run() throws {
        let (loaded, _) = try CommandLoader.load(common.config)
        let (plans, directory) = (loaded.accepted.plans, loaded.accepted.directory)
        var selection = YearReport.Selection()
        if let plan { selection.plan = try CommandLoader.plan(plan, in: loaded) }
        if let recipient {
            selection.recipient = directory.position(try CommandLoader.recipient(recipient, in: directory).id)
        }
        let year = self.year ?? loaded.configuration.timezone.civil(at: SystemClock().now()).day.year
        let report = { (language: Language?) in YearReport(year, of: plans, to: directory, selection, in: language) }
        guard html == nil, pdf == nil else {
            let first = report(nil)
            return try write(report(YearSheet.language(of: first.sections.map(\.language))), loaded.configuration.sheet)
        }
        guard output.format == .text else {
            for row in report(nil).objects { Output.line(row.text) }
            return
        }
        let terminal = Terminal.current
        var lines = LineBuffer(Output.write)
        for line in YearChart(report(terminal.language), terminal: terminal).lines { lines.add(line) }
        lines.flush()
    }

    private func write(_ report: YearReport, _ settings: SheetSettings) throws {
        if let html { return try write(Array(YearSheet(report, settings).html.utf8), to: html) }
        guard let pdf else { return }
        let bytes: [UInt8]
        do throws(WeasyPrint.Failure) {
            let program = try WeasyPrint.program()
            let font = try WeasyPrint.font(among: YearSheet.fonts)
            bytes = try WeasyPrint.pdf(of: YearSheet(report, settings, fonts: [font]).html, with: program)
        } catch {
            Output.problem("remindd: \(error.message)")
            throw ExitCode.failure
        }
        try write(bytes, to: pdf)
    }

    private func write(_ bytes: [UInt8], to file: String) throws {
        guard let why = OutputFile.write(bytes, to: Paths.existing(file)) else { return }
        Output.problem("remindd: \(printable(file, limit: 4_096)) cannot be written: \(why)")
        throw ExitCode.failure
    }
}

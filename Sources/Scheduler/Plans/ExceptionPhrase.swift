import Dates
import Diagnostics

/// The value of one `except:` entry: new dates for one occurrence, or `none`.
public struct ExceptionPhrase: Hashable, Sendable {
    /// The new dates; nil for `none`, which means that the occurrence does not take place.
    public let dates: ClosedRange<Day>?

    /// Reads `none` (`không`), one dated day or a dated window, as in a `when` phrase.
    ///
    /// - Parameters:
    ///   - year: the Gregorian year in which the occurrence starts. It is used only for the hint.
    ///   - seekingHints: whether to search for hints, as for `Recurrence(phrase:)`.
    /// - Throws: `PhraseRefusal` for any other phrase. For a date without a year, the hint is that
    ///   date in `year`.
    public init(phrase: String, year: Int? = nil, seekingHints: Bool = true) throws(PhraseRefusal) {
        let form: LocalizedText = "an exception is `none`, a day or a window, with years"
        let word = Spelling.withoutAccents(phrase)
        if ["none", "khong"].contains(word) {
            dates = nil
            return
        }
        let recurrence: Recurrence
        do throws(PhraseRefusal) {
            recurrence = try Recurrence(phrase: phrase, seekingHints: seekingHints)
        } catch {
            let meansNone = ["no", "non", "off", "null", "~", "huy", "cancelled", ""].contains(word)
            if meansNone || Spelling.nearest(to: phrase, among: ["none"]) != nil { throw PhraseRefusal(form, hints: ["none"]) }
            throw error
        }
        guard case .once(let from, let to) = recurrence else {
            throw PhraseRefusal(form, hints: year.flatMap { Self.dated(recurrence, $0) } ?? [])
        }
        dates = from...to
    }

    private static func dated(_ recurrence: Recurrence, _ year: Int) -> [String]? {
        guard Day.plannableYears.contains(year) else { return nil }
        let span = Day.first(ofMonth: 1, year: year)...Day.last(ofMonth: 12, year: year)
        let dates = recurrence.occurrences(overlapping: span, workingDays: .mondayToFriday)
        guard !recurrence.usesWorkingDays, let own = dates.first(where: { $0.start.year == year }) else { return nil }
        return [Recurrence.once(from: own.start, to: own.end).phrase]
    }
}

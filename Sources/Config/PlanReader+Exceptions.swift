import Dates
import Diagnostics
import Documents
import Plans

// The exceptions (`except:`) of a campaign.

extension PlanReader {
    /// The exceptions keyed by occurrence name, and the places of exceptions that have dates.
    struct Exceptions {
        var byName: [String: Campaign.Exception] = [:]
        var written: [(name: String, dates: ClosedRange<Day>, place: YAMLValue)] = []
    }

    func exceptions(_ value: YAMLValue, of recurrence: Recurrence) -> Exceptions {
        var exceptions = Exceptions()
        for (written, place, value) in value.entries("except") ?? [] {
            guard !problems.isFull else { break }
            // A day may be written as documents write it. The name is its ISO form.
            let name = Day(written: written)?.description ?? written
            guard let text = value.text("an exception") else { continue }
            let key: ExceptionKey
            do {
                key = try recurrence.exceptionKey(name)
            } catch {
                place.error(error, of: "except")
                continue
            }
            do {
                let dates = try ExceptionPhrase(
                    phrase: text, year: Int(name.prefix(4)), seekingHints: problems.arePhraseHintsWanted
                ).dates
                let names = key.names(for: dates)
                for name in names {
                    exceptions.byName[name] =
                        dates.map { .dates(start: $0.lowerBound, end: $0.upperBound) } ?? Campaign.Exception.none
                }
                guard let dates else { continue }
                remarkOnLength(of: .once(from: dates.lowerBound, to: dates.upperBound), value)
                guard let occurrence = names.first else {
                    value.error("several occurrences come in \(name): a whole year takes only \"none\"")
                    continue
                }
                if isOfThisYear(dates, of: occurrence, key: name, place, value, recurrence) {
                    exceptions.written.append((occurrence, dates, value))
                }
            } catch {
                value.error(error, of: "except")
            }
        }
        return exceptions
    }

    /// Returns whether the dates of an exception belong under the year of its key.
    ///
    /// Reports an error if they do not. Warns about dates that are far away or in another year but
    /// may be correct.
    private func isOfThisYear(
        _ dates: ClosedRange<Day>, of occurrence: String, key: String, _ place: YAMLValue, _ value: YAMLValue, _ when: Recurrence
    ) -> Bool {
        let start = dates.lowerBound
        if let stray = when.stray(dates, from: occurrence, workingDays: workingDays) {
            let message: LocalizedText =
                "\(start) lies \(stray.days) days from \(stray.natural), where the occurrence \(key) starts by its phrase"
            guard let year = stray.year, !wasAccepted else {
                value.warning(message)
                return true
            }
            place.error("\(message); \"except\" goes by the year of the start", hints: [String(year)])
            return false
        } else if key != "once", String(start.year) != key.prefix(4) {
            value.warning("the occurrence \(key) moves into another year: \(start)")
        }
        return true
    }

    /// Warns about occurrences of one campaign that share a day.
    ///
    /// If reminders of two such occurrences count from the same day, each recipient gets only one
    /// of these reminders.
    func sharedDays(_ exceptions: Exceptions, of campaign: Campaign) {
        var told: Set<Set<String>> = []
        for exception in exceptions.written where !problems.isFull {
            let found = campaign.occurrences(overlapping: exception.dates, workingDays: workingDays)
            guard found.contains(where: { $0.name == exception.name }) else { continue }
            for other in found where other.name != exception.name {
                guard told.insert([exception.name, other.name]).inserted else { continue }
                let day = max(exception.dates.lowerBound, other.start)
                exception.place.warning(
                    "two occurrences of campaign \(campaign.id) come on \(day), \(exception.name) and \(other.name): "
                        + "reminders that count from the same day go out once")
            }
        }
    }
}

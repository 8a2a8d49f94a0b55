import Dates
import Plans
import Randomness
import Scheduler
import Support
import Testing

@testable import Diagnostics

/// Tests the refusals of the contract's section 1, and that any text is read or refused quickly.
extension PhraseTests {
    @Test(
        "A refusal has the reason, the position and the hints (faults 48, 49; inputs 23, 25, 26, 38)",
        arguments: Refused.when)
    func refusals(row: Refused) {
        #expect(throws: PhraseRefusal(row.message, hints: row.hints, offset: row.offset)) {
            try Recurrence(phrase: row.phrase)
        }
        for hint in row.hints {
            #expect(throws: Never.self, "the hint \(hint)") { try Recurrence(phrase: hint) }
        }
    }

    @Test("The refusal of a lead has the reason, the position and the hints", arguments: Refused.leads)
    func leadRefusals(row: Refused) {
        #expect(throws: PhraseRefusal(row.message, hints: row.hints, offset: row.offset)) {
            try LeadPhrase(phrase: row.phrase)
        }
        for hint in row.hints {
            #expect(throws: Never.self, "the hint \(hint)") { try LeadPhrase(phrase: hint) }
        }
    }

    @Test("`LeadRule(phrase:)` refuses a time of day")
    func ruleAlone() {
        #expect(throws: PhraseRefusal("the time of day has a place of its own", hints: ["1 day before"])) {
            try LeadRule(phrase: "1 day before at 07:30")
        }
    }

    @Test(
        "A refusal of any text takes less than 100 ms",
        arguments: [
            String(repeating: "thang ", count: 24), String(repeating: "a", count: 2_000), String(repeating: "1/", count: 900),
            String(repeating: "thu hai nam sau ", count: 6), String(repeating: "/", count: 24),
            String(repeating: "9", count: 1_999),
            "rrule " + String(repeating: "BYHOUR=1;", count: 200) + " from 2026-01-01",
            "rrule " + String(repeating: ";", count: 1_900) + " from 2026-01-01", "\u{202E}28/6", "28/6\u{0}", "🎉", "ngày",
            "first last every of from to lunar leap before after during at Q quý tháng ngày thứ năm 1 2 3",
        ])
    func refusalsAreQuick(phrase: String) {
        let clock = ContinuousClock()
        let spent = clock.measure {
            #expect(throws: PhraseRefusal.self) { try Recurrence(phrase: phrase) }
            #expect(throws: PhraseRefusal.self) { try LeadPhrase(phrase: phrase) }
        }
        // The limit is for a debug build that runs in parallel with other tests. A release build
        // takes a tenth of this time.
        #expect(spent < .milliseconds(1_000))
    }

    @Test("Three hundred garbled phrases are read or refused, and every hint is a valid phrase")
    func garbled() throws {
        var dice = RandomSource(seed: 11)
        for _ in 0..<300 {
            var letters = Array(dice.one(of: [dice.recurrence().phrase, dice.recurrence().vietnamesePhrase]).unicodeScalars)
            for _ in 0..<dice.number(1...3) {
                let place = dice.number(0...(letters.count - 1))
                switch dice.number(0...2) {
                case 0: letters.remove(at: place)
                case 1: letters.insert(dice.one(of: Array("aeđ1/- tớ".unicodeScalars)), at: place)
                default: letters.swapAt(place, dice.number(0...(letters.count - 1)))
                }
                if letters.isEmpty { letters = ["?"] }
            }
            var garbled = ""
            garbled.unicodeScalars.append(contentsOf: letters)
            do throws(PhraseRefusal) {
                let recurrence = try Recurrence(phrase: garbled)
                #expect(try Recurrence(phrase: recurrence.phrase) == recurrence)
            } catch {
                #expect((0...letters.count).contains(error.offset), "\(garbled)")
                for hint in error.hints { #expect(throws: Never.self, "\(garbled): \(hint)") { try Recurrence(phrase: hint) } }
            }
        }
    }
}

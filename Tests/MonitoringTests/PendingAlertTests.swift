import Dates
import Scheduler
import Testing

@testable import Monitoring

@Suite("The channels through which an alert is tried")
struct LetterTests {
    let start = Instant(seconds: 1_800_000_000)
    private let channels: [String: any Announcing] = ["mail": DeskChannel("mail"), "hub": DeskChannel("hub")]

    private func letter(_ via: [String] = ["mail", "hub"]) -> PendingAlert {
        let recipient = Recipient(id: "admin", name: "admin", email: nil, language: nil, via: via, otherwise: [])
        let bulletin = OperatorMessage(
            kind: .alert, id: "b", at: start, zone: .utc, language: .en, subject: "", opening: "", facts: [], closing: "")
        return PendingAlert(bulletin: bulletin, recipient: recipient, avoiding: [], written: start)
    }

    private func next(_ letter: inout PendingAlert, _ now: Instant, busy: Set<String> = []) -> String? {
        letter.nextChannel(channels, failing: [], busy: busy, now: now)
    }

    @Test("A channel that failed once is tried again a minute later, even if the other one is put off for a day")
    func putOffKeepsNobody() throws {
        var letter = letter()
        #expect(next(&letter, start) == "mail")
        letter.begins(by: "mail")
        letter.failed(by: "mail")
        #expect(next(&letter, start) == "hub")
        letter.isPutOff(by: "hub", until: start + .days(1))
        #expect(next(&letter, start) == nil)
        #expect(letter.wake(now: start) == start + .minutes(1))
        #expect(next(&letter, start + .minutes(1)) == "mail")
        letter.begins(by: "mail")
        letter.failed(by: "mail")
        #expect(next(&letter, start + .minutes(1)) == nil)
        #expect(letter.wake(now: start + .minutes(1)) == start + .minutes(6), "the second round comes five minutes later")
    }

    @Test("If every channel is put off, an alert waits for the first free channel, and a reload tries all channels at once")
    func allPutOff() throws {
        var letter = letter()
        letter.isPutOff(by: "mail", until: start + .minutes(15))
        letter.isPutOff(by: "hub", until: start + .days(1))
        #expect(next(&letter, start) == nil)
        #expect(letter.wake(now: start) == start + .minutes(15))
        letter.startsOver(now: start + .minutes(2))
        #expect(next(&letter, start + .minutes(2)) == "mail")
    }

    @Test("An alert asks for its channel every second only while that channel delivers another alert")
    func busy() throws {
        var letter = letter()
        #expect(next(&letter, start, busy: ["mail"]) == nil)
        #expect(letter.wake(now: start) == start + .seconds(1))
        letter.isPutOff(by: "mail", until: start + .minutes(15))
        letter.isPutOff(by: "hub", until: start + .minutes(20))
        #expect(next(&letter, start, busy: ["mail"]) == nil)
        #expect(letter.wake(now: start) == start + .minutes(15))
    }
}

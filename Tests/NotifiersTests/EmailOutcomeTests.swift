import Dates
import Scheduler
import Testing

@testable import Notifiers
@testable import Transport

struct EmailOutcomeTests {
    /// A row of the table of faults: a transfer and its expected outcome.
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let stage: SMTPStage
        let result: Int32
        let code: Int?
        var reply = ""
        var cut: AbortReason?
        let outcome: Outcome
        var about: Scope?
        var advice = Receipt.Advice.none
        var testDescription: String { name }

        var transfer: Transfer<SMTPStage> {
            Transfer(result: CurlResult(rawValue: result), stage: stage, code: code, reply: reply, cut: cut)
        }
    }

    static let rows: [Row] = [
        Row(name: "250 after the dot", stage: .answered, result: 0, code: 250, outcome: .delivered),
        Row(name: "251 after the dot", stage: .answered, result: 8, code: 251, outcome: .delivered),
        Row(name: "252 after the dot", stage: .answered, result: 8, code: 252, outcome: .delivered),
        Row(name: "250, then the connection died", stage: .answered, result: 56, code: 250, outcome: .delivered),
        Row(
            name: "451 after the dot", stage: .answered, result: 8, code: 451, outcome: .refusedForNow,
            advice: .atLeast(.minutes(5))),
        Row(name: "421 after the dot", stage: .answered, result: 8, code: 421, outcome: .refusedForNow, about: .load),
        Row(name: "554 after the dot", stage: .answered, result: 8, code: 554, outcome: .refusedForGood, about: .comparison),
        Row(
            name: "fault 58: 552 after the dot", stage: .answered, result: 8, code: 552, outcome: .refusedForGood,
            advice: .once(after: .hours(1))),
        Row(
            name: "5.7.1 after the dot may be about anybody", stage: .answered, result: 8, code: 550, reply: "550 5.7.1 spam",
            outcome: .refusedForGood, about: .comparison),
        Row(name: "354 after the dot", stage: .answered, result: 8, code: 354, outcome: .unknown),
        Row(name: "fault 63: silent after the dot", stage: .bodyEnded, result: 28, code: 354, outcome: .unknown),
        Row(name: "fault 64: nothing after the dot", stage: .bodyEnded, result: 52, code: 354, outcome: .unknown),
        Row(name: "send error after the body", stage: .bodyEnded, result: 55, code: 354, outcome: .unknown),
        Row(name: "reset after the body", stage: .bodyEnded, result: 56, code: 354, outcome: .unknown),
        Row(
            name: "stopped after the body", stage: .bodyEnded, result: 42, code: 354, cut: .stopped, outcome: .unknown,
            about: .nobody),
        Row(
            name: "an uncoded 550 that names recipient and sender", stage: .senderTaken, result: 55, code: 550,
            reply: "550 recipient does not accept mail from this sender", outcome: .refusedForGood, about: .comparison),
        Row(
            name: "a busy mailbox", stage: .senderTaken, result: 55, code: 450, reply: "450 mailbox busy",
            outcome: .refusedForNow, advice: .atLeast(.minutes(5))),
        Row(
            name: "too many logins", stage: .welcomed, result: 67, code: 454,
            reply: "454 4.7.0 Too many login attempts, please try again later", outcome: .refusedForNow, about: .load,
            advice: .retryAfter(.minutes(15))),
        Row(
            name: "too many connections before the login", stage: .welcomed, result: 56, code: 421,
            reply: "421 4.7.0 Too many connections", outcome: .refusedForNow, about: .load),
        Row(name: "fault 62: hang in the body", stage: .bodyBegun, result: 28, code: 354, outcome: .notSent),
        Row(name: "554 at DATA", stage: .recipientTaken, result: 55, code: 554, outcome: .refusedForGood, about: .comparison),
        Row(
            name: "451 at DATA", stage: .recipientTaken, result: 55, code: 451, outcome: .refusedForNow,
            advice: .atLeast(.minutes(5))),
        Row(name: "silence at DATA", stage: .recipientTaken, result: 28, code: 250, outcome: .notSent),
        Row(
            name: "fault 57: 550 at RCPT", stage: .senderTaken, result: 55, code: 550, reply: "550 5.1.1 no such user",
            outcome: .refusedForGood),
        Row(
            name: "552 at RCPT", stage: .senderTaken, result: 55, code: 552, outcome: .refusedForGood,
            advice: .once(after: .hours(1))),
        Row(
            name: "fault 55: 450 at RCPT", stage: .senderTaken, result: 55, code: 450, outcome: .refusedForNow,
            advice: .atLeast(.minutes(5))),
        Row(
            name: "fault 55: 451 at RCPT", stage: .senderTaken, result: 55, code: 451, outcome: .refusedForNow,
            advice: .atLeast(.minutes(5))),
        Row(
            name: "fault 56: 452 at RCPT", stage: .senderTaken, result: 55, code: 452, outcome: .refusedForNow,
            advice: .atLeast(.minutes(5))),
        Row(
            name: "432 4.3.2 at RCPT", stage: .senderTaken, result: 55, code: 432, reply: "432 4.3.2 too busy",
            outcome: .refusedForNow, about: .load),
        Row(
            name: "fault 59: 5.7.1 at RCPT", stage: .senderTaken, result: 55, code: 554, reply: "554 5.7.1 relay access denied",
            outcome: .refusedForGood, about: .comparison),
        Row(
            name: "530 at RCPT", stage: .senderTaken, result: 55, code: 530, reply: "530 log in first", outcome: .refusedForNow,
            about: .us),
        Row(name: "silence at RCPT", stage: .senderTaken, result: 28, code: 250, outcome: .notSent),
        Row(name: "fault 59: 550 at MAIL", stage: .ready, result: 55, code: 550, outcome: .refusedForNow, about: .us),
        Row(name: "452 at MAIL", stage: .ready, result: 55, code: 452, outcome: .refusedForNow, about: .server),
        Row(name: "reset at MAIL", stage: .ready, result: 56, code: nil, outcome: .notSent),
        Row(name: "fault 54: 421 on connect", stage: .greeted, result: 8, code: 421, outcome: .refusedForNow, about: .load),
        Row(name: "fault 59: 554 on connect", stage: .greeted, result: 8, code: 554, outcome: .refusedForNow, about: .server),
        Row(name: "550 to EHLO", stage: .welcomed, result: 8, code: 550, outcome: .refusedForNow, about: .us),
        Row(name: "fault 69: 535", stage: .welcomed, result: 67, code: 535, outcome: .refusedForNow, about: .us),
        Row(name: "454 at AUTH", stage: .welcomed, result: 67, code: 454, outcome: .refusedForNow, about: .server),
        Row(
            name: "fault 69: no AUTH offered", stage: .welcomed, result: 42, code: 250, cut: .authNotOffered, outcome: .notSent,
            about: .us),
        Row(name: "fault 66: no STARTTLS", stage: .welcomed, result: 64, code: 250, outcome: .notSent, about: .us),
        Row(name: "fault 68: certificate", stage: .welcomed, result: 60, code: 220, outcome: .notSent, about: .us),
        Row(
            name: "a file of certificates is missing", stage: .welcomed, result: 77, code: 220, outcome: .notSent, about: .us
        ),
        Row(name: "no TLS agreed", stage: .welcomed, result: 35, code: 220, outcome: .notSent, about: .server),
        Row(name: "fault 61: no greeting", stage: .started, result: 28, code: nil, outcome: .notSent),
        Row(name: "no connection", stage: .started, result: 7, code: nil, outcome: .notSent),
        Row(name: "fault 96: no such host", stage: .started, result: 6, code: nil, outcome: .notSent),
        Row(
            name: "stopped before it began", stage: .started, result: 2, code: nil, cut: .stopped, outcome: .notSent,
            about: .nobody),
        Row(
            name: "stopped in the body", stage: .bodyBegun, result: 42, code: 354, cut: .stopped, outcome: .notSent,
            about: .nobody),
    ]

    @Test("The end of an SMTP transfer has the outcome of the fault table", arguments: rows)
    func table(_ row: Row) {
        let receipt = EmailOutcome.receipt(row.transfer)
        #expect(receipt.outcome == row.outcome)
        #expect(receipt.advice == row.advice)
        #expect(receipt.about == row.about ?? Receipt(row.outcome, reply: "").about)
    }

    @Test("A login that the server repeats is hidden before the reply is cut, even a long one")
    func longToken() {
        let token = String((0..<2_000).map { Character(UnicodeScalar(UInt8(65 + $0 * 7 % 26))) })
        for times in [1, 2, 4, 5] {
            let reply = "535 5.7.8 rejected: " + Array(repeating: token, count: times).joined(separator: " ")
            let transfer = Transfer(result: CurlResult(rawValue: 67), stage: SMTPStage.welcomed, code: 535, reply: reply)
            let receipt = EmailOutcome.receipt(transfer, secrets: [token])
            #expect(receipt.reply.hasPrefix("535 5.7.8 rejected: (secret)"))
            for start in 0..<26 { #expect(!receipt.reply.contains(token.dropFirst(start).prefix(8)), "\(receipt.reply)") }
        }
    }

    @Test("A reply about load is compared between recipients from RCPT on, and not before")
    func loadOfRecipient() {
        for (stage, isOfRecipient) in [(SMTPStage.greeted, false), (.ready, false), (.senderTaken, true), (.answered, true)] {
            let receipt = EmailOutcome.receipt(
                Transfer(result: CurlResult(rawValue: 55), stage: stage, code: 421, reply: "421 4.3.2 busy"))
            #expect(receipt.about == .load && (receipt.comparable != nil) == isOfRecipient)
        }
    }

    @Test("A connection refused while others are open is load; refused alone it is about the server (field case 04)")
    func refusedBesideOthers() {
        for (othersOpen, about) in [(true, Scope.load), (false, .server)] {
            let transfer = Transfer(result: .couldNotConnect, stage: SMTPStage.started, othersOpen: othersOpen)
            #expect(EmailOutcome.receipt(transfer).about == about)
        }
    }

    @Test(
        "Before the body's end a mail is never unknown or delivered, and after it never unsent, whatever libcurl reports"
    )
    func stagesRule() {
        for stage in SMTPStage.allCases {
            for result in Int32(0)...99 {
                for code in [nil, 220, 235, 250, 354, 421, 450, 552, 550, 999] as [Int?] {
                    for cut in [nil] + AbortReason.allCases.map(Optional.init) {
                        let receipt = EmailOutcome.receipt(
                            Transfer(result: CurlResult(rawValue: result), stage: stage, code: code, cut: cut))
                        let outcome = receipt.outcome
                        if stage < .bodyEnded { #expect(outcome != .unknown && outcome != .delivered) }
                        if stage >= .bodyEnded { #expect(outcome != .notSent) }
                        if stage < .senderTaken { #expect(outcome != .refusedForGood && receipt.about != .recipient) }
                        if receipt.about == .comparison { #expect(outcome == .refusedForGood) }
                    }
                }
            }
        }
    }

    @Test("A receipt is one line of at most 512 bytes, with the hidden addresses replaced")
    func receiptText() {
        let long = "550 5.1.1 <nucong@example.vn>: " + String(repeating: "ơ", count: 600) + "\r\nBcc: x"
        let receipt = EmailOutcome.receipt(
            Transfer(result: CurlResult(rawValue: 55), stage: .senderTaken, code: 550, reply: long), hiding: ["nucong@example.vn"]
        )
        #expect(receipt.reply.utf8.count <= 512)
        #expect(!receipt.reply.contains("nucong") && !receipt.reply.contains("\n"))
        #expect(receipt.reply.hasPrefix("550 5.1.1 <(address)>"))
        #expect(receipt.code == 550)
    }

    @Test("A receipt does not show the code of an earlier step that succeeded")
    func receiptCode() {
        let unknown = Transfer(result: CurlResult(rawValue: 28), stage: SMTPStage.bodyEnded, code: 354)
        #expect(EmailOutcome.receipt(unknown).code == nil)
        let unsent = Transfer(result: CurlResult(rawValue: 28), stage: SMTPStage.senderTaken, code: 250)
        #expect(EmailOutcome.receipt(unsent).code == nil)
    }
}

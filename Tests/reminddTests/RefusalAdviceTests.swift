import ProgramHarness
import Support
import Testing

@testable import Config
@testable import Dates
@testable import Notifiers
@testable import Plans
@testable import Scheduler
@testable import remindd

@Suite("Advice on refusals")
struct RefusalAdviceTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let receipt: Receipt
        /// The beginning of the expected advice; nil if no advice is expected.
        let advice: String?

        var testDescription: String { receipt.reply }
    }

    static let cases = [
        Case(receipt: Receipt(.refusedForNow, about: .recipient, code: 451, reply: "4.7.1 Greylisted"), advice: nil),
        Case(receipt: Receipt(.refusedForNow, about: .recipient, code: 452, reply: "4.2.2 mailbox full"), advice: nil),
        Case(
            receipt: Receipt(.refusedForGood, about: .recipient, code: 552, reply: "5.2.2 The account is over quota"), advice: nil
        ),
        Case(
            receipt: Receipt(.refusedForGood, about: .recipient, code: 550, reply: "5.1.1 No such user"),
            advice: "recipients: the address (email) of an"),
        // In these refusals, only the host names contain the letters TLS or SSL.
        Case(
            receipt: Receipt(.refusedForGood, about: .recipient, code: 550, reply: "5.1.1 No such user at tls.example.vn"),
            advice: "recipients: the address (email) of an"),
        Case(
            receipt: Receipt(.notSent, reply: "Could not resolve host: mail-ssl.example.vn"),
            advice: "channels.mail.server: host and port"),
        // These refusals are really about TLS.
        Case(
            receipt: Receipt(.notSent, about: .us, reply: "SSL certificate problem: self-signed certificate"),
            advice: "channels.mail.ca:"),
        Case(
            receipt: Receipt(.notSent, reply: "TLS connect error: error:0A00010B:SSL routines::wrong version number"),
            advice: "channels.mail.server: smtps:// is TLS from the first byte"),
        Case(
            receipt: Receipt(.refusedForNow, about: .us, code: 530, reply: "5.7.0 Must issue a STARTTLS command first"),
            advice: "channels.mail.server: smtps:// is TLS from the first byte"),
        Case(
            receipt: Receipt(.refusedForNow, about: .us, code: 535, reply: "5.7.8 authentication failed"),
            advice: "channels.mail.username and password"),
        // In this case, the server no longer accepts passwords.
        Case(
            receipt: Receipt(
                .refusedForNow, about: .us, code: 535,
                reply: "5.7.139 Authentication unsuccessful, basic authentication is disabled."),
            advice: "channels.mail.auth: xoauth2"),
        Case(
            receipt: Receipt(
                .refusedForNow, about: .us, code: 550,
                reply: "5.7.30 Basic authentication is not supported for Client Submission."),
            advice: "channels.mail.auth: xoauth2"),
        // In this case, the reply itself names the key, so no advice is needed.
        Case(
            receipt: Receipt(
                .refusedForNow, about: .us,
                reply:
                    "Login denied: the mail server offers XOAUTH2 only, and no password; write auth: xoauth2 with token: {file: PATH}"
            ),
            advice: nil),
        Case(
            receipt: Receipt(
                .notSent, about: .server,
                reply: "Timeout; port 465 speaks TLS from the first byte: write server: smtps://127.0.0.1:465"), advice: nil),
        // In this case, the server refuses the sender, although the reply mentions authentication.
        Case(
            receipt: Receipt(
                .refusedForGood, about: .us, code: 550,
                reply: "5.7.26 This mail is unauthenticated, which poses a security risk to the sender and Gmail users"),
            advice: "channels.mail.from: an address that this login may send from (now: nhac@example.vn)"),
        Case(
            receipt: Receipt(
                .refusedForGood, about: .us, code: 550,
                reply: "5.7.708 Service unavailable. Access denied, traffic not accepted from this IP."),
            advice: "channels.mail.server: this one refuses the machine's address"),
        Case(
            receipt: Receipt(
                .refusedForGood, about: .comparison, code: 554, reply: "5.7.1 <a@b.vn>: Recipient address rejected: Access denied"
            ),
            advice: "whether it is about an or about us"),
    ]

    @Test("The advice on a refusal names the key that fixes it, and there is no advice if no key does", arguments: cases)
    func advice(_ wanted: Case) throws {
        let office = try Office.small(plan: "", channels: Office.plainChannels(smtp: 2_525, http: 8_088), more: "plans: []\n")
        let loaded = try #require(Loader().load(configuration: office.configuration))
        let mail = try #require(loaded.configuration.channels.first { $0.name == "mail" })
        let words = RefusalAdvice.words(wanted.receipt, channel: mail, recipient: "an")
        if let advice = wanted.advice {
            #expect(words?.hasPrefix(advice) == true, "\(words?.description ?? "nil")")
        } else {
            #expect(words == nil)
        }
    }
}

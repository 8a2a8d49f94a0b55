import Foundation
import Scheduler
import Support
import Testing

@testable import Notifiers
@testable import Transport

/// Compares the outcome table with replies of real servers, which `Gallery/README.md` describes.
struct RefusalGalleryTests {
    struct Reply: Sendable, CustomTestStringConvertible {
        let server: String
        let stage: String
        let text: String
        let about: String
        let table: String
        let source: String
        let note: String
        var testDescription: String { "\(server) at \(stage): \(text)" }

        var code: Int { Int(text.prefix(3)) ?? 0 }

        var transfer: Transfer<SMTPStage> {
            let stages: [String: SMTPStage] = [
                "greeting": .greeted, "ehlo": .welcomed, "starttls": .welcomed, "auth": .welcomed, "mail": .ready,
                "rcpt": .senderTaken, "data": .recipientTaken, "dot": .answered,
            ]
            return Transfer(result: CurlResult(rawValue: 55), stage: stages[stage] ?? .started, code: code, reply: text)
        }

        /// The verdict of the outcome table, in the words that the gallery uses.
        var verdict: String {
            let receipt = EmailOutcome.receipt(transfer)
            return switch (receipt.about, receipt.outcome, receipt.advice) {
            case (.recipient, .refusedForNow, _): "recipient now"
            case (.recipient, .refusedForGood, .once): "recipient twice"
            case (.recipient, .refusedForGood, _): "recipient good"
            case (.comparison, _, _): "compare"
            default: receipt.about.rawValue
            }
        }
    }

    static let replies: [Reply] = {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Gallery/smtp.tsv")
        let lines = ((try? String(contentsOf: path, encoding: .utf8)) ?? "").split(separator: "\n").dropFirst()
        return lines.map { line in
            let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            precondition(cells.count == 7, "\(cells.count) columns: \(line)")
            return Reply(
                server: cells[0], stage: cells[1], text: cells[2], about: cells[3], table: cells[4], source: cells[5],
                note: cells[6])
        }
    }()

    @Test("Every reply of the gallery has the outcome in its column `table`", arguments: replies)
    func verdict(_ reply: Reply) {
        #expect(reply.verdict == reply.table, "source: \(reply.source)")
    }

    @Test("The table agrees with a reply's source or leaves the reply to comparison, or a note gives the reason")
    func agreement() {
        for reply in Self.replies where reply.table != reply.about && reply.table != "compare" {
            #expect(!reply.note.isEmpty, "\(reply.testDescription): \(reply.about), and not \(reply.table)")
        }
        // If a wrong verdict could lose a message or hold a channel without cause, the test fails
        // even if the reply has a note.
        for reply in Self.replies {
            if reply.verdict == "recipient good" { #expect(reply.about == "recipient good", "\(reply.testDescription)") }
            if ["us", "server"].contains(reply.verdict) {
                #expect(!reply.about.hasPrefix("recipient"), "\(reply.testDescription)")
            }
            if reply.verdict == "load" { #expect(reply.about == "load", "\(reply.testDescription)") }
        }
    }

    @Test("The gallery has many replies from many servers, and every reply has a source")
    func size() {
        #expect(Self.replies.count >= 120)
        #expect(Self.replies.allSatisfy { $0.source.count > 8 })
        #expect(Set(Self.replies.map(\.text)).count == Self.replies.count)
        for server in ["Postfix", "Exim", "Exchange", "Gmail", "Microsoft 365", "Zimbra", "qmail", "Yandex", "Mắt Bão"] {
            #expect(Self.replies.contains { $0.server == server }, "\(server)")
        }
        let undecided = Self.replies.count { $0.verdict == "compare" }
        #expect(undecided * 2 < Self.replies.count, "\(undecided) are left to comparison")
    }

    @Test("Final refusals of two recipients compare as equal, whatever addresses, hosts and numbers they repeat")
    func masked() {
        let pairs = [
            ("554 5.7.1 <an@truong-a.edu.vn>: Relay access denied", "554 5.7.1 <binh@so-b.gov.vn>: Relay access denied"),
            (
                "550 5.7.26 Unauthenticated email from a.example is not accepted 00000000000000.000 - gsmtp",
                "550 5.7.26 Unauthenticated email from a.example is not accepted v14si1155795plk.134 - gsmtp"
            ),
            (
                "550 5.4.1 Recipient address rejected: Access denied. [X2PEPF000044.apcprd02.prod.outlook.com 2026-11-26T01:02:03.456Z 08DC]",
                "550 5.4.1 Recipient address rejected: Access denied. [SG1PEPF000082.apcprd03.prod.outlook.com 2026-11-26T01:02:09.999Z 08DD]"
            ),
            ("550 5.7.1 nguyen-van_an: no such mailbox here", "550 5.7.1 binh: no such mailbox here"),
            ("550 5.1.1 an: no such mailbox here", "550 5.1.1 binh: no such mailbox here"),
        ]
        for (first, second) in pairs {
            let name = first.contains("van_an") ? "Nguyen-Van_An@truong-a.edu.vn" : "an@truong-a.edu.vn"
            let a = SMTPReply(code: Int(first.prefix(3)), text: first, hiding: [name, "nv@x.vn"]).comparable
            let b = SMTPReply(code: Int(second.prefix(3)), text: second, hiding: ["binh@so-b.gov.vn", "nv@x.vn"]).comparable
            #expect(a == b)
        }
        let other = SMTPReply(code: 554, text: "554 5.7.1 <an@truong-a.edu.vn>: Recipient address rejected: Access denied")
        #expect(other.comparable != SMTPReply(code: 554, text: pairs[0].0).comparable)
    }
}

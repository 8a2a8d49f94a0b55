import Scheduler

/// What the end of an SMTP transfer means: the table of the fault page, as one pure function.
///
/// The stage decides first, because it says what the server can have done: before the body's end it cannot have accepted
/// the mail, after it nobody knows until an answer comes, and a reply is about the command that it answers.
public enum EmailOutcome {
    /// Greylisting servers want their pause, the same sender and recipient (RFC 6647, section 5).
    static let greylistWait = Span.minutes(5)
    /// A full mailbox or a limit on size: once more, in case someone made room.
    static let fullWait = Span.hours(1)

    /// - Parameters:
    ///   - hiding: addresses that must not stand in the receipt.
    ///   - secrets: the log-in, as a server may repeat it that answers with what it was told.
    public static func receipt(
        _ transfer: Transfer<SMTPStage>, hiding: [String] = [], secrets: [String] = []
    ) -> Receipt {
        let verdict = verdict(transfer)
        var reply = transfer.reply.hiding(secrets, as: "(secret)").hiding(hiding, as: "(address)")
        if let cut = transfer.cut { reply = explain(cut) }
        return Receipt(
            verdict.outcome, code: verdict.showsCode ? transfer.code : nil, reply: oneLine(reply, limit: 512),
            advice: verdict.advice)
    }

    private struct Verdict {
        let outcome: Outcome
        var advice = Receipt.Advice.none
        /// The code is the refusal's or the acceptance's, and not that of an earlier step.
        var showsCode = false
    }

    private static func verdict(_ transfer: Transfer<SMTPStage>) -> Verdict {
        switch transfer.stage {
        case .started, .greeted, .ready: beforeRecipient(transfer)
        case .senderTaken: atRecipient(transfer)
        case .recipientTaken: atData(transfer)
        case .bodyBegun: Verdict(outcome: .notSent)
        case .bodyEnded: Verdict(outcome: .unknown)
        case .answered: afterDot(transfer)
        }
    }

    /// Greeting, EHLO, STARTTLS, AUTH, MAIL: whatever goes wrong is about us and the server, never about a recipient.
    private static func beforeRecipient(_ transfer: Transfer<SMTPStage>) -> Verdict {
        switch transfer.cut {
        case .authNotOffered, .addressRefused: return Verdict(outcome: .notSent, advice: .aboutUs)
        case .stopped, .deadline, .lookup, .unstartable: return Verdict(outcome: .notSent)
        case nil: break
        }
        switch (transfer.result.kind, ReplyClass(transfer.code)) {
        case (.identity, _), (.tlsMissing, _), (.configuration, _):
            return Verdict(outcome: .notSent, advice: .aboutUs)
        case (_, .temporary):
            return Verdict(outcome: .refusedForNow, showsCode: true)
        case (_, .permanent), (.login, _):
            return Verdict(outcome: .refusedForNow, advice: .aboutUs, showsCode: ReplyClass(transfer.code) == .permanent)
        case (.none, _), (.lookup, _), (.connection, _):
            return Verdict(outcome: .notSent)
        }
    }

    private static func atRecipient(_ transfer: Transfer<SMTPStage>) -> Verdict {
        switch ReplyClass(transfer.code) {
        case .temporary:
            let greylisted = transfer.code == 450 || transfer.code == 451
            return Verdict(outcome: .refusedForNow, advice: greylisted ? .atLeast(greylistWait) : .none, showsCode: true)
        case .permanent:
            if isAboutUs(transfer) { return Verdict(outcome: .refusedForNow, advice: .aboutUs, showsCode: true) }
            return refusal(transfer)
        case .none, .positive, .intermediate, .odd:
            // The last reply was the one to MAIL: none came to RCPT.
            return Verdict(outcome: .notSent)
        }
    }

    private static func atData(_ transfer: Transfer<SMTPStage>) -> Verdict {
        switch ReplyClass(transfer.code) {
        case .temporary: Verdict(outcome: .refusedForNow, showsCode: true)
        case .permanent: refusal(transfer)
        case .none, .positive, .intermediate, .odd: Verdict(outcome: .notSent)
        }
    }

    /// The result does not matter here: libcurl gives 8 for 251 and 252 too.
    private static func afterDot(_ transfer: Transfer<SMTPStage>) -> Verdict {
        switch ReplyClass(transfer.code) {
        case .positive: Verdict(outcome: .delivered, showsCode: true)
        case .temporary: Verdict(outcome: .refusedForNow, showsCode: true)
        case .permanent: refusal(transfer)
        // No such answer exists (RFC 5321, section 4.2): nobody knows what it did with the mail.
        case .none, .intermediate, .odd: Verdict(outcome: .unknown, showsCode: transfer.code != nil)
        }
    }

    private static func refusal(_ transfer: Transfer<SMTPStage>) -> Verdict {
        Verdict(
            outcome: .refusedForGood, advice: transfer.code == 552 ? .once(after: fullWait) : .none, showsCode: true)
    }

    /// At RCPT: security and policy (RFC 3463, X.7.X), and what RFC 4954 and RFC 5321 say of log-in and order.
    private static func isAboutUs(_ transfer: Transfer<SMTPStage>) -> Bool {
        if let code = transfer.code, [503, 530, 534, 535, 538].contains(code) { return true }
        let afterCode = transfer.reply.dropFirst(4)
        return afterCode.hasPrefix("5.7.")
    }

    /// The first digit of a reply code (RFC 5321, section 4.2.1).
    private enum ReplyClass {
        case none, positive, intermediate, temporary, permanent, odd

        init(_ code: Int?) {
            switch code {
            case nil: self = .none
            case .some(200...299): self = .positive
            case .some(300...399): self = .intermediate
            case .some(400...499): self = .temporary
            case .some(500...599): self = .permanent
            case .some: self = .odd
            }
        }
    }

    private static func explain(_ cut: Cut) -> String {
        switch cut {
        case .stopped: "stopped before it ended"
        case .deadline: "the mail server took too long"
        case .lookup: "the name lookup took too long"
        case .addressRefused:
            "without TLS mail goes to this machine or into allow_networks only, and the server's address is neither"
        case .authNotOffered: "the mail server offers no log-in, but a user name is configured"
        case .unstartable: "no connection could be started"
        }
    }
}

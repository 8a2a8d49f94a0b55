import Dates
import Scheduler

/// What the end of an SMTP transfer means, and whom it is about: the table of the architecture page, "Outcomes", as one pure function.
///
/// The stage decides first, because it says what the server can have done: before the body's end it cannot have accepted
/// the mail, after it nobody knows until an answer comes, and a reply is about the command that it answers. Then the reply's
/// codes and words say whom it is about. Where two rows fit, load comes before us, and us before the recipient. What no row
/// fits, the channel's other answers decide (`Scheduler.Comparison`).
public enum EmailOutcome {
    /// Greylisting servers want their pause, the same sender and recipient (RFC 6647, section 5).
    static let greylistWait = TimeSpan.minutes(5)
    /// A full mailbox or a limit on size: once more, in case someone made room.
    static let fullWait = TimeSpan.hours(1)
    /// A server that has seen too many logins has one more to count in each that comes too early.
    static let loginWait = TimeSpan.minutes(15)

    /// - Parameters:
    ///   - hiding: addresses that must not stand in the receipt.
    ///   - secrets: the login, as a server may repeat it that answers with what it was told.
    public static func receipt(
        _ transfer: Transfer<SMTPStage>, hiding: [String] = [], secrets: [String] = []
    ) -> Receipt {
        let words =
            transfer.cut.map(explain)
            ?? shown(
                transfer.reply, limit: Transfer<SMTPStage>.limit,
                hiding: [
                    Hidden(texts: secrets, mark: "(secret)", isSecret: true),
                    Hidden(texts: hiding, mark: "(address)", isSecret: false),
                ])
        // The result does not matter here: libcurl gives 8 for 251 and 252 too. Nearly all mail is accepted, and of
        // that the words decide nothing; reading them costs as much as the rest.
        if transfer.stage == .answered, ReplyClass(transfer.code) == .positive {
            return Receipt(.delivered, about: .recipient, code: transfer.code, reply: words)
        }
        let reply = SMTPReply(code: transfer.code, text: transfer.reply, hiding: hiding)
        let verdict = verdict(transfer, reply)
        return Receipt(
            verdict.outcome, about: verdict.about, code: verdict.showsCode ? transfer.code : nil,
            reply: words, advice: verdict.advice, comparable: verdict.isCompared ? reply.comparable : nil)
    }

    private struct Verdict {
        let outcome: Outcome
        let about: Scope
        var advice = Receipt.Advice.none
        /// The code is the refusal's or the acceptance's, and not that of an earlier step.
        var showsCode = true

        /// It was said of load at RCPT or later.
        var isLoadOfRecipient = false

        /// A final refusal from RCPT on, of whomever: where all get the same, it is about us.
        var isCompared: Bool { outcome == .refusedForGood || isLoadOfRecipient }

        static func unsent(about scope: Scope) -> Verdict { Verdict(outcome: .notSent, about: scope, showsCode: false) }
        static func later(about scope: Scope, _ advice: Receipt.Advice = .none) -> Verdict {
            Verdict(outcome: .refusedForNow, about: scope, advice: advice)
        }
        static func never(about scope: Scope, _ advice: Receipt.Advice = .none) -> Verdict {
            Verdict(outcome: .refusedForGood, about: scope, advice: advice)
        }
    }

    private static func verdict(_ transfer: Transfer<SMTPStage>, _ reply: SMTPReply) -> Verdict {
        switch transfer.stage {
        case .started, .greeted, .welcomed, .ready: beforeRecipient(transfer, reply)
        case .senderTaken, .recipientTaken: fromRecipient(transfer, reply)
        case .bodyBegun: .unsent(about: transfer.cut == .stopped ? .nobody : .server)
        case .bodyEnded: Verdict(outcome: .unknown, about: transfer.cut == .stopped ? .nobody : .server, showsCode: false)
        case .answered: afterDot(transfer, reply)
        }
    }

    /// Connection, greeting, EHLO, STARTTLS, AUTH, MAIL: whatever goes wrong is about us or the server, never about a recipient.
    private static func beforeRecipient(_ transfer: Transfer<SMTPStage>, _ reply: SMTPReply) -> Verdict {
        switch transfer.cut {
        case .authNotOffered, .addressRefused: return .unsent(about: .us)
        case .stopped: return .unsent(about: .nobody)
        case .deadline, .lookup, .unstartable: return .unsent(about: .server)
        case nil: break
        }
        switch (transfer.kind, ReplyClass(transfer.code)) {
        case (.identity, _), (.tlsMissing, _), (.configuration, _):
            return .unsent(about: .us)
        case (_, .temporary):
            if isLoad(reply) { return .later(about: .load, isOfLogin(transfer, reply) ? .retryAfter(loginWait) : .none) }
            return .later(about: isAboutUs(reply) ? .us : .server)
        case (_, .permanent):
            // A server that does not want to talk at all has been switched off, or has not been switched on for us: it says so to everyone.
            return .later(about: transfer.stage <= .greeted ? .server : .us)
        case (.login, _):
            return Verdict(outcome: .refusedForNow, about: .us, showsCode: false)
        case (.connection, _) where transfer.result == .couldNotConnect && transfer.othersOpen:
            return .unsent(about: .load)
        case (.none, _), (.lookup, _), (.handshake, _), (.connection, _):
            return .unsent(about: .server)
        }
    }

    private static func isOfLogin(_ transfer: Transfer<SMTPStage>, _ reply: SMTPReply) -> Bool {
        guard transfer.stage == .welcomed else { return false }
        return transfer.kind == .login || reply.says(" login ", " logins ", " auth ", " authentication ")
    }

    private static func fromRecipient(_ transfer: Transfer<SMTPStage>, _ reply: SMTPReply) -> Verdict {
        switch ReplyClass(transfer.code) {
        case .temporary: temporary(reply)
        case .permanent: permanent(reply)
        // The last reply was the one to the command before: none came to this one.
        case .none, .positive, .intermediate, .odd: .unsent(about: transfer.cut == .stopped ? .nobody : .server)
        }
    }

    /// An acceptance is decided already.
    private static func afterDot(_ transfer: Transfer<SMTPStage>, _ reply: SMTPReply) -> Verdict {
        switch ReplyClass(transfer.code) {
        case .temporary: temporary(reply)
        case .permanent: permanent(reply)
        // No such answer exists (RFC 5321, section 4.2): nobody knows what it did with the mail.
        case .none, .positive, .intermediate, .odd: Verdict(outcome: .unknown, about: .server, showsCode: transfer.code != nil)
        }
    }

    // MARK: From RCPT on

    private static func temporary(_ reply: SMTPReply) -> Verdict {
        if isLoad(reply) { return Verdict(outcome: .refusedForNow, about: .load, isLoadOfRecipient: true) }
        if isAboutUs(reply) { return .later(about: .us) }
        return .later(about: .recipient, .atLeast(greylistWait))
    }

    private static func permanent(_ reply: SMTPReply) -> Verdict {
        if isAboutUs(reply) { return .later(about: .us) }
        // Policy (X.7.X) may be about anybody.
        if reply.status?.subject == 7 { return .never(about: .comparison) }
        let isFull = reply.code == 552 || reply.status == SMTPReply.Status(subject: 2, detail: 2)
        if isFull, !reply.says(" too many ") {
            return .never(about: .recipient, .once(after: fullWait))
        }
        return .never(about: namesRecipient(reply) ? .recipient : .comparison)
    }

    /// Too much or too many at this moment. Of final refusals none: they are compared.
    private static func isLoad(_ reply: SMTPReply) -> Bool {
        guard reply.code != 421 else { return true }
        switch (reply.status?.subject, reply.status?.detail) {
        case (3, 2), (4, 5): return true
        case (7, _), (nil, _):
            if reply.says(" rate ", " too many ", " too much ") { return true }
            return reply.says(" busy ") && !speaksOfRecipient(reply)
        default: return false
        }
    }

    /// Our name, our sender, our login, our order of commands, our quota.
    private static func isAboutUs(_ reply: SMTPReply) -> Bool {
        if reply.says("greylist", "graylist", "grey list", "gray list") { return false }
        switch (reply.status?.subject, reply.status?.detail) {
        case (1, 7), (1, 8), (4, 5): return true
        case (5, 0): if !speaksOfRecipient(reply) { return true }
        // 4.5.3 is a recipient too many for this one transaction.
        case (5, _) where reply.code.map({ $0 >= 500 }) ?? true: return true
        default: break
        }
        // Codes that say so by themselves (RFC 5321, section 4.2.2; RFC 4954, section 6), where no enhanced code says more.
        if reply.status == nil, let code = reply.code, [500, 501, 502, 503, 504, 530, 534, 535, 538].contains(code) {
            return true
        }
        if reply.says(" helo ", " ehlo ", " spf ", " dkim ") { return true }
        // A mailbox has limits and senders of its own.
        guard reply.status?.subject != 2, !reply.says(" mailbox ", " inbox ", " storage ") else { return false }
        if reply.says(" limit exceeded ") { return true }
        // Without a code, words that name both may be about either: others' answers tell.
        if reply.status == nil, reply.says(" recipient ", " recipients ") { return false }
        return reply.status?.subject != 7 && reply.says(" sender ", " senders ")
    }

    private static func speaksOfRecipient(_ reply: SMTPReply) -> Bool {
        reply.says(" recipient ", " mailbox ", " user ", " destinataire ")
    }

    /// There is no such address, or it is closed: said outright, and nothing in the words that would say otherwise.
    private static func namesRecipient(_ reply: SMTPReply) -> Bool {
        if reply.says(" too many ", " relay access ", " to relay ", " relaying ", " quota ") { return false }
        switch (reply.status?.subject, reply.status?.detail) {
        case (1, 1), (1, 2), (1, 3), (1, 6), (1, 10), (2, 1): return true
        case (nil, _), (0, _), (1, 0): return reply.says(" user unknown ", " unknown user ", " no such user ", " user not found ")
        default: return false
        }
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

    private static func explain(_ cut: AbortReason) -> String {
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

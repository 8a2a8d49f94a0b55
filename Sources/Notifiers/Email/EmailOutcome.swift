import Dates
import Scheduler
import Transport

/// Decides the outcome of an SMTP transfer, and what a failure is about (`Scope`).
///
/// The functions of this type are pure. The stage of the transfer is considered first, because it
/// limits what the server can have done. Until the body has been sent, the server cannot have
/// accepted the mail. After the body has been sent, the outcome is unknown until the server
/// replies.
///
/// The codes and words of the reply decide the scope. If several scopes fit, load comes before this
/// client (`us`), and this client comes before the recipient. If none fits, the channel's replies
/// to other mails decide (`Scheduler.Comparison`).
public enum EmailOutcome {
    /// The minimum wait after greylisting (RFC 6647, section 5).
    ///
    /// The retry has the same sender and recipient, so the server recognises it.
    static let greylistWait = TimeSpan.minutes(5)
    /// The wait before the single retry if a mailbox is full or a mail is too large.
    ///
    /// The mailbox may have space again after this time.
    static let fullWait = TimeSpan.hours(1)
    /// The wait after a server refused a login because of too many logins.
    ///
    /// The server would count an earlier login too.
    static let loginWait = TimeSpan.minutes(15)

    /// - Parameters:
    ///   - hiding: the addresses that the receipt must not contain.
    ///   - secrets: the login, plain and encoded. The server may repeat it in its reply.
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
        // Uses the code of the reply, because libcurl reports a failure (8) for the positive
        // replies 251 and 252. The words of a positive reply are not parsed, because they decide
        // nothing and parsing takes time.
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
        /// Whether the receipt shows the code. It does not if the code belongs to an earlier
        /// command.
        var showsCode = true

        /// Whether the server refused the mail because of load, at RCPT or later.
        var isLoadOfRecipient = false

        /// Whether the reply is compared with the server's replies for other recipients.
        ///
        /// True for final refusals, and for refusals because of load, at RCPT or later. If the
        /// server gives the same reply for all recipients, the reply is about this client.
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

    /// Returns the verdict on a failure of the connection, greeting, EHLO, STARTTLS, AUTH or MAIL.
    ///
    /// Such a failure is about this client, the server or load, never about a recipient.
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
            // A server that refuses in its greeting is out of service or does not serve this
            // client. In both cases it refuses mail to every recipient.
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
        // The last reply belongs to the previous command, because this command got no reply.
        case .none, .positive, .intermediate, .odd: .unsent(about: transfer.cut == .stopped ? .nobody : .server)
        }
    }

    /// Returns the verdict if the server's reply to the final dot is missing or not positive.
    private static func afterDot(_ transfer: Transfer<SMTPStage>, _ reply: SMTPReply) -> Verdict {
        switch ReplyClass(transfer.code) {
        case .temporary: temporary(reply)
        case .permanent: permanent(reply)
        // SMTP does not define such a reply to the final dot (RFC 5321, section 4.2), so it is
        // unknown whether the server accepted the mail.
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
        // A policy refusal (enhanced code X.7.X) may be about this client or about the recipient.
        if reply.status?.subject == 7 { return .never(about: .comparison) }
        let isFull = reply.code == 552 || reply.status == SMTPReply.Status(subject: 2, detail: 2)
        if isFull, !reply.says(" too many ") {
            return .never(about: .recipient, .once(after: fullWait))
        }
        return .never(about: namesRecipient(reply) ? .recipient : .comparison)
    }

    /// Returns whether a temporary refusal is about load: too much mail or too many connections.
    ///
    /// It is not used for final refusals, because they are compared with the replies to other
    /// recipients.
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

    /// Returns whether a refusal is about this client.
    ///
    /// Such a refusal is about the client's name, sender, login, quota or order of commands.
    private static func isAboutUs(_ reply: SMTPReply) -> Bool {
        if reply.says("greylist", "graylist", "grey list", "gray list") { return false }
        switch (reply.status?.subject, reply.status?.detail) {
        case (1, 7), (1, 8), (4, 5): return true
        case (5, 0): if !speaksOfRecipient(reply) { return true }
        // Temporary refusals are left out, because 4.5.3 (too many recipients in a transaction) is
        // not about this client.
        case (5, _) where reply.code.map({ $0 >= 500 }) ?? true: return true
        default: break
        }
        // These reply codes are about the client (RFC 5321, section 4.2.2; RFC 4954, section 6),
        // unless the reply has an enhanced code, which is more specific.
        if reply.status == nil, let code = reply.code, [500, 501, 502, 503, 504, 530, 534, 535, 538].contains(code) {
            return true
        }
        if reply.says(" helo ", " ehlo ", " spf ", " dkim ") { return true }
        // Ignores words about limits and senders in a reply about a mailbox, because the
        // recipient's mailbox has its own limits and its own allowed senders.
        guard reply.status?.subject != 2, !reply.says(" mailbox ", " inbox ", " storage ") else { return false }
        if reply.says(" limit exceeded ") { return true }
        // A reply without an enhanced code that names both sender and recipient may be about either
        // of them. The comparison with other recipients decides.
        if reply.status == nil, reply.says(" recipient ", " recipients ") { return false }
        return reply.status?.subject != 7 && reply.says(" sender ", " senders ")
    }

    private static func speaksOfRecipient(_ reply: SMTPReply) -> Bool {
        reply.says(" recipient ", " mailbox ", " user ", " destinataire ")
    }

    /// Returns whether a refusal clearly says that the address does not exist or is closed.
    ///
    /// The result is false if other words of the reply suggest another cause, such as a quota or a
    /// relay that refuses to forward.
    private static func namesRecipient(_ reply: SMTPReply) -> Bool {
        if reply.says(" too many ", " relay access ", " to relay ", " relaying ", " quota ") { return false }
        switch (reply.status?.subject, reply.status?.detail) {
        case (1, 1), (1, 2), (1, 3), (1, 6), (1, 10), (2, 1): return true
        case (nil, _), (0, _), (1, 0): return reply.says(" user unknown ", " unknown user ", " no such user ", " user not found ")
        default: return false
        }
    }

    /// The class of a reply, which is the first digit of its code (RFC 5321, section 4.2.1).
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
        case .authNotOffered: "the mail server offers no login, but a user name is configured"
        case .unstartable: "no connection could be started"
        }
    }
}

import Dates
import Scheduler

/// What the end of a webhook's request means, and whom it is about: the table of the architecture page, "Outcomes", as one pure function.
///
/// A status that came is the answer, whatever happened afterwards (an HTTP/2 server may answer before it has read the
/// body, and libcurl then reports 92). Without one, it is unknown as soon as the body may have gone out whole.
public enum WebhookOutcome {
    /// After 409 and 422 (the receiver cannot take it as things stand): once more, then no more.
    static let conflictWait = TimeSpan.minutes(5)
    static let retryAfter = TimeSpan.seconds(1)...TimeSpan.hours(24)

    /// - Parameters:
    ///   - now: for a `Retry-After` that is a date.
    ///   - hiding: parts of the URL that may be secret.
    ///   - isSecret: the URL is a secret: pieces of its path and query are hidden too.
    public static func receipt(
        _ transfer: Transfer<HTTPStage>, now: Instant, hiding: [String] = [], isSecret: Bool = false
    ) -> Receipt {
        let reply = shown(
            transfer.reply, limit: Transfer<HTTPStage>.limit, hiding: [Hidden(texts: hiding, mark: "(url)", isSecret: isSecret)])
        switch transfer.stage {
        case .answered:
            return answered(transfer, reply: reply, now: now)
        case .bodyEnded:
            // A server of TLS 1.3 says only after the client's handshake, and so after its request, that it wants a certificate
            // (RFC 8446, section 6.2): it did not look at the request, but that is more than we know.
            let isOurFault = transfer.cut == nil && reply.contains("alert certificate required")
            let about: Scope = transfer.cut == .stopped ? .nobody : isOurFault ? .us : .server
            return Receipt(.unknown, about: about, reply: transfer.cut.map(explain) ?? reply)
        case .started, .connected, .bodyBegun:
            return Receipt(.notSent, about: unsent(transfer), reply: transfer.cut.map(explain) ?? reply)
        }
    }

    private static func answered(_ transfer: Transfer<HTTPStage>, reply: String, now: Instant) -> Receipt {
        func receipt(_ outcome: Outcome, about scope: Scope, _ advice: Receipt.Advice = .none) -> Receipt {
            // What was said of the second copy says nothing of the first, which may have been taken.
            let isOpen = transfer.wasSentTwice && outcome == .refusedForNow
            return Receipt(isOpen ? .unknown : outcome, about: scope, code: transfer.code, reply: reply, advice: advice)
        }
        let asked = wait(transfer.retryAfter, now: now)
        switch transfer.code ?? 0 {
        case 200...299:
            return receipt(.delivered, about: .recipient)
        case 429:
            return receipt(.refusedForNow, about: .load, asked)
        case 408, 425, 500...599:
            return receipt(.refusedForNow, about: asked == .none ? .server : .load, asked)
        case 400, 413, 415:
            return receipt(.refusedForGood, about: .recipient)
        case 409, 422:
            return receipt(.refusedForGood, about: .recipient, .once(after: conflictWait))
        case 410:
            return receipt(.refusedForGood, about: .endpointGone)
        default:
            // Often a mistake in the configuration: of the URL, the secret, the receiver; or no final status (RFC 9110, section 15).
            return receipt(.refusedForNow, about: .us)
        }
    }

    private static func unsent(_ transfer: Transfer<HTTPStage>) -> Scope {
        switch transfer.cut {
        case .addressRefused, .authNotOffered: return .us
        case .stopped: return .nobody
        case .deadline, .lookup, .unstartable: return .server
        case nil: break
        }
        switch transfer.kind {
        case .identity, .tlsMissing, .login, .configuration: return .us
        case .none, .lookup, .handshake, .connection: return .server
        }
    }

    /// `Retry-After` (RFC 9110, section 10.2.3), clamped; a date in the past means "now". Anything unreadable is left aside.
    static func wait(_ field: String?, now: Instant) -> Receipt.Advice {
        guard let field, !field.isEmpty else { return .none }
        let asked: TimeSpan
        if field.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            // Ten digits are three centuries; more would not fit everywhere.
            asked = .seconds(field.utf8.count > 10 ? 86_400 : Int64(field) ?? 86_400)
        } else if let date = HTTPDate.parse(field) {
            asked = date - now
        } else {
            return .none
        }
        return .retryAfter(min(max(asked, retryAfter.lowerBound), retryAfter.upperBound))
    }

    private static func explain(_ cut: AbortReason) -> String {
        switch cut {
        case .stopped: "stopped before it ended"
        case .deadline: "the endpoint took too long"
        case .lookup: "the name lookup took too long"
        case .addressRefused: "the endpoint's address is private or reserved, and allow_networks does not hold it"
        case .authNotOffered: "no log-in is offered"
        case .unstartable: "no request could be started"
        }
    }
}

import Scheduler

/// What the end of a webhook's request means: the table of the fault page, as one pure function.
///
/// A status that came is the answer, whatever happened afterwards (an HTTP/2 server may answer before it has read the
/// body, and libcurl then reports 92). Without one, it is unknown as soon as the body may have gone out whole.
public enum WebhookOutcome {
    /// After 409 (the receiver says that it clashes with something): once more, then no more.
    static let conflictWait = Span.minutes(5)
    static let retryAfter = Span.seconds(1)...Span.hours(24)

    /// - Parameters:
    ///   - now: for a `Retry-After` that is a date.
    ///   - hiding: parts of the URL that may be secret.
    public static func receipt(_ transfer: Transfer<HTTPStage>, now: Instant, hiding: [String] = []) -> Receipt {
        let reply = transfer.reply.hiding(hiding, as: "(url)")
        switch transfer.stage {
        case .answered:
            return answered(transfer, reply: reply, now: now)
        case .bodyEnded:
            // A server of TLS 1.3 says only after the client's handshake, and so after its request, that it wants a certificate
            // (RFC 8446, section 6.2): it did not look at the request, but that is more than we know.
            let isOurFault = transfer.cut == nil && reply.contains("alert certificate required")
            return Receipt(.unknown, reply: transfer.cut.map(explain) ?? reply, advice: isOurFault ? .aboutUs : .none)
        case .started, .connected, .bodyBegun:
            return Receipt(.notSent, reply: transfer.cut.map(explain) ?? reply, advice: unsent(transfer))
        }
    }

    private static func answered(_ transfer: Transfer<HTTPStage>, reply: String, now: Instant) -> Receipt {
        func receipt(_ outcome: Outcome, _ advice: Receipt.Advice = .none) -> Receipt {
            // What was said of the second copy says nothing of the first, which may have been taken.
            let isOpen = transfer.wasSentTwice && outcome == .refusedForNow
            return Receipt(isOpen ? .unknown : outcome, code: transfer.code, reply: reply, advice: advice)
        }
        switch transfer.code ?? 0 {
        case 200...299:
            return receipt(.delivered)
        case 408, 425, 429, 500...599:
            return receipt(.refusedForNow, wait(transfer.retryAfter, now: now))
        case 409:
            return receipt(.refusedForGood, .once(after: conflictWait))
        case 410:
            return receipt(.refusedForGood, .endpointGone)
        case 300...399, 400...499:
            // Often a slip in the configuration: of the URL, the secret, the receiver.
            return receipt(.refusedForNow, .aboutUs)
        default:
            // No final status (RFC 9110, section 15).
            return receipt(.refusedForNow, .aboutUs)
        }
    }

    private static func unsent(_ transfer: Transfer<HTTPStage>) -> Receipt.Advice {
        switch transfer.cut {
        case .addressRefused: return .aboutUs
        case .stopped, .deadline, .lookup, .authNotOffered, .unstartable: return .none
        case nil: break
        }
        switch transfer.result.kind {
        case .identity, .tlsMissing, .login, .configuration: return .aboutUs
        case .none, .lookup, .connection: return .none
        }
    }

    /// `Retry-After` (RFC 9110, section 10.2.3), clamped; a date in the past means "now". Anything unreadable is left aside.
    static func wait(_ field: String?, now: Instant) -> Receipt.Advice {
        guard let field, !field.isEmpty else { return .none }
        let asked: Span
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

    private static func explain(_ cut: Cut) -> String {
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

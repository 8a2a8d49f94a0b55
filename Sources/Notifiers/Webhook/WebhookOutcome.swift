import Dates
import Scheduler
import Transport

/// Decides the outcome of a webhook request, and what a failure is about (`Scope`).
///
/// The functions of this type are pure. If a status arrived, the status decides, even if the
/// transfer failed afterwards. For example, an HTTP/2 server may reply before it has read the body,
/// and libcurl then reports the result 92. If no status arrived, the outcome is unknown as soon as
/// the whole body may have been sent.
public enum WebhookOutcome {
    /// The wait before the single retry after the status 409 or 422.
    ///
    /// These statuses mean that the endpoint cannot accept the request in its current state. The
    /// state may change.
    static let conflictWait = TimeSpan.minutes(5)
    static let retryAfter = TimeSpan.seconds(1)...TimeSpan.hours(24)

    /// - Parameters:
    ///   - now: the current time, for a `Retry-After` that is a date.
    ///   - hiding: the parts of the URL that may be secret.
    ///   - isSecret: whether the URL is a secret. If it is, pieces of its path and query are hidden
    ///     too.
    public static func receipt(
        _ transfer: Transfer<HTTPStage>, now: Instant, hiding: [String] = [], isSecret: Bool = false
    ) -> Receipt {
        let reply = shown(
            transfer.reply, limit: Transfer<HTTPStage>.limit, hiding: [Hidden(texts: hiding, mark: "(url)", isSecret: isSecret)])
        switch transfer.stage {
        case .answered:
            return answered(transfer, reply: reply, now: now)
        case .bodyEnded:
            // A TLS 1.3 server refuses a missing client certificate only after the client's
            // handshake, when the request may already have been sent (RFC 8446, section 6.2). The
            // server did not process the request, but the client cannot know that.
            let isOurFault = transfer.cut == nil && reply.contains("alert certificate required")
            let about: Scope = transfer.cut == .stopped ? .nobody : isOurFault ? .us : .server
            return Receipt(.unknown, about: about, reply: transfer.cut.map(explain) ?? reply)
        case .started, .connected, .bodyBegun:
            return Receipt(.notSent, about: unsent(transfer), reply: transfer.cut.map(explain) ?? reply)
        }
    }

    private static func answered(_ transfer: Transfer<HTTPStage>, reply: String, now: Instant) -> Receipt {
        func receipt(_ outcome: Outcome, about scope: Scope, _ advice: Receipt.Advice = .none) -> Receipt {
            // If libcurl sent the request twice, the server may have accepted the first copy,
            // although it refused the second copy.
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
            // The cause is often a mistake in the configuration (URL, secret) or at the receiver.
            // The status may also not be final (RFC 9110, section 15).
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

    /// Reads a `Retry-After` field (RFC 9110, section 10.2.3) and clamps the wait to `retryAfter`.
    ///
    /// A date in the past counts as the shortest wait. A value that cannot be read is ignored.
    static func wait(_ field: String?, now: Instant) -> Receipt.Advice {
        guard let field, !field.isEmpty else { return .none }
        let asked: TimeSpan
        if field.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            // A ten-digit number of seconds already covers three centuries. A longer number might
            // overflow `Int64`, so it counts as one day.
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
        case .authNotOffered: "no login is offered"
        case .unstartable: "no request could be started"
        }
    }
}

import Dates
import Foundation
import Messages
import Scheduler
import Synchronization
import Transport

/// The settings of a running webhook channel, with the values of its secrets.
public struct WebhookSettings: Sendable {
    public let url: WebhookURL
    /// Whether the URL is a secret (`url: {file: …}`). If it is, only its host is shown.
    public let urlIsSecret: Bool
    /// The signing secrets; empty if requests are not signed.
    ///
    /// Each secret makes one signature. During a change of keys there are several secrets.
    public let secrets: [WebhookSecret]
    public let allowNetworks: [Network]
    /// The proxy as `http://host:port`, already checked; nil if no proxy is used.
    public let proxy: String?
    /// The path of a file with certificates to trust instead of the system's; nil for the system's.
    public let ca: String?
    /// The version of remindd, for the header field `user-agent`.
    public let version: String
    /// The maximum number of simultaneous requests, 1...256.
    ///
    /// The channel starts with fewer requests, until the endpoint has shown that it can handle
    /// them.
    public let concurrency: Int
    public let limits: HTTPRequest.Limits
    /// Reads the settings from their files again after the endpoint refused a request.
    ///
    /// The closure returns nil if the files cannot be read. The property is nil if no secret is in
    /// a file.
    public let renewed: (@Sendable () -> WebhookSettings?)?

    public init(
        url: WebhookURL, urlIsSecret: Bool = false, secrets: [WebhookSecret] = [], allowNetworks: [Network] = [],
        proxy: String? = nil, ca: String? = nil, version: String, concurrency: Int = 128,
        limits: HTTPRequest.Limits = HTTPRequest.Limits(), renewed: (@Sendable () -> WebhookSettings?)? = nil
    ) {
        self.url = url
        self.urlIsSecret = urlIsSecret
        self.secrets = secrets
        self.allowNetworks = allowNetworks
        self.proxy = proxy
        self.ca = ca
        self.version = version
        self.concurrency = concurrency
        self.limits = limits
        self.renewed = renewed
    }
}

/// A channel that sends signed POSTs to one endpoint.
///
/// It follows Standard Webhooks 1.0 (https://www.standardwebhooks.com,
/// `spec/standard-webhooks.md`).
public final class WebhookChannel: Channel {
    public let name: String
    /// The policy of all webhook channels.
    ///
    /// After an unknown outcome the message is sent again, because the receiver recognises a
    /// duplicate by its `webhook-id`. A refusal does not stop the channel, because the endpoint may
    /// consist of several machines of which only one refuses. A refusal because of load stops the
    /// channel.
    public let policy = ChannelPolicy(onUnknown: .retry, refusesForAll: false, loadHoldsChannel: true)
    /// The settings with which the channel was created. `access` has the current URL and secrets.
    private let settings: WebhookSettings
    private let access: Mutex<Access>
    private let wording: Wording
    private let transfers: HTTPTransfers
    /// The identifier of this object in `HTTPTransfers`.
    ///
    /// It is random, so that a new channel of the same name has another one after a reload.
    private let owner: String
    private let bodies = RenderCache<WebhookBody>()

    /// - Parameter transfers: the HTTP client, which all channels share. Its creator stops it after
    ///   the channel has ended.
    public init(name: String, settings: WebhookSettings, wording: Wording, transfers: HTTPTransfers) {
        self.name = name
        self.settings = settings
        self.wording = wording
        self.transfers = transfers
        access = Mutex(
            Access(url: settings.url, secrets: settings.secrets, hidden: settings.url.parts(isSecret: settings.urlIsSecret)))
        owner = "\(name) \(UInt64.random(in: .min ... .max))"
    }

    public var concurrency: Int { settings.concurrency }
    public var openingConcurrency: Int { min(settings.concurrency, 16) }

    public func deliver(_ message: Message, report: @escaping @Sendable (Receipt) -> Void) {
        let failure = wording.draft(of: message).failure
        post(body: body(of: message), headers: headers(of: message), id: message.delivery.text, at: message.at) { receipt in
            var receipt = receipt
            receipt.unrendered = failure
            report(receipt)
        }
    }

    /// The URL and the secrets. If their files change, they may be replaced while the channel is in
    /// use.
    private struct Access {
        var url: WebhookURL
        var secrets: [WebhookSecret]
        /// Strings to redact from replies before they are stored, longest first.
        var hidden: [String]
    }

    /// Signs a request and sends it.
    ///
    /// If the endpoint refuses the secret or the URL and the files have changed since they were
    /// read, the request is sent once more with the new values (fault 70).
    func post(body: [UInt8], headers: [String], id: String, at: Instant, report: @escaping @Sendable (Receipt) -> Void) {
        send(body, headers, id, at) { [self] transfer, access in
            guard let code = transfer.code, Self.refusals.contains(code), let access = renew(access) else {
                return report(WebhookOutcome.receipt(transfer, now: at, hiding: access.hidden, isSecret: settings.urlIsSecret))
            }
            send(body, headers, id, at) { transfer, _ in
                report(WebhookOutcome.receipt(transfer, now: at, hiding: access.hidden, isSecret: self.settings.urlIsSecret))
            }
        }
    }

    /// The status codes whose cause may be a wrong key or a wrong URL.
    ///
    /// 404 is included, because the path of the URL may be a secret.
    private static let refusals: Set = [401, 403, 404]

    private func send(
        _ body: [UInt8], _ headers: [String], _ id: String, _ at: Instant,
        _ completion: @escaping @Sendable (Transfer<HTTPStage>, Access) -> Void
    ) {
        let access = access.withLock { $0 }
        var headers = headers
        if !access.secrets.isEmpty {
            let signatures = access.secrets.map { $0.signature(id: id, timestamp: at.seconds, body: body) }
            headers.append("webhook-signature: \(signatures.joined(separator: " "))")
        }
        let request = HTTPRequest(
            .post, url: access.url.text, headers: headers, body: body, allowNetworks: settings.allowNetworks,
            proxy: settings.proxy, ca: settings.ca, limits: settings.limits)
        transfers.submit(request, owner: owner) { completion($0, access) }
    }

    /// Reads the URL and the secrets again, and returns the new values.
    ///
    /// Returns nil if they are the same as the refused values or cannot be read.
    private func renew(_ refused: Access) -> Access? {
        guard let fresh = settings.renewed?() else { return nil }
        return access.withLock { access in
            if fresh.url != access.url || fresh.secrets != access.secrets {
                access.url = fresh.url
                access.secrets = fresh.secrets
                let parts = Set(access.hidden + fresh.url.parts(isSecret: fresh.urlIsSecret))
                access.hidden = parts.sorted { $0.utf8.count > $1.utf8.count }
            }
            // Compares with the refused values and not with the current values, because another
            // attempt may have renewed `access` in the meantime.
            return access.url == refused.url && access.secrets == refused.secrets ? nil : access
        }
    }

    /// Returns the request as it would be sent over HTTP/1.1.
    ///
    /// The signature is left out, because anyone who has the signature could send this message.
    public func preview(_ message: Message) throws(RenderFailure) -> [UInt8] {
        let url = access.withLock { $0.url }
        let body = body(of: message)
        let name = url.host.contains(":") ? "[\(url.host)]" : url.host
        let host = url.port == (url.isEncrypted ? 443 : 80) ? name : "\(name):\(url.port)"
        var lines = ["POST \(settings.urlIsSecret ? "(secret)" : url.path) HTTP/1.1", "host: \(host)", "accept: */*"]
        lines += headers(of: message)
        if !settings.secrets.isEmpty { lines.append("webhook-signature: (left out)") }
        lines.append("content-length: \(body.count)")
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
    }

    public func subject(_ message: Message) throws(RenderFailure) -> String {
        wording.render(message).subject
    }

    public var isIdle: Bool { transfers.isIdle(owner: owner) }

    public func stop(grace: TimeSpan) {
        transfers.finish(owner: owner, grace: grace)
    }

    private func body(of message: Message) -> [UInt8] {
        let draft = wording.draft(of: message)
        return bodies.value(of: draft) { WebhookBody(message, draft) }.bytes(message)
    }

    private func headers(of message: Message) -> [String] {
        headers(id: message.delivery.text, timestamp: message.at.seconds)
            + (message.notice.rehearsal ? ["x-remindd-rehearsal: yes"] : [])
    }

    func headers(id: String, timestamp: Int64) -> [String] {
        [
            "content-type: application/json; charset=utf-8",
            "user-agent: remindd/\(settings.version)",
            "webhook-id: \(id)",
            "webhook-timestamp: \(timestamp)",
        ]
    }
}

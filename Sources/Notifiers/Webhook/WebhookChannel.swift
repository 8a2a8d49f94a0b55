import Foundation
import Scheduler

/// What a `webhook:` channel of the configuration says.
public struct WebhookSettings: Sendable {
    public let url: WebhookURL
    /// The URL itself is a secret (`url: {file: …}`): only its host is ever shown.
    public let urlIsSecret: Bool
    /// Several while they are being changed: one signature each. None: unsigned.
    public let secrets: [WebhookSecret]
    public let allowNetworks: [Network]
    /// `http://host:port`, already checked.
    public let proxy: String?
    /// A file of certificates to trust instead of the system's.
    public let ca: String?
    /// remindd's own version, for `user-agent`.
    public let version: String
    /// Requests at one time, once the endpoint has shown that it bears them: 1...256.
    public let concurrency: Int
    public let limits: HTTPRequest.Limits

    public init(
        url: WebhookURL, urlIsSecret: Bool = false, secrets: [WebhookSecret] = [], allowNetworks: [Network] = [],
        proxy: String? = nil, ca: String? = nil, version: String, concurrency: Int = 128,
        limits: HTTPRequest.Limits = HTTPRequest.Limits()
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
    }
}

/// Signed POSTs to one endpoint: Standard Webhooks 1.0 (https://www.standardwebhooks.com, `spec/standard-webhooks.md`).
public final class WebhookChannel: Channel {
    public let name: String
    public let kind = ChannelKind.webhook
    private let settings: WebhookSettings
    private let wording: Wording
    private let transfers: HTTPTransfers
    /// A new channel of the same name (a reload) is another owner.
    private let owner: String
    private let hidden: [String]
    private let bodies = Made<WebhookBody>()

    /// - Parameter transfers: shared by all; it outlives the channel and is stopped by whoever made it.
    public init(name: String, settings: WebhookSettings, wording: Wording, transfers: HTTPTransfers) {
        self.name = name
        self.settings = settings
        self.wording = wording
        self.transfers = transfers
        hidden = Self.hidden(settings)
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

    /// Signs and sends.
    func post(body: [UInt8], headers: [String], id: String, at: Instant, report: @escaping @Sendable (Receipt) -> Void) {
        var headers = headers
        if !settings.secrets.isEmpty {
            let signatures = settings.secrets.map { $0.signature(id: id, timestamp: at.seconds, body: body) }
            headers.append("webhook-signature: \(signatures.joined(separator: " "))")
        }
        let request = HTTPRequest(
            .post, url: settings.url.text, headers: headers, body: body, allowNetworks: settings.allowNetworks,
            proxy: settings.proxy, ca: settings.ca, limits: settings.limits)
        let hidden = hidden
        transfers.submit(request, owner: owner) { transfer in
            report(WebhookOutcome.receipt(transfer, now: at, hiding: hidden))
        }
    }

    /// What a server that answers with what it was asked must not bring into the ledger, longest first. Of a URL that is a
    /// secret, its parts too: the secret is usually the last of them.
    private static func hidden(_ settings: WebhookSettings) -> [String] {
        let url = settings.url
        var parts = [url.text, url.path, url.path.removingPercentEncoding ?? url.path]
        if settings.urlIsSecret {
            parts += url.path.split { "/?&=".contains($0) }.map(String.init).filter { $0.utf8.count >= Self.telling }
        }
        return parts.filter { $0.utf8.count > 1 }.sorted { $0.utf8.count > $1.utf8.count }
    }

    /// Shorter parts of a path are words, not secrets.
    private static let telling = 6

    /// The request as HTTP/1.1 would carry it. A signature is left out: with it anyone could send this message.
    public func preview(_ message: Message) throws(RenderFailure) -> [UInt8] {
        let url = settings.url
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

    public func stop(grace: Span) {
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

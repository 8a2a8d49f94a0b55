import Glibc

/// What became of one transfer, as libcurl and the engine saw it. What it means is said by the tables in
/// `EmailOutcome` and `WebhookOutcome`, not here.
public struct Transfer<Stage: Hashable & Sendable>: Hashable, Sendable {
    public let result: CurlResult
    /// The furthest point the transfer is known to have reached.
    public let stage: Stage
    /// The code of the last complete reply, of whatever kind; nil when none came.
    public let code: Int?
    /// The words of that reply; or libcurl's, when the reply is no refusal or none came. At most `limit` bytes, one line. It may repeat
    /// secrets: those are hidden in it before it is cut to what a receipt holds.
    public let reply: String
    /// Why the engine itself ended the transfer; nil when it did not.
    public let cut: AbortReason?
    /// The one `Retry-After` field of an HTTP answer as it came; nil when it had none or several.
    public let retryAfter: String?
    /// libcurl sent it a second time by itself, on a new connection, after the first had gone out whole and unanswered.
    public let wasSentTwice: Bool
    /// Other connections to the same server were open when it ended.
    public var othersOpen = false

    /// The kind of trouble: a handshake that failed because of a certificate is about who the server is.
    var kind: CurlResult.Kind {
        let isOfCertificate = result.kind == .handshake && (reply.contains("certificate") || reply.contains("ca md"))
        return isOfCertificate ? .identity : result.kind
    }

    static var limit: Int { 8_192 }

    public init(
        result: CurlResult, stage: Stage, code: Int? = nil, reply: String = "", cut: AbortReason? = nil,
        retryAfter: String? = nil,
        wasSentTwice: Bool = false, othersOpen: Bool = false
    ) {
        self.othersOpen = othersOpen
        self.result = result
        self.stage = stage
        self.code = code
        self.reply = oneLine(reply, limit: Self.limit)
        self.cut = cut
        self.retryAfter = retryAfter
        self.wasSentTwice = wasSentTwice
    }
}

/// Why an engine ended a transfer that libcurl would have let run, or did not begin it.
public enum AbortReason: Hashable, Sendable, CaseIterable {
    /// The engine was told to stop.
    case stopped
    /// It took longer than its limits allow.
    case deadline
    /// The name lookup took too long.
    case lookup
    /// The name has only addresses that this destination may not use.
    case addressRefused
    /// A user name is configured, and the session was ready without a log-in.
    case authNotOffered
    /// No thread or handle could be had for it.
    case unstartable
}

/// What `Receipt.reply` may hold, in bytes.
let receiptLimit = 512

/// Texts that a receipt must not show, such as a login or an address.
struct Hidden {
    let texts: [String]
    /// The receipt shows this in the place of each text.
    let mark: String
    /// Parts of the texts are hidden too. Parts of an address are not, because they may be words of the server.
    let isSecret: Bool
}

/// A reply as a receipt shows it: one line, without what must be hidden. What is hidden is looked for in the whole reply, before it is cut.
func shown(_ reply: String, limit: Int, hiding parts: [Hidden]) -> String {
    let wasCut = reply.utf8.count > limit - 4
    let hidden = parts.reduce(reply) { text, part in
        let text = wasCut ? text.hidingCut(part.texts, as: part.mark) : text.hiding(part.texts, as: part.mark)
        return part.isSecret ? SecretPieces.hidden(in: text, of: part.texts, as: part.mark) : text
    }
    return oneLine(hidden, limit: receiptLimit)
}

/// `text` on one line: control characters become spaces, runs of spaces one; cut after whole characters at `limit` bytes of UTF-8.
func oneLine(_ text: String, limit: Int) -> String {
    if isOneLine(text, limit: limit) { return text }
    var line = ""
    var size = 0
    var gap = false
    for scalar in text.unicodeScalars {
        if scalar.isControl || scalar == " " {
            gap = !line.isEmpty
            continue
        }
        let added = UTF8.width(scalar) + (gap ? 1 : 0)
        guard size + added <= limit else { break }
        if gap { line.unicodeScalars.append(" ") }
        line.unicodeScalars.append(scalar)
        gap = false
        size += added
    }
    return line
}

extension Unicode.Scalar {
    /// Whether it is a control character (general category Cc). Unicode promises never to change this set, so two comparisons replace a
    /// look into its tables.
    var isControl: Bool { value < 0x20 || (0x7F...0x9F).contains(value) }
}

/// Plain words with single spaces between them: what servers usually say.
private func isOneLine(_ text: String, limit: Int) -> Bool {
    guard text.utf8.count <= limit else { return false }
    var previous = UInt8(ascii: " ")
    for byte in text.utf8 {
        guard (0x20...0x7E).contains(byte), byte != 0x20 || previous != 0x20 else { return false }
        previous = byte
    }
    return previous != 0x20 || text.isEmpty
}

extension String {
    /// With each of `parts` that occurs in it replaced, in their order.
    func hiding(_ parts: [String], as mark: String) -> String {
        var text = self
        for part in parts where !part.isEmpty && text.holds(part) { text = text.replacing(part, with: mark) }
        return text
    }

    /// The same of a text that was cut: the beginning of a part at its end is hidden too.
    func hidingCut(_ parts: [String], as mark: String) -> String {
        let text = hiding(parts, as: mark)
        for part in parts where part.utf8.count > String.leastShown {
            var begun = part.dropLast()
            while begun.utf8.count >= String.leastShown {
                if text.hasSuffix(begun) { return text.dropLast(begun.count) + mark }
                begun = begun.dropLast()
            }
        }
        return text
    }

    /// So few letters of a secret give nothing away.
    private static let leastShown = 4

    /// Whether the bytes of `part` occur in it. Almost no reply holds what must be hidden, and looking is cheaper than replacing.
    private func holds(_ part: String) -> Bool {
        var (text, part) = (self, part)
        return text.withUTF8 { text in
            part.withUTF8 { part in
                guard let first = part.first, part.count <= text.count else { return false }
                let last = text.count - part.count
                return (0...last).contains { start in
                    text[start] == first && memcmp(text.baseAddress! + start, part.baseAddress!, part.count) == 0
                }
            }
        }
    }
}

import Glibc

/// The end of one transfer, as libcurl and the engine observed it.
///
/// `EmailOutcome` and `WebhookOutcome` map it to an outcome.
public struct Transfer<Stage: Hashable & Sendable>: Hashable, Sendable {
    public let result: CurlResult
    /// The furthest stage that the transfer is known to have reached.
    public let stage: Stage
    /// The code of the last complete reply of any kind; nil if none came.
    public let code: Int?
    /// The text of that reply on one line, at most `limit` bytes.
    ///
    /// If no reply came, or the reply is not a refusal, this is libcurl's message. The text may
    /// contain secrets. They are hidden before the text is cut for a receipt.
    public let reply: String
    /// Why the engine itself ended the transfer; nil if it did not.
    public let cut: AbortReason?
    /// The value of an HTTP response's `Retry-After` field; nil if it has none or several.
    public let retryAfter: String?
    /// Whether libcurl sent the request a second time, on a new connection.
    ///
    /// libcurl does so if the whole first copy was sent and no reply came.
    public let wasSentTwice: Bool
    /// Whether other connections to the same server were open at the end.
    public var othersOpen = false

    /// The kind of failure. A handshake that failed because of a certificate is about the server's
    /// identity.
    package var kind: CurlResult.Kind {
        let isOfCertificate = result.kind == .handshake && (reply.contains("certificate") || reply.contains("ca md"))
        return isOfCertificate ? .identity : result.kind
    }

    package static var limit: Int { 8_192 }

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

/// Why an engine ended a transfer early or did not begin it.
public enum AbortReason: Hashable, Sendable, CaseIterable {
    /// The engine is stopping.
    case stopped
    /// The transfer exceeded its limits.
    case deadline
    /// The name lookup took too long.
    case lookup
    /// The name resolves only to addresses that this destination may not use.
    case addressRefused
    /// A user name is configured, but the session became ready without a login.
    case authNotOffered
    /// No thread or handle was available.
    case unstartable
}

/// Maximum size of `Receipt.reply`, in bytes.
let receiptLimit = 512

/// Texts that a receipt must not show, such as a login or an address.
package struct Hidden {
    let texts: [String]
    /// The receipt shows this instead of each text.
    let mark: String
    /// Whether parts of the texts are hidden too.
    ///
    /// Parts of an address are not hidden, because they may be words of the server.
    let isSecret: Bool

    package init(texts: [String], mark: String, isSecret: Bool) {
        self.texts = texts
        self.mark = mark
        self.isSecret = isSecret
    }
}

/// Returns a reply for a receipt: one line, with secrets and addresses hidden.
///
/// Secrets and addresses are hidden before the reply is cut, because a part of them would not be
/// found.
package func shown(_ reply: String, limit: Int, hiding parts: [Hidden]) -> String {
    let wasCut = reply.utf8.count > limit - 4
    let hidden = parts.reduce(reply) { text, part in
        let text = wasCut ? text.hidingCut(part.texts, as: part.mark) : text.hiding(part.texts, as: part.mark)
        return part.isSecret ? SecretPieces.hidden(in: text, of: part.texts, as: part.mark) : text
    }
    return oneLine(hidden, limit: receiptLimit)
}

/// Returns `text` on one line.
///
/// Control characters become spaces, and runs of spaces become a single space. The text is cut
/// after a whole scalar, at `limit` bytes of UTF-8.
package func oneLine(_ text: String, limit: Int) -> String {
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
    /// Whether the scalar is a control character (general category Cc).
    ///
    /// Unicode guarantees that this set never changes, so two comparisons can replace a search in
    /// Unicode's tables.
    package var isControl: Bool { value < 0x20 || (0x7F...0x9F).contains(value) }
}

extension String {
    /// Whether the string contains a control character (category Cc).
    ///
    /// In UTF-8 these are the bytes below 0x20, the byte 0x7F, and 0xC2 followed by 0x80...0x9F.
    package var holdsControls: Bool {
        var previous: UInt8 = 0
        for byte in utf8 {
            if byte < 0x20 || byte == 0x7F || (previous == 0xC2 && byte < 0xA0) { return true }
            previous = byte
        }
        return false
    }
}

/// Whether the text is already plain ASCII words with single spaces, as most replies are.
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
    /// Returns the text with each occurrence of `parts` replaced, in the order of `parts`.
    func hiding(_ parts: [String], as mark: String) -> String {
        var text = self
        for part in parts where !part.isEmpty && text.holds(part) { text = text.replacing(part, with: mark) }
        return text
    }

    /// Does the same as `hiding` for a text that was cut.
    ///
    /// Also hides a prefix of a part if the text ends with it.
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

    /// Minimum size in bytes of a prefix to hide. Fewer bytes of a secret reveal nothing.
    private static let leastShown = 4

    /// Whether the bytes of `part` occur in the text.
    ///
    /// Almost no reply contains a secret, and searching is cheaper than replacing.
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

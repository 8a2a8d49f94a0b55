import Glibc

/// The result of one SMTP or HTTP transfer.
///
/// `EmailOutcome` and `WebhookOutcome` map it to an outcome.
public struct Transfer<Stage: Hashable & Sendable>: Hashable, Sendable {
    public let result: CurlResult
    /// The last stage that the transfer is known to have reached.
    public let stage: Stage
    /// The code of the last complete reply; nil if no reply came.
    ///
    /// When MAIL is sent, the replies to earlier commands no longer count.
    public let code: Int?
    /// The server's last reply or libcurl's error message, on one line of at most `limit` bytes.
    ///
    /// It is libcurl's message if no reply came, or if an SMTP transfer failed although the server
    /// had refused nothing. The text may contain secrets, which are hidden when the receipt is
    /// made.
    public let reply: String
    /// Why this program ended the transfer; nil if it did not.
    public let cut: AbortReason?
    /// The value of the field `Retry-After` in an HTTP response; nil if it has none or several.
    public let retryAfter: String?
    /// Whether libcurl sent the request a second time, on a new connection.
    ///
    /// libcurl does this if the whole first copy was sent but no reply came.
    public let wasSentTwice: Bool
    /// Whether other connections of the channel to its mail server were open at the end.
    ///
    /// A connection counts only if the server has sent its greeting.
    public var othersOpen = false

    /// The kind of failure. A handshake that failed because of a certificate counts as `identity`.
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

/// The reasons why this program ended a transfer early or did not begin it.
public enum AbortReason: Hashable, Sendable, CaseIterable {
    /// The channel or the program is stopping, or the mail was withdrawn before it began.
    case stopped
    /// The transfer exceeded one of its time limits.
    case deadline
    /// The name lookup took too long.
    case lookup
    /// The host name resolves only to addresses that the destination may not use.
    case addressRefused
    /// A user name is configured, but the session was ready for MAIL without a login.
    case authNotOffered
    /// No thread or libcurl handle was available.
    case unstartable
}

/// The maximum size of `Receipt.reply` in bytes.
let receiptLimit = 512

/// Strings that a receipt must not show, such as the parts of a login or an address.
package struct Hidden {
    let texts: [String]
    /// The string that the receipt shows in place of each hidden string.
    let mark: String
    /// Whether parts of the strings are hidden too.
    ///
    /// The parts of an address are not hidden, because they may be words that the server uses
    /// itself.
    let isSecret: Bool

    package init(texts: [String], mark: String, isSecret: Bool) {
        self.texts = texts
        self.mark = mark
        self.isSecret = isSecret
    }
}

/// Returns a reply for a receipt: on one line, with secrets and addresses hidden.
///
/// They are hidden before the reply is cut, because a secret that is cut in two would not be found.
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
/// Control characters become spaces, and several spaces in sequence become one space. Text of more
/// than `limit` bytes in UTF-8 is cut between two scalars.
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
    /// Unicode guarantees that the set of control characters never changes. Two comparisons can
    /// therefore replace a search in Unicode's tables.
    package var isControl: Bool { value < 0x20 || (0x7F...0x9F).contains(value) }
}

extension String {
    /// Whether the string contains a control character (general category Cc).
    ///
    /// In UTF-8 the control characters are the bytes below 0x20, the byte 0x7F, and the byte 0xC2
    /// followed by a byte in 0x80...0x9F.
    package var holdsControls: Bool {
        var previous: UInt8 = 0
        for byte in utf8 {
            if byte < 0x20 || byte == 0x7F || (previous == 0xC2 && byte < 0xA0) { return true }
            previous = byte
        }
        return false
    }
}

/// Returns whether the text already consists of ASCII words with single spaces, as most replies do.
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
    /// Returns the text with `mark` in place of each of `parts`, replaced in the order of `parts`.
    func hiding(_ parts: [String], as mark: String) -> String {
        var text = self
        for part in parts where !part.isEmpty && text.holds(part) { text = text.replacing(part, with: mark) }
        return text
    }

    /// Returns the result of `hiding` for a string that was cut off at its end.
    ///
    /// If the string ends with the beginning of one of `parts`, that beginning is hidden too.
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

    /// The minimum length in bytes of the beginning of a secret that is hidden.
    ///
    /// Fewer bytes reveal nothing.
    private static let leastShown = 4

    /// Returns whether the bytes of `part` occur in the text.
    ///
    /// Almost no reply contains a secret, and a search is cheaper than a replacement.
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

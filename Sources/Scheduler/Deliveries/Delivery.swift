/// The identity of a delivery: 128 bits, the same in every attempt.
///
/// The identity does not change after a crash or on another machine. It is the first 128 bits of a
/// SHA-256 hash. The hash covers plan, campaign, lead, anchor, recipient and channel in UTF-8, each
/// followed by a line feed. None of them can contain a line feed. The text is in RFC 4648 base32,
/// lower case, without padding: 26 characters. In a rehearsal it has the prefix `rehearsal-`.
public struct DeliveryID: Hashable, Sendable, CustomStringConvertible {
    public let text: String

    public init(reminder key: ReminderKey, recipient: String, channel: String, rehearsal: Bool) {
        self = DeliveryNaming(reminder: key, rehearsal: rehearsal).id(recipient: recipient, channel: channel)
    }

    /// Creates an identity that was read from the ledger.
    public init(stored text: String) {
        self.text = text
    }

    public var description: String { text }
}

/// Computes the identities of the deliveries of one reminder.
struct DeliveryNaming: Sendable {
    /// The beginning of the hashed bytes, which contains plan, campaign, lead and anchor.
    private let common: [UInt8]
    private let rehearsal: Bool

    init(reminder key: ReminderKey, rehearsal: Bool) {
        common = Array("\(key.plan)\n\(key.campaign)\n\(key.lead)\n\(key.anchor)\n".utf8)
        self.rehearsal = rehearsal
    }

    func id(recipient: String, channel: String) -> DeliveryID {
        var bytes = common
        bytes.reserveCapacity(common.count + recipient.utf8.count + channel.utf8.count + 2)
        bytes += recipient.utf8
        bytes.append(0x0A)
        bytes += channel.utf8
        bytes.append(0x0A)
        return DeliveryID(stored: (rehearsal ? "rehearsal-" : "") + base32(SHA256.digest(bytes).prefix(16)))
    }
}

/// Encodes bytes in RFC 4648 base32, lower case, without padding.
func base32(_ bytes: some Sequence<UInt8>) -> String {
    let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)
    var characters: [UInt8] = []
    var buffer = 0
    var bits = 0
    for byte in bytes {
        buffer = (buffer << 8 | Int(byte)) & 0xFFF
        bits += 8
        while bits >= 5 {
            bits -= 5
            characters.append(alphabet[buffer >> bits & 31])
        }
    }
    if bits > 0 { characters.append(alphabet[buffer << (5 - bits) & 31]) }
    return String(decoding: characters, as: UTF8.self)
}

/// The state of a delivery. The spellings are those of `history`.
public enum DeliveryState: String, Hashable, Sendable, CaseIterable {
    /// The delivery waits for its first or next attempt.
    ///
    /// Can change to `inFlight`, `dead`, `cancelled` or `superseded`.
    case pending
    /// The claim is durable, and the message may have been sent.
    ///
    /// Can change to every other state except `superseded`.
    case inFlight = "in flight"
    /// The server accepted the message. Final.
    case delivered
    /// The message may have been delivered.
    ///
    /// The message is sent again only if an operator retries the delivery, which makes the delivery
    /// pending.
    case unknown
    /// The delivery was given up.
    ///
    /// The server refused it for good, its deadline passed, or the process crashed too often while
    /// the delivery was in flight. An operator's retry makes it pending.
    case dead
    /// The delivery was withdrawn for a `WithdrawalReason` and is not sent.
    ///
    /// If the reason is revivable, the delivery becomes pending again when the reason no longer
    /// applies.
    case cancelled
    /// A later lead of the same occurrence replaced the delivery before it was sent.
    ///
    /// It becomes pending again if that lead is withdrawn.
    case superseded
}

/// The state of a reminder in the ledger.
public enum ReminderState: String, Hashable, Codable, Sendable, CaseIterable {
    /// The reminder fired, and its recipients get deliveries. Final.
    case fired
    /// The reminder has no deliveries.
    ///
    /// A later lead replaced it, or it was overdue when the ledger was new, or an operator dropped
    /// it. The state can change to `fired` if a later evaluation finds that recipients need the
    /// reminder.
    case superseded
    /// The reminder has no deliveries, because the evaluation found it too late.
    ///
    /// Its deadline had passed or, with `catch_up: none`, it was more than 15 minutes late.
    case missed
}

/// The result of one attempt. The spellings are those of `history`.
public enum Outcome: String, Hashable, Sendable, CaseIterable {
    /// The server accepted the message.
    case delivered
    /// The server refused for now, or refused the sender for a reason that an operator must fix.
    case refusedForNow = "refused for now"
    /// The server refused for good. The receipt's `about` says who or what was refused.
    case refusedForGood = "refused for good"
    /// The message cannot have been accepted.
    ///
    /// There was no connection, or the body was not sent completely.
    case notSent = "not sent"
    /// The body was sent completely, but no reply came. The message may have been delivered.
    case unknown
}

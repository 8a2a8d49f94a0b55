/// The identity of a delivery: 128 bits, the same in every attempt.
///
/// It is also the same after every crash and on every machine. The identity is the first 128 bits
/// of SHA-256 over plan, campaign, lead, anchor, recipient and channel, in UTF-8, each followed by
/// a line feed, which none of them can contain. It is written in RFC 4648 base32, lower case,
/// without padding: 26 characters. In a rehearsal it has the prefix `rehearsal-`.
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
    /// The first part of the hashed bytes: plan, campaign, lead and anchor.
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

/// The state of a delivery. The spellings are those of `history` (contract, section 3).
public enum DeliveryState: String, Hashable, Sendable, CaseIterable {
    /// The delivery waits for its first or next attempt. Goes to every other state.
    case pending
    /// An intent to send is durable, and bytes may be on their way. Goes to every state but itself.
    case inFlight = "in flight"
    /// The server accepted the message. Final.
    case delivered
    /// The message may have been delivered. An operator's retry makes it pending.
    ///
    /// Without a retry it is not sent again.
    case unknown
    /// The delivery was given up: refused for good, or past its deadline. An operator's retry makes
    /// it pending.
    case dead
    /// The delivery is not sent any more, for a reason (`WithdrawalReason`). Goes to pending when
    /// the reason ends, if it may end.
    case cancelled
    /// A later lead of the same occurrence replaced the delivery before it was sent. Goes to
    /// pending if that lead has been withdrawn since.
    case superseded
}

/// The state of a reminder when an evaluation first found it due.
public enum ReminderState: String, Hashable, Codable, Sendable, CaseIterable {
    /// The reminder has deliveries.
    case fired
    /// A later lead, or a first start, replaced the reminder for all recipients. It has no
    /// deliveries.
    case superseded
    /// The deadline passed without an evaluation. The reminder has no deliveries.
    case missed
}

/// The result of one attempt. The spellings are those of `history`.
public enum Outcome: String, Hashable, Sendable, CaseIterable {
    /// The server accepted the message.
    case delivered
    /// The server refused for now, or refused the sender for a reason that an operator must fix.
    case refusedForNow = "refused for now"
    /// The server refused for good. The receipt's `about` tells whom the refusal concerns.
    case refusedForGood = "refused for good"
    /// The message cannot have been accepted.
    ///
    /// There was no connection, or the body was not sent completely.
    case notSent = "not sent"
    /// The body was sent completely and no answer came, so the message may have been delivered.
    case unknown
}

/// The name of one delivery: 128 bits, the same on every try, after every crash and on every machine.
///
/// The first 128 bits of SHA-256 over plan, campaign, lead, anchor, recipient and channel, in UTF-8, each
/// followed by a line feed (none of them can hold one), in RFC 4648 base32, lower case, without padding:
/// 26 characters. In a rehearsal `rehearsal-` stands before it.
public struct DeliveryID: Hashable, Sendable, CustomStringConvertible {
    public let text: String

    public init(reminder key: ReminderKey, recipient: String, channel: String, rehearsal: Bool) {
        self = DeliveryNaming(reminder: key, rehearsal: rehearsal).id(recipient: recipient, channel: channel)
    }

    /// A name read back from the ledger.
    public init(stored text: String) {
        self.text = text
    }

    public var description: String { text }
}

/// Names the deliveries of one reminder.
struct DeliveryNaming: Sendable {
    /// The beginning of the hashed bytes: plan, campaign, lead and anchor.
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

/// RFC 4648 base32, lower case, without padding.
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

/// Where a delivery stands. The spellings are those of `history` (contract, section 3).
public enum DeliveryState: String, Hashable, Sendable, CaseIterable {
    /// Waits for its first or next try. Goes to every other state.
    case pending
    /// An intent to send is durable; bytes may be on the way. Goes to every state but itself.
    case inFlight = "in flight"
    /// The server accepted it. Final.
    case delivered
    /// It may have been delivered, and is not tried again by itself. Goes to pending by an operator's retry.
    case unknown
    /// Given up: refused for good, or past its deadline. Goes to pending by an operator's retry.
    case dead
    /// It is not sent any more, for a reason (`WithdrawalReason`). Goes to pending when that reason ends, if it may end.
    case cancelled
    /// A later lead of the same occurrence took its place before it was sent. Goes to pending when that one was withdrawn since.
    case superseded
}

/// What became of a reminder when it was first seen due.
public enum ReminderState: String, Hashable, Codable, Sendable, CaseIterable {
    /// It has deliveries.
    case fired
    /// A later lead, or a first start, took its place for everyone. No deliveries.
    case superseded
    /// Its deadline passed while nobody looked. No deliveries.
    case missed
}

/// How one attempt ended. The spellings are those of `history`.
public enum Outcome: String, Hashable, Sendable, CaseIterable {
    /// The server said yes.
    case delivered
    /// The server said not now, or something about us that a person must mend.
    case refusedForNow = "refused for now"
    /// The server said never. Whom it said so about is the receipt's `about`.
    case refusedForGood = "refused for good"
    /// It cannot have been accepted: no connection, or the body never went out whole.
    case notSent = "not sent"
    /// The body went out whole and no answer came back: it may have been delivered.
    case unknown
}

import Clocks

/// Records the server's replies during one mail, and finds the command to which each reply belongs.
struct SMTPDialogue {
    private(set) var stage = SMTPStage.started
    private(set) var code: Int?
    /// The last reply, with its code and the text of its lines.
    private(set) var words = ""
    private(set) var loggedIn = false
    /// The login mechanisms in the server's last offer, in capitals (RFC 4954, section 3).
    ///
    /// A server may make an offer before and after STARTTLS.
    private(set) var offers: [String] = []
    /// Whether the server has refused the mail or replied to the final dot.
    ///
    /// Any later reply belongs to QUIT.
    private(set) var isOver = false
    var overSince: Monotonic?
    private var lines: [String] = []

    mutating func beginTransaction() {
        stage = .ready
        code = nil
        words = ""
    }

    mutating func bodyEnded() {
        stage = .bodyEnded
    }

    /// Processes one line of a reply, such as `250-SIZE` or `250 ok` (RFC 5321, section 4.2).
    mutating func take(_ bytes: UnsafeRawBufferPointer) {
        guard !isOver, bytes.count >= 3, let number = Self.code(bytes) else { return }
        if lines.count < 32 { lines.append(String(decoding: bytes.dropFirst(4), as: UTF8.self)) }
        if stage <= .welcomed, number == 250, let line = lines.last { takeOffer(line) }
        // A hyphen after the code means that more lines follow.
        if bytes.count > 3, bytes[3] == UInt8(ascii: "-") { return }
        let reply = "\(number) " + lines.joined(separator: " ")
        lines = []
        // 221 is the reply to QUIT.
        if number == 221 { return }
        code = number
        words = reply
        advance(number)
    }

    /// Reads an offer of login mechanisms: `AUTH LOGIN XOAUTH2`, or `AUTH=LOGIN` from some old
    /// servers.
    private mutating func takeOffer(_ line: String) {
        let words = line.uppercased().split { $0 == " " || $0 == "=" || $0.isNewline }.map(String.init)
        if words.first == "AUTH" { offers = Array(words.dropFirst().prefix(16)) }
    }

    private mutating func advance(_ number: Int) {
        let isPositive = (200...299).contains(number)
        switch stage {
        case .started, .greeted:
            stage = isPositive ? .welcomed : .greeted
        case .welcomed:
            if number == 235 { loggedIn = true }
        case .ready:
            if isPositive { stage = .senderTaken } else { isOver = true }
        case .senderTaken:
            if isPositive { stage = .recipientTaken } else { isOver = true }
        case .recipientTaken:
            if number == 354 { stage = .bodyBegun } else { isOver = true }
        case .bodyBegun:
            // No command is sent during the body. A reply that arrives meanwhile, such as 421, is
            // evaluated only after the body.
            break
        case .bodyEnded:
            stage = .answered
            isOver = true
        case .answered:
            break
        }
    }

    private static func code(_ bytes: UnsafeRawBufferPointer) -> Int? {
        var number = 0
        for byte in bytes.prefix(3) {
            guard (0x30...0x39).contains(byte) else { return nil }
            number = number * 10 + Int(byte - 0x30)
        }
        return number
    }
}

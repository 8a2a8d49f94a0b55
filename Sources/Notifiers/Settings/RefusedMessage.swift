import Scheduler

/// A message that a server did not take, as a channel's settings judge it.
package struct RefusedMessage {
    package let receipt: Receipt
    /// The name of the channel.
    package let channel: String
    /// The id of the recipient.
    package let recipient: String
    /// What the server said, in lower case, between blanks.
    private let said: String

    package init(receipt: Receipt, channel: String, recipient: String) {
        self.receipt = receipt
        self.channel = channel
        self.recipient = recipient
        said = " " + receipt.reply.lowercased() + " "
    }

    /// Whether the server said one of these words.
    package func says(_ words: String...) -> Bool { words.contains { said.contains($0) } }

    /// By whole words: `tls.example.vn` and `mail-ssl` are names.
    var isAboutTLS: Bool {
        let words = said.split { !($0.isLetter || $0.isNumber || ".-".contains($0)) }
        return words.contains { word in
            ["certificate", "starttls", "ssl", "tls"].contains(word) || word.hasPrefix("tlsv1") || word.hasPrefix("sslv3")
        }
    }
}

import Scheduler

/// A message that a server refused. The settings of a channel give advice about it.
package struct RefusedMessage {
    package let receipt: Receipt
    /// The name of the channel.
    package let channel: String
    /// The id of the recipient.
    package let recipient: String
    /// The server's reply in lower case, with one space before it and one after it.
    private let said: String

    package init(receipt: Receipt, channel: String, recipient: String) {
        self.receipt = receipt
        self.channel = channel
        self.recipient = recipient
        said = " " + receipt.reply.lowercased() + " "
    }

    /// Returns whether the reply contains one of these strings.
    package func says(_ words: String...) -> Bool { words.contains { said.contains($0) } }

    /// Whether the reply is about TLS.
    ///
    /// Only whole words count, because `tls.example.vn` and `mail-ssl` are names.
    var isAboutTLS: Bool {
        let words = said.split { !($0.isLetter || $0.isNumber || ".-".contains($0)) }
        return words.contains { word in
            ["certificate", "starttls", "ssl", "tls"].contains(word) || word.hasPrefix("tlsv1") || word.hasPrefix("sslv3")
        }
    }
}

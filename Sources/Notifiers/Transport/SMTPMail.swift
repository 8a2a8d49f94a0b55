/// One mail for one recipient, as the SMTP transaction carries it.
public struct SMTPMail: Sendable {
    /// The sender's and the recipient's envelope addresses in ASCII, checked by `EmailAddress`.
    public let sender: String
    public let recipient: String
    /// The message with CRLF line ends.
    public let bytes: [UInt8]

    public init(sender: EmailAddress, recipient: EmailAddress, bytes: [UInt8]) {
        self.sender = sender.ascii
        self.recipient = recipient.ascii
        self.bytes = bytes
    }
}

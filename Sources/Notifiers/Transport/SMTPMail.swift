/// One mail for one recipient, as it goes into the SMTP transaction.
public struct SMTPMail: Sendable {
    /// Envelope addresses, in ASCII; they passed `EmailAddress`.
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

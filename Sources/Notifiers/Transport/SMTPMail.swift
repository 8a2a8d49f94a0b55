/// One mail for one recipient, with the data that the SMTP transaction needs.
public struct SMTPMail: Sendable {
    /// The envelope addresses of the sender and the recipient in ASCII, checked by `EmailAddress`.
    public let sender: String
    public let recipient: String
    /// The message, whose lines end in CR LF.
    public let bytes: [UInt8]

    public init(sender: EmailAddress, recipient: EmailAddress, bytes: [UInt8]) {
        self.sender = sender.ascii
        self.recipient = recipient.ascii
        self.bytes = bytes
    }
}

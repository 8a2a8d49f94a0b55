import Plans

/// A person or mailbox that gets reminders.
public struct Recipient: Hashable, Sendable {
    public let id: String
    public let name: String
    /// The e-mail address; nil for recipients who have only webhooks.
    ///
    /// The address matches the grammar of `EmailAddress`, and its domain is in ASCII.
    public let email: String?
    public let language: Language?
    /// The channels for reminders. Each reminder is sent on all of them.
    public let via: [String]
    /// Channels that are used if all `via` deliveries are dead, or if none was accepted in time.
    public let otherwise: [String]

    public init(
        id: String, name: String, email: String?, language: Language?, via: [String], otherwise: [String]
    ) {
        self.id = id
        self.name = name
        self.email = email
        self.language = language
        self.via = via
        self.otherwise = otherwise
    }
}

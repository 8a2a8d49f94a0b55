import Plans

/// A person or mailbox that gets reminders.
public struct Recipient: Hashable, Sendable {
    public let id: String
    public let name: String
    /// The addresses by kind; empty for recipients who have only webhooks.
    ///
    /// An e-mail address matches the grammar of `EmailAddress`, and its domain is in ASCII.
    public let addresses: Addresses
    public let language: Language?
    /// How a letter addresses the recipient, such as "đồng chí"; nil for the name alone.
    public let salutation: String?
    /// The channels for reminders. Each reminder is sent on all of them.
    public let via: [String]
    /// The channels that are used if all `via` deliveries are dead or none was accepted in time.
    public let otherwise: [String]

    public init(
        id: String, name: String, addresses: Addresses, language: Language?, salutation: String? = nil, via: [String],
        otherwise: [String]
    ) {
        self.id = id
        self.name = name
        self.addresses = addresses
        self.language = language
        self.salutation = salutation
        self.via = via
        self.otherwise = otherwise
    }

    /// Creates a recipient whose only address is `email`, or without addresses if `email` is nil.
    public init(
        id: String, name: String, email: String?, language: Language?, via: [String], otherwise: [String]
    ) {
        var addresses = Addresses()
        addresses[.email] = email
        self.init(id: id, name: name, addresses: addresses, language: language, via: via, otherwise: otherwise)
    }

    public var email: String? { addresses[.email] }
}

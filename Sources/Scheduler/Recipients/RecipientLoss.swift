/// The recipients that groups lose between the accepted configuration and a new one.
///
/// An operator has to confirm a large loss, because a truncated recipients file would have the same
/// effect. A loss is large if a group loses at least three recipients, and more than ten or more
/// than a fifth of its recipients.
public struct RecipientLoss: Sendable {
    public struct Group: Hashable, Sendable {
        /// The id of the group; nil for all recipients together.
        public let name: String?
        public let lost: Int
        public let before: Int
        /// The ids of up to five of the lost recipients.
        public let examples: [String]
    }

    /// An id made from a name that is missing from the new configuration.
    public struct Renamed: Hashable, Sendable {
        public let id: String
        /// The new id of the recipient with the same address; nil if there is none.
        public let replacement: String?
    }

    /// The made ids that are gone. Each needs confirmation.
    public let renamed: [Renamed]
    /// The groups whose loss needs confirmation.
    public let groups: [Group]

    private static let listed = 5

    public init(from old: RecipientDirectory, to new: RecipientDirectory) {
        var groups: [Group] = []
        let everyone = RecipientSet(old.recipients.indices)
        for (name, before) in [(String?.none, everyone)] + old.groupNames.map({ (Optional($0), old.resolve([$0])) }) {
            let after = name.map { new.resolve([$0]) }
            let lost = before.filter { position in
                guard let kept = new.position(old.recipients.id(at: position)) else { return true }
                return after.map { !$0.contains(kept) } ?? false
            }
            guard lost.count >= 3, lost.count > 10 || lost.count * 5 > before.count else { continue }
            let examples = lost.prefix(RecipientLoss.listed).map(old.recipients.id)
            groups.append(Group(name: name, lost: lost.count, before: before.count, examples: examples))
        }
        self.groups = groups
        renamed = RecipientLoss.renamed(old, new)
    }

    private static func renamed(_ old: RecipientDirectory, _ new: RecipientDirectory) -> [Renamed] {
        let gone = old.madeIDs.sorted().map { Int($0) }.filter { new.position(old.recipients.id(at: $0)) == nil }
        guard !gone.isEmpty else { return [] }
        var added: [String: String] = [:]
        for recipient in new.recipients where old.position(recipient.id) == nil {
            if let email = recipient.email { added[email] = added[email] ?? recipient.id }
        }
        return gone.map { position in
            let recipient = old.recipients[position]
            return Renamed(id: recipient.id, replacement: recipient.email.flatMap { added[$0] })
        }
    }

    public var needsConfirmation: Bool { !groups.isEmpty || !renamed.isEmpty }
}

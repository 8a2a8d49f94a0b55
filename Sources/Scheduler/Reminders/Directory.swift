/// Everyone who can be told, and the groups they belong to: the accepted recipients of a configuration.
public struct Directory: Sendable {
    /// In the order of definition; positions in this array stand for recipients elsewhere.
    public let recipients: [Recipient]
    /// Members are recipients or groups, by id, in the order written. No group contains itself, nor through others.
    public let groups: [String: [String]]
    /// The names of channels that are mail servers: there one address is one reader.
    public let mailChannels: Set<String>
    private let positions: [String: Int]

    public init(recipients: [Recipient], groups: [String: [String]], mailChannels: Set<String>) {
        self.recipients = recipients
        self.groups = groups
        self.mailChannels = mailChannels
        positions = Dictionary(
            recipients.enumerated().map { ($0.element.id, $0.offset) }, uniquingKeysWith: { first, _ in first })
    }

    public func recipient(_ id: String) -> Recipient? {
        positions[id].map { recipients[$0] }
    }

    /// The position of a recipient by id.
    public func position(_ id: String) -> Int? {
        positions[id]
    }

    /// Positions of everyone whom these ids name, directly or through groups: each once, ascending. Unknown ids name nobody.
    public func resolve(_ ids: [String]) -> [Int] {
        var found: Set<Int> = []
        var seen: Set<String> = []
        // No recursion: groups within groups may be a long chain.
        var left = ids
        while let id = left.popLast() {
            guard seen.insert(id).inserted else { continue }
            if let position = positions[id] { found.insert(position) }
            left += groups[id] ?? []
        }
        return found.sorted()
    }

    /// Groups that reach nobody, directly or through others. Looks at each membership once.
    public var emptyGroups: Set<String> {
        var containing: [String: [String]] = [:]
        var peopled: Set<String> = []
        for (group, members) in groups {
            for member in members where groups[member] != nil { containing[member, default: []].append(group) }
            if members.contains(where: { positions[$0] != nil }) { peopled.insert(group) }
        }
        var left = Array(peopled)
        while let group = left.popLast() {
            for outer in containing[group] ?? [] where peopled.insert(outer).inserted { left.append(outer) }
        }
        return Set(groups.keys).subtracting(peopled)
    }

    /// Those of `ids` that are groups through which `recipient` is reached: why this reader is told.
    public func groups(of recipient: String, among ids: [String]) -> [String] {
        guard let position = positions[recipient] else { return [] }
        return ids.filter { groups[$0] != nil && resolve([$0]).contains(position) }
    }

    /// One row for each recipient and `via` channel, in recipient order. Of several recipients with one address on one
    /// mail channel the first defined gets it (contract, "Identity").
    public func deliveries(of reminder: ReminderKey, to positions: [Int], rehearsal: Bool) -> [NewDelivery] {
        var deliveries: [NewDelivery] = []
        var seen: Set<String> = []
        for position in positions {
            let recipient = recipients[position]
            for channel in recipient.via {
                if mailChannels.contains(channel), let email = recipient.email, !seen.insert("\(channel)\n\(email)").inserted {
                    continue
                }
                let id = DeliveryID(reminder: reminder, recipient: recipient.id, channel: channel, rehearsal: rehearsal)
                deliveries.append(NewDelivery(id: id, recipient: recipient.id, channel: channel))
            }
        }
        return deliveries
    }
}

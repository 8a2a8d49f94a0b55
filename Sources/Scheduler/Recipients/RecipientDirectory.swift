import Synchronization

/// Everyone who can be told, and the groups they belong to: the accepted recipients of a configuration. Never changed; a class, because
/// every message looks into it, and a value of eleven fields would be copied each time.
public final class RecipientDirectory: Sendable {
    /// Positions in it stand for recipients elsewhere.
    public let recipients: RecipientTable
    /// The names of channels that are mail servers: there one address is one reader.
    public let mailChannels: Set<String>
    /// The ids of all groups, sorted.
    public let groupNames: [String]
    private let groupNumbers: [String: Int]
    /// In the order of `groupNames`.
    private let groups: [Group]
    /// Everyone in a group, directly or through others, once that was asked: plans name few groups, and those again and again.
    private let reached = Reached()
    /// Recipients whose address others have too, each with the position of the first of them.
    private let duplicates: [UInt32: UInt32]
    /// Positions by ids that recipients had before (`formerly`); and those ids, sorted, by position.
    private let formerIDs: [String: UInt32]
    private let formerIDsByPosition: [UInt32: [String]]
    /// By a channel's name: the names that it had before.
    private let formerChannels: [String: [String]]

    private struct Group: Sendable {
        let recipients: RecipientSet
        /// By number.
        let groups: [Int]
    }

    private final class Reached: Sendable {
        private let known = Mutex<[Int: RecipientSet]>([:])

        func by(_ group: Int, find: () -> RecipientSet) -> RecipientSet {
            if let found = known.withLock({ $0[group] }) { return found }
            let found = find()
            known.withLock { $0[group] = found }
            return found
        }
    }

    /// A group as it is written down.
    public struct Members: Sendable {
        /// Positions of recipients; in any order.
        public var recipients: [UInt32] = []
        /// Ids of groups; unknown ones name nobody.
        public var groups: [String] = []

        public init() {}
    }

    /// - Parameters:
    ///   - groups: one that contains itself, directly or through others, reaches nobody by that.
    ///   - formerIDs: positions by ids that recipients had before; none of them is an id in use.
    ///   - formerChannels: by a channel's name: the names that it had before, newest first.
    public init(
        recipients: RecipientTable, groups: [String: Members], mailChannels: Set<String>, formerIDs: [String: UInt32] = [:],
        formerChannels: [String: [String]] = [:]
    ) {
        self.recipients = recipients
        self.formerIDs = formerIDs
        self.formerChannels = formerChannels
        formerIDsByPosition = Dictionary(grouping: formerIDs.keys.sorted()) { formerIDs[$0]! }
        self.mailChannels = mailChannels
        groupNames = groups.keys.sorted()
        let numbers = Dictionary(uniqueKeysWithValues: groupNames.enumerated().map { ($0.element, $0.offset) })
        groupNumbers = numbers
        self.groups = groupNames.map { name in
            let members = groups[name] ?? Members()
            return Group(
                recipients: RecipientSet(members.recipients.lazy.map(Int.init)), groups: members.groups.compactMap { numbers[$0] }
            )
        }
        duplicates = mailChannels.isEmpty ? [:] : recipients.duplicates()
    }

    /// - Parameter groups: members are recipients or groups, by id.
    public convenience init(
        recipients list: [Recipient], groups: [String: [String]], mailChannels: Set<String>, formerly: [String: String] = [:],
        formerChannels: [String: [String]] = [:]
    ) {
        let recipients = RecipientTable(list)
        let members = groups.mapValues { ids in
            var members = Members()
            for id in ids {
                if let position = recipients.position(of: id) { members.recipients.append(UInt32(position)) }
                if groups[id] != nil { members.groups.append(id) }
            }
            return members
        }
        let formerIDs = formerly.compactMapValues { recipients.position(of: $0).map { UInt32($0) } }
        self.init(
            recipients: recipients, groups: members, mailChannels: mailChannels, formerIDs: formerIDs,
            formerChannels: formerChannels)
    }

    // MARK: Looking up

    /// By id, present or former.
    public func recipient(_ id: String) -> Recipient? {
        position(id).map { recipients[$0] }
    }

    /// The position of a recipient by id, present or former.
    public func position(_ id: String) -> Int? {
        recipients.position(of: id) ?? formerIDs[id].map { Int($0) }
    }

    /// The ids under which the ledger may have a recipient: this one and those it had before.
    public func storedIDs(of id: String) -> [String] {
        guard !formerIDs.isEmpty, let position = position(id) else { return [id] }
        return [recipients.id(at: position)] + (formerIDsByPosition[UInt32(position)] ?? [])
    }

    /// The names from before a rename under which the ledger may have deliveries to a recipient by a channel.
    func formerSlots(_ position: Int, _ id: String, _ channel: String) -> [NewDelivery.Slot] {
        let ids = formerIDsByPosition[UInt32(position)] ?? []
        let channels = formerChannels[channel] ?? []
        guard !ids.isEmpty || !channels.isEmpty else { return [] }
        let all = ([id] + ids).flatMap { id in
            ([channel] + channels).map { NewDelivery.Slot(recipient: id, channel: $0) }
        }
        return Array(all.dropFirst())
    }

    /// The other names, present or former, under which the ledger may have deliveries to the recipient whom it calls `stored`.
    func otherSlots(_ stored: String, _ channel: String) -> [NewDelivery.Slot] {
        guard let position = position(stored) else { return [] }
        let id = recipients.id(at: position)
        let own = NewDelivery.Slot(recipient: stored, channel: channel)
        let present = NewDelivery.Slot(recipient: id, channel: channel)
        return ([present] + formerSlots(position, id, channel)).filter { $0 != own }
    }

    /// The position of a recipient by the id that the ledger has, present or former, in UTF-8.
    public func position(stored id: UnsafeBufferPointer<UInt8>) -> Int? {
        if let position = recipients.position(of: id) { return position }
        return formerIDs.isEmpty ? nil : formerIDs[String(decoding: id, as: UTF8.self)].map { Int($0) }
    }

    /// A number that differs where other recipients are meant or one has other channels, or shares an address with another or no
    /// longer does (`RecipientTable.fingerprint`).
    public var fingerprint: UInt64 {
        cachedFingerprint.value { fingerprint(of: RecipientSet(recipients.indices)) }
    }

    func fingerprint(of positions: RecipientSet) -> UInt64 { recipients.fingerprint(of: positions, duplicates: duplicates) }

    private let cachedFingerprint = CachedNumber()

    private final class CachedNumber: Sendable {
        private let known = Mutex<UInt64?>(nil)

        func value(find: () -> UInt64) -> UInt64 {
            if let found = known.withLock({ $0 }) { return found }
            let found = find()
            known.withLock { $0 = found }
            return found
        }
    }

    public func isGroup(_ id: String) -> Bool { groupNumbers[id] != nil }

    /// Everyone whom these ids name, directly or through groups. Unknown ids name nobody.
    public func resolve(_ ids: [String]) -> RecipientSet {
        if ids.count == 1, let group = groupNumbers[ids[0]] { return everyone(group) }
        return RecipientSet.union(
            ids.compactMap { id in groupNumbers[id].map(everyone) }
                + ids.compactMap { id in recipients.position(of: id).map { [$0] } })
    }

    /// Everyone in a group.
    private func everyone(_ number: Int) -> RecipientSet {
        reached.by(number) {
            var found: [RecipientSet] = []
            var seen: Set<Int> = [number]
            // No recursion: groups within groups may be a long chain.
            var left = [number]
            while let next = left.popLast() {
                found.append(groups[next].recipients)
                for inner in groups[next].groups where seen.insert(inner).inserted { left.append(inner) }
            }
            return RecipientSet.union(found)
        }
    }

    /// Those of `ids` that are groups through which `recipient` is reached: why this reader is told.
    public func groups(of recipient: String, among ids: [String]) -> [String] {
        guard let position = position(recipient) else { return [] }
        return ids.filter { groupNumbers[$0].map { everyone($0).contains(position) } ?? false }
    }

    /// Somebody or some group is listed in this group, whether anybody is reached by it or not.
    public func namesAnybody(_ group: String) -> Bool {
        groupNumbers[group].map { !groups[$0].recipients.isEmpty || !groups[$0].groups.isEmpty } ?? false
    }

    /// Groups that reach nobody, directly or through others. Looks at each membership once.
    public var emptyGroups: Set<String> {
        var containing: [Int: [Int]] = [:]
        var peopled: Set<Int> = []
        for (number, group) in groups.enumerated() {
            for inner in group.groups { containing[inner, default: []].append(number) }
            if !group.recipients.isEmpty { peopled.insert(number) }
        }
        var left = Array(peopled)
        while let group = left.popLast() {
            for outer in containing[group] ?? [] where peopled.insert(outer).inserted { left.append(outer) }
        }
        return Set(groupNames.indices.filter { !peopled.contains($0) }.map { groupNames[$0] })
    }

    /// Recipients with an address that another, defined before them, has on the same mail channel, in the order of definition.
    public func sharedAddresses() -> [(first: Int, other: Int, channel: String)] {
        var found: [(first: Int, other: Int, channel: String)] = []
        var owners: [String: [UInt32: Int]] = [:]
        for (position, twin) in duplicates.sorted(by: { $0.key < $1.key }) {
            for channel in recipients.reach(at: Int(position)).via where mailChannels.contains(channel) {
                if let owner = owners[channel]?[twin] {
                    found.append((owner, Int(position), channel))
                } else {
                    owners[channel, default: [:]][twin] = Int(position)
                }
            }
        }
        return found
    }

    // MARK: Deliveries

    /// Walks through recipients and `via` channels in recipient order. Of several recipients with one address on one mail
    /// channel the first defined gets it (contract, "Identity").
    struct Walk: Sendable {
        private let directory: RecipientDirectory
        private var positions: RecipientSet.Iterator
        /// Whom it passes over; their addresses count as told.
        private let told: RecipientSet
        /// Shared addresses that were met, by channel.
        private var met: [String: Set<UInt32>] = [:]

        init(_ directory: RecipientDirectory, through positions: RecipientSet, passingOver told: RecipientSet) {
            self.directory = directory
            self.positions = positions.makeIterator()
            self.told = told
        }

        /// The next recipient and the channels that tell him; nil at the end. There may be no channel.
        mutating func next() -> (position: Int, channels: [String])? {
            while let position = positions.next() {
                var channels = directory.recipients.reach(at: position).via
                if !directory.duplicates.isEmpty, let twin = directory.duplicates[UInt32(position)] {
                    channels = channels.filter { channel in
                        !directory.mailChannels.contains(channel) || met[channel, default: []].insert(twin).inserted
                    }
                }
                if !told.isEmpty, told.contains(position) { continue }
                return (position, channels)
            }
            return nil
        }
    }

    /// How many deliveries a reminder to them has.
    public func deliveryCount(to positions: RecipientSet) -> Int {
        var walk = Walk(self, through: positions, passingOver: [])
        var count = 0
        while let (_, channels) = walk.next() { count += channels.count }
        return count
    }

    /// Names recipient and channel of every delivery of a reminder to them, in recipient order.
    public func forEachDelivery(to positions: RecipientSet, _ body: (_ position: Int, _ channel: String) -> Void) {
        var walk = Walk(self, through: positions, passingOver: [])
        while let (position, channels) = walk.next() {
            for channel in channels { body(position, channel) }
        }
    }

    /// Every delivery of a reminder to them.
    public func deliveries(of reminder: ReminderKey, to positions: RecipientSet, rehearsal: Bool) -> [NewDelivery] {
        var addressees = Addressees(self, of: reminder, to: positions, rehearsal: rehearsal)
        return addressees.take(atLeast: .max)
    }
}

/// Those of a firing to whom nothing is written yet: half a million deliveries are made a few thousand at a time, as they
/// are written.
public struct Addressees: Sendable {
    private let directory: RecipientDirectory
    private let naming: DeliveryNaming
    private var walk: RecipientDirectory.Walk
    private var upcoming: (position: Int, channels: [String])?
    private let joined: RecipientSet

    /// - Parameters:
    ///   - told: those of them who have theirs; not written again.
    ///   - joined: those of them who were named only after the reminder was due.
    public init(
        _ directory: RecipientDirectory, of reminder: ReminderKey, to positions: RecipientSet,
        passingOver told: RecipientSet = [],
        joined: RecipientSet = [], rehearsal: Bool
    ) {
        self.directory = directory
        self.joined = joined
        naming = DeliveryNaming(reminder: reminder, rehearsal: rehearsal)
        walk = RecipientDirectory.Walk(directory, through: positions, passingOver: told)
        advance()
    }

    public var isEmpty: Bool { upcoming == nil }

    /// The next deliveries, in recipient order: as many as asked for, or a few more, for a recipient's channels are never
    /// parted; less at the end.
    public mutating func take(atLeast count: Int) -> [NewDelivery] {
        var deliveries: [NewDelivery] = []
        while let (position, channels) = upcoming, deliveries.count < count {
            let recipient = directory.recipients.id(at: position)
            let hasJoined = joined.contains(position)
            for channel in channels {
                deliveries.append(
                    NewDelivery(
                        id: naming.id(recipient: recipient, channel: channel), recipient: recipient, channel: channel,
                        joined: hasJoined, formerly: directory.formerSlots(position, recipient, channel)))
            }
            advance()
        }
        return deliveries
    }

    /// Whoever is told by no channel has no delivery.
    private mutating func advance() {
        repeat { upcoming = walk.next() } while upcoming?.channels.isEmpty == true
    }
}

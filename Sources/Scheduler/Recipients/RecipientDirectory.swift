import Synchronization

/// The accepted recipients of a configuration, and their groups. Immutable.
///
/// This is a class because every message uses the directory, and a struct of eleven fields would be
/// copied for each message.
public final class RecipientDirectory: Sendable {
    /// The table of all recipients.
    ///
    /// Other code identifies a recipient by the position in this table.
    public let recipients: RecipientTable
    /// The kind of address that each channel needs, keyed by the channel's name.
    ///
    /// On each of these channels, recipients with the same address count as one recipient. Channels
    /// that need no address are not included.
    public let addressKinds: [String: AddressKind]
    /// The ids of all groups, sorted.
    public let groupNames: [String]
    private let groupNumbers: [String: Int]
    /// The groups, in the order of `groupNames`.
    private let groups: [Group]
    /// Caches the direct and indirect members of groups.
    ///
    /// Plans name the same few groups many times. With the cache, each group is searched only once.
    private let reached = Reached()
    /// For each kind of address, the recipients who share an address with others.
    ///
    /// Keys and values are positions. The value is the first recipient with the same address. Kinds
    /// that no channel needs are left out.
    private let duplicates: [AddressKind: [UInt32: UInt32]]
    /// The positions of recipients, keyed by former id (`formerly`).
    ///
    /// `formerIDsByPosition` has the former ids of each position, sorted.
    private let formerIDs: [String: UInt32]
    private let formerIDsByPosition: [UInt32: [String]]
    /// The former names of each channel, keyed by the current name.
    private let formerChannels: [String: [String]]
    /// The positions of recipients whose id was made from their name, because the file has no id.
    let madeIDs: Set<UInt32>

    private struct Group: Sendable {
        let recipients: RecipientSet
        /// The groups that are members, as indices in `RecipientDirectory.groups`.
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

    /// The direct members of a group, as in the configuration.
    public struct Members: Sendable {
        /// The positions of recipients, in any order.
        public var recipients: [UInt32] = []
        /// The ids of groups. Unknown ids are ignored.
        public var groups: [String] = []

        public init() {}
    }

    /// Creates a directory of packed recipients.
    ///
    /// - Parameters:
    ///   - groups: The direct members, keyed by group id. A group may contain itself, directly or
    ///     through other groups. Such a loop adds no members.
    ///   - formerIDs: The positions of recipients, keyed by former id. No key is a current id.
    ///   - formerChannels: The former names of each channel, newest first, keyed by the current
    ///     name.
    ///   - madeIDs: The positions of recipients whose id was made from their name.
    public init(
        recipients: RecipientTable, groups: [String: Members], addressKinds: [String: AddressKind],
        formerIDs: [String: UInt32] = [:],
        formerChannels: [String: [String]] = [:], madeIDs: Set<UInt32> = []
    ) {
        self.recipients = recipients
        self.madeIDs = madeIDs
        self.formerIDs = formerIDs
        self.formerChannels = formerChannels
        formerIDsByPosition = Dictionary(grouping: formerIDs.keys.sorted()) { formerIDs[$0]! }
        self.addressKinds = addressKinds
        groupNames = groups.keys.sorted()
        let numbers = Dictionary(uniqueKeysWithValues: groupNames.enumerated().map { ($0.element, $0.offset) })
        groupNumbers = numbers
        self.groups = groupNames.map { name in
            let members = groups[name] ?? Members()
            return Group(
                recipients: RecipientSet(members.recipients.lazy.map(Int.init)), groups: members.groups.compactMap { numbers[$0] }
            )
        }
        var duplicates: [AddressKind: [UInt32: UInt32]] = [:]
        for kind in Set(addressKinds.values) {
            let found = recipients.duplicates(of: kind)
            if !found.isEmpty { duplicates[kind] = found }
        }
        self.duplicates = duplicates
    }

    /// Creates a directory from a list of recipients.
    ///
    /// - Parameter groups: The ids of the members, keyed by group id. Members are recipients or
    ///   groups.
    public convenience init(
        recipients list: [Recipient], groups: [String: [String]], addressKinds: [String: AddressKind],
        formerly: [String: String] = [:], formerChannels: [String: [String]] = [:]
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
            recipients: recipients, groups: members, addressKinds: addressKinds, formerIDs: formerIDs,
            formerChannels: formerChannels)
    }

    // MARK: Looking up

    /// Returns the recipient with this current or former id; nil if there is none.
    public func recipient(_ id: String) -> Recipient? {
        position(id).map { recipients[$0] }
    }

    /// Returns the position of the recipient with this current or former id; nil if there is none.
    public func position(_ id: String) -> Int? {
        recipients.position(of: id) ?? formerIDs[id].map { Int($0) }
    }

    /// Returns the current and former ids under which a recipient may be stored in the ledger.
    public func storedIDs(of id: String) -> [String] {
        guard !formerIDs.isEmpty, let position = position(id) else { return [id] }
        return [recipients.id(at: position)] + (formerIDsByPosition[UInt32(position)] ?? [])
    }

    /// Returns pairs of recipient id and channel name under which older deliveries may be stored.
    func formerSlots(_ position: Int, _ id: String, _ channel: String) -> [NewDelivery.Slot] {
        let ids = formerIDsByPosition[UInt32(position)] ?? []
        let channels = formerChannels[channel] ?? []
        guard !ids.isEmpty || !channels.isEmpty else { return [] }
        let all = ([id] + ids).flatMap { id in
            ([channel] + channels).map { NewDelivery.Slot(recipient: id, channel: $0) }
        }
        return Array(all.dropFirst())
    }

    /// Returns the other pairs of recipient id and channel name for the same deliveries.
    ///
    /// The pairs combine the current and former ids of the recipient with the current and former
    /// names of the channel. The pair of `stored` and `channel` is left out.
    func otherSlots(_ stored: String, _ channel: String) -> [NewDelivery.Slot] {
        guard let position = position(stored) else { return [] }
        let id = recipients.id(at: position)
        let own = NewDelivery.Slot(recipient: stored, channel: channel)
        let present = NewDelivery.Slot(recipient: id, channel: channel)
        return ([present] + formerSlots(position, id, channel)).filter { $0 != own }
    }

    /// Returns the position of the recipient with this current or former id, in UTF-8.
    public func position(stored id: UnsafeBufferPointer<UInt8>) -> Int? {
        if let position = recipients.position(of: id) { return position }
        return formerIDs.isEmpty ? nil : formerIDs[String(decoding: id, as: UTF8.self)].map { Int($0) }
    }

    /// A hash of all recipients and their channels (`RecipientTable.fingerprint`).
    ///
    /// The hash changes if recipients are added or removed, if the channels of a recipient change,
    /// or if a recipient begins or ceases to share an address with another recipient.
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

    /// Returns the recipients that these ids name, directly or through groups.
    ///
    /// Unknown ids are ignored.
    public func resolve(_ ids: [String]) -> RecipientSet {
        if ids.count == 1, let group = groupNumbers[ids[0]] { return everyone(group) }
        return RecipientSet.union(
            ids.compactMap { id in groupNumbers[id].map(everyone) }
                + ids.compactMap { id in recipients.position(of: id).map { [$0] } })
    }

    /// Returns the recipients of a `notify` list as its messages list them.
    ///
    /// Returns nil if the list names a single recipient or nobody.
    public func audience(_ notify: [String]) -> Audience? {
        let positions = resolve(notify)
        let count = positions.count
        guard count > 1 else { return nil }
        return Audience(names: positions.prefix(Audience.limit).map { recipients[$0].name }, count: count)
    }

    /// Returns the members of a group, direct and indirect.
    private func everyone(_ number: Int) -> RecipientSet {
        reached.by(number) {
            var found: [RecipientSet] = []
            var seen: Set<Int> = [number]
            // Uses a loop instead of recursion, because groups within groups may form a long chain.
            var left = [number]
            while let next = left.popLast() {
                found.append(groups[next].recipients)
                for inner in groups[next].groups where seen.insert(inner).inserted { left.append(inner) }
            }
            return RecipientSet.union(found)
        }
    }

    /// Returns the groups among `ids` that have `recipient` as a member.
    ///
    /// A message can name these groups as the reason why the recipient gets it.
    public func groups(of recipient: String, among ids: [String]) -> [String] {
        guard let position = position(recipient) else { return [] }
        return ids.filter { groupNumbers[$0].map { everyone($0).contains(position) } ?? false }
    }

    /// Returns whether the group lists a member. The member may be a group without members.
    public func namesAnybody(_ group: String) -> Bool {
        groupNumbers[group].map { !groups[$0].recipients.isEmpty || !groups[$0].groups.isEmpty } ?? false
    }

    /// The groups that have neither direct nor indirect members.
    ///
    /// The computation visits each membership once.
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

    /// Returns pairs of recipients who have the same address on a channel.
    ///
    /// `first` is the first recipient with the address on the channel, and `other` is a later one.
    /// The pairs are sorted by the position of `other`.
    public func sharedAddresses() -> [(first: Int, other: Int, channel: String)] {
        var found: [(first: Int, other: Int, channel: String)] = []
        var owners: [String: [UInt32: Int]] = [:]
        for position in Set(duplicates.values.flatMap(\.keys)).sorted() {
            for channel in recipients.reach(at: Int(position)).via {
                guard let twin = firstWithAddress(of: position, on: channel) else { continue }
                if let owner = owners[channel]?[twin] {
                    found.append((owner, Int(position), channel))
                } else {
                    owners[channel, default: [:]][twin] = Int(position)
                }
            }
        }
        return found
    }

    /// Returns the first recipient with the same address for a channel; nil if it is not shared.
    private func firstWithAddress(of position: UInt32, on channel: String) -> UInt32? {
        addressKinds[channel].flatMap { duplicates[$0]?[position] }
    }

    /// Returns these recipients and everybody who reads the same mailboxes.
    ///
    /// A recipient is added if, on each of their `via` channels, one of `positions` has the same
    /// address. Nothing more would reach such a recipient, because an address gets a message once.
    func withSharedAddresses(_ positions: RecipientSet) -> RecipientSet {
        guard !duplicates.isEmpty, !positions.isEmpty else { return positions }
        let sharing = Set(duplicates.values.flatMap(\.keys))
        var reached: [String: Set<UInt32>] = [:]
        for position in sharing where positions.contains(Int(position)) {
            for channel in recipients.reach(at: Int(position)).via {
                if let twin = firstWithAddress(of: position, on: channel) { reached[channel, default: []].insert(twin) }
            }
        }
        let added = sharing.filter { position in
            let via = recipients.reach(at: Int(position)).via
            return !via.isEmpty
                && via.allSatisfy { channel in
                    firstWithAddress(of: position, on: channel).map { reached[channel]?.contains($0) ?? false } ?? false
                }
        }
        return positions.union(RecipientSet(added.lazy.map(Int.init)))
    }

    private func sharesAddress(_ position: UInt32) -> Bool {
        duplicates.values.contains { $0[position] != nil }
    }

    // MARK: Deliveries

    /// Iterates over recipients and their `via` channels in recipient order.
    ///
    /// If several recipients have the same address on a channel, only the recipient who is defined
    /// first gets the delivery.
    struct Walk: Sendable {
        private let directory: RecipientDirectory
        private var positions: RecipientSet.Iterator
        /// Recipients who already have deliveries. They are skipped, and their addresses count as
        /// used.
        private let told: RecipientSet
        /// The shared addresses that already have a delivery, keyed by channel.
        ///
        /// An address is identified by the position of the first recipient who has it.
        private var met: [String: Set<UInt32>] = [:]

        init(_ directory: RecipientDirectory, through positions: RecipientSet, passingOver told: RecipientSet) {
            self.directory = directory
            self.positions = positions.makeIterator()
            self.told = told
        }

        /// Returns the position of the next recipient and the channels to use; nil at the end.
        ///
        /// The list of channels may be empty.
        mutating func next() -> (position: Int, channels: [String])? {
            while let position = positions.next() {
                var channels = directory.recipients.reach(at: position).via
                if !directory.duplicates.isEmpty, directory.sharesAddress(UInt32(position)) {
                    channels = channels.filter { channel in
                        guard let twin = directory.firstWithAddress(of: UInt32(position), on: channel) else { return true }
                        return met[channel, default: []].insert(twin).inserted
                    }
                }
                if !told.isEmpty, told.contains(position) { continue }
                return (position, channels)
            }
            return nil
        }
    }

    /// Returns the number of deliveries of a reminder to these recipients.
    public func deliveryCount(to positions: RecipientSet) -> Int {
        var walk = Walk(self, through: positions, passingOver: [])
        var count = 0
        while let (_, channels) = walk.next() { count += channels.count }
        return count
    }

    /// Calls `body` for every delivery of a reminder to these recipients, in recipient order.
    public func forEachDelivery(to positions: RecipientSet, _ body: (_ position: Int, _ channel: String) -> Void) {
        var walk = Walk(self, through: positions, passingOver: [])
        while let (position, channels) = walk.next() {
            for channel in channels { body(position, channel) }
        }
    }

    /// Returns every delivery of a reminder to these recipients.
    public func deliveries(of reminder: ReminderKey, to positions: RecipientSet, rehearsal: Bool) -> [NewDelivery] {
        var addressees = Addressees(self, of: reminder, to: positions, rehearsal: rehearsal)
        return addressees.take(atLeast: .max)
    }
}

/// The recipients of a reminder whose deliveries are not written yet.
///
/// Deliveries are created a few thousand at a time, when they are written, because a reminder may
/// have half a million of them.
public struct Addressees: Sendable {
    private let directory: RecipientDirectory
    private let naming: DeliveryNaming
    private var walk: RecipientDirectory.Walk
    private var upcoming: (position: Int, channels: [String])?
    private let joined: RecipientSet

    /// - Parameters:
    ///   - told: Recipients who already have deliveries. They are skipped.
    ///   - joined: Recipients who were added to the lead only after the reminder was due.
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

    /// Returns the next deliveries, in recipient order.
    ///
    /// Returns at least `count` deliveries, unless fewer are left. There may be a few more, because
    /// all deliveries of a recipient are returned together.
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

    /// Moves to the next recipient who gets a delivery.
    ///
    /// Recipients without a channel are skipped.
    private mutating func advance() {
        repeat { upcoming = walk.next() } while upcoming?.channels.isEmpty == true
    }
}

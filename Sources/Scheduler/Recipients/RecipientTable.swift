import Plans

// Half a million recipients as Swift structs use 169 MB, mostly headers of strings and arrays. This
// table stores each recipient as a record of bytes, one after the other:
//
// head id name addresses
//
// The low bits of `head` are the kinds of the addresses. Its other bits are the number of a
// combination of language, salutation and channels; there are few combinations. A length precedes
// each string.
// A name equal to the id uses one byte. The addresses are in the order of their kinds. An e-mail
// address consists of its local part as text and its domain as a number, because there are also few
// domains. If there are more than `domainLimit` domains, records with further domains contain the
// domain as text. Addresses of other kinds are stored as text. Numbers have a variable length, with
// seven bits a byte and the low bits first (LEB128).
//
// In addition to the records, the table has the offset of each record and a hash table from id to
// position. At most three in four slots of the hash table are in use. In a school service with half
// a million recipients, a recipient uses 69 bytes, 12 of them for the offset and the hash table.

/// All recipients in the order of definition, stored packed and decoded when read.
public struct RecipientTable: RandomAccessCollection, Sendable {
    /// The language, the salutation and the channels of a recipient.
    public struct Reach: Hashable, Sendable {
        public let language: Language?
        public let salutation: String?
        public let via: [String]
        public let otherwise: [String]

        public init(language: Language?, salutation: String? = nil, via: [String], otherwise: [String]) {
            self.language = language
            self.salutation = salutation
            self.via = via
            self.otherwise = otherwise
        }

        /// Whether `channel` is one of the `via` or `otherwise` channels.
        public func uses(_ channel: String) -> Bool { via.contains(channel) || otherwise.contains(channel) }
    }

    private var records: [UInt8] = []
    private var starts: [UInt32] = []
    private var reaches: [Reach] = []
    /// For each element of `reaches`, a hash of its channels.
    ///
    /// The hash of a recipient is computed from this initial value.
    private var channelHashes: [UInt64] = []
    private var reachNumbers: [Reach: Int] = [:]
    /// The domains of e-mail addresses, each with its at sign.
    private var domains: [String] = []
    private var domainNumbers: [String: Int] = [:]
    /// A hash table with linear probing, from id to position.
    ///
    /// The number of slots is a power of two.
    ///
    /// The low twenty bits of a slot are the position + 1, or 0 if the slot is empty. The upper
    /// twelve bits are bits of the id's hash, so that a search compares few other ids.
    private var slots: [UInt32] = []

    private static let kinds = AddressKind.allCases
    /// The number of bits for the kinds of addresses in the head of a record.
    private static let kindBits = kinds.count
    private static let positionBits: UInt32 = (1 << 20) - 1
    /// The maximum number of domains in `domains`.
    ///
    /// Further domains are stored in the records, because this uses less space.
    private static let domainLimit = 10_000
    /// The total length of all records, in bytes, at which the table is full.
    ///
    /// Offsets of records have 32 bits. No record is as long as the 1 GB between this limit and the
    /// largest offset.
    private static let byteLimit = Int(UInt32.max) - (1 << 30)

    public init() {}

    public init(_ recipients: some Sequence<Recipient>) {
        for recipient in recipients { append(recipient) }
    }

    // MARK: Looking

    public var startIndex: Int { 0 }
    public var endIndex: Int { starts.count }

    public subscript(position: Int) -> Recipient {
        reading(position) { reader in
            let head = reader.head()
            let reach = reaches[head.reach]
            let id = reader.text()
            let nameLength = reader.number()
            let name = nameLength == 0 ? id : reader.text(nameLength - 1)
            var addresses = Addresses()
            for kind in RecipientTable.kinds where head.kinds & kind.bit != 0 { addresses[kind] = text(of: kind, &reader) }
            return Recipient(
                id: id, name: name, addresses: addresses, language: reach.language, salutation: reach.salutation,
                via: reach.via, otherwise: reach.otherwise)
        }
    }

    /// Returns the recipient's address of this kind; nil if there is none.
    public func address(_ kind: AddressKind, at position: Int) -> String? {
        reading(position) { reader in reader.seek(kind) ? text(of: kind, &reader) : nil }
    }

    /// Reads the text of an address of this kind.
    private func text(of kind: AddressKind, _ reader: inout Reader) -> String {
        let text = reader.text()
        return kind.hasDomain ? text + domain(&reader) : text
    }

    /// Reads the domain of an e-mail address, including the at sign.
    private func domain(_ reader: inout Reader) -> String {
        let number = reader.number()
        return number == 0 ? reader.text() : domains[number - 1]
    }

    public func id(at position: Int) -> String {
        reading(position) { reader in
            _ = reader.number()
            return reader.text()
        }
    }

    /// Returns the domain of the recipient's e-mail address, in lower case; nil if there is none.
    func domain(at position: Int) -> String? {
        reading(position) { reader in
            guard reader.seek(.email) else { return nil }
            _ = reader.bytes(reader.number())
            let domain = domain(&reader).dropFirst().lowercased()
            return domain.isEmpty ? nil : domain
        }
    }

    public func reach(at position: Int) -> Reach {
        reaches[reading(position) { $0.head().reach }]
    }

    /// Returns each combination of language, salutation and channels, and its recipient count.
    public func tally() -> [(reach: Reach, count: Int)] {
        var counts = [Int](repeating: 0, count: reaches.count)
        for position in indices { counts[reading(position) { $0.head().reach }] += 1 }
        return zip(reaches, counts).filter { $0.1 > 0 }.map { (reach: $0.0, count: $0.1) }
    }

    /// Whether any recipient may have `otherwise` channels. False only if no recipient has any.
    public var haveOtherwise: Bool { reaches.contains { !$0.otherwise.isEmpty } }

    /// Returns the position of the first recipient with this id; nil if there is none.
    public func position(of id: String) -> Int? {
        var id = id
        return id.withUTF8 { position(of: $0) }
    }

    /// Returns the position of the first recipient with this id; nil if there is none.
    /// - Parameter id: The id in UTF-8.
    public func position(of id: UnsafeBufferPointer<UInt8>) -> Int? {
        guard !slots.isEmpty else { return nil }
        let found = slots[slot(of: id).index] & RecipientTable.positionBits
        return found == 0 ? nil : Int(found) - 1
    }

    /// Returns the slot of the id, or a free slot for it, and the hash bits to store there.
    private func slot(of id: UnsafeBufferPointer<UInt8>) -> (index: Int, tag: UInt32) {
        let mask = slots.count - 1
        let hash = RecipientTable.hash(UnsafeRawBufferPointer(id))
        let tag = UInt32(truncatingIfNeeded: hash >> 32) & ~RecipientTable.positionBits
        var slot = hash & mask
        while slots[slot] != 0 {
            let other = slots[slot]
            let isAlike = other & ~RecipientTable.positionBits == tag
            if isAlike, reading(Int(other & RecipientTable.positionBits) - 1, { $0.isID(id) }) { break }
            slot = (slot + 1) & mask
        }
        return (slot, tag)
    }

    /// Returns a hash with a seed that is new in each process.
    ///
    /// Because of the seed, nobody can write a file in which all ids fall into the same slot.
    private static func hash(_ bytes: UnsafeRawBufferPointer) -> Int {
        var hasher = Hasher()
        hasher.combine(bytes: bytes)
        return hasher.finalize()
    }

    private func reading<Result>(_ position: Int, _ body: (inout Reader) -> Result) -> Result {
        let start = Int(starts[position])
        return records.withUnsafeBufferPointer { records in
            var reader = Reader(records: records, index: start)
            return body(&reader)
        }
    }

    private struct Reader {
        let records: UnsafeBufferPointer<UInt8>
        var index: Int

        mutating func number() -> Int {
            var (number, shift) = (0, 0)
            while true {
                let byte = records[index]
                index += 1
                number |= Int(byte & 0x7F) << shift
                if byte < 0x80 { return number }
                shift += 7
            }
        }

        mutating func head() -> (reach: Int, kinds: Int) {
            let head = number()
            return (head >> RecipientTable.kindBits, head & (1 << RecipientTable.kindBits - 1))
        }

        mutating func bytes(_ count: Int) -> UnsafeBufferPointer<UInt8> {
            defer { index += count }
            return UnsafeBufferPointer(rebasing: records[index..<index + count])
        }

        mutating func text(_ count: Int) -> String { String(decoding: bytes(count), as: UTF8.self) }
        mutating func text() -> String { text(number()) }

        mutating func isID(_ id: UnsafeBufferPointer<UInt8>) -> Bool {
            _ = number()
            let own = bytes(number())
            return own.count == id.count && own.elementsEqual(id)
        }

        /// Moves from the start of a record to the address of this kind.
        ///
        /// Returns false if the record has no such address. The reader is then within the record.
        mutating func seek(_ kind: AddressKind) -> Bool {
            let kinds = head().kinds
            guard kinds & kind.bit != 0 else { return false }
            _ = bytes(number())
            let name = number()
            if name > 0 { _ = bytes(name - 1) }
            for earlier in RecipientTable.kinds where earlier.bit < kind.bit && kinds & earlier.bit != 0 { skip(earlier) }
            return true
        }

        /// Moves past an address of this kind.
        private mutating func skip(_ kind: AddressKind) {
            _ = bytes(number())
            if kind.hasDomain, number() == 0 { _ = bytes(number()) }
        }

        /// Returns the packed bytes of the address of this kind; nil if there is none.
        ///
        /// Equal addresses have equal bytes.
        mutating func address(_ kind: AddressKind) -> UnsafeRawBufferPointer? {
            guard seek(kind) else { return nil }
            let start = index
            skip(kind)
            return UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(records)[start..<index])
        }
    }

    // MARK: Comparing

    /// Returns a hash of the ids and channels of recipients.
    ///
    /// If recipients or channels differ, the hash almost certainly differs. The hash is the same in
    /// every process and for every order of definition. It is a sum of FNV-1a hashes, each mixed by
    /// the finalizer of SplitMix64.
    ///
    /// - Parameter duplicates: The results of `duplicates(of:)` by kind of address. Only one
    ///   recipient gets the messages to a shared address.
    func fingerprint(of positions: RecipientSet, duplicates: [AddressKind: [UInt32: UInt32]] = [:]) -> UInt64 {
        var sum = UInt64(truncatingIfNeeded: positions.count)
        for position in positions {
            sum &+= reading(position) { reader in
                var hash = FNV(channelHashes[reader.head().reach])
                hash.add(reader.bytes(reader.number()))
                return hash.finished
            }
        }
        for (kind, found) in duplicates {
            for (position, first) in found where position != first && positions.contains(Int(position)) {
                var hash = FNV()
                // E-mail addresses are hashed without their kind, because older ledgers contain
                // fingerprints from when there was no other kind.
                if kind != .email { hash.add(line: kind.rawValue) }
                hash.add(line: id(at: Int(position)))
                hash.add(line: id(at: Int(first)))
                sum &+= hash.finished
            }
        }
        return sum
    }

    // MARK: Packing

    /// Whether another recipient can be added.
    public var haveRoom: Bool { records.count < RecipientTable.byteLimit && count < Int(RecipientTable.positionBits) }

    /// Reserves space for a total of `count` recipients.
    public mutating func reserve(_ count: Int) {
        starts.reserveCapacity(count)
        growTable(for: count)
    }

    public mutating func append(_ recipient: Recipient) {
        let reach = reachNumber(
            Reach(
                language: recipient.language, salutation: recipient.salutation, via: recipient.via,
                otherwise: recipient.otherwise))
        var (id, name) = (recipient.id, recipient.name)
        id.withUTF8 { id in
            name.withUTF8 { name in
                append(id: id, name: name, kinds: recipient.addresses.kinds, reach: reach) { table in
                    for address in recipient.addresses.all {
                        var text = address.text
                        text.withUTF8 { table.append(address: $0, of: address.kind) }
                    }
                }
            }
        }
    }

    /// Returns the number that `append` takes for this reach. Adds the reach if it is new.
    public mutating func reachNumber(_ reach: Reach) -> Int {
        if let known = reachNumbers[reach] { return known }
        var hash = FNV()
        for channel in reach.via + ["otherwise"] + reach.otherwise { hash.add(line: channel) }
        channelHashes.append(hash.value)
        reaches.append(reach)
        reachNumbers[reach] = reaches.count - 1
        return reaches.count - 1
    }

    /// Adds a recipient with at most one address. All strings are in UTF-8.
    ///
    /// `reach` is a number that `reachNumber` returned.
    public mutating func append(
        id: UnsafeBufferPointer<UInt8>, name: UnsafeBufferPointer<UInt8>,
        address: (kind: AddressKind, text: UnsafeBufferPointer<UInt8>)?, reach: Int
    ) {
        append(id: id, name: name, kinds: address?.kind.bit ?? 0, reach: reach) { table in
            if let address { table.append(address: address.text, of: address.kind) }
        }
    }

    /// Adds a recipient with any number of addresses.
    ///
    /// - Parameters:
    ///   - kinds: the kinds of the addresses, as a set of bits (`AddressKind.bit`).
    ///   - appendAddresses: appends the addresses, in the order of their kinds.
    private mutating func append(
        id: UnsafeBufferPointer<UInt8>, name: UnsafeBufferPointer<UInt8>, kinds: Int, reach: Int,
        _ appendAddresses: (inout RecipientTable) -> Void
    ) {
        precondition(haveRoom, "more than a million recipients, or 3 GB of them")
        if slots.count * 3 < (starts.count + 1) * 4 { growTable(for: starts.count + 1) }
        let start = UInt32(records.count)
        append(number: reach << RecipientTable.kindBits | kinds)
        append(number: id.count)
        records.append(contentsOf: id)
        if name.count == id.count, name.elementsEqual(id) {
            append(number: 0)
        } else {
            append(number: name.count + 1)
            records.append(contentsOf: name)
        }
        appendAddresses(&self)
        starts.append(start)
        let (slot, tag) = slot(of: id)
        if slots[slot] == 0 { slots[slot] = UInt32(starts.count) | tag }
    }

    private mutating func append(address: UnsafeBufferPointer<UInt8>, of kind: AddressKind) {
        let at = kind.hasDomain ? address.lastIndex(of: UInt8(ascii: "@")) ?? address.count : address.count
        append(number: at)
        records.append(contentsOf: UnsafeBufferPointer(rebasing: address[..<at]))
        guard kind.hasDomain else { return }
        let domain = UnsafeBufferPointer(rebasing: address[at...])
        let text = String(decoding: domain, as: UTF8.self)
        if let number = domainNumbers[text] {
            append(number: number + 1)
        } else if domains.count < RecipientTable.domainLimit {
            domainNumbers[text] = domains.count
            domains.append(text)
            append(number: domains.count)
        } else {
            append(number: 0)
            append(number: domain.count)
            records.append(contentsOf: domain)
        }
    }

    private mutating func append(number: Int) {
        var rest = number
        while rest >= 0x80 {
            records.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        records.append(UInt8(rest))
    }

    private mutating func growTable(for count: Int) {
        var size = Swift.max(16, slots.count)
        while size * 3 < count * 4 { size *= 2 }
        guard size > slots.count else { return }
        slots = [UInt32](repeating: 0, count: size)
        for position in starts.indices {
            let (free, tag) = reading(position) { reader in
                _ = reader.number()
                let id = reader.bytes(reader.number())
                return slot(of: id)
            }
            if slots[free] == 0 { slots[free] = UInt32(position + 1) | tag }
        }
    }

    /// Frees memory that was reserved for more recipients.
    public mutating func trim() {
        records = records.withUnsafeBufferPointer { Array($0) }
        starts = starts.withUnsafeBufferPointer { Array($0) }
    }

    // MARK: Shared addresses

    /// Returns the positions of recipients with a shared address of this kind.
    ///
    /// The value of each position is the position of the first recipient with the address.
    func duplicates(of kind: AddressKind) -> [UInt32: UInt32] {
        var duplicates: [UInt32: UInt32] = [:]
        var table = [UInt32](repeating: 0, count: slots.count)
        let mask = table.count - 1
        for position in starts.indices {
            reading(position) { reader in
                guard let address = reader.address(kind) else { return }
                var slot = RecipientTable.hash(address) & mask
                while table[slot] != 0 {
                    let other = Int(table[slot]) - 1
                    if isAddress(address, of: kind, at: other) {
                        duplicates[UInt32(other)] = UInt32(other)
                        duplicates[UInt32(position)] = UInt32(other)
                        return
                    }
                    slot = (slot + 1) & mask
                }
                table[slot] = UInt32(position + 1)
            }
        }
        return duplicates
    }

    private func isAddress(_ address: UnsafeRawBufferPointer, of kind: AddressKind, at position: Int) -> Bool {
        reading(position) { reader in
            reader.address(kind).map { $0.count == address.count && $0.elementsEqual(address) } == true
        }
    }
}

/// The 64-bit hash FNV-1a.
private struct FNV {
    private(set) var value: UInt64

    init(_ value: UInt64 = 0xCBF2_9CE4_8422_2325) {
        self.value = value
    }

    mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) {
        for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }

    mutating func add(line: String) {
        var line = line + "\n"
        line.withUTF8 { add($0) }
    }

    /// The hash, mixed by the finalizer of SplitMix64.
    ///
    /// Because of the mixing, two sums of hashes almost certainly differ if their terms differ.
    var finished: UInt64 {
        var z = value &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

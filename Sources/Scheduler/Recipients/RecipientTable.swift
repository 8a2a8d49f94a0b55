import Plans

// Half a million recipients as Swift structs take 169 MB, most of it headers of strings and arrays. Here each is a record of
// bytes, one after the other:
//
//     reach  id  name  address
//
// `reach` is the number of a combination of language and channels; there are few. Texts are preceded by their length; a
// name that is the id takes one byte. Of an address the local part stands in full and the domain as a number, for there are
// few of those too; where there are more than `domainLimit`, the rest stand in full. Numbers are of variable length, seven
// bits a byte, the low ones first (LEB128). Beside the records: where each begins, and a table of positions by hash of the
// id, of whose slots at most three in four are taken. Half a million people of a school service: 69 bytes each, of them 12
// for finding them.

/// Everyone who can be told, in the order of definition; as values while they are looked at, packed while they are not.
public struct RecipientTable: RandomAccessCollection, Sendable {
    /// In which language and by which channels somebody is told.
    public struct Reach: Hashable, Sendable {
        public let language: Language?
        public let via: [String]
        public let otherwise: [String]

        public init(language: Language?, via: [String], otherwise: [String]) {
            self.language = language
            self.via = via
            self.otherwise = otherwise
        }

        /// This channel is one of theirs.
        public func uses(_ channel: String) -> Bool { via.contains(channel) || otherwise.contains(channel) }
    }

    private var records: [UInt8] = []
    private var starts: [UInt32] = []
    private var reaches: [Reach] = []
    /// Of the channels of each, where a fingerprint begins.
    private var channelHashes: [UInt64] = []
    private var reachNumbers: [Reach: Int] = [:]
    /// With their at sign.
    private var domains: [String] = []
    private var domainNumbers: [String: Int] = [:]
    /// Position + 1 of a recipient whose id hashes to here or a little before, in the low twenty bits; above them twelve bits of
    /// the hash, so that other ids need not be looked at. 0: none. A power of two of them.
    private var slots: [UInt32] = []

    private static let positionBits: UInt32 = (1 << 20) - 1
    /// Beyond it a domain costs less in its record than in a table.
    private static let domainLimit = 10_000
    /// Where a record begins is kept in 32 bits; no single one is as long as what is left to spare.
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
            let reach = reaches[reader.number()]
            let id = reader.text()
            let nameLength = reader.number()
            let name = nameLength == 0 ? id : reader.text(nameLength - 1)
            let localLength = reader.number()
            var email: String?
            if localLength > 0 {
                let local = reader.text(localLength - 1)
                let domain = reader.number()
                email = local + (domain == 0 ? reader.text() : domains[domain - 1])
            }
            return Recipient(
                id: id, name: name, email: email, language: reach.language, via: reach.via, otherwise: reach.otherwise)
        }
    }

    public func id(at position: Int) -> String {
        reading(position) { reader in
            _ = reader.number()
            return reader.text()
        }
    }

    /// The domain of the address, in lower case; nil where there is no address.
    func domain(at position: Int) -> String? {
        reading(position) { reader in
            _ = reader.number()
            _ = reader.bytes(reader.number())
            let name = reader.number()
            if name > 0 { _ = reader.bytes(name - 1) }
            let local = reader.number()
            guard local > 0 else { return nil }
            _ = reader.bytes(local - 1)
            let number = reader.number()
            let domain = (number == 0 ? reader.text() : domains[number - 1]).dropFirst().lowercased()
            return domain.isEmpty ? nil : domain
        }
    }

    public func reach(at position: Int) -> Reach {
        reaches[reading(position) { $0.number() }]
    }

    /// How many are told in each way that somebody is told.
    public func tally() -> [(reach: Reach, count: Int)] {
        var counts = [Int](repeating: 0, count: reaches.count)
        for position in indices { counts[reading(position) { $0.number() }] += 1 }
        return zip(reaches, counts).filter { $0.1 > 0 }.map { (reach: $0.0, count: $0.1) }
    }

    /// Somebody has channels for when the others fail.
    public var haveOtherwise: Bool { reaches.contains { !$0.otherwise.isEmpty } }

    /// Of recipients with one id the first.
    public func position(of id: String) -> Int? {
        var id = id
        return id.withUTF8 { position(of: $0) }
    }

    /// - Parameter id: in UTF-8.
    public func position(of id: UnsafeBufferPointer<UInt8>) -> Int? {
        guard !slots.isEmpty else { return nil }
        let found = slots[slot(of: id).index] & RecipientTable.positionBits
        return found == 0 ? nil : Int(found) - 1
    }

    /// Where the id stands in the table, or would stand; and what of its hash stands with it.
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

    /// Seeded anew in each process, so that no file can be written whose ids all meet in one slot.
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

        /// The address as it is packed: equal addresses are packed alike.
        mutating func address() -> UnsafeRawBufferPointer? {
            _ = number()
            _ = bytes(number())
            let name = number()
            if name > 0 { _ = bytes(name - 1) }
            let start = index
            let local = number()
            guard local > 0 else { return nil }
            _ = bytes(local - 1)
            if number() == 0 { _ = bytes(number()) }
            return UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(records)[start..<index])
        }
    }

    // MARK: Comparing

    /// A number that differs, for all that is likely, where other recipients are meant or one has other channels: the same in
    /// every process and for every order of definition. A sum of FNV-1a hashes, each finished as in SplitMix64.
    ///
    /// - Parameter twins: recipients whose address others have too, each with the first of them: of these only one gets mail.
    func fingerprint(of positions: RecipientSet, duplicates: [UInt32: UInt32] = [:]) -> UInt64 {
        var sum = UInt64(truncatingIfNeeded: positions.count)
        for position in positions {
            sum &+= reading(position) { reader in
                var hash = FNV(channelHashes[reader.number()])
                hash.add(reader.bytes(reader.number()))
                return hash.finished
            }
        }
        for (position, first) in duplicates where position != first && positions.contains(Int(position)) {
            var hash = FNV()
            hash.add(line: id(at: Int(position)))
            hash.add(line: id(at: Int(first)))
            sum &+= hash.finished
        }
        return sum
    }

    // MARK: Packing

    /// Another can be taken in.
    public var haveRoom: Bool { records.count < RecipientTable.byteLimit && count < Int(RecipientTable.positionBits) }

    /// Makes room for so many in all.
    public mutating func reserve(_ count: Int) {
        starts.reserveCapacity(count)
        growTable(for: count)
    }

    public mutating func append(_ recipient: Recipient) {
        let reach = reachNumber(
            Reach(language: recipient.language, via: recipient.via, otherwise: recipient.otherwise))
        var (id, name) = (recipient.id, recipient.name)
        id.withUTF8 { id in
            name.withUTF8 { name in
                guard var email = recipient.email else { return append(id: id, name: name, email: nil, reach: reach) }
                email.withUTF8 { append(id: id, name: name, email: $0, reach: reach) }
            }
        }
    }

    /// The number by which `append` knows a way to be told.
    public mutating func reachNumber(_ reach: Reach) -> Int {
        if let known = reachNumbers[reach] { return known }
        var hash = FNV()
        for channel in reach.via + ["otherwise"] + reach.otherwise { hash.add(line: channel) }
        channelHashes.append(hash.value)
        reaches.append(reach)
        reachNumbers[reach] = reaches.count - 1
        return reaches.count - 1
    }

    /// All in UTF-8.
    public mutating func append(
        id: UnsafeBufferPointer<UInt8>, name: UnsafeBufferPointer<UInt8>, email: UnsafeBufferPointer<UInt8>?, reach: Int
    ) {
        precondition(haveRoom, "more than a million recipients, or 3 GB of them")
        if slots.count * 3 < (starts.count + 1) * 4 { growTable(for: starts.count + 1) }
        let start = UInt32(records.count)
        append(number: reach)
        append(number: id.count)
        records.append(contentsOf: id)
        if name.count == id.count, name.elementsEqual(id) {
            append(number: 0)
        } else {
            append(number: name.count + 1)
            records.append(contentsOf: name)
        }
        if let email { append(email: email) } else { append(number: 0) }
        starts.append(start)
        let (slot, tag) = slot(of: id)
        if slots[slot] == 0 { slots[slot] = UInt32(starts.count) | tag }
    }

    private mutating func append(email: UnsafeBufferPointer<UInt8>) {
        let at = email.lastIndex(of: UInt8(ascii: "@")) ?? email.count
        append(number: at + 1)
        records.append(contentsOf: UnsafeBufferPointer(rebasing: email[..<at]))
        let domain = UnsafeBufferPointer(rebasing: email[at...])
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

    /// Gives back what was set aside for more of them.
    public mutating func trim() {
        records = records.withUnsafeBufferPointer { Array($0) }
        starts = starts.withUnsafeBufferPointer { Array($0) }
    }

    // MARK: Shared addresses

    /// Recipients whose address others have too, each with the position of the first of them.
    func duplicates() -> [UInt32: UInt32] {
        var duplicates: [UInt32: UInt32] = [:]
        var table = [UInt32](repeating: 0, count: slots.count)
        let mask = table.count - 1
        for position in starts.indices {
            reading(position) { reader in
                guard let address = reader.address() else { return }
                var slot = RecipientTable.hash(address) & mask
                while table[slot] != 0 {
                    let other = Int(table[slot]) - 1
                    if isAddress(address, of: other) {
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

    private func isAddress(_ address: UnsafeRawBufferPointer, of position: Int) -> Bool {
        reading(position) { reader in
            reader.address().map { $0.count == address.count && $0.elementsEqual(address) } == true
        }
    }
}

/// The hash FNV-1a of 64 bits.
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

    /// Mixed, so that sums of hashes differ where their members do (the finalizer of SplitMix64).
    var finished: UInt64 {
        var z = value &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

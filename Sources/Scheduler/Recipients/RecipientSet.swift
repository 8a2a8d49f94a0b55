/// A set of recipients, identified by position in the directory. Iteration is ascending.
///
/// The set is stored as a list or, if that is smaller, as a bitmap up to the last position. Half a
/// million positions use 62 kB. Three positions among half a million use 12 bytes.
public struct RecipientSet: Hashable, Sendable {
    // One of `listed` and `words` is always empty. The members alone determine which of them is
    // used, so equal sets have equal storage.
    private let listed: [UInt32]
    private let words: [UInt64]
    public let count: Int

    public init() {
        listed = []
        words = []
        count = 0
    }

    /// Creates a set of positions in any order. Duplicates are allowed.
    public init(_ positions: some Sequence<Int>) {
        var list = positions.map { UInt32($0) }
        let isAscending = zip(list, list.dropFirst()).allSatisfy { $0 < $1 }
        if !isAscending {
            list.sort()
            var last: UInt32?
            list.removeAll { position in
                defer { last = position }
                return position == last
            }
        }
        self.init(ascending: list)
    }

    init(ascending list: [UInt32]) {
        count = list.count
        guard let last = list.last, RecipientSet.favoursBits(count: list.count, last: last) else {
            listed = list
            words = []
            return
        }
        var words = [UInt64](repeating: 0, count: Int(last >> 6) + 1)
        for position in list { words[Int(position >> 6)] |= 1 << UInt64(position & 63) }
        self.words = words
        listed = []
    }

    private init(words full: [UInt64]) {
        let count = full.reduce(0) { $0 + $1.nonzeroBitCount }
        self.count = count
        guard let top = full.lastIndex(where: { $0 != 0 }) else {
            listed = []
            words = []
            return
        }
        let last = UInt32(top * 64 + 63 - full[top].leadingZeroBitCount)
        if RecipientSet.favoursBits(count: count, last: last) {
            words = top == full.count - 1 ? full : Array(full[...top])
            listed = []
        } else {
            var list: [UInt32] = []
            list.reserveCapacity(count)
            for (index, word) in full.enumerated() {
                var rest = word
                while rest != 0 {
                    list.append(UInt32(index * 64 + rest.trailingZeroBitCount))
                    rest &= rest - 1
                }
            }
            listed = list
            words = []
        }
    }

    /// Returns whether a bitmap is smaller than a list.
    ///
    /// A list needs four bytes for each member. A bitmap needs eight bytes for every 64 possible
    /// positions.
    private static func favoursBits(count: Int, last: UInt32) -> Bool {
        (Int(last >> 6) + 1) * 8 < count * 4
    }

    public var isEmpty: Bool { count == 0 }

    public func contains(_ position: Int) -> Bool {
        guard words.isEmpty else {
            let index = position >> 6
            return index < words.count && words[index] & (1 << UInt64(position & 63)) != 0
        }
        var (low, high) = (0, listed.count)
        while low < high {
            let middle = (low + high) / 2
            if listed[middle] < position { low = middle + 1 } else { high = middle }
        }
        return low < listed.count && listed[low] == position
    }

    public func union(_ other: RecipientSet) -> RecipientSet {
        if other.isEmpty { return self }
        if isEmpty { return other }
        return combined(with: other) { $0 | $1 }
    }

    public static func union(_ sets: [RecipientSet]) -> RecipientSet {
        let filled = sets.filter { !$0.isEmpty }
        guard filled.count > 2 else { return filled.reduce(RecipientSet()) { $0.union($1) } }
        var words = [UInt64](repeating: 0, count: (filled.map(\.last).max() ?? 0) >> 6 + 1)
        for set in filled {
            for position in set.listed { words[Int(position >> 6)] |= 1 << UInt64(position & 63) }
            for (index, word) in set.words.enumerated() { words[index] |= word }
        }
        return RecipientSet(words: words)
    }

    /// An upper bound of the members: the last member of a list, or the last bit of a bitmap.
    ///
    /// The set must not be empty.
    private var last: Int {
        listed.last.map { Int($0) } ?? words.count * 64 - 1
    }

    public func subtracting(_ other: RecipientSet) -> RecipientSet {
        isEmpty || other.isEmpty ? self : combined(with: other) { $0 & ~$1 }
    }

    public func intersection(_ other: RecipientSet) -> RecipientSet {
        isEmpty || other.isEmpty ? RecipientSet() : combined(with: other) { $0 & $1 }
    }

    private func combined(with other: RecipientSet, _ operation: (UInt64, UInt64) -> UInt64) -> RecipientSet {
        let (mine, its) = (bits, other.bits)
        let length = Swift.max(mine.count, its.count)
        return RecipientSet(
            words: (0..<length).map { operation($0 < mine.count ? mine[$0] : 0, $0 < its.count ? its[$0] : 0) })
    }

    private var bits: [UInt64] {
        guard words.isEmpty, let last = listed.last else { return words }
        var words = [UInt64](repeating: 0, count: Int(last >> 6) + 1)
        for position in listed { words[Int(position >> 6)] |= 1 << UInt64(position & 63) }
        return words
    }
}

extension RecipientSet: Sequence {
    public struct Iterator: IteratorProtocol, Sendable {
        fileprivate let positions: RecipientSet
        /// The current index in the list or in the words.
        private var index = 0
        /// The bits of the word at `index` that have not been returned yet.
        private var rest: UInt64

        fileprivate init(_ positions: RecipientSet) {
            self.positions = positions
            rest = positions.words.first ?? 0
        }

        public mutating func next() -> Int? {
            if positions.words.isEmpty {
                guard index < positions.listed.count else { return nil }
                defer { index += 1 }
                return Int(positions.listed[index])
            }
            while rest == 0 {
                index += 1
                guard index < positions.words.count else { return nil }
                rest = positions.words[index]
            }
            defer { rest &= rest - 1 }
            return index * 64 + rest.trailingZeroBitCount
        }
    }

    public func makeIterator() -> Iterator { Iterator(self) }

    public var underestimatedCount: Int { count }
}

extension RecipientSet: ExpressibleByArrayLiteral {
    public init(arrayLiteral elements: Int...) {
        self.init(elements)
    }
}

/// The addresses of a recipient, at most one of each kind, in the order of `AddressKind.allCases`.
public struct Addresses: Hashable, Sendable {
    public struct Address: Hashable, Sendable {
        public let kind: AddressKind
        public let text: String
    }

    public private(set) var all: [Address] = []

    /// The kinds of the addresses, as a set of bits (`AddressKind.bit`).
    var kinds: Int { all.reduce(0) { $0 | $1.kind.bit } }

    public subscript(kind: AddressKind) -> String? {
        get { all.first { $0.kind == kind }?.text }
        set {
            all.removeAll { $0.kind == kind }
            guard let newValue else { return }
            let next = all.firstIndex { $0.kind.bit > kind.bit } ?? all.endIndex
            all.insert(Address(kind: kind, text: newValue), at: next)
        }
    }
}

extension Addresses: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (AddressKind, String)...) {
        for (kind, text) in elements { self[kind] = text }
    }
}

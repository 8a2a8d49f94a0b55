/// Why a text is no address; the description may be shown to the user and does not repeat the address.
public struct AddressRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}

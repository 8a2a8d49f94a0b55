/// The reason why a text is not an address.
///
/// The description may be shown to the user. It does not repeat the address.
public struct AddressRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// A kind of address that a recipient may have and that a channel may need.
///
/// The raw value is the key of the address in the configuration, and its column in a CSV file.
public enum AddressKind: String, Hashable, Sendable, CaseIterable {
    case email
}

/// A kind of address that a recipient may have, and that a channel may need.
///
/// The raw value is the recipient's key in the configuration and the column of a CSV file.
public enum AddressKind: String, Hashable, Sendable, CaseIterable {
    case email
}

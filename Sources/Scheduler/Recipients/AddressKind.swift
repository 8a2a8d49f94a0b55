/// A kind of address that a recipient may have and that a channel may need.
///
/// The raw value names the kind in messages. If the configuration can contain addresses of the
/// kind, the raw value is also their key and their column in a CSV file.
public enum AddressKind: String, Hashable, Sendable, CaseIterable {
    case email
    /// A telephone number.
    case phone
    /// The id of a person or a chat room in a chat service.
    case chat

    /// The bit of this kind in a set of kinds. The bits ascend in the order of `allCases`.
    var bit: Int {
        switch self {
        case .email: 1
        case .phone: 2
        case .chat: 4
        }
    }

    /// Whether addresses of this kind end in an at sign and a domain, which many recipients share.
    var hasDomain: Bool { self == .email }
}

import Diagnostics
import Notifiers
import Scheduler
import Transport

/// Checks the addresses of recipients, by kind.
enum AddressReader {
    /// An address in the form in which it is stored.
    struct Address {
        let text: String
        /// A warning that messages print after the address; nil if there is none.
        var warning: LocalizedText?
    }

    /// The kinds of address that have a configuration key and a CSV column.
    static let kinds = AddressKind.allCases.filter { readers[$0] != nil }

    private static let readers: [AddressKind: @Sendable (String) throws(AddressRefusal) -> Address] = [.email: email]

    /// - Parameter kind: the kind of the address, which must be one of `kinds`.
    static func read(_ text: String, _ kind: AddressKind) throws(AddressRefusal) -> Address {
        guard let reader = readers[kind] else { preconditionFailure("addresses of the kind \(kind) have no key") }
        return try reader(text)
    }

    private static func email(_ text: String) throws(AddressRefusal) -> Address {
        let read = try EmailAddress(text)
        guard read.isMixedScript else { return Address(text: read.ascii) }
        return Address(
            text: read.ascii,
            warning:
                "the domain mixes letters of several scripts, as look-alikes of other names do; it is sent as \(read.ascii)")
    }
}

extension AddressKind {
    /// The word before "channel" in messages about channels that need an address of this kind.
    var channelWord: String { self == .email ? "mail" : rawValue }
}

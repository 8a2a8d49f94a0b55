import Diagnostics

/// The reason why a string is not an e-mail address or not a domain name.
///
/// The description may be shown to the user, because it does not repeat an e-mail address.
public struct AddressRefusal: Error, Hashable, Sendable, LocalizedTextConvertible {
    public let localizedText: LocalizedText

    init(_ text: LocalizedText) {
        localizedText = text
    }
}

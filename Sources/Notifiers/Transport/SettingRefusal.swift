import Diagnostics

/// The reason why a setting cannot be used, in words for the user. It never contains a secret.
public struct SettingRefusal: Error, Hashable, Sendable, LocalizedTextConvertible {
    public let localizedText: LocalizedText

    public init(_ text: LocalizedText) {
        localizedText = text
    }
}

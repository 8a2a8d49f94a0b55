/// The reason why a setting cannot be used, in words for the user. It never contains a secret.
public struct SettingRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) {
        self.description = description
    }
}

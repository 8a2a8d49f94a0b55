/// A setting that cannot be used, with the reason for the user; never with the value of a secret.
public struct SettingRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) {
        self.description = description
    }
}

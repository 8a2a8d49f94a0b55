import Diagnostics

extension LocalizedText {
    /// Returns whether the English text contains `other`.
    public func contains(_ other: String) -> Bool { description.contains(other) }

    /// Returns whether the English text begins with `start`.
    public func hasPrefix(_ start: String) -> Bool { description.hasPrefix(start) }
}

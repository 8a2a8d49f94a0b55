/// The half of the day that people write after an hour of the 12-hour clock (`8 pm`).
///
/// Phrases do not allow the 12-hour clock. This type converts such an hour, so that the hint can
/// show it on the 24-hour clock.
public enum HalfDay: Sendable {
    case morning, afternoon

    /// The words for each half of the day, in lower case.
    public static let words: [String: HalfDay] = [
        "am": .morning, "sáng": .morning, "pm": .afternoon, "chiều": .afternoon, "tối": .afternoon,
    ]

    /// Converts an hour of this half to the 24-hour clock, 0...23; nil if there is no such hour.
    public func hour(_ written: Int) -> Int? {
        switch (self, written) {
        case (.morning, 12): 0
        case (.morning, 0...11), (.afternoon, 12...23): written
        case (.afternoon, 1...11): written + 12
        default: nil
        }
    }
}

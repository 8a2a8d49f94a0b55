/// The half of the day that people write behind an hour of twelve. No phrase has it; hints are made of it.
public enum HalfDay: Sendable {
    case morning, afternoon

    /// In lower case.
    public static let words: [String: HalfDay] = [
        "am": .morning, "sáng": .morning, "pm": .afternoon, "chiều": .afternoon, "tối": .afternoon,
    ]

    /// 0...23; nil for an hour that does not come in this half.
    public func hour(_ written: Int) -> Int? {
        switch (self, written) {
        case (.morning, 12): 0
        case (.morning, 0...11), (.afternoon, 12...23): written
        case (.afternoon, 1...11): written + 12
        default: nil
        }
    }
}

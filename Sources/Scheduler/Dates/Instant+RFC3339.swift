extension Instant {
    /// Reads an RFC 3339 date-time such as `2027-05-02T07:59:58+07:00`; nil for any other text.
    ///
    /// The date, `T`, the time with seconds, and an offset (`Z` or `±HH:MM`) are required.
    /// Lower-case `t` and `z` are accepted. A fraction of a second is truncated to milliseconds. A
    /// leap second, `:60`, is read as `:59`, because POSIX time cannot represent it.
    public init?(rfc3339 text: String) {
        let bytes = Array(text.utf8)
        // `YYYY-MM-DDTHH:MM:SSZ` has 20 bytes. The longest text without a fraction has 25. The
        // limit of 56 leaves 30 digits for a fraction, more than any clock measures.
        guard (20...56).contains(bytes.count), let day = Day(String(decoding: bytes[..<10], as: UTF8.self)),
            bytes[10] | 0x20 == UInt8(ascii: "t"), bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
            let hour = decimal(bytes[11...12]), hour <= 23,
            let minute = decimal(bytes[14...15]), minute <= 59,
            let second = decimal(bytes[17...18]), second <= 60
        else { return nil }
        var rest = bytes[19...]
        var fraction = 0
        if rest.first == UInt8(ascii: ".") {
            let digits = rest.dropFirst().prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard !digits.isEmpty else { return nil }
            let milliseconds = Array(digits.prefix(3)) + Array(repeating: UInt8(ascii: "0"), count: max(0, 3 - digits.count))
            fraction = decimal(milliseconds) ?? 0
            rest = rest[digits.endIndex...]
        }
        guard let offset = Instant.offset(rest) else { return nil }
        let seconds = Int(day.number) * 86_400 + hour * 3_600 + minute * 60 + min(second, 59) - offset
        self.init(milliseconds: Int64(seconds * 1_000 + fraction))
    }

    /// Returns the offset in seconds east of Greenwich from `Z` or `±HH:MM`; nil for other text.
    private static func offset(_ bytes: ArraySlice<UInt8>) -> Int? {
        if bytes.count == 1, let only = bytes.first, only | 0x20 == UInt8(ascii: "z") { return 0 }
        let text = Array(bytes)
        guard text.count == 6, text[0] == UInt8(ascii: "+") || text[0] == UInt8(ascii: "-"), text[3] == UInt8(ascii: ":"),
            let hours = decimal(text[1...2]), hours <= 23, let minutes = decimal(text[4...5]), minutes <= 59
        else { return nil }
        let seconds = hours * 3_600 + minutes * 60
        return text[0] == UInt8(ascii: "-") ? -seconds : seconds
    }
}

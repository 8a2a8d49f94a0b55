import Dates

/// Builds a TZif file of any version for a test.
struct MadeFile {
    var version: UInt8 = UInt8(ascii: "2")
    /// The transitions: the time in seconds since 1970, and the index of the local time type.
    var transitions: [(Int64, UInt8)] = []
    /// The local time types: the offset in seconds east of Greenwich, and 1 for daylight saving
    /// time.
    var types: [(Int32, UInt8)] = [(0, 0)]
    var footer = "\n\n"
    var leaps = 0

    var bytes: [UInt8] {
        var bytes = block(timeSize: 4)
        if version > 0 { bytes += block(timeSize: 8) + Array(footer.utf8) }
        return bytes
    }

    private func block(timeSize: Int) -> [UInt8] {
        var bytes = Array("TZif".utf8) + [version] + [UInt8](repeating: 0, count: 15)
        for count in [0, 0, leaps, transitions.count, types.count, 4] { bytes += bigEndian(UInt32(count)) }
        for (time, _) in transitions { bytes += bigEndian(UInt64(bitPattern: time)).suffix(timeSize) }
        for (_, type) in transitions { bytes.append(type) }
        for (offset, daylight) in types { bytes += bigEndian(UInt32(bitPattern: offset)) + [daylight, 0] }
        bytes += Array("ABC\0".utf8)
        return bytes + [UInt8](repeating: 0, count: leaps * (timeSize + 4))
    }

    private func bigEndian<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }

    func zone() throws -> Zone { try Zone(name: "Made", tzif: bytes) }

    static func rule(_ text: String) throws -> Zone { try MadeFile(footer: "\n\(text)\n").zone() }
}

/// The validated content of a TZif file (RFC 9636, 3).
struct TZif: Sendable {
    struct Transition {
        var time: Int64
        var offset: Int32
    }

    var firstOffset: Int32
    var transitions: [Transition]
    var rule: FooterRule?

    /// The maximum size of a file in bytes. Real files have fewer than 6 000 bytes.
    static let byteLimit = 131_072
    /// The maximum number of transitions in a file. Real files have fewer than 400 transitions.
    static let transitionLimit = 4_096
    /// The allowed offsets from UTC in seconds.
    ///
    /// RFC 9636, 3.2, recommends more than −25 and less than +26 hours.
    static let offsetRange = -89_999...93_599

    init(fixedOffset: Int32) {
        firstOffset = fixedOffset
        transitions = []
        rule = nil
    }

    init(_ bytes: [UInt8]) throws(ZoneError.Problem) {
        guard bytes.count <= TZif.byteLimit else { throw .tooLarge(bytes.count) }
        var reader = ByteReader(bytes)
        var header = try Header(&reader)
        // Version 1 has one block, with 32-bit times. Later versions repeat the block with 64-bit
        // times and add the footer.
        guard header.version > 0 else {
            (firstOffset, transitions) = try TZif.block(header, timeSize: 4, &reader)
            rule = nil
            guard reader.remaining == 0 else { throw .trailing(reader.remaining) }
            return
        }
        try reader.skip(header.blockSize(timeSize: 4), "its version 1 data")
        header = try Header(&reader)
        guard header.version > 0 else { throw .version(header.version) }
        (firstOffset, transitions) = try TZif.block(header, timeSize: 8, &reader)
        rule = try TZif.footer(&reader)
        guard reader.remaining == 0 else { throw .trailing(reader.remaining) }
    }

    struct Header {
        /// The version byte of the file: 0 or an ASCII digit.
        var version: UInt8
        var utFlags, standardFlags, leaps, times, types, characters: Int

        init(_ reader: inout ByteReader) throws(ZoneError.Problem) {
            for expected in "TZif".utf8 where reader.next() != expected { throw .notTZif }
            guard let version = reader.next() else { throw .truncated("its header") }
            guard version == 0 || (UInt8(ascii: "2")...UInt8(ascii: "9")).contains(version) else { throw .version(version) }
            self.version = version
            try reader.skip(15, "its header")
            utFlags = Int(try reader.integer(4, "its header"))
            standardFlags = Int(try reader.integer(4, "its header"))
            leaps = Int(try reader.integer(4, "its header"))
            times = Int(try reader.integer(4, "its header"))
            types = Int(try reader.integer(4, "its header"))
            characters = Int(try reader.integer(4, "its header"))
        }

        /// Returns the size in bytes of the data block that follows this header.
        ///
        /// Each count in the header has 32 bits, so the sum does not overflow.
        func blockSize(timeSize: Int) -> Int {
            times * (timeSize + 1) + types * 6 + characters + leaps * (timeSize + 4) + standardFlags + utFlags
        }

        func check() throws(ZoneError.Problem) {
            guard leaps == 0 else { throw .leapSeconds }
            guard times <= TZif.transitionLimit else { throw .count("transitions", times) }
            guard (1...256).contains(types) else { throw .count("local time types", types) }
            // A type record has the position of its abbreviation in one byte, 0...255. The
            // abbreviation that begins last may extend beyond position 255.
            guard (1...512).contains(characters) else { throw .count("abbreviation characters", characters) }
            guard standardFlags == 0 || standardFlags == types else { throw .count("standard/wall flags", standardFlags) }
            guard utFlags == 0 || utFlags == types else { throw .count("UT/local flags", utFlags) }
        }
    }

    private static func block(
        _ header: Header, timeSize: Int, _ reader: inout ByteReader
    ) throws(ZoneError.Problem) -> (firstOffset: Int32, transitions: [Transition]) {
        try header.check()
        guard reader.remaining >= header.blockSize(timeSize: timeSize) else { throw .truncated("its data") }
        var times: [Int64] = []
        for index in 0..<header.times {
            let raw = try reader.integer(timeSize, "its transition times")
            let time = timeSize == 4 ? Int64(Int32(truncatingIfNeeded: raw)) : Int64(bitPattern: raw)
            // The earliest time that the zone compiler writes is −2⁵⁹, for the Big Bang.
            guard time >= -(1 << 59), time <= 1 << 59, times.last.map({ $0 < time }) ?? true else { throw .transition(index) }
            times.append(time)
        }
        var indices: [Int] = []
        for _ in times { indices.append(Int(try reader.integer(1, "its transition types"))) }
        var types: [(offset: Int32, abbreviation: Int)] = []
        for index in 0..<header.types {
            let offset = Int32(truncatingIfNeeded: try reader.integer(4, "its local time types"))
            let isDaylight = try reader.integer(1, "its local time types")
            let abbreviation = Int(try reader.integer(1, "its local time types"))
            guard offsetRange.contains(Int(offset)), isDaylight <= 1 else { throw .type(index) }
            types.append((offset, abbreviation))
        }
        var characters: [UInt8] = []
        for _ in 0..<header.characters { characters.append(UInt8(try reader.integer(1, "its abbreviations"))) }
        for (index, type) in types.enumerated() {
            guard type.abbreviation < characters.count, characters[type.abbreviation...].contains(0) else { throw .type(index) }
        }
        // The flags apply only to POSIX TZ strings that have daylight saving time but no rule for
        // it. Such strings are refused here, so the flags are skipped.
        try reader.skip(header.standardFlags + header.utFlags, "its flags")
        var transitions: [Transition] = []
        for (time, type) in zip(times, indices) {
            guard type < types.count else { throw .type(type) }
            transitions.append(Transition(time: time, offset: types[type].offset))
        }
        return (types[0].offset, transitions)
    }

    /// Reads the footer: a newline, the POSIX TZ string and a newline.
    ///
    /// Returns nil if the string is empty. The file then has no rule for the time after the last
    /// transition, and the offset of that transition applies from then on.
    private static func footer(_ reader: inout ByteReader) throws(ZoneError.Problem) -> FooterRule? {
        guard let start = reader.next() else { throw .truncated("its footer") }
        guard start == UInt8(ascii: "\n") else { throw .footer("", expected: "a line of its own") }
        var text: [UInt8] = []
        while let byte = reader.next() {
            if byte == UInt8(ascii: "\n") {
                if text.isEmpty { return nil }
                var parser = RuleParser(text)
                return try parser.rule()
            }
            text.append(byte)
        }
        throw .truncated("its footer")
    }
}

/// Reads big-endian numbers from bytes. Never reads past the end of the bytes.
struct ByteReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var remaining: Int { bytes.count - position }

    mutating func next() -> UInt8? {
        guard remaining > 0 else { return nil }
        position += 1
        return bytes[position - 1]
    }

    /// Skips `count` bytes.
    ///
    /// If fewer bytes are left, throws an error that contains `part`, the name of the skipped part
    /// of the file.
    mutating func skip(_ count: Int, _ part: String) throws(ZoneError.Problem) {
        guard remaining >= count else { throw .truncated(part) }
        position += count
    }

    mutating func integer(_ size: Int, _ part: String) throws(ZoneError.Problem) -> UInt64 {
        guard remaining >= size else { throw .truncated(part) }
        var value: UInt64 = 0
        for _ in 0..<size {
            value = value << 8 | UInt64(bytes[position])
            position += 1
        }
        return value
    }
}

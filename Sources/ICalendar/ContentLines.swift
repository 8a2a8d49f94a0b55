/// The content lines of a calendar file (RFC 5545, section 3.1).
///
/// Each line has a name, a colon and a value. A line of more than 75 bytes is folded between
/// characters. The parts after the first begin with a space.
struct ContentLines {
    private(set) var bytes: [UInt8] = []

    /// The maximum number of bytes in a line, without its line end.
    private static let limit = 75

    /// Adds a property whose value is written as it is. Adds nothing if the value is empty.
    mutating func add(_ name: String, _ value: String) {
        guard !value.isEmpty else { return }
        bytes += name.utf8
        bytes.append(UInt8(ascii: ":"))
        var room = Self.limit - name.utf8.count - 1
        if value.utf8.count <= room {
            bytes += value.utf8
        } else {
            for character in value {
                let size = character.utf8.count
                if size < Self.limit {
                    add(character.utf8, size, &room)
                } else {
                    // A character of several code points, such as an emoji of a family, may be
                    // longer than a line. It is then divided between its code points.
                    for scalar in character.unicodeScalars { add(UTF8.encode(scalar)!, UTF8.width(scalar), &room) }
                }
            }
        }
        bytes += [13, 10]
    }

    /// Adds bytes that belong together, in a new line if they do not fit in the `room` of this one.
    private mutating func add(_ piece: some Sequence<UInt8>, _ size: Int, _ room: inout Int) {
        if size > room {
            bytes += [13, 10, 32]
            room = Self.limit - 1
        }
        bytes.append(contentsOf: piece)
        room -= size
    }

    /// Adds a property of type TEXT. Adds nothing if the text is empty.
    mutating func add(_ name: String, text: String) {
        add(name, Self.escaped(text))
    }

    /// Returns a text with backslashes before the characters that the type TEXT reserves.
    ///
    /// A line end becomes `\n` (RFC 5545, section 3.3.11). Control characters are left out.
    static func escaped(_ text: String) -> String {
        let backslash = UInt8(ascii: "\\")
        var output: [UInt8] = []
        output.reserveCapacity(text.utf8.count + 16)
        var previous: UInt8 = 0
        for byte in text.utf8 {
            switch byte {
            case backslash, UInt8(ascii: ";"), UInt8(ascii: ","): output += [backslash, byte]
            case UInt8(ascii: "\n"): output += [backslash, UInt8(ascii: "n")]
            case UInt8(ascii: "\t"): output.append(byte)
            case 0..<0x20, 0x7F: break
            // The control characters U+0080 to U+009F are two bytes, of which the first is C2.
            case 0x80...0x9F where previous == 0xC2: output.removeLast()
            default: output.append(byte)
            }
            previous = byte
        }
        return String(decoding: output, as: UTF8.self)
    }
}

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
        var room = Self.limit
        for character in "\(name):\(value)" {
            // A character of several code points, such as an emoji of a family, may be longer than
            // a line. It is then divided between its code points.
            let pieces = character.utf8.count < Self.limit ? [String(character)] : character.unicodeScalars.map { String($0) }
            for piece in pieces {
                if piece.utf8.count > room {
                    bytes += [13, 10, 32]
                    room = Self.limit - 1
                }
                bytes += piece.utf8
                room -= piece.utf8.count
            }
        }
        bytes += [13, 10]
    }

    /// Adds a property of type TEXT. Adds nothing if the text is empty.
    mutating func add(_ name: String, text: String) {
        add(name, Self.escaped(text))
    }

    /// Returns a text with backslashes before the characters that the type TEXT reserves.
    ///
    /// A line end becomes `\n` (RFC 5545, section 3.3.11). Control characters are left out.
    static func escaped(_ text: String) -> String {
        var output = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\", ";", ",": output.append(contentsOf: ["\\", scalar])
            case "\n": output.append(contentsOf: ["\\", "n"])
            case "\t": output.append(scalar)
            case _ where scalar.properties.generalCategory == .control: break
            default: output.append(scalar)
            }
        }
        return String(output)
    }
}

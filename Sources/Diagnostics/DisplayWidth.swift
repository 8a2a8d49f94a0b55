/// Counts the columns that text takes in a terminal.
package enum DisplayWidth {
    /// Returns the number of columns of a character: 0, 1 or 2.
    ///
    /// Combining marks and invisible characters take none. East Asian wide characters and emoji
    /// take two (Unicode Standard Annex 11).
    package static func of(_ scalar: Unicode.Scalar) -> Int {
        // Saves the search in Unicode's tables for ASCII and composed Vietnamese letters.
        if scalar.value < 0x300 || (0x1E00...0x1EFF).contains(scalar.value) { return scalar.value == 0xAD ? 0 : 1 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: return wide.contains { $0.contains(scalar.value) } ? 2 : 1
        }
    }

    package static func of(_ text: some StringProtocol) -> Int {
        text.unicodeScalars.reduce(0) { $0 + of($1) }
    }

    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF,
        0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1FAFF,
        0x20000...0x3FFFD,
    ]
}

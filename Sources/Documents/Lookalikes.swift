import Diagnostics
import Foundation

/// Recognizes characters that look alike (Unicode Technical Standard 39, "confusables").
/// Examples are Greek and Cyrillic letters that look like Latin letters, and full-width letters.
/// Invisible characters are recognized too.
package enum Lookalikes {
    /// Returns the text with look-alikes replaced by Latin letters, without invisible characters.
    ///
    /// Two strings that look alike have the same result.
    package static func skeleton(_ text: String) -> String {
        // The text has no look-alikes and no invisible characters, so it is its own skeleton.
        if isPlain(text) { return text }
        var skeleton = String.UnicodeScalarView()
        for scalar in text.decomposedStringWithCompatibilityMapping.unicodeScalars where isVisible(scalar) {
            skeleton.append(latin[scalar] ?? (scalar.properties.isWhitespace ? " " : scalar))
        }
        return String(skeleton)
    }

    /// Returns whether `text` has only printable ASCII and precomposed Latin letters of Vietnamese.
    private static func isPlain(_ text: String) -> Bool {
        var copy = text
        return copy.withUTF8 { bytes in
            var index = 0
            while index < bytes.count {
                let byte = bytes[index]
                let next = index + 1 < bytes.count ? bytes[index + 1] : 0
                switch byte {
                case 0x20...0x7E: index += 1
                // The letters U+00C0 to U+00FF.
                case 0xC3: index += 2
                // Ă, Đ and Ĩ as capital and small letters. Ũ, Ơ and Ư follow in the next two lines.
                case 0xC4 where [0x82, 0x83, 0x90, 0x91, 0xA8, 0xA9].contains(next): index += 2
                case 0xC5 where next == 0xA8 || next == 0xA9: index += 2
                case 0xC6 where [0xA0, 0xA1, 0xAF, 0xB0].contains(next): index += 2
                // The letters U+1EA0 to U+1EF9.
                case 0xE1 where next == 0xBB || next == 0xBA && index + 2 < bytes.count && bytes[index + 2] >= 0xA0: index += 3
                default: return false
                }
            }
            return true
        }
    }

    /// Describes the first character in which `b` differs from `a`.
    ///
    /// Returns nil if the strings are equal or differ only in their Unicode normalization form.
    package static func difference(_ a: String, _ b: String) -> LocalizedText? {
        let first = Array(a.precomposedStringWithCanonicalMapping.unicodeScalars)
        let second = Array(b.precomposedStringWithCanonicalMapping.unicodeScalars)
        let index =
            zip(first, second).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? min(first.count, second.count)
        guard index < max(first.count, second.count) else { return nil }
        func named(_ letters: [Unicode.Scalar]) -> LocalizedText {
            guard index < letters.count else { return "nothing" }
            let code = String(letters[index].value, radix: 16, uppercase: true)
            let padded = String(repeating: "0", count: max(0, 4 - code.count)) + code
            return "\"\(printable(String(letters[index])))\" (U+\(padded))"
        }
        return "\(named(second)) where that has \(named(first))"
    }

    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory != .format && !scalar.properties.isDefaultIgnorableCodePoint
    }

    private static let latin: [Unicode.Scalar: Unicode.Scalar] = {
        let pairs = [
            ("АВСЕНІЈКМОРЅТХУѴԌԜԚ", "ABCEHIJKMOPSTXYVGWQ"), ("авсеһіјкморѕтхуѵԍԝԛԁӏ", "abcehijkmopstxyvgwqdl"),
            ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX"), ("αικνορτυχγ", "aiknoptuxy"), ("‐‑‒–—−", "------"), ("“”„‟", "\"\"\"\""),
            ("‘’‚‛′", "'''''"),
        ]
        var latin: [Unicode.Scalar: Unicode.Scalar] = [:]
        for (from, to) in pairs {
            for (a, b) in zip(from.unicodeScalars, to.unicodeScalars) { latin[a] = b }
        }
        return latin
    }()
}

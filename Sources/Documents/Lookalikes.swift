import Diagnostics
import Foundation

/// Letters that look like others (Unicode Technical Standard 39, "confusables"): those of Greek and Cyrillic that a Latin or
/// Vietnamese text can hide, full-width forms, and characters without a shape.
package enum Lookalikes {
    /// The text with every look-alike replaced by the Latin letter it looks like, and without what cannot be seen: texts that
    /// look alike have one skeleton.
    package static func skeleton(_ text: String) -> String {
        // Different letters of these kinds do not look alike, and nothing else has been done to them.
        if isPlain(text) { return text }
        var skeleton = String.UnicodeScalarView()
        for scalar in text.decomposedStringWithCompatibilityMapping.unicodeScalars where isVisible(scalar) {
            skeleton.append(latin[scalar] ?? (scalar.properties.isWhitespace ? " " : scalar))
        }
        return String(skeleton)
    }

    /// Printable ASCII and Latin letters with accents, in one scalar each, that stand for nothing else: all that Vietnamese uses.
    private static func isPlain(_ text: String) -> Bool {
        var copy = text
        return copy.withUTF8 { bytes in
            var index = 0
            while index < bytes.count {
                let byte = bytes[index]
                let next = index + 1 < bytes.count ? bytes[index + 1] : 0
                switch byte {
                case 0x20...0x7E: index += 1
                // À to ÿ; Ă, Đ, Ĩ, Ũ; Ơ, Ư, both cases.
                case 0xC3: index += 2
                case 0xC4 where [0x82, 0x83, 0x90, 0x91, 0xA8, 0xA9].contains(next): index += 2
                case 0xC5 where next == 0xA8 || next == 0xA9: index += 2
                case 0xC6 where [0xA0, 0xA1, 0xAF, 0xB0].contains(next): index += 2
                // U+1EA0 to U+1EF9.
                case 0xE1 where next == 0xBB || next == 0xBA && index + 2 < bytes.count && bytes[index + 2] >= 0xA0: index += 3
                default: return false
                }
            }
            return true
        }
    }

    /// The first letter of `b` that is not the one of `a` in its place, as a message names it; nil where only the spelling of
    /// one and the same letters differs.
    package static func difference(_ a: String, _ b: String) -> String? {
        let first = Array(a.precomposedStringWithCanonicalMapping.unicodeScalars)
        let second = Array(b.precomposedStringWithCanonicalMapping.unicodeScalars)
        let index =
            zip(first, second).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? min(first.count, second.count)
        guard index < max(first.count, second.count) else { return nil }
        func named(_ letters: [Unicode.Scalar]) -> String {
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

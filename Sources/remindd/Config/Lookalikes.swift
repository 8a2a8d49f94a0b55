import Foundation

/// Letters that look like others (Unicode Technical Standard 39, "confusables"): those of Greek and Cyrillic that a Latin or
/// Vietnamese text can hide, full-width forms, and characters without a shape.
enum Lookalikes {
    /// The text with every look-alike replaced by the Latin letter it looks like, and without what cannot be seen: texts that
    /// look alike have one skeleton.
    static func skeleton(_ text: String) -> String {
        var skeleton = String.UnicodeScalarView()
        for scalar in text.decomposedStringWithCompatibilityMapping.unicodeScalars where isVisible(scalar) {
            skeleton.append(latin[scalar] ?? (scalar.properties.isWhitespace ? " " : scalar))
        }
        return String(skeleton)
    }

    /// The first letter of `b` that is not the one of `a` in its place, as a message names it; nil where only the spelling of
    /// one and the same letters differs.
    static func difference(_ a: String, _ b: String) -> String? {
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

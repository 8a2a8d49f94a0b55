import Diagnostics
import Foundation

/// Checks the ids of plans, campaigns, leads, recipients, groups and channels.
package enum Identifier {
    package static let allowed: LocalizedText = "a small letter or digit, then up to 63 small letters, digits or hyphens"

    package static let pattern = "^[a-z0-9][a-z0-9-]{0,63}$"

    package static func isValid(_ id: String) -> Bool {
        guard (1...64).contains(id.utf8.count), id.utf8.first != UInt8(ascii: "-") else { return false }
        return id.utf8.allSatisfy {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                || $0 == UInt8(ascii: "-")
        }
    }

    /// Returns whether `text` has the form of a key: at most 20 ASCII letters and underscores.
    ///
    /// A password that was written in place of a key rarely has this form.
    package static func looksLikeKey(_ text: String) -> Bool {
        text.utf8.count <= 20 && text.utf8.allSatisfy { ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A || $0 == 0x5F }
    }

    /// Returns a valid id made from `text`, for a hint.
    /// Accents are removed, and capital letters become small. Hyphens replace all other characters
    /// between letters or digits. The id is cut after 64 characters.
    ///
    /// nil if `text` has more than 1 000 bytes, or if nothing remains.
    package static func suggestion(for text: String) -> String? {
        let id = words(of: text).joined(separator: "-").prefix(64)
        return isValid(String(id)) ? String(id) : nil
    }

    /// The maximum length of an id that is made from a title or a name.
    package static let madeLimit = 40

    /// Returns an id made from a title or a name: its words without accents, with hyphens between.
    ///
    /// Words that do not fit into `most` characters are left out. A first word that is too long is
    /// cut. nil if `text` has more than 1 000 bytes, or neither a Latin letter nor a digit.
    package static func made(from text: String, most: Int = madeLimit) -> String? {
        var id = ""
        for word in words(of: text) {
            let longer = id.isEmpty ? String(word.prefix(most)) : id + "-" + word
            guard longer.utf8.count <= most else { break }
            id = longer
        }
        return id.isEmpty ? nil : id
    }

    /// Returns the words of a text in small letters without accents; empty above 1 000 bytes.
    private static func words(of text: String) -> [String] {
        guard text.utf8.count <= 1_000 else { return [] }
        let plain = text.decomposedStringWithCanonicalMapping.lowercased().replacingOccurrences(of: "đ", with: "d")
        return plain.unicodeScalars.filter { !($0.properties.generalCategory == .nonspacingMark) }
            .split { !($0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0))) }
            .map { String(String.UnicodeScalarView($0)) }
    }

    package static func check(_ id: String, _ place: YAMLValue, _ what: LocalizedText) -> Bool {
        if isValid(id) { return true }
        place.error(
            "\(what) is \"\(printable(id))\"; allowed: \(allowed)",
            hints: place.context.problems.areHintsWanted ? suggestion(for: id).map { [$0] } ?? [] : [])
        return false
    }
}

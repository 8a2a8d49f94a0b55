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
        guard text.utf8.count <= 1_000 else { return nil }
        let plain = text.decomposedStringWithCanonicalMapping.lowercased().replacingOccurrences(of: "đ", with: "d")
        let words = plain.unicodeScalars.filter { !($0.properties.generalCategory == .nonspacingMark) }
            .split { !($0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0))) }
        let id = words.map { String(String.UnicodeScalarView($0)) }.joined(separator: "-").prefix(64)
        return isValid(String(id)) ? String(id) : nil
    }

    package static func check(_ id: String, _ place: YAMLValue, _ what: LocalizedText) -> Bool {
        if isValid(id) { return true }
        place.error(
            "\(what) is \"\(printable(id))\"; allowed: \(allowed)",
            hints: place.context.problems.areHintsWanted ? suggestion(for: id).map { [$0] } ?? [] : [])
        return false
    }
}

import Diagnostics

/// Vietnamese text that a conversion damaged, or that is in an encoding older than Unicode.
///
/// A title that was pasted from an old document looks right in the old font but is sent as
/// `C«ng v¨n`. remindd uses the text as it is written, but warns and shows the text that was
/// probably meant.
package struct LegacyText {
    /// The description of the fault. In a message it follows the name of the text.
    package let words: LocalizedText
    /// The text that was probably meant; nil if it cannot be determined.
    package let reading: String?

    /// Returns the fault of `text`; nil if none is found.
    package static func find(in text: String) -> LegacyText? {
        guard isSuspicious(text) else { return nil }
        if let reading = DoubleUTF8.undone(text) {
            return LegacyText(words: "was encoded twice (UTF-8 that was read as Latin-1)", reading: reading)
        }
        if text.unicodeScalars.contains("\u{FFFD}") {
            return LegacyText(
                words: "holds U+FFFD, which stands where a conversion lost a letter; write the letters again", reading: nil)
        }
        guard !text.unicodeScalars.contains(where: isModern) else { return nil }
        if let reading = LegacyEncoding.tcvn3.decoded(text) {
            return LegacyText(words: "is in the old encoding TCVN3 (fonts .Vn…), not in Unicode", reading: reading)
        }
        if let reading = LegacyEncoding.vni.decoded(text) {
            return LegacyText(words: "is in the old encoding VNI (fonts VNI-…), not in Unicode", reading: reading)
        }
        return nil
    }

    /// Returns whether `text` needs a closer check.
    ///
    /// True if `text` has U+FFFD, or a Latin-1 letter or sign that Vietnamese does not use. Also
    /// true if `text` has Latin-1 letters but no other Vietnamese letters, because nearly all
    /// Vietnamese text of several words has both.
    package static func isSuspicious(_ text: String) -> Bool {
        var text = text
        return text.withUTF8(isSuspicious)
    }

    package static func isSuspicious(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var hasLatin1 = false
        var hasOthers = false
        var index = 0
        while index < text.count {
            let byte = text[index]
            index += 1
            guard byte >= 0x80 else { continue }
            switch byte {
            case 0xC2: return true
            case 0xC3 where index < text.count:
                if strangers & (1 << UInt64((text[index] | 0x20) & 0x3F)) != 0 { return true }
                hasLatin1 = true
            case 0xEF where index + 1 < text.count:
                if text[index] == 0xBF, text[index + 1] == 0xBD { return true }
            case 0xC4...0xC6, 0xE1: hasOthers = true
            default: break
            }
        }
        return hasLatin1 && !hasOthers
    }

    /// The letters U+00E0 to U+00FF except àáâãèéêìíòóôõùúý, as a bit set.
    ///
    /// The number of a letter's bit is the low six bits of its code point, which are also the low
    /// six bits of its second byte in UTF-8.
    private static let strangers: UInt64 = {
        let used: [UInt64] = [0xE0, 0xE1, 0xE2, 0xE3, 0xE8, 0xE9, 0xEA, 0xEC, 0xED, 0xF2, 0xF3, 0xF4, 0xF5, 0xF9, 0xFA, 0xFD]
        return (0x20...0x3F).reduce(UInt64(0)) { $0 | 1 << $1 } & ~used.reduce(UInt64(0)) { $0 | 1 << ($1 & 0x3F) }
    }()

    /// Returns whether a scalar is a Vietnamese letter outside Latin-1.
    ///
    /// Text that was read as Latin-1 by mistake has no such letter.
    private static func isModern(_ scalar: Unicode.Scalar) -> Bool {
        (0x1EA0...0x1EF9).contains(scalar.value) || "ĂăĐđĨĩŨũƠơƯư".unicodeScalars.contains(scalar)
    }
}

/// UTF-8 that was read as Windows-1252 or Latin-1 and encoded once more, such as `TrÆ°á»ng`.
package enum DoubleUTF8 {
    /// Returns the text before the second encoding; nil if no letter of the text was encoded twice.
    ///
    /// A letter that lost some of its bytes becomes U+FFFD.
    package static func undone(_ text: String) -> String? {
        var result = String.UnicodeScalarView()
        var run: [UInt8] = []
        var written = String.UnicodeScalarView()
        var hasLetter = false
        func close() {
            guard !run.isEmpty else { return }
            let decoded = decoded(run)
            hasLetter = hasLetter || decoded?.hasLetter == true
            result.append(contentsOf: decoded?.text.unicodeScalars ?? written)
            run.removeAll(keepingCapacity: true)
            written = String.UnicodeScalarView()
        }
        for scalar in text.unicodeScalars {
            if let byte = windows1252(scalar) {
                run.append(byte)
                written.append(scalar)
            } else {
                close()
                result.append(scalar)
            }
        }
        close()
        return hasLetter ? String(result).composed : nil
    }

    /// Decodes consecutive bytes as UTF-8. `hasLetter` is false if the text has only signs.
    ///
    /// nil if no character is complete, or if a character is unlikely in Vietnamese text.
    private static func decoded(_ bytes: [UInt8]) -> (text: String, hasLetter: Bool)? {
        guard bytes.count > 1 else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        var (whole, letters) = (0, 0)
        for scalar in text.unicodeScalars where scalar != "\u{FFFD}" {
            switch scalar.value {
            case 0xC0...0x24F, 0x300...0x323, 0x1E00...0x1EFF, 0x2010...0x2027: letters += 1
            // Signs alone prove nothing, because a person may have typed them.
            case 0xA0...0xBF, 0x20AB: break
            default: return nil
            }
            whole += 1
        }
        return whole > 0 ? (text, letters > 0) : nil
    }

    /// Returns the byte of a character in Latin-1 or Windows-1252; nil if it has none above 0x7F.
    private static func windows1252(_ scalar: Unicode.Scalar) -> UInt8? {
        if (0x80...0xFF).contains(scalar.value) { return UInt8(scalar.value) }
        return special[scalar]
    }

    /// The characters of the bytes 0x80 to 0x9F in Windows-1252. Unassigned bytes are read as
    /// Latin-1.
    private static let special: [Unicode.Scalar: UInt8] = {
        let row = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8D}Ž\u{8F}\u{90}‘’“”•–—˜™š›œ\u{9D}žŸ"
        return Dictionary(uniqueKeysWithValues: zip(row.unicodeScalars, 0x80...0x9F))
    }()

    /// Returns the intended text of the line around a control character from U+0080 to U+009F.
    ///
    /// Such a character suggests that the text was encoded twice. nil if no letter was encoded
    /// twice.
    package static func reading(around offset: Int, in bytes: ArraySlice<UInt8>) -> String? {
        let isEnd: (UInt8) -> Bool = { $0 == 0x0A || $0 == 0x0D }
        let before = bytes[..<(bytes.startIndex + offset)].suffix(200)
        let start = before.lastIndex(where: isEnd).map { $0 + 1 } ?? before.startIndex
        let line = bytes[start...].prefix(400).prefix { !isEnd($0) }
        // Removes U+FFFD at both ends, because the line may have been cut inside a character.
        let text = String(decoding: line, as: UTF8.self).trimmingReplacements
        return undone(text)
    }
}

extension String {
    fileprivate var trimmingReplacements: String {
        var rest = unicodeScalars.drop { $0 == "\u{FFFD}" }
        while rest.last == "\u{FFFD}" { rest.removeLast() }
        return String(String.UnicodeScalarView(rest))
    }
}

/// A Vietnamese encoding older than Unicode, whose bytes were read as Latin-1.
package enum LegacyEncoding {
    /// TCVN 5712, which has one byte for each letter (fonts .VnTime, .VnArial).
    ///
    /// The fonts for capital letters use the bytes of the small letters.
    case tcvn3
    /// VNI, which writes the mark of a vowel as a second letter after the vowel (fonts VNI-Times).
    case vni

    /// Returns the text in Unicode; nil if it is not in this encoding.
    ///
    /// Every word with a non-ASCII character must decode to a Vietnamese syllable. Many short words
    /// do so by chance. At least one word must therefore decode to more than two letters, and must
    /// not be a syllable before it is decoded.
    ///
    /// The result is also nil if the encoding lacks a letter of the text, other than ª and º.
    package func decoded(_ text: String) -> String? {
        var result = ""
        var word = String.UnicodeScalarView()
        var isProved = false
        // Adds the decoded word to the result. Returns false if the decoded word is not a syllable.
        func close() -> Bool {
            defer { word = String.UnicodeScalarView() }
            guard word.contains(where: { !$0.isASCII }) else {
                result.unicodeScalars.append(contentsOf: word)
                return true
            }
            guard let decoded = decoded(word: word), VietnameseSyllable.isOne(decoded) else { return false }
            isProved = isProved || decoded.count > 2 && !VietnameseSyllable.isOne(String(word))
            result += decoded
            return true
        }
        for scalar in text.unicodeScalars {
            if scalar.isASCII ? scalar.properties.isAlphabetic : letters[scalar] != nil || marks[scalar] != nil {
                word.append(scalar)
                continue
            }
            // Returns nil if the word is not a syllable, or if `scalar` is a letter that the
            // encoding does not have.
            guard close(), !scalar.properties.isAlphabetic || scalar == "\u{AA}" || scalar == "\u{BA}" else { return nil }
            result.unicodeScalars.append(scalar)
        }
        return close() && isProved ? result : nil
    }

    private func decoded(word: String.UnicodeScalarView) -> String? {
        var decoded = String.UnicodeScalarView()
        for scalar in word {
            if let mark = marks[scalar], let vowel = decoded.last, "aeouyAEOUYơƠưƯ".unicodeScalars.contains(vowel) {
                decoded.append(contentsOf: mark.unicodeScalars)
            } else if let letter = letters[scalar] {
                decoded.append(letter)
            } else {
                guard scalar.isASCII else { return nil }
                decoded.append(scalar)
            }
        }
        return String(decoded).composed
    }

    private var letters: [Unicode.Scalar: Unicode.Scalar] { self == .tcvn3 ? Self.tcvn3Letters : Self.vniLetters }
    private var marks: [Unicode.Scalar: String] { self == .tcvn3 ? [:] : Self.vniMarks }

    private static func pairs(_ from: String, _ to: String) -> [Unicode.Scalar: Unicode.Scalar] {
        Dictionary(zip(from.unicodeScalars, to.unicodeScalars), uniquingKeysWith: { first, _ in first })
    }

    private static let tcvn3Letters = pairs(
        "¡¢£¤¥¦§¨©ª«¬\u{AD}\u{2212}®µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ",
        "ĂÂÊÔƠƯĐăâêôơưưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ")

    private static let vniLetters = pairs("ÑñÔôÖöÍíÌìÆæÓóÒòÎî", "ĐđƠơƯưÍíÌìỈỉĨĩỊịỴỵ")

    /// Maps each mark character of VNI, in either case, to the Unicode marks that it stands for.
    ///
    /// The Unicode marks are U+0302 (circumflex), U+0306 (breve), U+0300 (grave), U+0301 (acute),
    /// U+0303 (tilde), U+0309 (hook) and U+0323 (dot below).
    private static let vniMarks: [Unicode.Scalar: String] = {
        let small = [
            "ù": "\u{301}", "ø": "\u{300}", "û": "\u{309}", "õ": "\u{303}", "ï": "\u{323}", "â": "\u{302}", "á": "\u{302}\u{301}",
            "à": "\u{302}\u{300}", "å": "\u{302}\u{309}", "ã": "\u{302}\u{303}", "ä": "\u{302}\u{323}", "ê": "\u{306}",
            "é": "\u{306}\u{301}", "è": "\u{306}\u{300}", "ú": "\u{306}\u{309}", "ü": "\u{306}\u{303}", "ë": "\u{306}\u{323}",
        ]
        var marks: [Unicode.Scalar: String] = [:]
        for (letter, mark) in small {
            for form in [letter, letter.uppercased()] {
                if let scalar = form.unicodeScalars.first { marks[scalar] = mark }
            }
        }
        return marks
    }()
}

/// Decides whether a word can be a Vietnamese syllable: a beginning and a rhyme of the language.
package enum VietnameseSyllable {
    package static func isOne(_ word: String) -> Bool {
        let plain = withoutTone(word.lowercased())
        if plain.hasPrefix("qu") { return rhymesOfQu.contains(String(plain.dropFirst(2))) }
        return beginnings.contains { beginning in
            plain.hasPrefix(beginning) && rhymes.contains(String(plain.dropFirst(beginning.count)))
        }
    }

    /// Returns the word without the five tone marks. Circumflex, breve and horn are kept.
    private static func withoutTone(_ word: String) -> String {
        var plain = String.UnicodeScalarView()
        for scalar in word.decomposedStringWithCanonicalMapping.unicodeScalars {
            // Keeps the tilde of ñ, because a tone mark stands only on a vowel.
            let isOnVowel = plain.last.map { "aeiouy\u{302}\u{306}\u{31B}".unicodeScalars.contains($0) } ?? false
            if !isOnVowel || !tones.contains(scalar) { plain.append(scalar) }
        }
        return String(plain).precomposedStringWithCanonicalMapping
    }

    private static let tones: Set<Unicode.Scalar> = ["\u{300}", "\u{301}", "\u{303}", "\u{309}", "\u{323}"]

    private static let beginnings = [
        "", "b", "c", "ch", "d", "đ", "g", "gh", "gi", "h", "k", "kh", "l", "m", "n", "ng", "ngh", "nh", "p", "ph", "r", "s", "t",
        "th", "tr", "v", "x",
    ]

    private static let rhymes = Set(
        """
        a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây e ec em en eng eo ep et ê êch êm ên \
        êng ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu o oa oac oach oai oam oan oang oanh oao oap oat \
        oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong oong op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u ua uâc uân \
        uâng uât uâu uây uc uê uêch uên uênh uêt uêu ui um un ung \
        uơ up ut uy uya uych uynh uyn uyên uyêt uyt uyp uyu uôc uôi uôm uôn uông uôt ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp \
        ươt ươu ưt ưu y ych yêm yên yêng yêt yêu ynh yp yt
        """.split(separator: " ").map(String.init))

    private static let rhymesOfQu = Set(
        """
        a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng ât âu ây e en eo et ê êch ên ênh êt êu i in ip it \
        ich inh iu ôc ơ y ych yn ynh yên yêt yt yp yêu ua
        """.split(separator: " ").map(String.init))
}

import Foundation
import Support
import Testing

@testable import Documents

/// Checks that damaged text is found and recovered, and that intact text is not changed.
///
/// The expected texts come from glibc's iconv.
@Suite("Text in encodings older than Unicode")
struct LegacyTextTests {
    /// Vietnamese lines like those in plans.
    ///
    /// They are in lower case, because the fonts of TCVN3 have no capital letters with marks.
    static let lines: [String] = {
        let stored = [
            "tuyên truyền phổ biến luật giao thông đường bộ cho thanh niên", "ngày hội gia đình việt nam",
            "phòng, chống đuối nước trẻ em trong dịp hè", "báo cáo kết quả quý ii về sở lao động",
            "tháng hành động vì bình đẳng giới và phòng ngừa bạo lực", "ưu tiên hỗ trợ người cao tuổi ở vùng khó khăn",
        ]
        guard let seeds = SeedDocuments() else {
            print("NOTE: ../shared/seeds is missing: \(stored.count) stored lines stand in for the documents")
            return stored
        }
        let read = seeds.names.compactMap { try? String(contentsOfFile: "\(seeds.folder)/\($0)", encoding: .utf8) }
        return stored
            + read.flatMap { $0.split(separator: "\n").map { $0.lowercased().precomposedStringWithCanonicalMapping } }
            .filter { (12...200).contains($0.count) }
    }()

    /// Returns whether every word with marks is a Vietnamese syllable.
    ///
    /// Foreign names and typing errors are not Vietnamese syllables.
    private static func isWhollyVietnamese(_ line: String) -> Bool {
        line.unicodeScalars.split { !$0.properties.isAlphabetic }.map { String(String.UnicodeScalarView($0)) }
            .filter { !$0.utf8.allSatisfy { $0 < 0x80 } }.allSatisfy(VietnameseSyllable.isOne)
    }

    private static func iconv(_ lines: [String], through encoding: String) async throws -> [String] {
        let folder = try TemporaryFolder()
        try folder.write("text", lines.joined(separator: "\n") + "\n")
        let shell = "iconv -f UTF-8 -t \(encoding) \(folder.path("text")) | iconv -f LATIN1 -t UTF-8"
        let ran = try await Subprocess.run(["/bin/sh", "-c", shell])
        #expect(ran.status == 0, "\(ran.errors)")
        return ran.output.split(separator: "\n").map(String.init)
    }

    @Test("Text that iconv converted to TCVN3 is recovered line for line")
    func tcvn3() async throws {
        let plain = CharacterSet(charactersIn: "–—“”‘’…•‐−\u{A0}\u{AD}")
        let lines = Self.lines.filter { line in
            line.rangeOfCharacter(from: plain) == nil && line.unicodeScalars.contains { (0x1EA0...0x1EF9).contains($0.value) }
                && Self.isWhollyVietnamese(line)
        }
        #expect(lines.count >= 6)
        let encoded = try await Self.iconv(lines, through: "TCVN5712-1")
        #expect(encoded.count == lines.count)
        for (line, old) in zip(lines, encoded) {
            let found = LegacyText.find(in: old)
            #expect(found?.reading == line, "\(old) for \(line)")
        }
    }

    @Test("UTF-8 that was read as Latin-1 is recovered")
    func twice() async throws {
        let lines = Self.lines.filter { !$0.utf8.allSatisfy { $0 < 0x80 } }
        let encoded = try await Self.iconv(lines, through: "UTF-8")
        for (line, old) in zip(lines, encoded) {
            #expect(LegacyText.find(in: old)?.reading == line, "\(old)")
        }
        // Bytes that the code page does not define were lost, so not all of this text can be
        // recovered.
        #expect(LegacyText.find(in: "TrÆ°á»ng Tiá»ƒu há»c")?.reading == "Trư\u{FFFD}ng Tiểu há»c")
    }

    /// Encodes `text` in VNI, an encoding from before Unicode.
    ///
    /// The table of marks was made from the description of the keyboard, and not from the program's
    /// table.
    private static func vni(_ text: String) -> String {
        let whole: [Character: String] = [
            "đ": "ñ", "ơ": "ô", "ư": "ö", "í": "í", "ì": "ì", "ỉ": "æ", "ĩ": "ó", "ị": "ò", "ỵ": "î",
        ]
        let marks = [
            "́": "ù", "̀": "ø", "̉": "û", "̃": "õ", "̣": "ï", "̂": "â", "̂́": "á", "̂̀": "à", "̂̉": "å", "̂̃": "ã", "̣̂": "ä",
            "̆": "ê", "̆́": "é",
            "̆̀": "è", "̆̉": "ú", "̆̃": "ü", "̣̆": "ë",
        ]
        return text.map { letter -> String in
            if let known = whole[letter] { return known }
            let parts = String(letter).decomposedStringWithCanonicalMapping.unicodeScalars
            guard parts.count > 1 else { return String(letter) }
            let tones: Set<UInt32> = [0x300, 0x301, 0x303, 0x309, 0x323]
            var rest = parts.dropFirst().map { $0 }
            var base = String(parts.first!)
            if let horn = rest.firstIndex(of: "\u{31B}") {
                rest.remove(at: horn)
                base = base == "o" ? "ô" : "ö"
            }
            let shape = rest.filter { !tones.contains($0.value) } + rest.filter { tones.contains($0.value) }
            let key = String(String.UnicodeScalarView(shape))
            return base
                + (key.isEmpty ? "" : marks.first { $0.key.unicodeScalars.elementsEqual(key.unicodeScalars) }?.value ?? "?")
        }.joined()
    }

    @Test("Text in VNI is recovered")
    func vni() {
        for line in Self.lines where Self.isWhollyVietnamese(line) {
            let old = Self.vni(line)
            guard !old.contains("?"), LegacyText.isSuspicious(old) else { continue }
            #expect(LegacyText.find(in: old)?.reading == line, "\(old) for \(line)")
        }
        #expect(Self.vni("công văn số 12 của sở giáo dục") == "coâng vaên soá 12 cuûa sôû giaùo duïc")
    }

    @Test("Intact Unicode text in any language is not taken for damaged text")
    func others() {
        let foreign = [
            "Grüße aus Köln", "Señor Muñoz, Núñez", "L’été à Besançon: naïve, Noël, cœur, garçon", "São Paulo, ação, coração",
            "Smørrebrød på Ærø, Århus", "Þórður Jónsson", "Citroën, Škoda", "±5 °C, 50 m², § 3, ½, ×, ÷",
            "«Kế hoạch» – “Quyết định”",
            "Công ty TNHH Müller & Søn Việt Nam", "Hotel Élysée", "Öl", "Ñ", "Fußball", "Bö", "ÿ", "", "a\u{A0}b",
        ]
        for text in foreign { #expect(LegacyText.find(in: text) == nil, "\(text): \(LegacyText.find(in: text)!)") }
        for line in Self.lines { #expect(LegacyText.find(in: line) == nil, "\(line)") }
        for text in Wordings.texts { #expect(LegacyText.find(in: text) == nil, "\(text)") }
    }

    /// The lines of the shipped plans.
    private enum Wordings {
        static let texts: [String] = {
            let folder = PackageRoot.path("config/plans")
            return ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).compactMap {
                try? String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8)
            }.flatMap { $0.split(separator: "\n").map(String.init) }
        }()
    }

    @Test("A letter that a conversion lost is reported and cannot be recovered")
    func lost() {
        let found = LegacyText.find(in: "C\u{FFFD}ng v\u{FFFD}n số 12")
        #expect(found?.words.contains("U+FFFD") == true && found?.reading == nil)
    }
}

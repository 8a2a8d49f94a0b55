import Foundation
import Testing

@testable import Documents

@Suite("Titles that look alike")
struct LookalikesTests {
    @Test("Letters on the fast path have the same skeleton as on the slow path")
    func plain() {
        for value in Array(UInt32(0x20)...0x24F) + Array(UInt32(0x1E00)...0x1EFF) {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let text = "a" + String(scalar) + "b"
            var looked = String.UnicodeScalarView()
            for part in text.decomposedStringWithCompatibilityMapping.unicodeScalars
            where part.properties.generalCategory != .format && !part.properties.isDefaultIgnorableCodePoint {
                looked.append(part.properties.isWhitespace ? " " : part)
            }
            #expect(Lookalikes.skeleton(text) == String(looked), "U+\(String(value, radix: 16))")
        }
    }

    @Test("A Cyrillic and a Latin letter look alike, also beside letters with accents")
    func alike() {
        #expect(Lookalikes.skeleton("Phòng chống đuối nước") == Lookalikes.skeleton("Рhòng chống đuối nước"))
        #expect(Lookalikes.skeleton("Phòng chống đuối nước") != Lookalikes.skeleton("Phòng chống đuối nướt"))
        #expect(Lookalikes.difference("Phòng", "Рhòng") == "\"Р\" (U+0420) where that has \"P\" (U+0050)")
    }
}

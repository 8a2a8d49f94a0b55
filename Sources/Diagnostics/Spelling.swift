/// Compares spellings, for the question "did you mean …?" in messages.
package enum Spelling {
    /// Returns the candidate nearest to `text`; nil if no candidate is near.
    ///
    /// A candidate is near if it has at most one typo for every three letters. A typo is a wrong,
    /// missing or extra letter, or two swapped letters. Case and accents are ignored. If several
    /// candidates are equally near, the first is returned.
    package static func nearest(to text: String, among candidates: some Sequence<String>) -> String? {
        guard text.utf8.count <= lengthLimit * 4 else { return nil }
        return Words(candidates).nearest(to: text)
    }

    /// A list of candidates that is prepared once and then compared with many strings.
    package struct Words: Sendable {
        private let words: [(letters: [Unicode.Scalar], text: String)]

        package init(_ candidates: some Sequence<String>) {
            words = candidates.map { (Spelling.letters($0), $0) }
        }

        /// Returns the candidate nearest to `text`, by the rules of `Spelling.nearest`.
        package func nearest(to text: String) -> String? {
            guard text.utf8.count <= lengthLimit * 4 else { return nil }
            let plain = Spelling.letters(text)
            guard plain.count <= lengthLimit else { return nil }
            var limit = Spelling.slips(in: plain.count)
            var best: String?
            for (letters, candidate) in words {
                guard let distance = Spelling.distance(plain, letters, atMost: limit) else { continue }
                best = candidate
                if distance == 0 { break }
                limit = distance - 1
            }
            return best
        }
    }

    /// Returns the characters of `text` in lower case and without accents, for comparison.
    package static func letters(_ text: String) -> [Unicode.Scalar] { Array(withoutAccents(text).unicodeScalars) }

    /// Returns the number of typos that a word of `length` letters may contain.
    package static func slips(in length: Int) -> Int { length < 3 ? 0 : max(1, length / 3) }

    /// The maximum length of a string to compare, in Unicode scalars.
    ///
    /// The time for a comparison grows with the product of the two lengths.
    private static let lengthLimit = 200

    /// Returns the number of typos by which two spellings differ; nil if it exceeds `limit`.
    ///
    /// The number is the Damerau–Levenshtein distance (optimal string alignment). The result is
    /// also nil if `b` is longer than `lengthLimit`.
    package static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar], atMost limit: Int = .max) -> Int? {
        guard abs(a.count - b.count) <= limit, b.count <= lengthLimit else { return nil }
        var beforeLast: [Int] = []
        var last = Array(0...b.count)
        var leastOfLast = 0
        for i in a.indices {
            var row = [i + 1]
            row.reserveCapacity(b.count + 1)
            var least = i + 1
            for j in b.indices {
                var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforeLast[j - 1] + 1) }
                row.append(cost)
                least = min(least, cost)
            }
            // Stops early. Each later row is computed from the two rows before it, so the distance
            // is at least the smaller of their minimums.
            guard least <= limit || leastOfLast <= limit else { return nil }
            leastOfLast = least
            beforeLast = last
            last = row
        }
        return last[b.count] <= limit ? last[b.count] : nil
    }

    /// Returns the text in lower case, with Vietnamese letters replaced by plain ones.
    ///
    /// `Tháng Giêng` becomes `thang gieng`.
    package static func withoutAccents(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.lowercased() }
        return String(text.lowercased().map { plainLetters[$0] ?? $0 })
    }

    private static let plainLetters: [Character: Character] = {
        var plain: [Character: Character] = [:]
        for group in [
            "aàáảãạăằắẳẵặâầấẩẫậ", "eèéẻẽẹêềếểễệ", "iìíỉĩị", "oòóỏõọôồốổỗộơờớởỡợ", "uùúủũụưừứửữự", "yỳýỷỹỵ", "dđ",
        ] {
            for letter in group.dropFirst() { plain[letter] = group.first }
        }
        return plain
    }()
}

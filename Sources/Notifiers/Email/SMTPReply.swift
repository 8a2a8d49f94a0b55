/// One reply of a mail server, read for what its code and words say: `550 5.1.1 <a@example.org>: User unknown`.
///
/// Pure. Words are compared in lower case, with everything left out that is no word of the server's: addresses, host names, links, what
/// stands in brackets, numbers and identifiers.
struct SMTPReply: Hashable {
    /// The enhanced status code (RFC 3463): subject and detail; its class is that of the reply code.
    struct Status: Hashable {
        let subject: Int
        let detail: Int
    }

    let code: Int?
    /// nil where there is none, or one of another class than the code.
    let status: Status?
    /// The words, single spaces between them and around the whole, so that ` rate ` is a word of its own.
    let words: String
    /// Code and words, without names of ours and the recipient's: equal for two recipients who were told the same. At most 512 letters.
    let comparable: String

    /// - Parameters:
    ///   - text: code and words on one line, as `SMTPDialogue` joins them.
    ///   - hiding: addresses of ours and the recipient's, which the server may repeat in parts.
    init(code: Int?, text: String, hiding: [String] = []) {
        self.code = code
        let status = code.flatMap { Self.status(in: text, of: $0 / 100) }
        self.status = status
        let names = Set(hiding.compactMap { $0.split(separator: "@").first?.lowercased() })
        let found = Self.words(of: Self.ownWords(text, status), without: names)
        words = found.reduce(into: " ") { $0 += $1 + " " }
        let mark = status.map { "\($0.subject).\($0.detail) " } ?? ""
        comparable = String(
            ("\(code ?? 0) \(mark)" + found.filter { !names.contains($0) }.joined(separator: " ")).prefix(512))
    }

    /// A relay that has asked the recipient's own server repeats what that one said of the relay, which is not about us:
    /// `450 4.1.1 <a@p>: Recipient address rejected: unverified address: host mx.p said: 550 Helo command rejected`.
    private static func ownWords(_ text: String, _ status: Status?) -> Substring {
        guard let status, status.subject == 1, (1...3).contains(status.detail), let said = text.firstRange(of: " said:") else {
            return text[...]
        }
        return text[..<said.lowerBound]
    }

    func says(_ phrases: String...) -> Bool { phrases.contains(where: words.contains) }

    /// The first that stands in the text: behind the code (RFC 2034), or as `(#5.7.1)`, or in the middle.
    private static func status(in text: String, of kind: Int) -> Status? {
        for token in text.split(whereSeparator: { " (<[#);,:]>".contains($0) }) {
            let parts = token.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 3, parts[0] == "\(kind)", parts[1].count <= 3, parts[2].count <= 3,
                let subject = Int(parts[1]), let detail = Int(parts[2])
            else { continue }
            return Status(subject: subject, detail: detail)
        }
        return nil
    }

    /// - Parameter names: left out where they stand alone, whatever stands between their letters.
    private static func words(of text: Substring, without names: Set<String>) -> [String] {
        text.lowercased().split { " <>[](),;\"".contains($0) }.flatMap { token -> [String] in
            if names.contains(token.trimming(while: { ":.'!?".contains($0) })) { return [] }
            let isName = token.contains("@") || token.contains("://") || token.dropLast().contains(".")
            if isName || token.contains(where: \.isNumber) { return [] }
            return token.split { !$0.isLetter && $0 != "'" }.map(String.init)
        }
    }
}

extension Substring {
    fileprivate func trimming(while isLeftOut: (Character) -> Bool) -> String {
        var rest = drop(while: isLeftOut)
        while let last = rest.last, isLeftOut(last) { rest.removeLast() }
        return String(rest)
    }
}

/// One reply of a mail server, parsed into its code and words.
///
/// An example is `550 5.1.1 <a@example.org>: User unknown`. Words are compared in lower case.
/// Addresses, host names, URLs and tokens with a digit are left out, because they are not the
/// server's own words.
struct SMTPReply: Hashable {
    /// The subject and the detail of an enhanced status code (RFC 3463).
    ///
    /// The class of the enhanced code equals the first digit of the reply code, so it is not
    /// stored.
    struct Status: Hashable {
        let subject: Int
        let detail: Int
    }

    let code: Int?
    /// The first enhanced code whose class fits `code`; nil if the reply has none.
    let status: Status?
    /// The words of the reply, with one space before, between and after them.
    ///
    /// Because of the spaces, a search for ` rate ` finds only the whole word.
    let words: String
    /// The reply in a form that is the same for two recipients who are refused in the same way.
    ///
    /// It consists of the codes and words, without the local parts of the sender's and the
    /// recipient's address. It has at most 512 characters.
    let comparable: String

    /// - Parameters:
    ///   - text: the code and words of the reply on one line, as `SMTPDialogue` joins them.
    ///   - hiding: the addresses of the sender and the recipient, which the server may repeat in
    ///     part.
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

    /// Returns the reply without a quoted reply of another server.
    ///
    /// A relay may ask the recipient's own server about the address and quote that server's reply.
    /// The quoted reply is about the relay, not about this client. An example is "450 4.1.1 <a@p>:
    /// Recipient address rejected: unverified address: host mx.p said: 550 Helo command rejected".
    private static func ownWords(_ text: String, _ status: Status?) -> Substring {
        guard let status, status.subject == 1, (1...3).contains(status.detail), let said = text.firstRange(of: " said:") else {
            return text[...]
        }
        return text[..<said.lowerBound]
    }

    func says(_ phrases: String...) -> Bool { phrases.contains(where: words.contains) }

    /// Returns the first enhanced code of the class `kind` in the text; nil if there is none.
    ///
    /// Servers write the enhanced code after the reply code (RFC 2034), in the form `(#5.7.1)`, or
    /// in the middle of the text.
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

    /// - Parameter names: the tokens to leave out. They may contain characters that separate words.
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

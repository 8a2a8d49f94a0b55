/// Hides pieces of long secrets in replies of servers.
///
/// A token of two kilobytes does not fit into a line of a reply (RFC 5321, section 4.5.3.1.5). A
/// server that repeats the token breaks it into lines or repeats only a part.
enum SecretPieces {
    /// The length of a piece in bytes. A match of this length is no coincidence, and a shorter
    /// piece does not reveal a long secret.
    private static let window = 12
    /// Minimum length in bytes of a secret whose pieces are hidden. `shown` hides shorter secrets
    /// as a whole, or at the end of a reply that was cut.
    private static let long = 24

    private struct Window: Hashable {
        let first: UInt64
        let last: UInt32

        init(_ bytes: UnsafeBufferPointer<UInt8>, at place: Int) {
            let raw = UnsafeRawBufferPointer(bytes)
            first = raw.loadUnaligned(fromByteOffset: place, as: UInt64.self)
            last = raw.loadUnaligned(fromByteOffset: place + 8, as: UInt32.self)
        }
    }

    /// Returns `text` with each run of bytes that also occurs in one of `secrets` replaced.
    static func hidden(in text: String, of secrets: [String], as mark: String) -> String {
        // A whole URL is skipped, because its host is not secret. The caller passes its path and
        // query as separate strings.
        let secrets = secrets.filter { $0.utf8.count >= long && !$0.contains("://") }
        guard !secrets.isEmpty, text.utf8.count >= window else { return text }
        var text = text
        let pieces = text.withUTF8 { places(of: secrets, in: $0) }
        guard let pieces else { return text }
        var shown: [UInt8] = []
        var wasCovered = false
        for (byte, isCovered) in zip(text.utf8, pieces) {
            if !isCovered { shown.append(byte) } else if !wasCovered { shown += mark.utf8 }
            wasCovered = isCovered
        }
        return String(decoding: shown, as: UTF8.self)
    }

    /// Returns which bytes of `text` belong to a piece; nil if none do.
    private static func places(of secrets: [String], in text: UnsafeBufferPointer<UInt8>) -> [Bool]? {
        // A reply is short and a token is long, so the set contains the windows of the reply.
        let windows = Set((0...text.count - window).map { Window(text, at: $0) })
        var found: Set<Window> = []
        for secret in secrets {
            var secret = secret
            secret.withUTF8 { bytes in
                for place in 0...bytes.count - window {
                    let one = Window(bytes, at: place)
                    if windows.contains(one) { found.insert(one) }
                }
            }
        }
        guard !found.isEmpty else { return nil }
        var covered = [Bool](repeating: false, count: text.count)
        for place in 0...text.count - window where found.contains(Window(text, at: place)) {
            for byte in place..<place + window { covered[byte] = true }
        }
        return covered
    }
}

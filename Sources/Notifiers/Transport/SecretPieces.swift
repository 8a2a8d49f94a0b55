/// Hides pieces of long secrets in the replies of servers.
///
/// A token of two kilobytes does not fit into one line of a reply (RFC 5321, section 4.5.3.1.5). If
/// a server repeats the token, it breaks the token into lines or repeats only a part of it.
enum SecretPieces {
    /// The minimum length in bytes of a piece that is hidden.
    ///
    /// A match of this length is no coincidence, and a shorter piece does not reveal a long secret.
    private static let window = 12
    /// The minimum length in bytes at which pieces of a secret are hidden.
    ///
    /// `shown` hides a shorter secret only where it occurs in full, or where a truncated reply ends
    /// with its beginning.
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

    /// Returns `text` with `mark` in place of each sequence of bytes that also occurs in a secret.
    ///
    /// Sequences shorter than `window`, and secrets shorter than `long`, are not considered.
    static func hidden(in text: String, of secrets: [String], as mark: String) -> String {
        // Skips whole URLs, because the host of a URL is not secret. The caller passes the path and
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

    /// Returns for each byte of `text` whether it belongs to a piece of a secret.
    ///
    /// The result is nil if no byte does.
    private static func places(of secrets: [String], in text: UnsafeBufferPointer<UInt8>) -> [Bool]? {
        // The set holds the pieces of the reply, because a reply is short and a token is long.
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

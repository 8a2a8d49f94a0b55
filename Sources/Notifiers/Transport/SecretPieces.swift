/// Pieces of long secrets in what a server says: a token of two kilobytes has no room in a line of a reply (RFC 5321, section 4.5.3.1.5), so
/// a server that repeats what it was told breaks it into lines, or says only a part of it.
enum SecretPieces {
    /// So many bytes in common with a secret are no coincidence; fewer give nothing away of a secret that is long.
    private static let window = 12
    /// Shorter secrets are hidden whole, or where the reply was cut.
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

    /// `text` with every run of bytes replaced that stands in one of `secrets` too.
    static func hidden(in text: String, of secrets: [String], as mark: String) -> String {
        // A whole URL is left out, because its host is not secret. The caller gives its path and query as texts of their own.
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

    /// Which bytes of `text` are part of a piece; nil where none is.
    private static func places(of secrets: [String], in text: UnsafeBufferPointer<UInt8>) -> [Bool]? {
        // A reply is short, a token is long: the windows of the reply are kept, and those of the secrets looked for.
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

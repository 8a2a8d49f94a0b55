import Synchronization
import Transport

/// The text of a mail in base64, with gaps for the recipient's name.
///
/// A mail to half a million recipients is encoded only once, except for the bytes next to a name.
/// Base64 encodes groups of three bytes, and the length of a name decides where the groups after it
/// begin. The three possible encodings of each piece are therefore stored, in whole lines. The line
/// before a piece ends early, which any decoder accepts (RFC 2045, section 6.8).
struct SplicedBody: Sendable {
    /// A piece of text with its three encodings.
    ///
    /// Each encoding is made when it is first needed, because many mails have a single recipient.
    private final class Piece: Sendable {
        typealias Shifted = (lines: [UInt8], lastColumn: Int, rest: ArraySlice<UInt8>)

        let bytes: [UInt8]
        private let made = Mutex<[Shifted?]>([nil, nil, nil])

        init(_ bytes: [UInt8]) {
            self.bytes = bytes
        }

        /// Returns the encoding of the piece without its first `shift` bytes.
        ///
        /// - Parameter shift: the number of bytes that belong to a group that began before this
        ///   piece.
        /// - Returns: the lines of the whole groups, the length of the last line, and the remaining
        ///   bytes.
        func shifted(by shift: Int) -> Shifted {
            made.withLock { made in
                if let known = made[shift] { return known }
                let whole = max(0, bytes.count - shift) / 3 * 3
                let start = min(shift, bytes.count)
                let lines = Base64.lines(bytes[start..<start + whole], length: SplicedBody.lineLength)
                let lastLine = whole == 0 ? 0 : (whole / 3 * 4 - 1) % SplicedBody.lineLength + 1
                let shifted: Shifted = (lines, lastLine, bytes[(start + whole)...])
                made[shift] = shifted
                return shifted
            }
        }
    }

    private static let lineLength = 76
    private let pieces: [Piece]

    /// - Parameter pieces: the text before, between and after the gaps.
    init(_ pieces: [String]) {
        self.pieces = pieces.map { Piece(EmailMessage.canonical($0)) }
    }

    /// The approximate number of bytes that `append` adds.
    var size: Int { pieces.reduce(64) { $0 + $1.bytes.count * 3 / 2 } }

    /// Appends the encoded text with `name` in the gaps. The last line has no line end.
    func append(filling name: String, to output: inout [UInt8]) {
        let filling = pieces.count > 1 ? EmailMessage.canonical(name) : []
        var line = Line()
        for (index, piece) in pieces.enumerated() {
            if index > 0 { for byte in filling { line.append(byte, to: &output) } }
            let shift = (3 - line.pending.count) % 3
            for byte in piece.bytes.prefix(shift) { line.append(byte, to: &output) }
            let (lines, lastColumn, rest) = piece.shifted(by: shift)
            if !lines.isEmpty {
                line.end(&output)
                output += lines
                line.column = lastColumn
            }
            for byte in rest { line.append(byte, to: &output) }
        }
        line.finish(&output)
    }

    /// Collects bytes into groups of three and writes the encoded groups in lines.
    private struct Line {
        var pending: [UInt8] = []
        var column = 0

        mutating func append(_ byte: UInt8, to output: inout [UInt8]) {
            pending.append(byte)
            if pending.count == 3 { write(&output) }
        }

        mutating func finish(_ output: inout [UInt8]) {
            if !pending.isEmpty { write(&output) }
        }

        mutating func end(_ output: inout [UInt8]) {
            if column > 0 { output += [13, 10] }
            column = 0
        }

        private mutating func write(_ output: inout [UInt8]) {
            if column == SplicedBody.lineLength { end(&output) }
            Base64.append(pending[...], to: &output)
            column += 4
            pending.removeAll(keepingCapacity: true)
        }
    }
}

import Diagnostics
import Foundation

/// Reads a user's text file as a whole, and finds positions in its text.
package enum TextFile {
    /// Reads the bytes of a regular file.
    ///
    /// Stops reading as soon as the result is longer than `limit` bytes. The caller must reject
    /// such a result, because it is incomplete.
    ///
    /// - Parameter folder: the folder that must contain the file after all symbolic links are
    ///   resolved; nil if the file may be anywhere.
    package static func read(_ path: String, limit: Int, within folder: String? = nil) -> Result<[UInt8], ReadFailure> {
        var path = path
        if let folder {
            guard let top = resolved(folder), let inside = resolved(path) else { return .failure(ReadFailure(code: errno)) }
            guard inside.hasPrefix(top + "/") else {
                return .failure(ReadFailure(code: EXDEV, words: "a link leads out of \(folder)"))
            }
            path = inside
        }
        // Without `O_NONBLOCK`, opening a named pipe would wait for a writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return .failure(ReadFailure(code: errno)) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return .failure(ReadFailure(code: errno)) }
        guard status.st_mode & S_IFMT != S_IFDIR else { return .failure(ReadFailure(code: EISDIR)) }
        guard status.st_mode & S_IFMT == S_IFREG else { return .failure(ReadFailure(code: EINVAL, words: "not a regular file")) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(max(0, Int(status.st_size)), limit) + 1)
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= limit {
            let got = Foundation.read(descriptor, &buffer, buffer.count)
            guard got >= 0 else { return .failure(ReadFailure(code: errno)) }
            guard got > 0 else { break }
            bytes += buffer[..<got]
        }
        return .success(bytes)
    }

    package struct ReadFailure: Error, LocalizedTextConvertible {
        package let code: Int32
        package var words: LocalizedText?

        package init(code: Int32, words: LocalizedText? = nil) {
            self.code = code
            self.words = words
        }
        package var localizedText: LocalizedText { words ?? LocalizedText(systemError: code) }
    }

    /// Returns the path with all symbolic links resolved.
    ///
    /// If the file does not exist, sets `errno` and returns nil.
    private static func resolved(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }

    /// The reason why a file is not text, with the place of the fault.
    package struct Refusal {
        package let line: Int
        package let column: Int
        package let message: LocalizedText
    }

    /// Returns the reason why bytes are not text; nil if they are text.
    ///
    /// The reasons are another encoding, a binary format, a control character, and a byte order
    /// mark inside the file. The caller must first remove a byte order mark at the beginning.
    ///
    /// - Parameters:
    ///   - saveAs: the name that editors have for the right encoding.
    ///   - controls: whether control characters and byte order marks are refused.
    package static func refusal(of bytes: ArraySlice<UInt8>, saveAs: String, controls: Bool = true) -> Refusal? {
        if let wide = wideEncoding(bytes) {
            return Refusal(line: 1, column: 1, message: "the file is in \(wide); save it as \(saveAs)")
        }
        if let other = otherFormat(bytes) {
            return Refusal(line: 1, column: 1, message: "this is \(other), whatever its name says; save it as \(saveAs)")
        }
        if let offset = firstInvalidUTF8(bytes) {
            let (line, column) = place(of: offset, in: bytes)
            return Refusal(line: line, column: column, message: "not UTF-8 at byte \(offset + 1); save the file as \(saveAs)")
        }
        guard controls, let (offset, code) = firstForbidden(bytes) else { return nil }
        let (line, column) = place(of: offset, in: bytes)
        let hex = String(code, radix: 16)
        var message: LocalizedText =
            code == 0xFEFF
            ? "a byte order mark (\\u{feff}) stands inside the file; remove it"
            : "the control character \\u{\(hex)} is not allowed in a text"
        if code < 0xA0, let reading = DoubleUTF8.reading(around: offset, in: bytes) {
            message = "the text was encoded twice (UTF-8 that was read as Latin-1); it reads \"\(printable(reading))\""
        }
        return Refusal(line: line, column: column, message: message)
    }

    /// Returns the name of the binary format that the first bytes identify; nil if there is none.
    ///
    /// An example is an Excel workbook that was renamed to `.csv`.
    private static func otherFormat(_ bytes: ArraySlice<UInt8>) -> LocalizedText? {
        let formats: [(head: [UInt8], name: LocalizedText)] = [
            ([0x50, 0x4B, 0x03, 0x04], "an Excel workbook, a Word document or another zip archive"),
            ([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], "a workbook or document of an old Excel or Word"),
            (Array("%PDF-".utf8), "a PDF"), ([0x1F, 0x8B], "a compressed file (gzip)"),
            (Array("{\\rtf".utf8), "a document in RTF"),
        ]
        return formats.first { bytes.starts(with: $0.head) }?.name
    }

    /// Returns the name of the encoding if it is UTF-16 or UTF-32, else nil.
    ///
    /// The encoding is recognized by its byte order mark, or by the NUL bytes in ASCII letters.
    private static func wideEncoding(_ bytes: ArraySlice<UInt8>) -> String? {
        let head = Array(bytes.prefix(4))
        guard head.count == 4 else { return nil }
        if head == [0xFF, 0xFE, 0, 0] || head == [0, 0, 0xFE, 0xFF] { return "UTF-32" }
        if head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF]) { return "UTF-16" }
        let empty = head.map { $0 == 0 }
        if empty == [false, true, true, true] || empty == [true, true, true, false] { return "UTF-32" }
        if empty == [false, true, false, true] || empty == [true, false, true, false] { return "UTF-16" }
        return nil
    }

    /// Returns the first forbidden character of well-formed UTF-8; nil if there is none.
    ///
    /// Forbidden are control characters except tab and line ends, the separators U+2028 and U+2029,
    /// U+FFFE, U+FFFF and the byte order mark.
    private static func firstForbidden(_ bytes: ArraySlice<UInt8>) -> (offset: Int, code: UInt32)? {
        bytes.withUnsafeBufferPointer { bytes in
            var index = 0
            while index < bytes.count {
                let byte = bytes[index]
                if byte < 0x20 || byte == 0x7F {
                    if byte != 0x09 && byte != 0x0A && byte != 0x0D { return (index, UInt32(byte)) }
                } else if byte == 0xC2, bytes[index + 1] < 0xA0 {
                    return (index, UInt32(bytes[index + 1]))
                } else if byte == 0xE2, bytes[index + 1] == 0x80, (0xA8...0xA9).contains(bytes[index + 2]) {
                    return (index, 0x2000 + UInt32(bytes[index + 2] & 0x3F))
                } else if byte == 0xEF, bytes[index + 1] == 0xBB, bytes[index + 2] == 0xBF {
                    return (index, 0xFEFF)
                } else if byte == 0xEF, bytes[index + 1] == 0xBF, bytes[index + 2] >= 0xBE {
                    return (index, 0xFFC0 + UInt32(bytes[index + 2] & 0x3F))
                }
                index += 1
            }
            return nil
        }
    }

    /// Returns the offset of the first byte that is not well-formed UTF-8; nil if all bytes are.
    package static func firstInvalidUTF8(_ bytes: ArraySlice<UInt8>) -> Int? {
        if bytes.withUnsafeBytes(isUTF8) { return nil }
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var offset = 0
        while true {
            switch decoder.decode(&iterator) {
            case .scalarValue(let scalar): offset += UTF8.width(scalar)
            case .emptyInput: return nil
            case .error: return offset
            }
        }
    }

    /// Returns whether bytes are well-formed UTF-8 (Unicode Standard, table 3-7).
    ///
    /// For 40 MB this check is half a second faster than decoding the bytes.
    private static func isUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while index < bytes.count {
            if index + 8 <= bytes.count {
                let eight = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                if eight & 0x8080_8080_8080_8080 == 0 {
                    index += 8
                    continue
                }
            }
            let byte = bytes[index]
            guard byte >= 0x80 else {
                index += 1
                continue
            }
            let length = byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
            guard (0xC2...0xF4).contains(byte), index + length <= bytes.count else { return false }
            let second: ClosedRange<UInt8> =
                switch byte {
                case 0xE0: 0xA0...0xBF
                case 0xED: 0x80...0x9F
                case 0xF0: 0x90...0xBF
                case 0xF4: 0x80...0x8F
                default: 0x80...0xBF
                }
            guard second.contains(bytes[index + 1]) else { return false }
            for further in 2..<max(2, length) where bytes[index + further] & 0xC0 != 0x80 { return false }
            index += length
        }
        return true
    }

    /// Returns the line and column of a byte offset, from 1. Columns count Unicode scalars.
    package static func place(of offset: Int, in bytes: ArraySlice<UInt8>) -> (line: Int, column: Int) {
        let before = bytes.prefix(offset)
        let line = before.count { $0 == 0x0A } + 1
        let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? before.startIndex
        let column = before[lineStart...].count { $0 & 0xC0 != 0x80 } + 1
        return (line, column)
    }

    /// Returns the text with line feeds instead of CR LF and lone CR. The bytes must be UTF-8.
    package static func withLineFeeds(_ bytes: ArraySlice<UInt8>) -> String {
        guard bytes.contains(0x0D) else { return String(decoding: bytes, as: UTF8.self) }
        var unified: [UInt8] = []
        unified.reserveCapacity(bytes.count)
        var previous: UInt8 = 0
        for byte in bytes {
            if byte == 0x0D {
                unified.append(0x0A)
            } else if !(byte == 0x0A && previous == 0x0D) {
                unified.append(byte)
            }
            previous = byte
        }
        return String(decoding: unified, as: UTF8.self)
    }
}

/// Explains why a folder cannot be listed, in words that follow the folder's name in a message.
package enum ReadableFolder {
    package static func whyNot(_ path: String) -> LocalizedText {
        var status = stat()
        guard stat(path, &status) == 0 else {
            return errno == ENOENT ? "does not exist" : "cannot be read: \(LocalizedText(systemError: errno))"
        }
        return status.st_mode & S_IFMT == S_IFDIR ? "cannot be read: \(LocalizedText(systemError: EACCES))" : "is no folder"
    }
}

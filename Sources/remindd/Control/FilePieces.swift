import Foundation

/// The bytes of a file that has no name any more: when the reader has gone, nothing is left behind.
struct FilePieces: Sendable {
    let size: Int
    private let file: FileHandle

    /// nil where the file cannot be read.
    init?(takingAway path: String) {
        guard let file = FileHandle(forReadingAtPath: path) else { return nil }
        unlink(path)
        guard let end = try? file.seekToEnd() else { return nil }
        try? file.seek(toOffset: 0)
        self.file = file
        size = Int(end)
    }

    /// The next bytes, from the beginning of the file; nil where they cannot be read, or at the end.
    func next(atMost count: Int) -> [UInt8]? {
        guard let piece = try? file.read(upToCount: count), !piece.isEmpty else { return nil }
        return Array(piece)
    }
}

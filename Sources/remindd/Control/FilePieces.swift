import Foundation

/// The content of a file whose name is deleted when it is opened.
///
/// The file thus disappears even if the client disconnects.
struct FilePieces: Sendable {
    let size: Int
    private let file: FileHandle

    /// Opens the file and deletes its name. Returns nil if the file cannot be read.
    init?(takingAway path: String) {
        guard let file = FileHandle(forReadingAtPath: path) else { return nil }
        unlink(path)
        guard let end = try? file.seekToEnd() else { return nil }
        try? file.seek(toOffset: 0)
        self.file = file
        size = Int(end)
    }

    /// Returns the next bytes of the file; nil at its end or if it cannot be read.
    func next(atMost count: Int) -> [UInt8]? {
        guard let piece = try? file.read(upToCount: count), !piece.isEmpty else { return nil }
        return Array(piece)
    }
}

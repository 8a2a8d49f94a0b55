import FlyingSocks
import Foundation

/// The bytes of a file that has no name any more: whoever reads them, or goes away, leaves nothing behind.
struct FilePieces: AsyncBufferedSequence, Sendable {
    typealias Element = UInt8

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

    func makeAsyncIterator() -> Pieces { Pieces(file: file) }

    struct Pieces: AsyncBufferedIteratorProtocol {
        let file: FileHandle

        mutating func next() async throws -> UInt8? {
            try await nextBuffer(suggested: 1)?.first
        }

        mutating func nextBuffer(suggested count: Int) async throws -> [UInt8]? {
            guard let piece = try file.read(upToCount: count), !piece.isEmpty else { return nil }
            return Array(piece)
        }
    }
}

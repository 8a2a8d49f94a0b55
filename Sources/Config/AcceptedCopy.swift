import Foundation
import Scheduler

/// A copy of the last accepted files, in the file `<ledger>.accepted` next to the ledger.
///
/// If the files cannot be used at a start, the daemon uses this copy, because a broken plan must
/// not stop the reminders. The copy contains the names of secrets, but no secrets.
///
/// The file has these parts:
/// - a line `remindd accepted 1`
/// - a line with the number of campaigns, then one line with the name of each campaign
/// - a line with the number of files, then for each file a line `BYTES PATH`, the bytes of the file
///   and a line feed
/// - a line `end`
///
/// Opening the copy does not read the bytes of the files, because most starts do not need them.
package struct AcceptedCopy {
    /// The names of the campaigns, as `plan/campaign`.
    ///
    /// At a start, the daemon compares these names with the current campaigns. It therefore does
    /// not have to parse the plans in the accepted copy.
    package let campaigns: [String]
    private let copy: FileHandle
    /// The range of each file's bytes in the accepted copy, by the file's absolute path.
    private let places: [String: Range<Int>]

    private static let title = "remindd accepted 1"
    private static let end = "end\n"

    package static func path(ofLedger ledger: String) -> String { ledger + ".accepted" }

    /// Opens the accepted copy next to a ledger. Returns nil if there is none or it is incomplete.
    package init?(ofLedger ledger: String) {
        guard let copy = FileHandle(forReadingAtPath: AcceptedCopy.path(ofLedger: ledger)) else { return nil }
        var lines = LineReader(copy)
        guard lines.next() == AcceptedCopy.title, let campaignCount = lines.next().flatMap({ Int($0) }) else { return nil }
        var campaigns: [String] = []
        for _ in 0..<campaignCount {
            guard let campaign = lines.next() else { return nil }
            campaigns.append(campaign)
        }
        guard let fileCount = lines.next().flatMap({ Int($0) }) else { return nil }
        var places: [String: Range<Int>] = [:]
        for _ in 0..<fileCount {
            guard let head = lines.next(), let space = head.firstIndex(of: " "), let count = Int(head[..<space]), count >= 0
            else { return nil }
            places[String(head[head.index(after: space)...])] = lines.offset..<lines.offset + count
            lines.skip(count + 1)
        }
        guard lines.next() == "end" else { return nil }
        (self.campaigns, self.copy, self.places) = (campaigns, copy, places)
    }

    /// The absolute paths of all files.
    package var paths: some Collection<String> { places.keys }

    /// Returns whether the accepted copy has exactly these files, byte for byte.
    package func holds(_ files: [String: [UInt8]]) -> Bool {
        files.count == places.count
            && files.allSatisfy { places[$0.key]?.count == $0.value.count && bytes(of: $0.key) == $0.value }
    }

    /// Returns the bytes of a file; nil if the accepted copy does not have it or cannot be read.
    package func bytes(of path: String) -> [UInt8]? {
        guard let place = places[path] else { return nil }
        guard let bytes = AcceptedCopy.read(copy, place), bytes.count == place.count else { return nil }
        return bytes
    }

    private static func read(_ file: FileHandle, _ place: Range<Int>) -> [UInt8]? {
        var wanted = [UInt8](repeating: 0, count: place.count)
        var count = 0
        while count < place.count {
            let got = wanted.withUnsafeMutableBytes { buffer in
                pread(file.fileDescriptor, buffer.baseAddress! + count, place.count - count, off_t(place.lowerBound + count))
            }
            guard got >= 0 else { return nil }
            if got == 0 { break }
            count += got
        }
        wanted.removeLast(place.count - count)
        return wanted
    }

    /// Writes the accepted copy. Returns false if it cannot be written.
    ///
    /// The copy is written under another name, made durable and then renamed, so a complete copy
    /// exists at every moment.
    ///
    /// - Parameter files: the bytes of each file, by absolute path.
    package static func write(_ files: [String: [UInt8]], campaigns: [String], ofLedger ledger: String) -> Bool {
        // Leaves out any file whose path contains a line feed, because such a path could not be
        // read back. A start from the accepted copy reports the file as missing.
        let kept = files.filter { !$0.key.contains("\n") }.sorted { $0.key < $1.key }
        let head = ([title, "\(campaigns.count)"] + campaigns + ["\(kept.count)"]).map { $0 + "\n" }.joined()
        var pieces = [Array(head.utf8)]
        for (path, bytes) in kept { pieces += [Array("\(bytes.count) \(path)\n".utf8), bytes, [0x0A]] }
        pieces.append(Array(end.utf8))
        let target = path(ofLedger: ledger)
        // Writes nothing if the accepted copy already has these contents. Most starts accept the
        // same files as before.
        if holds(target, pieces) { return true }
        let aside = target + ".new"
        let descriptor = open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        guard pieces.allSatisfy({ write($0, to: descriptor) }), fdatasync(descriptor) == 0, rename(aside, target) == 0 else {
            unlink(aside)
            return false
        }
        return true
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 || errno == EINTR else { return false }
            rest = rest.dropFirst(max(0, count))
        }
        return true
    }

    /// Returns whether the file at `path` consists of exactly these pieces.
    private static func holds(_ path: String, _ pieces: [[UInt8]]) -> Bool {
        guard let file = FileHandle(forReadingAtPath: path) else { return false }
        var status = stat()
        guard fstat(file.fileDescriptor, &status) == 0, Int(status.st_size) == pieces.reduce(0, { $0 + $1.count }) else {
            return false
        }
        var offset = 0
        for piece in pieces {
            for start in stride(from: 0, to: piece.count, by: 1 << 20) {
                let part = piece[start..<min(start + 1 << 20, piece.count)]
                guard let there = read(file, offset..<offset + part.count), there[...] == part else { return false }
                offset += part.count
            }
        }
        return true
    }

    /// Reads single lines of a file. The caller skips the bytes between the lines.
    private struct LineReader {
        private let file: FileHandle
        /// The byte offset of the next line.
        private(set) var offset = 0
        private var chunk: ArraySlice<UInt8> = []

        init(_ file: FileHandle) {
            self.file = file
        }

        /// Returns the next line without its line feed; nil at the end.
        mutating func next() -> String? {
            var line: [UInt8] = []
            while true {
                if let end = chunk.firstIndex(of: 0x0A) {
                    line += chunk[..<end]
                    chunk = chunk[(end + 1)...]
                    offset += line.count + 1
                    return String(decoding: line, as: UTF8.self)
                }
                line += chunk
                let start = offset + line.count
                chunk = AcceptedCopy.read(file, start..<start + 1 << 12)?[...] ?? []
                if chunk.isEmpty { return nil }
            }
        }

        mutating func skip(_ count: Int) {
            offset += count
            chunk = chunk.dropFirst(count)
        }
    }
}

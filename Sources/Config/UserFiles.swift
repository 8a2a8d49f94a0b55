import Documents
import Foundation

/// The source of the user's files: the disk, or the accepted copy (`AcceptedCopy`).
package final class UserFiles {
    private enum Origin {
        case disk
        case copy(AcceptedCopy)
    }

    private let origin: Origin
    private let keeps: Bool
    /// The files read from the disk so far, by absolute path; empty if `keeps` is false.
    ///
    /// `AcceptedCopy` stores these files.
    package private(set) var taken: [String: [UInt8]] = [:]
    /// The names in each listed folder, by the folder's absolute path; empty if `keeps` is false.
    package private(set) var listed: [String: [String]] = [:]
    /// The rules of the time zones that the files name, for `AcceptedCopy`.
    ///
    /// The accepted copy needs them because a later system may not have the zones. They are
    /// separate from `taken`, so that a change of the rules is not reported as a change of the
    /// user's files.
    package var zoneRules: [String: [UInt8]] = [:]
    /// The states of the files in `taken` when they were read.
    private var states: [String: FileState] = [:]

    /// The contents of the accepted copy: the files and the rules of their zones.
    package var kept: [String: [UInt8]] { taken.merging(zoneRules) { file, _ in file } }

    /// Creates a source that reads from the disk.
    ///
    /// If `keeps` is true, all files that are read are kept for the accepted copy.
    package init(keeps: Bool = false) {
        origin = .disk
        self.keeps = keeps
    }

    package init(copy: AcceptedCopy) {
        origin = .copy(copy)
        keeps = false
    }

    /// Reads a file, with the parameters and the result of `TextFile.read`.
    package func read(_ path: String, limit: Int, within folder: String? = nil) -> Result<[UInt8], TextFile.ReadFailure> {
        switch origin {
        case .disk:
            let result = TextFile.read(path, limit: limit, within: folder)
            if keeps, case .success(let bytes) = result {
                taken[UserFiles.absolute(path)] = bytes
                states[UserFiles.absolute(path)] = FileState(path)
            }
            return result
        case .copy(let copy):
            return copy.bytes(of: UserFiles.absolute(path)).map { .success($0) } ?? .failure(TextFile.ReadFailure(code: ENOENT))
        }
    }

    package enum Kind {
        case file, folder
    }

    /// Returns whether a path is a file or a folder; nil if the path does not exist.
    package func kind(of path: String) -> Kind? {
        switch origin {
        case .disk:
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return nil }
            return isFolder.boolValue ? .folder : .file
        case .copy(let copy):
            if copy.paths.contains(UserFiles.absolute(path)) { return .file }
            // The accepted copy contains only files, so it cannot show whether an empty folder
            // existed. Any path that is not a file in the accepted copy is therefore treated as a
            // folder.
            return .folder
        }
    }

    /// Whether the files come from the accepted copy, not from the disk.
    package var isCopy: Bool {
        if case .copy = origin { return true }
        return false
    }

    /// Returns the files that are still being written, sorted.
    ///
    /// A file counts as being written if a second read, 200 ms later, finds a difference. Only
    /// files that changed within the last ten seconds are read twice, so that other starts are not
    /// delayed.
    package func unsettled() -> [String] {
        let fresh = states.filter { $0.value.isRecent }
        guard !fresh.isEmpty else { return [] }
        usleep(UserFiles.pause_us)
        return fresh.filter { path, state in
            guard FileState(path) == state, let bytes = taken[path],
                case .success(let again) = TextFile.read(path, limit: bytes.count)
            else { return true }
            return again != bytes
        }.map(\.key).sorted()
    }

    /// The time between the first and the second read of a file, in microseconds.
    ///
    /// Editors and copying programs pause for less time than this between two writes.
    private static let pause_us: UInt32 = 200_000

    /// Returns the names in a folder, sorted.
    package func names(in folder: String) throws -> [String] {
        switch origin {
        case .disk:
            let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            if keeps { listed[UserFiles.absolute(folder)] = names }
            return names
        case .copy(let copy):
            let prefix = UserFiles.absolute(folder) + "/"
            let names = copy.paths.filter { $0.hasPrefix(prefix) }.compactMap { path in
                path.dropFirst(prefix.count).split(separator: "/").first.map(String.init)
            }
            return Set(names).sorted()
        }
    }

    private static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    }
}

import Diagnostics
import Documents
import Foundation

/// Writes made ids into the files to which they belong (`check --fix`).
package enum IDFix {
    /// The reason why a file stays as it is.
    package struct Failure: Error, LocalizedTextConvertible {
        package let localizedText: LocalizedText
    }

    /// Writes ids into a plan or a CSV file of recipients. The file is replaced at once.
    ///
    /// Nothing else in the file changes. Its owner and its mode stay. A symbolic link stays, and
    /// the file that it names changes.
    ///
    /// - Parameter ids: the ids of this file, in the order of their places.
    /// - Throws: `Failure` if the file is read-only, cannot be written, or changes meanwhile, or if
    ///   the ids cannot be written without another change.
    package static func write(_ ids: [MadeID], to file: String) throws(Failure) {
        let path = Paths.resolved(file)
        let bytes = try read(path)
        var status = stat()
        guard stat(path, &status) == 0 else { throw Failure(localizedText: LocalizedText(systemError: errno)) }
        // For root, `access` allows everything, so the mode is checked too.
        guard status.st_mode & 0o222 != 0, access(path, W_OK) == 0 else { throw Failure(localizedText: "it is read-only") }
        let changed = ids.contains(where: \.isRow) ? rows(ids, bytes, path) : YAMLFile.adding(ids: ids, to: bytes)
        guard let changed else {
            throw Failure(localizedText: "the ids cannot be written without another change; write them by hand")
        }
        let aside = path + ".remindd-\(getpid())"
        do throws(Failure) {
            try write(changed, to: aside, like: status)
            guard try read(path) == bytes else { throw Failure(localizedText: "it changed meanwhile") }
            guard rename(aside, path) == 0 else { throw Failure(localizedText: LocalizedText(systemError: errno)) }
        } catch {
            unlink(aside)
            throw error
        }
        let folder = open(Paths.folder(of: path), O_RDONLY | O_CLOEXEC)
        if folder >= 0 {
            fsync(folder)
            close(folder)
        }
    }

    private static func read(_ path: String) throws(Failure) -> [UInt8] {
        switch TextFile.read(path, limit: CSVFile.byteLimit) {
        case .success(let bytes): return bytes
        case .failure(let failure): throw Failure(localizedText: "\(failure)")
        }
    }

    private static func rows(_ ids: [MadeID], _ bytes: [UInt8], _ path: String) -> [UInt8]? {
        let byLine = Dictionary(ids.map { ($0.line, $0.id) }, uniquingKeysWith: { first, _ in first })
        return CSVFile(bytes: bytes, name: path, problems: Problems())?.adding(ids: byLine)
    }

    private static func write(_ bytes: [UInt8], to path: String, like status: stat) throws(Failure) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failure(localizedText: LocalizedText(systemError: errno)) }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 || errno == EINTR else { throw Failure(localizedText: LocalizedText(systemError: errno)) }
            rest = rest.dropFirst(max(0, count))
        }
        // A user who is not root may not be able to set the owner; the mode decides then.
        _ = fchown(descriptor, status.st_uid, status.st_gid)
        guard fchmod(descriptor, status.st_mode & 0o7777) == 0, fsync(descriptor) == 0 else {
            throw Failure(localizedText: LocalizedText(systemError: errno))
        }
    }
}

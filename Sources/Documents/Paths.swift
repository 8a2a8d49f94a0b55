import Diagnostics
import Foundation

/// Paths in configuration files. Relative paths start from the folder of the file.
package enum Paths {
    /// Joins two paths without resolving links.
    ///
    /// The result has the parts that the user wrote, so that messages name files as the user knows
    /// them.
    package static func join(_ folder: String, _ path: String) -> String {
        let joined = path.hasPrefix("/") || folder.isEmpty ? path : folder + "/" + path
        let parts = joined.split(separator: "/").filter { $0 != "." }
        return (joined.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
    }

    /// The path of an existing file whose name has the same letters, in any Unicode form.
    ///
    /// Files that were packed on a Mac have decomposed names. Decomposed names look the same, but
    /// nobody can type them. A path that exists as written is returned unchanged. A part of the
    /// path that does not exist in any form stays as written.
    package static func existing(_ path: String) -> String {
        var status = stat()
        if path.utf8.allSatisfy({ $0 < 0x80 }) || lstat(path, &status) == 0 { return path }
        let composed = path.composed
        if lstat(composed, &status) == 0 { return composed }
        var found = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/").map(String.init) {
            let start = found.isEmpty || found == "/" ? found : found + "/"
            if lstat(start + part, &status) == 0 {
                found = start + part
                continue
            }
            let names = (try? FileManager.default.contentsOfDirectory(atPath: found.isEmpty ? "." : found)) ?? []
            // Swift compares strings by canonical equivalence, so the Unicode form makes no
            // difference.
            found = start + (names.first { $0 == part } ?? part)
        }
        return found
    }

    /// The path with all links resolved, so that all paths of one file have the same result.
    package static func resolved(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }

    /// The folder of a file; empty for the working folder, so that `join` adds nothing.
    package static func folder(of file: String) -> String {
        guard let slash = file.lastIndex(of: "/") else { return "" }
        return slash == file.startIndex ? "/" : String(file[..<slash])
    }
}

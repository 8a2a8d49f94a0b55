import Diagnostics
import Foundation

/// Functions for paths in configuration files. A relative path starts from the folder of its file.
package enum Paths {
    /// Joins two paths without resolving symbolic links.
    ///
    /// The result keeps the folders that the user wrote, so that messages name files as the user
    /// knows them.
    package static func join(_ folder: String, _ path: String) -> String {
        let joined = path.hasPrefix("/") || folder.isEmpty ? path : folder + "/" + path
        let parts = joined.split(separator: "/").filter { $0 != "." }
        return (joined.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
    }

    /// Returns the path of an existing file whose name may be written in another Unicode form.
    ///
    /// Files that were packed on a Mac have decomposed names, in which é is two characters. People
    /// type composed names, which look the same.
    ///
    /// If `path` exists as written, it is returned unchanged. A component that exists in no form
    /// stays as written.
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
            // Swift compares strings by canonical equivalence, so `==` ignores differences in
            // Unicode normalization.
            found = start + (names.first { $0 == part } ?? part)
        }
        return found
    }

    /// Returns the path with all symbolic links resolved.
    package static func resolved(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }

    /// Returns the folder of a file; empty for a file in the working folder.
    package static func folder(of file: String) -> String {
        guard let slash = file.lastIndex(of: "/") else { return "" }
        return slash == file.startIndex ? "/" : String(file[..<slash])
    }
}

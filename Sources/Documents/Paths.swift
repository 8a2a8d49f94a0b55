import Diagnostics
import Foundation

/// Paths as configurations write them: relative ones start from the file's own folder.
package enum Paths {
    /// Lexical: what the user typed stays as short as it was, so that messages name files as she knows them.
    package static func join(_ folder: String, _ path: String) -> String {
        let joined = path.hasPrefix("/") || folder.isEmpty ? path : folder + "/" + path
        let parts = joined.split(separator: "/").filter { $0 != "." }
        return (joined.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
    }

    /// The path as it is written where something stands there; else that of the file whose name has the same letters in another
    /// form of Unicode: files that were packed on a Mac have decomposed names, which nobody can tell or type. From the first part on
    /// that does not exist, as it is written.
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
            // Strings are equal where their letters are, in whatever form.
            found = start + (names.first { $0 == part } ?? part)
        }
        return found
    }

    /// One file has one such path, however it is named.
    package static func resolved(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }

    /// The folder a file lies in; empty for the working folder, so that `join` adds nothing.
    package static func folder(of file: String) -> String {
        guard let slash = file.lastIndex(of: "/") else { return "" }
        return slash == file.startIndex ? "/" : String(file[..<slash])
    }
}

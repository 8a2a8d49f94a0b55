import Foundation

/// The official documents from which the five sample plans were made, as text files.
///
/// The files are in a folder next to the checkout, not in the repository.
public struct SeedDocuments {
    public let folder: String
    /// The names of the files, in their order: `000_….txt`, `001_….txt`, …
    public let names: [String]

    /// Finds the documents; nil if their folder is missing.
    ///
    /// In that case, the caller must report that they are missing and use stored hashes instead.
    public init?() {
        folder = PackageRoot.path("../shared/seeds")
        guard let found = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return nil }
        names = found.filter { $0.hasSuffix(".txt") }.sorted()
        if names.isEmpty { return nil }
    }

    /// Returns the text of the document whose file name begins with `prefix`, such as `000`.
    public func text(_ prefix: String) throws -> String {
        guard let name = names.first(where: { $0.hasPrefix(prefix) }) else { throw CocoaError(.fileNoSuchFile) }
        return try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
    }
}

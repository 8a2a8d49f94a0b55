import Foundation

/// The official documents from which the five plans were made, as text.
///
/// The files are in a folder next to the checkout and not in the repository.
public struct SeedDocuments {
    public let folder: String
    /// The file names in order: `000_….txt`, `001_….txt`, …
    public let names: [String]

    /// Returns nil if the folder is missing. The caller must then report it and use stored hashes.
    public init?() {
        folder = PackageRoot.path("../shared/seeds")
        guard let found = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return nil }
        names = found.filter { $0.hasSuffix(".txt") }.sorted()
        if names.isEmpty { return nil }
    }

    /// Returns the document whose file name begins with `prefix`, such as `000`.
    public func text(_ prefix: String) throws -> String {
        guard let name = names.first(where: { $0.hasPrefix(prefix) }) else { throw CocoaError(.fileNoSuchFile) }
        return try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
    }
}

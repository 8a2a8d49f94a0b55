import Foundation

/// The official documents that the five plans are made from, as text. They lie beside the checkout, not in it.
public struct SeedDocuments {
    public let folder: String
    /// File names in order: `000_….txt`, `001_….txt`, …
    public let names: [String]

    /// nil where the folder is missing: say so loudly and fall back on stored hashes.
    public init?() {
        folder = PackageRoot.path("../shared/seeds")
        guard let found = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return nil }
        names = found.filter { $0.hasSuffix(".txt") }.sorted()
        if names.isEmpty { return nil }
    }

    /// The document whose file name begins with `prefix`, such as `000`.
    public func text(_ prefix: String) throws -> String {
        guard let name = names.first(where: { $0.hasPrefix(prefix) }) else { throw CocoaError(.fileNoSuchFile) }
        return try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
    }
}

import Foundation

/// The folder that holds Package.swift, wherever the tests were built.
public enum PackageRoot {
    public static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    public static func path(_ name: String) -> String { "\(path)/\(name)" }

    /// A server for tests.
    static func server(_ name: String) -> String { path("Tests/Servers/\(name)") }

    /// A script beside the helpers of the tests.
    static func script(_ name: String) -> String { path("Tests/Support/Scripts/\(name)") }
}

import Foundation

/// The folder that contains Package.swift, wherever the tests were built.
public enum PackageRoot {
    public static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    public static func path(_ name: String) -> String { "\(path)/\(name)" }

    /// Returns the path of a scripted server.
    static func server(_ name: String) -> String { path("Tests/Servers/\(name)") }

    /// Returns the path of a script in `Tests/Support/Scripts`.
    static func script(_ name: String) -> String { path("Tests/Support/Scripts/\(name)") }
}

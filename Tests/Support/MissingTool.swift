import Foundation

/// The error that is thrown if a program that the tests need is not installed.
///
/// Without its program, a test fails and is not skipped. A successful run therefore shows that all
/// tests ran.
public struct MissingTool: Error, CustomStringConvertible {
    public let tool: String
    public var description: String { "\(tool) is not installed: run make setup" }
}

/// Returns the path of `tool`, which is on the PATH or in the administrator's folders.
///
/// - Throws: `MissingTool` if the tool is not installed.
@discardableResult
public func requires(_ tool: String) throws -> String {
    if tool.hasPrefix("/") {
        guard access(tool, X_OK) == 0 else { throw MissingTool(tool: tool) }
        return tool
    }
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    for folder in path.split(separator: ":").map(String.init) + ["/usr/sbin", "/sbin"] {
        let candidate = "\(folder)/\(tool)"
        if access(candidate, X_OK) == 0 { return candidate }
    }
    throw MissingTool(tool: tool)
}

import Diagnostics
import Foundation

/// A folder of plans: which of its files are read, and which look like plans but are not.
package struct PlanFolder {
    private let path: String

    package init(_ path: String) {
        self.path = path
    }

    /// By the name alone: `.yaml` or `.yml` in letters of either case, and not hidden.
    package static func isPlan(_ name: String) -> Bool {
        !name.hasPrefix(".") && [".yaml", ".yml"].contains(where: name.lowercased().hasSuffix)
    }

    /// A file or folder in which a plan stands that is not read.
    package struct LeftOut {
        package let path: String
        package let message: String
        package var hints: [String] = []
    }

    /// More names in one folder are a sign of something else, and nobody reads so many warnings.
    private static let limit = 100
    /// The key `plan:` stands near the beginning.
    private static let headBytes = 4_096
    /// What editors and package tools leave beside a file: old copies, kept on purpose.
    private static let copies = ["~", ".bak", ".orig", ".save", ".swp", ".tmp", ".dpkg-old", ".dpkg-dist", ".dpkg-new", ".rej"]

    /// - Parameter names: those in the folder that are not read.
    package func leftOut(_ names: [String]) -> [LeftOut] {
        names.prefix(PlanFolder.limit).compactMap { name in
            guard !PlanFolder.copies.contains(where: name.lowercased().hasSuffix), !name.hasPrefix("#") else { return nil }
            return inFolder(name) ?? hidden(name) ?? otherName(name)
        }
    }

    /// Folders within are not looked into, unless `plans:` lists them.
    private func inFolder(_ name: String) -> LeftOut? {
        let folder = "\(path)/\(name)"
        guard !name.hasPrefix("."), let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return nil }
        guard let plan = names.filter(PlanFolder.isPlan).min() else { return nil }
        return LeftOut(
            path: "\(folder)/\(plan)",
            message: "this plan is not read: folders within a folder are left out, unless plans: lists them; such as "
                + "plans: [\(printable(path)), \(printable(folder))]")
    }

    /// Emacs locks a file by a hidden link of its name, macOS puts hidden files beside those it copies.
    private func hidden(_ name: String) -> LeftOut? {
        guard name.hasPrefix("."), !name.hasPrefix(".#"), !name.hasPrefix("._"), PlanFolder.isPlan(String(name.dropFirst())),
            holdsPlan(name)
        else { return nil }
        return LeftOut(
            path: "\(path)/\(name)", message: "this plan is not read: its name begins with a dot",
            hints: [String(name.drop { $0 == "." })])
    }

    private func otherName(_ name: String) -> LeftOut? {
        guard !name.hasPrefix("."), holdsPlan(name) else { return nil }
        let stem = name.split(separator: ".").first.map(String.init) ?? name
        return LeftOut(
            path: "\(path)/\(name)", message: "this plan is not read: its name must end in .yaml or .yml", hints: [stem + ".yaml"]
        )
    }

    /// Whether a line of its beginning is the key that every plan has.
    private func holdsPlan(_ name: String) -> Bool {
        guard let file = FileHandle(forReadingAtPath: "\(path)/\(name)") else { return false }
        var status = stat()
        guard fstat(file.fileDescriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
        guard let head = try? file.read(upToCount: PlanFolder.headBytes) else { return false }
        return head.split(separator: UInt8(ascii: "\n")).contains { $0.starts(with: Array("plan:".utf8)) }
    }
}

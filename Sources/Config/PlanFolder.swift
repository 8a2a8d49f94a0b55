import Diagnostics
import Foundation

/// Decides which files in a folder are plans, and warns about plans that are not read.
package struct PlanFolder {
    private let path: String

    package init(_ path: String) {
        self.path = path
    }

    /// Returns whether a file with this name is read as a plan.
    ///
    /// The name must end in `.yaml` or `.yml`, in upper or lower case, and must not begin with a
    /// dot.
    package static func isPlan(_ name: String) -> Bool {
        !name.hasPrefix(".") && [".yaml", ".yml"].contains(where: name.lowercased().hasSuffix)
    }

    /// A plan that is not read, with a warning.
    package struct LeftOut {
        package let path: String
        package let message: LocalizedText
        package var hints: [String] = []
    }

    /// The maximum number of names in one folder that are checked.
    ///
    /// People do not read more warnings than this.
    private static let limit = 100
    /// The number of bytes at the beginning of a file that are searched for the key `plan:`.
    private static let headBytes = 4_096
    /// Name endings of backup copies that editors and package tools make on purpose.
    private static let copies = ["~", ".bak", ".orig", ".save", ".swp", ".tmp", ".dpkg-old", ".dpkg-dist", ".dpkg-new", ".rej"]

    /// Returns a warning for each plan that is not read.
    ///
    /// - Parameter names: the names of files and subfolders that are not read.
    package func leftOut(_ names: [String]) -> [LeftOut] {
        names.prefix(PlanFolder.limit).compactMap { name in
            guard !PlanFolder.copies.contains(where: name.lowercased().hasSuffix), !name.hasPrefix("#") else { return nil }
            return inFolder(name) ?? hidden(name) ?? otherName(name)
        }
    }

    /// Returns a warning for the first plan in the subfolder `name`; nil if there is no plan.
    ///
    /// Subfolders are not read unless `plans:` lists them.
    private func inFolder(_ name: String) -> LeftOut? {
        let folder = "\(path)/\(name)"
        guard !name.hasPrefix("."), let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return nil }
        guard let plan = names.filter(PlanFolder.isPlan).min() else { return nil }
        return LeftOut(
            path: "\(folder)/\(plan)",
            message: "this plan is not read: folders within a folder are left out, unless plans: lists them; such as "
                + "plans: [\(printable(path)), \(printable(folder))]")
    }

    /// Returns a warning for a plan whose name begins with a dot; nil for any other file.
    ///
    /// Files whose names begin with `.#` or `._` are skipped, because Emacs and macOS create them.
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

    /// Returns whether `name` is a regular file with a line that begins with `plan:`.
    ///
    /// Only the beginning of the file is searched.
    private func holdsPlan(_ name: String) -> Bool {
        guard let file = FileHandle(forReadingAtPath: "\(path)/\(name)") else { return false }
        var status = stat()
        guard fstat(file.fileDescriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
        guard let head = try? file.read(upToCount: PlanFolder.headBytes) else { return false }
        return head.split(separator: UInt8(ascii: "\n")).contains { $0.starts(with: Array("plan:".utf8)) }
    }
}

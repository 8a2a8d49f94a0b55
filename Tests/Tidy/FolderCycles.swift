/// Finds folders that depend on each other, from the types that they declare and use.
///
/// SwiftPM refuses a cycle between targets, but not between the folders of a target. If folders
/// form a cycle, none of them can be understood without all others.
enum FolderCycles {
    /// The folders whose subfolders are checked.
    static let roots = [
        "Sources/Config", "Sources/Ledgers", "Sources/Monitoring", "Sources/Notifiers", "Sources/Scheduler", "Sources/remindd",
    ]

    /// A type that is declared in folder `to` and used in folder `from`.
    struct Use {
        let from: String
        let to: String
        let type: String
        let path: String

        var edge: String { "\(from) → \(to)" }
    }

    /// Returns a finding for each use that is part of a cycle of folders below `root`.
    static func findings(_ files: [SourceFile], below root: String) -> [Finding] {
        cyclicUses(uses(files, below: root)).map { use in
            Finding(
                path: use.path, line: 1, message: "names \(use.type), which makes a cycle of folders of \(root): \(use.edge)")
        }
    }

    /// Finds uses of types that another folder below `root` declares.
    ///
    /// A type counts only if other files can see it and no second folder declares it.
    static func uses(_ files: [SourceFile], below root: String) -> [Use] {
        let files = files.filter { $0.path.hasPrefix(root + "/") }
        var owners: [String: Set<String>] = [:]
        var declared: [String: Set<String>] = [:]
        for file in files {
            let folder = folder(of: file, below: root)
            for type in declaredTypes(in: file) {
                declared[folder, default: []].insert(type.name)
                if type.isVisible { owners[type.name, default: []].insert(folder) }
            }
        }
        return files.flatMap { file in
            let from = folder(of: file, below: root)
            // A word that names an imported module may mean the module and not a type.
            return Set(file.words).subtracting(file.imports.map(\.module)).sorted().compactMap { word -> Use? in
                guard let owner = owners[word], owner.count == 1, let to = owner.first, to != from,
                    declared[from]?.contains(word) != true
                else { return nil }
                return Use(from: from, to: to, type: word, path: file.path)
            }
        }
    }

    /// Returns the uses that are part of a cycle.
    ///
    /// A use is part of a cycle if a path of uses leads from folder `to` back to folder `from`.
    static func cyclicUses(_ uses: [Use]) -> [Use] {
        let targets = Dictionary(grouping: uses, by: \.from).mapValues { Set($0.map(\.to)) }
        func reachable(from start: String) -> Set<String> {
            var (seen, open): (Set<String>, [String]) = ([], [start])
            while let folder = open.popLast() {
                for next in targets[folder] ?? [] where seen.insert(next).inserted { open.append(next) }
            }
            return seen
        }
        let reached = Dictionary(uniqueKeysWithValues: Set(uses.map(\.to)).map { ($0, reachable(from: $0)) })
        return uses.filter { reached[$0.to]?.contains($0.from) == true }
    }

    private static func folder(of file: SourceFile, below root: String) -> String {
        let parts = file.path.dropFirst(root.count + 1).split(separator: "/")
        return parts.count > 1 ? String(parts[0]) : "."
    }

    /// Returns the types that a file declares.
    ///
    /// Types at the top level of the file that are not private are visible to other files.
    private static func declaredTypes(in file: SourceFile) -> [(name: String, isVisible: Bool)] {
        let keywords: Set<Substring> = ["struct", "class", "enum", "actor", "protocol", "typealias"]
        var found: [(name: String, isVisible: Bool)] = []
        var depth = 0
        for line in file.code {
            let words = line.split { !$0.isLetter && !$0.isNumber && $0 != "_" }
            if let place = words.firstIndex(where: keywords.contains), place + 1 < words.count, words[place + 1] != "func",
                !words[..<place].contains("import")
            {
                let isPrivate = words[..<place].contains { $0 == "private" || $0 == "fileprivate" }
                found.append((String(words[place + 1]), depth == 0 && !isPrivate))
            }
            for character in line {
                if character == "{" { depth += 1 }
                if character == "}" { depth -= 1 }
            }
        }
        return found
    }
}

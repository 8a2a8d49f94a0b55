import Diagnostics
import Documents
import Scheduler

/// The recipients and groups there are, for whoever names them: a name that is none of them is reported, with the one that was meant.
package final class KnownNames {
    private let recipients: RecipientTable
    private let isGroup: (String) -> Bool
    /// Sorted.
    private let groupNames: [String]
    /// A message lists this many.
    private static let listed = 12
    /// More of either kind are not searched for a name like the one that was written.
    private static let searched = 2_000

    private lazy var candidates: [String] =
        groupNames.prefix(KnownNames.searched) + recipients.prefix(KnownNames.searched).map(\.id)
    private lazy var list: String = {
        let all = candidates.prefix(KnownNames.listed).joined(separator: ", ")
        return candidates.isEmpty ? "none" : all + (candidates.count > KnownNames.listed ? ", …" : "")
    }()
    private lazy var words = Spelling.Words(candidates)
    /// Names are what people know.
    private lazy var idsByName = Dictionary(
        recipients.prefix(KnownNames.searched).map { ($0.name.lowercased(), $0.id) },
        uniquingKeysWith: { first, _ in first })

    package init(_ directory: RecipientDirectory) {
        recipients = directory.recipients
        groupNames = directory.groupNames
        isGroup = directory.isGroup
    }

    /// While a directory is still being put together.
    package init(_ recipients: RecipientTable, groups: [String: RecipientDirectory.Members]) {
        self.recipients = recipients
        groupNames = groups.keys.sorted()
        isGroup = { groups[$0] != nil }
    }

    /// Whether there is such a one; reported at its place if not.
    @discardableResult
    package func check(_ id: String, _ place: YAMLValue, in what: String) -> Bool {
        if recipients.position(of: id) != nil || isGroup(id) { return true }
        var hint: String?
        if place.context.problems.areHintsWanted { hint = idsByName[id.lowercased()] ?? words.nearest(to: id) }
        place.error(
            "\(what) names \"\(printable(id))\", which is no recipient or group; known: \(list)", hints: hint.map { [$0] } ?? [])
        return false
    }
}

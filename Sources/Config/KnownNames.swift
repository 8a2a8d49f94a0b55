import Diagnostics
import Documents
import Scheduler

/// Checks names of recipients and groups.
///
/// The error for an unknown name suggests the name that was probably meant.
package final class KnownNames {
    private let recipients: RecipientTable
    private let isGroup: (String) -> Bool
    /// The names of all groups, sorted.
    private let groupNames: [String]
    /// The maximum number of names that a message lists.
    private static let listed = 12
    /// The maximum number of groups, and of recipients, that are searched for a similar name.
    private static let searched = 2_000

    private lazy var candidates: [String] =
        groupNames.prefix(KnownNames.searched) + recipients.prefix(KnownNames.searched).map(\.id)
    private lazy var list: LocalizedText = {
        let all = candidates.prefix(KnownNames.listed).joined(separator: ", ")
        return candidates.isEmpty ? "none" : LocalizedText(verbatim: all + (candidates.count > KnownNames.listed ? ", …" : ""))
    }()
    private lazy var words = Spelling.Words(candidates)
    /// The ids of recipients, keyed by display name in lower case.
    ///
    /// Authors of plans often know the names rather than the ids.
    private lazy var idsByName = Dictionary(
        recipients.prefix(KnownNames.searched).map { ($0.name.lowercased(), $0.id) },
        uniquingKeysWith: { first, _ in first })

    package init(_ directory: RecipientDirectory) {
        recipients = directory.recipients
        groupNames = directory.groupNames
        isGroup = directory.isGroup
    }

    /// Creates a checker for use while the recipients and groups are still being read.
    package init(_ recipients: RecipientTable, groups: [String: RecipientDirectory.Members]) {
        self.recipients = recipients
        groupNames = groups.keys.sorted()
        isGroup = { groups[$0] != nil }
    }

    /// Returns whether there is a recipient or group with this id.
    ///
    /// If there is none, reports an error at `place`.
    @discardableResult
    package func check(_ id: String, _ place: YAMLValue, in what: LocalizedText) -> Bool {
        if recipients.position(of: id) != nil || isGroup(id) { return true }
        var hint: String?
        if place.context.problems.areHintsWanted { hint = idsByName[id.lowercased()] ?? words.nearest(to: id) }
        place.error(
            "\(what) names \"\(printable(id))\", which is no recipient or group; known: \(list)", hints: hint.map { [$0] } ?? [])
        return false
    }
}

import Diagnostics
import Documents

/// Makes the ids of the campaigns of one plan that have no `id`, from their titles.
struct MadeIDs {
    /// The ids that are in use or were in use.
    private var taken: Set<String>
    /// The ids that were made, in the order of the file.
    private(set) var made: [(id: String, value: YAMLValue)] = []
    /// The highest number that was tried behind each id without a number.
    private var numbers: [String: Int] = [:]

    /// - Parameter given: the ids that stand in the file, also those under `formerly`.
    init(given: Set<String>) {
        // A plain `null` would be read as an empty value.
        taken = given.union(["null"])
    }

    /// Returns the ids of a list of campaigns that stand in the file, also those under `formerly`.
    static func given(in campaigns: [YAMLValue]) -> Set<String> {
        var ids: Set<String> = []
        for case .mapping(let campaign) in campaigns.lazy.map(\.node) {
            for case (.scalar(let key), let value) in campaign.pairs where key.string == "id" || key.string == "formerly" {
                switch value {
                case .scalar(let id): ids.insert(id.string)
                case .sequence(let items): for case .scalar(let id) in items.nodes { ids.insert(id.string) }
                case .mapping: break
                }
            }
        }
        return ids
    }

    /// Makes an id of at most `Identifier.madeLimit` characters.
    ///
    /// A number behind the id tells apart campaigns whose titles give the same id.
    mutating func make(from title: String, of value: YAMLValue) -> String {
        let plain = Identifier.made(from: title) ?? "campaign"
        var id = plain
        while !taken.insert(id).inserted {
            let number = numbers[plain, default: 1] + 1
            numbers[plain] = number
            let end = "-\(number)"
            id = (Identifier.made(from: title, most: Identifier.madeLimit - end.utf8.count) ?? "campaign") + end
        }
        made.append((id, value))
        return id
    }
}

extension PlanReader {
    /// Returns the id of a campaign that has none in the file; nil if its title has a mistake.
    func madeID(_ title: String?, _ campaign: YAMLValue) -> String? {
        title.map { madeIDs.make(from: $0, of: campaign) }
    }

    /// Names the made ids of the plan in one warning, so that people can write them into the file.
    func reportMadeIDs() {
        guard let first = madeIDs.made.first?.value else { return }
        for (id, value) in madeIDs.made {
            places?.add(made: MadeID(file: value.place.file, line: value.line, column: value.column, id: id))
        }
        let list = LocalizedText(joining: madeIDs.made.map { "\($0.id) (line \($0.value.line))" })
        first.warning(
            "campaigns without \"id\" get one from their titles, and lose what was sent if the title changes: \(list); "
                + "remindd check --fix writes them into the file")
    }
}

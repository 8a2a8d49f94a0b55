import Diagnostics

/// Collects the former names (`formerly:`) of plans, campaigns, recipients or channels.
///
/// The names are checked after all of them have been read.
package struct FormerNames {
    package static let shape = Shape.list(.id, most: limit)
    /// The maximum number of former names of one owner: a new name every year for decades.
    package static let limit = 64

    private struct Claim {
        let former: String
        let owner: String
        let report: (LocalizedText) -> Void
    }

    private var claims: [Claim] = []
    /// The position in `claims` of each former name.
    private var positions: [String: Int] = [:]

    package init() {}

    /// Reads the list of former names, newest first. Reports invalid names and leaves them out.
    package mutating func read(_ value: YAMLValue?, of owner: String?, _ what: LocalizedText) -> [String] {
        guard let value, !value.isNull else { return [] }
        var names: [String] = []
        for (name, place) in value.texts("formerly") ?? [] {
            guard !value.context.problems.isFull else { break }
            guard Identifier.check(name, place, "a former id of \(what)") else { continue }
            if names.count == FormerNames.limit {
                place.error("formerly names more than \(FormerNames.limit) ids; no more are allowed")
                break
            }
            if claim(name, of: owner ?? "", { place.error($0) }) { names.append(name) }
        }
        return names
    }

    /// Records that `owner` had the name `former`.
    ///
    /// If that name is already recorded, reports an error and returns false.
    package mutating func claim(_ former: String, of owner: String, _ report: @escaping (LocalizedText) -> Void) -> Bool {
        if let position = positions[former] {
            let other = claims[position]
            report(
                other.owner == owner
                    ? "formerly names \(former) twice" : "formerly: \(former) is claimed already, by \(other.owner)")
            return false
        }
        positions[former] = claims.count
        claims.append(Claim(former: former, owner: owner, report: report))
        return true
    }

    /// Reports each former name that is still in use as a current name.
    package func check(isInUse: (String) -> Bool) {
        for claim in claims where isInUse(claim.former) {
            claim.report("formerly: \(claim.former) is in use; only an id that is no longer in use can be a former one")
        }
    }
}

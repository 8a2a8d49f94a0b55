import Diagnostics
import Documents
import Notifiers
import Plans
import Scheduler
import Transport

/// Reads the keys `recipients:` and `groups:`, including the recipients in CSV files.
package final class RecipientReader {
    /// The places of the recipients in the CSV files.
    struct CSVPlaces {
        /// The line of each recipient in its CSV file; 0 for recipients in the configuration.
        var lines: [UInt32] = []
        /// The path of each CSV file, with the position of its first recipient.
        var sheets: [(first: Int, path: String)] = []
        /// The positions of recipients whose id was made from their name.
        var madeIDs: Set<UInt32> = []
    }

    struct Former {
        var names = FormerNames()
        /// The positions of recipients in the table, keyed by former id.
        var ids: [String: UInt32] = [:]
    }

    let folder: String
    let problems: Problems
    let files: UserFiles
    /// The names of all channels in the order of the configuration.
    private let listedChannels: [String]
    let channelNames: Set<String>
    let places: SourceMap?
    let limit: Int
    /// The kind of address that each channel needs, by its name.
    let addressKinds: [String: AddressKind]
    /// The former names of each channel, keyed by its current name.
    private let formerChannels: [String: [String]]
    var recipients = RecipientTable()
    var groups: [String: RecipientDirectory.Members] = [:]
    /// The place where each id was first defined, for messages.
    ///
    /// A CSV recipient has an entry only while its row is being read, or if the row was left out.
    var definedAt: [String: Problem.Place] = [:]
    var csv = CSVPlaces()
    var former = Former()
    /// The channels of recipients that name none; nil if the configuration names none.
    var defaultVia: [String]?

    package static let keys = Keys([
        .required("id", .id, "Unique among recipients and groups."),
        .optional("via", .ids, "Channels used, all of them, at once. Default: \"via\" of the configuration."),
        .optional("name", .text(most: 200), "Shown in the message: whose reminder it is."),
        .optional("email", .text(most: 320, pattern: "@"), "Address for email channels."),
        .optional("language", .choice(Language.allCases.map(\.rawValue)), "Default: the plan's."),
        .optional("salutation", .text(most: salutationLimit), "Stands before the name in a letter: đồng chí, bà, Quý cơ quan."),
        .optional("otherwise", .ids, "Channels used when every via delivery is dead, or none was accepted in time."),
        .optional("formerly", FormerNames.shape, "Earlier ids, newest first. Reminders sent under them count as sent."),
    ])
    package static let groupKeys = Keys([
        .required("file", .path, "A CSV file: id,name,email,via,otherwise,language,group,formerly,salutation."),
        .optional("via", .ids, "Channels of recipients in the file that name none."),
    ])
    package static let columns = ["id", "name", "email", "via", "otherwise", "language", "group", "formerly", "salutation"]
    package static let salutationLimit = 60
    /// The maximum number of recipients in all files together.
    package static let recipientLimit = 1_000_000

    /// - Parameter channelNames: the names of all channels, including those that could not be read.
    package init(
        folder: String, problems: Problems, channels: [ConfiguredChannel], channelNames: [String], places: SourceMap? = nil,
        files: UserFiles = UserFiles(), limit: Int = recipientLimit
    ) {
        self.limit = limit
        self.folder = folder
        self.problems = problems
        self.files = files
        listedChannels = channelNames
        self.channelNames = Set(channelNames)
        self.places = places
        addressKinds = Dictionary(
            channels.compactMap { channel in channel.addressKind.map { (channel.name, $0) } },
            uniquingKeysWith: { first, _ in first })
        formerChannels = Dictionary(
            channels.filter { !$0.formerly.isEmpty }.map { ($0.name, $0.formerly) }, uniquingKeysWith: { first, _ in first })
    }

    /// - Parameter via: the value of `via:`, the channels of recipients that name none.
    package func directory(
        _ recipientsValue: YAMLValue?, _ groupsValue: YAMLValue?, via: YAMLValue? = nil
    ) -> RecipientDirectory {
        defaultVia = via.map { channelList($0, "via") }
        if let recipientsValue, !recipientsValue.isNull {
            for value in recipientsValue.list("recipients") ?? [] where !problems.isFull { readInline(value) }
        }
        var members: [Members] = []
        if let groupsValue, !groupsValue.isNull {
            for (id, place, value) in groupsValue.entries("groups") ?? [] where !problems.isFull {
                guard Identifier.check(id, place, "a group's id"), define(id, place) else { continue }
                groups[id] = groups[id] ?? RecipientDirectory.Members()
                if case .mapping = value.node {
                    readFile(value, group: id)
                } else if let path = value.scalarEndingIn([".csv", ".xlsx"]) {
                    value.error("group \(id) must be a list; found \(value.shown)", hints: ["{file: \(path)}"])
                } else if let listed = value.texts("group \(id)") {
                    members.append(Members(group: id, listed: listed, place: value))
                }
            }
        }
        link(members)
        former.names.check { recipients.position(of: $0) != nil || groups[$0] != nil || definedAt[$0] != nil }
        recipients.trim()
        places?.take(people: recipients, lines: csv.lines, sheets: csv.sheets)
        return RecipientDirectory(
            recipients: recipients, groups: groups, addressKinds: addressKinds, formerIDs: former.ids,
            formerChannels: formerChannels, madeIDs: csv.madeIDs)
    }

    /// A group whose members are listed in the configuration.
    private struct Members {
        let group: String
        let listed: [(text: String, value: YAMLValue)]
        let place: YAMLValue
    }

    /// Adds the listed members to their groups.
    ///
    /// A second pass is needed, because members may be defined after the group that names them.
    private func link(_ members: [Members]) {
        var unknown: [(id: String, place: YAMLValue, group: String)] = []
        for member in members {
            for (id, place) in member.listed {
                let (position, isGroup) = (recipients.position(of: id), groups[id] != nil)
                if let position { groups[member.group]?.recipients.append(UInt32(position)) }
                if isGroup { groups[member.group]?.groups.append(id) }
                if position == nil, !isGroup, definedAt[id] == nil, unknown.count < Problems.limit {
                    unknown.append((id, place, member.group))
                }
            }
        }
        if !unknown.isEmpty {
            let known = KnownNames(recipients, groups: groups)
            for (id, place, group) in unknown { known.check(id, place, in: "group \(group)") }
        }
        reportLoops(members)
        for member in members where member.listed.isEmpty {
            member.place.warning("group \(member.group) has no members")
        }
    }

    /// The state of a group in the search for groups that contain themselves.
    private enum Visit {
        /// The group is in the current path of the search. The value is its index in that path.
        case underWay(Int)
        case done
    }

    /// Reports groups that contain themselves. Each loop is reported once.
    ///
    /// The search keeps its path in an array and does not recurse, because groups may be nested
    /// deeply.
    private func reportLoops(_ members: [Members]) {
        let numbers = Dictionary(zip(members.map(\.group), members.indices), uniquingKeysWith: { first, _ in first })
        // Leaves out members that are groups from a CSV file. Such a group contains no groups, so
        // it cannot be part of a loop.
        let held = members.map { (groups[$0.group]?.groups ?? []).compactMap { numbers[$0] } }
        var visits = [Visit?](repeating: nil, count: members.count)
        for start in members.indices where visits[start] == nil {
            var path = [(group: start, next: 0)]
            visits[start] = .underWay(0)
            while let top = path.last {
                guard top.next < held[top.group].count, !problems.isFull else {
                    visits[top.group] = .done
                    path.removeLast()
                    continue
                }
                path[path.count - 1].next += 1
                let member = held[top.group][top.next]
                switch visits[member] {
                case .underWay(let first):
                    let loop = path[first...].prefix(RecipientReader.shownOfLoop).map { members[$0.group].group }
                    let cut = path.count - first > loop.count ? ["…"] : []
                    let name = members[member].group
                    let shown = (loop + cut + [name]).joined(separator: " → ")
                    members[member].place.error("group \(name) contains itself: \(shown)")
                case nil:
                    visits[member] = .underWay(path.count)
                    path.append((member, 0))
                case .done: break
                }
            }
        }
    }

    private static let shownOfLoop = 20

    private func define(_ id: String, _ place: YAMLValue) -> Bool {
        define(id, at: place.place) { place.error($0) }
    }

    func define(_ id: String, at place: Problem.Place, report: (LocalizedText) -> Void) -> Bool {
        if let first = definedAt[id] ?? recipients.position(of: id).map(written) {
            report("the id \(id) is taken already, at \(first.file):\(first.line); recipients and groups share their ids")
            return false
        }
        definedAt[id] = place
        places?.add(id: id, place)
        return true
    }

    /// Returns the place of a recipient in a CSV file.
    private func written(_ position: Int) -> Problem.Place {
        let sheet = csv.sheets.last { $0.first <= position }
        return Problem.Place(file: sheet?.path ?? "", line: Int(csv.lines[position]), column: 1)
    }

    // MARK: Recipients in the configuration

    private func readInline(_ value: YAMLValue) {
        guard let table = value.table("a recipient", keys: RecipientReader.keys), let idValue = table["id"],
            let id = idValue.text("id"), Identifier.check(id, idValue, "a recipient's id")
        else { return }
        let isFirst = define(id, idValue)
        if table["via"] == nil, defaultVia == nil { value.error("a recipient has no \"via\"; it is required") }
        let via = table["via"].map { channelList($0, "via") } ?? defaultVia ?? []
        let otherwise = channelList(table["otherwise"], "otherwise")
        var addresses = Addresses()
        for kind in AddressReader.kinds { addresses[kind] = table[kind.rawValue].flatMap { address($0, kind) } }
        for kind in AddressKind.allCases where table[kind.rawValue] == nil {
            guard let channel = (via + otherwise).first(where: { addressKinds[$0] == kind }) else { continue }
            value.error("recipient \(id) has no \(kind.rawValue), and \(channel) is a \(kind.channelWord) channel")
        }
        let formerly = former.names.read(table["formerly"], of: id, "a recipient")
        guard isFirst else { return }
        for id in formerly { former.ids[id] = UInt32(recipients.count) }
        append(
            Recipient(
                id: id, name: table["name"]?.text("name", isProse: true, maxCharacters: 200) ?? id, addresses: addresses,
                language: table["language"]?.choice("language", Language.self),
                salutation: table["salutation"]?.text(
                    "salutation", isProse: true, maxCharacters: RecipientReader.salutationLimit),
                via: via, otherwise: otherwise))
    }

    private func address(_ place: YAMLValue, _ kind: AddressKind) -> String? {
        guard let text = place.text(LocalizedText(verbatim: kind.rawValue), maxCharacters: 320) else { return nil }
        do throws(AddressRefusal) {
            let read = try AddressReader.read(text, kind)
            if let warning = read.warning { place.warning("\(kind.rawValue) \(place.shown): \(warning)") }
            return read.text
        } catch {
            place.error("\(kind.rawValue) \(place.shown): \(error)")
            return nil
        }
    }

    func append(_ recipient: Recipient, line: Int = 0) {
        recipients.append(recipient)
        csv.lines.append(UInt32(clamping: line))
    }

    func channelList(_ value: YAMLValue?, _ what: LocalizedText) -> [String] {
        var seen: Set<String> = []
        return (value?.texts(what) ?? []).compactMap { name, place in
            guard !problems.isFull else { return nil }
            guard channelNames.contains(name) else {
                place.error(unknownChannel(name, what), hints: nearestChannel(name))
                return nil
            }
            return seen.insert(name).inserted ? name : nil
        }
    }

    func unknownChannel(_ name: String, _ what: LocalizedText) -> LocalizedText {
        let listed = listedChannels.joined(separator: ", ")
        let known = listed.isEmpty ? "none" : LocalizedText(verbatim: listed)
        return "\(what) names \"\(printable(name))\", which is no channel; known: \(known)"
    }

    func nearestChannel(_ name: String) -> [String] {
        problems.areHintsWanted ? Spelling.nearest(to: name, among: listedChannels).map { [$0] } ?? [] : []
    }
}

extension YAMLValue {
    /// Returns the text of the value if it ends in one of these; nil for any other value.
    fileprivate func scalarEndingIn(_ ends: [String]) -> String? {
        guard case .scalar(let scalar) = node, ends.contains(where: { scalar.string.lowercased().hasSuffix($0) }) else {
            return nil
        }
        return scalar.string
    }
}
